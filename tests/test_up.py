"""`ventanilla up` for real: it serves, heals and leaves nothing behind (R49, R59)."""

import contextlib
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import commands, environment
from tests.throwaway import scratch

pytestmark = pytest.mark.servers


class Installation:
    """A running `ventanilla up` with a home and a port of its own."""

    def __init__(self, home: Path):
        self.home, self.port, self.smtp_port = home, free_port(), free_port()
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        self.environment = kept | {
            "VENTANILLA_HOME": str(home),
            "VENTANILLA_SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
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
        self.wait_for(lambda: is_open(self.smtp_port))

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(60)

    def ask(self, path, *, cookie=""):
        """Return the answer to a GET, redirections followed; None when nobody answers."""
        url = f"http://127.0.0.1:{self.port}{path}"
        request = urllib.request.Request(url, headers={"Cookie": cookie} if cookie else {})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer
        except urllib.error.HTTPError as error:
            return error
        except OSError:
            return None

    def status(self, path):
        return getattr(self.ask(path), "status", None)

    def postmaster(self):
        return int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])

    def wait_for(self, condition, patience=60):
        end = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    @contextlib.contextmanager
    def left_alone(self):
        """Let the supervisor sleep: nothing is started again meanwhile."""
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)

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


def test_without_database_everyone_is_asked_to_come_again_until_it_is_back(installation):  # R49
    killed = installation.postmaster()
    with installation.left_alone():
        os.kill(killed, signal.SIGKILL)

        began = time.monotonic()
        page = installation.ask("/", cookie=f"{settings.SESSION_COOKIE_NAME}=somebody")
        took = time.monotonic() - began
        mail = offer_mail(installation.smtp_port)
    installation.wait_for(lambda: installation.status("/readyz") == 200)

    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert took < 5  # a second where nothing else runs
    assert mail == 451
    assert installation.postmaster() != killed
    assert installation.status("/") == 200
    assert "The database had not been stopped properly; it has recovered." in (
        installation.log.read_text()
    )


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


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def offer_mail(port):
    """Return what the receiver says to a recipient."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail("ana@customer.test")
        return client.rcpt("help@desk.test")[0]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def addresses_of_this_machine():
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    return {row[4][0] for row in found if not row[4][0].startswith("127.")}
