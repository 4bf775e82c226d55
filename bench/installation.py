"""A real installation to measure: `ventanilla up` with a home and ports of its own."""

from __future__ import annotations

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
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import django
import psycopg

from bench.measure import PROC, tree
from ventanilla.lib import home

PATIENCE = 900.0  # seconds for what has to happen sooner or later; making the demo desk is slow
ROLES = ("web", "worker", "mail")


class Installation:
    """`ventanilla up`, its processes and its database. Outgoing mail goes to a sink beside it."""

    def __init__(self, folder: Path):
        self.folder, self.home = folder, folder / "home"
        self.port, self.smtp_port, self.sink_port = free_ports(3)
        kept = {name: value for name, value in os.environ.items() if not of_a_desk(name)}
        self.environment = kept | {
            "VENTANILLA_HOME": str(self.home),
            "VENTANILLA_PORT": str(self.port),
            "VENTANILLA_SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
            "VENTANILLA_SMTP_URL": f"smtp://127.0.0.1:{self.sink_port}",
            "VENTANILLA_LOG_FORM": "json",
        }
        if os.geteuid() == 0:
            self.environment["VENTANILLA_POSTGRES_USER"] = "nobody"  # make no user for this
        self.up: subprocess.Popen[bytes] | None = None
        self.sink: subprocess.Popen[bytes] | None = None

    # -- its life ------------------------------------------------------------------------------
    def start(self, *, demo: bool = False) -> float:
        """Return the seconds until the first page was there."""
        began = time.perf_counter()
        self.up = self._run("ventanilla", "up", "--demo" if demo else "--no-demo")
        self.wait_for(self.serves, pause=0.01)
        return time.perf_counter() - began

    def command(self, *arguments: str) -> str:
        """Run a command of the product to its end; returns the last line that it said."""
        done = subprocess.run(
            [sys.executable, "-m", "ventanilla", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{arguments} failed.\n{done.stderr[-4000:]}")
        return done.stdout.strip().rpartition("\n")[2]

    def stop(self) -> None:
        if self.up is not None and self.up.poll() is None:
            self.resume("worker")
            self.up.send_signal(signal.SIGINT)
            self.up.wait(120)

    def receive_answers(self) -> None:
        """Start the server that takes what the installation sends."""
        place = f"127.0.0.1:{self.sink_port}"
        self.sink = self._run("aiosmtpd", "-n", "-l", place, "-c", "aiosmtpd.handlers.Sink")

    def _run(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def attach(self) -> None:
        """Let this process work on the installation's database and files."""
        for name in [name for name in os.environ if of_a_desk(name)]:
            del os.environ[name]
        os.environ |= {n: v for n, v in self.environment.items() if n.startswith("VENTANILLA_")}
        os.environ |= {"DJANGO_SETTINGS_MODULE": "ventanilla.settings"}
        os.environ |= {"VENTANILLA_LOG_LEVEL": "error"}
        django.setup()

    # -- looking at it -------------------------------------------------------------------------
    def serves(self) -> bool:
        """Whether a whole page comes: the one that people sign in on."""
        try:
            with urllib.request.urlopen(f"{self.url}/login/", timeout=10) as answer:
                return answer.status == 200 and b"</html>" in answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, condition: Callable[[], object], *, pause: float = 0.1) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end or self.up is None or self.up.poll() is not None:
                raise SystemExit(f"It did not come.\n{(self.folder / 'log').read_text()[-4000:]}")
            time.sleep(pause)

    def rows(self, sql: str) -> list[tuple]:
        with self.connect() as connection:
            return connection.execute(sql).fetchall()

    def connect(self) -> psycopg.Connection:
        place = str(home.socket_folder(self.home))
        return psycopg.connect(host=place, user=home.ROLE, dbname=home.DATABASE, autocommit=True)

    def is_quiet(self) -> bool:
        """Whether nothing waits to be done: no mail in or out, no event, no job that is due."""
        (waiting,) = self.rows(WAITING)
        return not any(waiting)

    # -- its processes -------------------------------------------------------------------------
    def parts(self) -> dict[str, int | None]:
        """The first process of each part; `bench` is the one that measures."""
        started = {_command(pid): pid for pid in tree(self.up.pid if self.up else None)}
        return {
            **{role: _named(started, f"-m ventanilla {role}") for role in ROLES},
            "database": self.postmaster(),
            "supervisor": self.up.pid if self.up else None,
            "sink": self.sink.pid if self.sink else None,
            "bench": os.getpid(),
        }

    def postmaster(self) -> int | None:
        with suppress(FileNotFoundError):
            return int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])
        return None

    def pause(self, role: str) -> None:
        self._signal(role, signal.SIGSTOP)

    def resume(self, role: str) -> None:
        self._signal(role, signal.SIGCONT)

    def _signal(self, role: str, number: signal.Signals) -> None:
        if pid := self.parts()[role]:
            for each in tree(pid):
                os.kill(each, number)


WAITING = """
SELECT (SELECT count(*) FROM mail_rawmail WHERE state = 'kept'),
       (SELECT count(*) FROM events_outbox),
       (SELECT count(*) FROM search_stale),
       (SELECT count(*) FROM mail_outgoingmail
           WHERE state IN ('waiting', 'sending') AND next_try_at <= now()),
       (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'
           OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))
"""


@contextmanager
def installed(folder: Path | None) -> Iterator[Installation]:
    """Yield an installation in a folder of its own; both are gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="vt-bench-", dir=folder))
    place.chmod(0o755)
    found = Installation(place)
    try:
        found.receive_answers()
        yield found
    finally:
        found.stop()
        if found.sink is not None:
            found.sink.terminate()
            found.sink.wait()
        shutil.rmtree(place)


def of_a_desk(name: str) -> bool:
    return name.startswith("VENTANILLA_") or name in ("DATABASE_URL", "PORT")


def free_ports(count: int) -> list[int]:
    """Different ones: all are held until the last has been found."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(probe.getsockname()[1]) for probe in probes]


def _named(started: dict[str, int], ending: str) -> int | None:
    return next((pid for command, pid in started.items() if command.endswith(ending)), None)


def _command(pid: int) -> str:
    with suppress(FileNotFoundError, ProcessLookupError):
        return (PROC / str(pid) / "cmdline").read_text().replace("\0", " ").strip()
    return ""
