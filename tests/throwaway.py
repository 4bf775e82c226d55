"""A throw-away PostgreSQL for one test run, and a throw-away home beside it.

Made from a prepared cluster under .cache/, so a start takes a few tenths of a second. Each run
has its own; xdist's workers share their controller's. It ends with the run, even after kill -9,
and the next run removes what such a run left.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

from ventanilla.lib import postgres_install as install
from ventanilla.lib.postgres import Server

ROLE = DATABASE = "ventanilla"
REPOSITORY = Path(__file__).resolve().parent.parent
PREFIX = "vt-test-"


class ThrowAway:
    """The run's folder: `home` for the product, `server` for its database."""

    def __init__(self) -> None:
        self.folder = scratch() / f"{PREFIX}{os.getpid()}"
        self.home = self.folder / "home"
        self._server: Server | None = None
        self._owner = os.getpid()

    @property
    def socket(self) -> Path:
        return self.folder / "run"

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket))}"

    def start(self) -> None:
        if self._server is not None or os.getpid() != self._owner:
            return
        who = database_account()
        self.folder.mkdir(mode=0o755)
        with template(who) as (data, programs):
            (self.folder / "postgres").mkdir(mode=0o700)
            copy(data, self.folder / "postgres" / "data", who)
        self._server = Server(
            self.folder / "postgres", self.socket, account=who, programs=programs, durable=False
        )
        self._server.start()

    def stop(self) -> None:
        if os.getpid() == self._owner:
            if self._server is not None:
                self._server.stop()
                self._server = None
            shutil.rmtree(self.folder, ignore_errors=True)


def database_account() -> install.Account:
    """Return who the database runs as: us; as root, nobody."""
    return install.account("nobody")


def scratch() -> Path:
    """Return where short-lived data goes: memory where there is plenty, else the disk."""
    memory = Path("/dev/shm")
    with contextlib.suppress(OSError):
        if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2_000_000_000:
            return memory
    return Path(tempfile.gettempdir())


@contextlib.contextmanager
def template(who: install.Account):
    """Yield a prepared cluster's data and the programs, made when missing; locked meanwhile."""
    cache = cache_folder(who)
    programs = install.reachable_programs(install.programs(), who, cache)
    ready = cache / f"template-{install.version(programs)}-{who.name}-1"
    with (cache / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (ready / "whole").exists():
            shutil.rmtree(ready, ignore_errors=True)
            make_template(ready, programs, who)
        yield ready / "data", programs


def make_template(folder: Path, programs: Path, who: install.Account) -> None:
    socket = Path(tempfile.mkdtemp(prefix="vt-template-"))
    os.chown(socket, who.uid, who.gid)
    server = Server(folder, socket, account=who, programs=programs, durable=False)
    server.start()
    server.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
    server.sql("CREATE EXTENSION vector", database="template1")
    server.sql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
    server.stop()
    socket.rmdir()
    (folder / "whole").touch()


def cache_folder(who: install.Account) -> Path:
    """Return .cache/ of the repository, or where the database's user can't go, one in /var/tmp."""
    folder = REPOSITORY / ".cache" / "tests"
    folder.mkdir(parents=True, exist_ok=True)
    if who.reaches(folder) is not None:
        folder = Path("/var/tmp") / f"ventanilla-tests-{os.geteuid()}"
        folder.mkdir(mode=0o755, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise RuntimeError(f"{folder} belongs to somebody else: remove it")
    return folder


def copy(source: Path, target: Path, who: install.Account) -> None:
    shutil.copytree(source, target)
    if not who.is_us:
        for item in (target.parent, target, *target.rglob("*")):
            os.chown(item, who.uid, who.gid)


def remove_leftovers() -> None:
    """Remove the folders of runs that were killed."""
    for folder in scratch().glob(f"{PREFIX}*"):
        number = folder.name.removeprefix(PREFIX)
        if number.isdecimal() and not running(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
