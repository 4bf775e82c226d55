"""An installation of the product, as processes of its own: started, asked and ended from outside.

What a test learns of it, it learns as anybody could: pages, commands, log and database.
"""

from __future__ import annotations

import json
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
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.processes import commands, environment
from tests.throwaway import REPOSITORY, scratch
from ventanilla.lib import home

PATIENCE = 60.0  # seconds after which what should happen has not happened


class Installation:
    """A home, its ports, and `ventanilla up` on them. `settings` are further VENTANILLA_… ones."""

    def __init__(self, folder: Path, **settings: str):
        self.home, self.log = folder / "home", folder / "log"
        self.port, self.smtp_port = free_port(), free_port()
        kept = {name: value for name, value in os.environ.items() if not of_a_desk(name)}
        self.environment = kept | {
            "VENTANILLA_HOME": str(self.home),
            "VENTANILLA_PORT": str(self.port),
            "VENTANILLA_SMTP_LISTEN": f"127.0.0.1:{self.smtp_port}",
            "VENTANILLA_LOG_FORM": "json",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    # -- its life ------------------------------------------------------------------------------
    def start(self) -> None:
        """Return once it answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ventanilla", "up"],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_for(lambda: self.status("/readyz") == 200, "the pages")

    def stop(self, number: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def wait_for(
        self, condition: Callable[[], Any], what: object = "", patience: float = PATIENCE
    ) -> Any:
        """Return what the condition gives once it is true; fail with the log when it stays so."""
        assert self.process is not None
        end = time.monotonic() + patience
        while not (found := condition()):
            late = time.monotonic() > end
            if late or self.process.poll() is not None:
                raise AssertionError(f"{what} did not come.\n{self.last_words()}")
            time.sleep(0.03)
        return found

    def last_words(self) -> str:
        """Return the end of the log: what failed in it, and its last lines."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        failed = [line for line in lines if '"level":"error"' in line or "Traceback" in line]
        return "\n".join([*failed[-3:], "...", *lines[-20:]]).replace("\\n", "\n")

    # -- its pages -----------------------------------------------------------------------------
    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def status(self, path: str) -> int | None:
        """Return the answer's code; None when nobody answers."""
        try:
            with urllib.request.urlopen(self.url(path), timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    # -- its commands --------------------------------------------------------------------------
    def command(self, *arguments: str, given: bytes = b"", code: int = 0) -> str:
        """Run `ventanilla …` beside it and return what it prints."""
        return self.python("-m", "ventanilla", *arguments, given=given, code=code)

    def python(self, *arguments: str, given: bytes = b"", code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            input=given,
            capture_output=True,
            env=self.environment,
            cwd=REPOSITORY,
            timeout=120,
        )
        assert done.returncode == code, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    def ticket(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("ticket", "show", str(number), "--json"))
        return found

    # -- its database --------------------------------------------------------------------------
    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(
            host=str(home.socket_folder(self.home)),
            user=home.ROLE,
            dbname=home.DATABASE,
            connect_timeout=5,
            row_factory=dict_row,
        ) as connection:
            return connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        return next(iter(self.rows(sql, *values)[0].values()))

    # -- its processes -------------------------------------------------------------------------
    def processes(self) -> dict[int, str]:
        """Return pid -> command line of everything that belongs to this home."""
        place = str(self.home)
        everything = commands().items()
        return {pid: text for pid, text in everything if place in text or place in environment(pid)}

    def pid_of(self, part: str) -> int | None:
        """Return the process of a role such as "worker"; None while there is none."""
        ending = f"-m ventanilla {part}"
        found = (pid for pid, text in self.processes().items() if text.endswith(ending))
        return next(found, None)

    def postmaster(self) -> int | None:
        try:
            return int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None


@contextmanager
def installed(
    disk: Callable[[Path], AbstractContextManager[object]] = nullcontext, **settings: str
) -> Iterator[Installation]:
    """Yield a running installation in a folder of its own; both are gone afterwards.

    disk   what is to lie under its home while it runs; the log is elsewhere
    """
    folder = Path(tempfile.mkdtemp(prefix="vt-up-", dir=scratch()))
    try:
        folder.chmod(0o755)
        with disk(folder / "home"):
            yield from _running(Installation(folder, **settings))
    finally:
        shutil.rmtree(folder)


def _running(running: Installation) -> Iterator[Installation]:
    try:
        running.start()
        yield running
    except BaseException as error:
        error.add_note(running.last_words())
        raise
    finally:
        if running.process is not None and running.process.poll() is None:
            running.stop()


def of_a_desk(name: str) -> bool:
    """Whether a variable belongs to an installation; the account that tests use stays."""
    ours = name.startswith("VENTANILLA_") and name != "VENTANILLA_POSTGRES_USER"
    return ours or name in ("DATABASE_URL", "PORT", "DJANGO_SETTINGS_MODULE")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
