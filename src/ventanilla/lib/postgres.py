"""The embedded PostgreSQL: start it, find it again, stop it; never leave it behind.

Only a unix socket in a folder of its own, only for its own user and root. A small shell (the
tether) holds the other end of a pipe to us: when we end, however that happens, the pipe closes
and it stops the database. Nothing here knows what the database is for.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ventanilla.lib import home
from ventanilla.lib import postgres_install as install
from ventanilla.lib.home import HomeProblem, make_private
from ventanilla.lib.terminal import gettext as _
from ventanilla.lib.tether import Tether

# A fast stop; when it hangs (seen during crash recovery) an immediate one; then none at all.
STOPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
# The same for a server whose owner was killed; one that was for a test need not save anything.
ORPHANED = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 0))
ABANDONED = ORPHANED[1:]
ROLES = ("postgres", home.ROLE)  # who may sign in
LOG_LIMIT = 10_000_000
# The remains of a killed server: gone within moments, so starting again is the answer.
PASSING = ("pre-existing shared memory block", "lock file")


class DatabaseProblem(HomeProblem):
    """The database does not start. The message says why."""


class Cancelled(Exception):
    """`stop` came while the server was starting."""


class Server:
    """One PostgreSQL server in one folder.

    folder    holds data/, log and, for root, copied programs
    socket    the folder of its socket, at most 107 bytes with the socket's name
    durable   False for tests: faster, and lost with the machine
    """

    def __init__(
        self,
        folder: Path,
        socket: Path,
        *,
        account: install.Account | None = None,
        programs: Path | None = None,
        durable: bool = True,
        stops: tuple[tuple[signal.Signals, float], ...] = STOPS,
    ):
        self.folder, self.socket, self.durable, self.stops = folder, socket, durable, stops
        self.data, self.log = folder / "data", folder / "log"
        self.account = account or install.account()
        self._given = programs
        self.pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._tether: Tether | None = None
        self._crashed = self._cancelled = False

    def start(self, timeout: float = 60) -> str:
        """Start the server and wait until it takes connections.

        Returns what was found: "new", "clean", "recovered" (it had been killed) or "adopted" (it
        was still running). Raises DatabaseProblem, HomeProblem, Cancelled.
        """
        self._crashed = self._cancelled = False
        self._prepare()
        deadline = time.monotonic() + timeout
        if self._adopt(deadline):
            return "adopted"
        found = self._find_data()
        self._configure()
        while not self._launch(deadline):
            time.sleep(0.2)
        return found

    def cancel(self) -> None:
        """Make a `start` in another thread give up soon."""
        self._cancelled = True

    def alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return self.pid is not None and self._is_ours(self.pid)

    def stop(self) -> None:
        """Stop the server, harder each time that it does not obey."""
        for number, patience in self.stops:
            if not self.alive():
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid or 0, number)
            _until(lambda: not self.alive(), patience)
        self._untie()
        self.pid = self._process = None

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements one by one as the superuser; return what they print."""
        command = [
            str(self.programs / "psql"),
            *("-h", str(self.socket), "-U", "postgres", "-d", database, "-XAtq"),
            *("-v", "ON_ERROR_STOP=1"),
        ]
        for statement in statements:
            command += ["-c", statement]
        done = subprocess.run(
            command, capture_output=True, text=True, env=_environment(), check=False
        )
        if done.returncode:
            raise DatabaseProblem(done.stderr.strip().partition("\n")[0])
        return done.stdout.strip()

    def provision(self, role: str, database: str) -> None:
        """Make the role (no superuser) and its database with pgvector, as far as missing."""
        if not self.sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
            self.sql(f"CREATE ROLE {role} LOGIN")
        if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'"):
            self.sql(f"CREATE DATABASE {database} OWNER {role}")
        if not self.sql("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"):
            raise DatabaseProblem(
                _(
                    "The PostgreSQL in %(folder)s has no pgvector. Install it (Debian: "
                    "postgresql-%(major)d-pgvector), or unset VENTANILLA_POSTGRES_BIN."
                )
                % {"folder": self.programs, "major": self.major}
            )
        self.sql("CREATE EXTENSION IF NOT EXISTS vector", database=database)

    # What start() is made of.

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(self.folder, owner=self.account.uid)
        if not self.account.is_us and (closed := self.account.reaches(self.folder)):
            raise HomeProblem(install.unreachable(self.folder, closed, self.account))
        make_private(self.socket, owner=self.account.uid)
        given = self._given or install.programs()
        self.programs = install.reachable_programs(given, self.account, self.folder)
        self.version = install.version(self.programs)
        self.major = int(self.version.partition(".")[0])

    def _adopt(self, deadline: float) -> bool:
        """Take over a server that outlived its owner; wait for one that is about to end."""
        while (pid := self._noted_pid()) and self._is_ours(pid):
            if self._noted_state() == "ready":
                self.pid = pid
                self._tie()
                return True
            self._check(deadline)
            time.sleep(0.05)
        if pid:  # a number left by a killed server; by now it may be anybody's
            self._crashed = True
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _find_data(self) -> str:
        mark = self.data / "PG_VERSION"
        if not mark.exists():
            self._initialise()
            return "new"
        kept = mark.read_text(encoding="ascii").strip()
        if kept != str(self.major):
            raise DatabaseProblem(
                _(
                    "The database in %(folder)s was made by PostgreSQL %(kept)s, and this release "
                    "brings %(major)s. Nothing was changed. Make a backup with the release that "
                    "made it (ventanilla backup), then restore it into a new home."
                )
                % {"folder": self.folder, "kept": kept, "major": self.major}
            )
        return "recovered" if self._crashed else "clean"

    def _initialise(self) -> None:
        """Make a new cluster beside its place and move it there when it is whole."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = install.initdb_command(self.programs, fresh, self.major)
        if not self.durable:
            command += ["--no-sync", "--wal-segsize=1"]
        try:
            self._run(command)
        except subprocess.CalledProcessError as error:
            raise DatabaseProblem(
                _("A new database can't be made in %(folder)s: %(error)s")
                % {"folder": self.folder, "error": error.stderr.strip().splitlines()[-1]}
            ) from error
        fresh.rename(self.data)

    def _run(self, command: list[str]) -> None:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            **self.account.popen(),  # type: ignore[call-overload]
        )

    def _configure(self) -> None:
        rules, people = install.access_rules(self.account, ROLES)
        texts = {
            "postgresql.conf": install.configuration(self.socket, self.major, durable=self.durable),
            "pg_hba.conf": rules,
            "pg_ident.conf": people,
        }
        for name, text in texts.items():
            file = self.data / name
            file.write_text(text, encoding="utf-8")
            if not self.account.is_us:
                os.chown(file, self.account.uid, self.account.gid)

    def _launch(self, deadline: float) -> bool:
        """Start the server; False when what a killed one left behind is still in the way."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".1"))
        with self.log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [str(self.programs / "postgres"), "-D", str(self.data)],
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for its owner, who stops it last
                **self.account.popen(),  # type: ignore[call-overload]
            )
        self.pid = self._process.pid
        self._tie()
        while self.alive():
            if self._noted_pid() == self.pid and self._noted_state() == "ready":
                return True
            try:
                self._check(deadline)
            except (Cancelled, DatabaseProblem):
                self.stop()
                raise
            time.sleep(0.005)
        self.stop()
        words = self._last_words(begin)
        if time.monotonic() < deadline and any(sign in words for sign in PASSING):
            return False
        raise DatabaseProblem(words)

    def _check(self, deadline: float) -> None:
        if self._cancelled:
            raise Cancelled
        if time.monotonic() > deadline:
            raise DatabaseProblem(self._last_words())

    def _tie(self) -> None:
        if self.pid is not None:
            self._tether = Tether(self.pid, ORPHANED if self.durable else ABANDONED)

    def _untie(self) -> None:
        if self._tether is not None:
            self._tether.let_go()
            self._tether = None

    def _noted(self, line: int) -> str:
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ""
        return lines[line].strip() if len(lines) > line else ""

    def _noted_pid(self) -> int | None:
        first = self._noted(0)
        return int(first) if first.isdecimal() else None

    def _noted_state(self) -> str:
        return self._noted(7)

    def _is_ours(self, pid: int) -> bool:
        """Tell whether process `pid` runs and is this folder's server."""
        if sys.platform == "linux":
            try:
                return Path(f"/proc/{pid}/cwd").readlink() == self.data.resolve()
            except OSError:
                return False
        shown = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
        return "postgres" in shown and str(self.data) in shown

    def _last_words(self, begin: int | None = None) -> str:
        """Return one sentence about why the server does not start, from its own log."""
        size = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("rb") as log:
            log.seek(max(0, size - 4000) if begin is None else begin)
            lines = log.read().decode(errors="replace").splitlines()
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-1:]
        reason = fatal[-1].partition("] ")[2] or fatal[-1] if fatal else _("it says nothing")
        return _("The database in %(folder)s does not start: %(reason)s (see %(log)s)") % {
            "folder": self.folder,
            "reason": reason,
            "log": self.log,
        }


def _environment() -> dict[str, str]:
    """Return a plain environment: what the operator's shell has set is not for the database."""
    kept = {"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"}
    return {k: v for k, v in os.environ.items() if k in kept} | {"LC_ALL": "C", "TZ": "UTC"}


def _until(condition: Callable[[], bool], patience: float) -> None:
    end = time.monotonic() + patience
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
