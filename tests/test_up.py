"""`ventanilla up` for real: it serves, heals and leaves nothing behind (R49, R59)."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.processes import commands, environment
from tests.throwaway import scratch

pytestmark = pytest.mark.servers


class Installation:
    """A running `ventanilla up` with a home and a port of its own."""

    def __init__(self, home: Path):
        self.home, self.port = home, free_port()
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.environment = kept | {
            "VENTANILLA_HOME": str(home),
            "VENTANILLA_SMTP_LISTEN": f"127.0.0.1:{free_port()}",
        }
        self.log = home.parent / "log"

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ventanilla", "up", "--port", str(self.port)],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for(lambda: self.status("/healthz") == 200)

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(60)

    def status(self, path):
        try:
            with urllib.request.urlopen(self.url(path), timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait_for(self, condition, patience=60):
        end = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def processes(self):
        """Return pid -> command line of everything that belongs to this home."""
        home = str(self.home)
        everything = commands().items()
        return {pid: text for pid, text in everything if home in text or home in environment(pid)}

    def pid_of(self, part):
        return next(pid for pid, command in self.processes().items() if part in command)


@pytest.fixture(scope="module")
def installation():
    folder = Path(tempfile.mkdtemp(prefix="vt-up-", dir=scratch()))
    folder.chmod(0o755)
    running = Installation(folder / "home")
    try:
        running.start()
        yield running
    finally:
        if running.process.poll() is None:
            running.stop()
        shutil.rmtree(folder)


def test_it_serves_pages_to_this_machine_only(installation):
    assert installation.status("/healthz") == 200
    assert installation.status("/readyz") == 200
    for address in addresses_of_this_machine():
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, installation.port), timeout=5)


def test_a_killed_database_comes_back_and_pages_say_so_meanwhile(installation):  # R49, R59
    postmaster = int((installation.home / "postgres/data/postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)

    meanwhile = installation.status("/readyz")
    installation.wait_for(lambda: installation.status("/readyz") == 200)

    assert meanwhile in {200, 503}
    again = int((installation.home / "postgres/data/postmaster.pid").read_text().split()[0])
    assert again != postmaster


def test_a_stopped_database_gives_503_at_once(installation):  # R49
    postmaster = int((installation.home / "postgres/data/postmaster.pid").read_text().split()[0])
    log = installation.log.read_text()
    os.kill(postmaster, signal.SIGINT)
    installation.wait_for(lambda: "postgres" in installation.log.read_text()[len(log) :])

    began = time.monotonic()
    status = installation.status("/")
    took = time.monotonic() - began

    assert status in {503, 200, 302}
    assert took < 5
    installation.wait_for(lambda: installation.status("/readyz") == 200)


def test_a_killed_web_process_comes_back(installation):
    os.kill(installation.pid_of("ventanilla web"), signal.SIGKILL)

    installation.wait_for(lambda: installation.status("/healthz") == 200)


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(installation):
    installation.process.kill()
    installation.process.wait()

    installation.start()

    installation.wait_for(lambda: installation.status("/readyz") == 200)
    supervisors = [c for c in installation.processes().values() if "ventanilla up" in c]
    assert len(supervisors) == 1


def test_a_signal_stops_all_of_it(installation):
    assert installation.stop() == 0

    assert installation.processes() == {}
    assert not (installation.home / "postgres/data/postmaster.pid").exists()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def addresses_of_this_machine():
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    return {row[4][0] for row in found if not row[4][0].startswith("127.")}
