"""The database inside a home: for `up` as long as it runs, for a command as long as it takes."""

import contextlib
import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from ventanilla.lib import env, home, postgres_install
from ventanilla.lib.postgres import DatabaseProblem, Server
from ventanilla.lib.terminal import gettext as _

PATIENCE = 60.0  # seconds that a command waits for a database that is starting or ending


def is_embedded() -> bool:
    """Tell whether this installation brings its own database."""
    return not env.text("DATABASE_URL")


def server(place: Path) -> Server:
    """Return the home's server, not started. As root the home is handed to the database's user.

    The folders below stay root's own and closed: that user may pass, not look.
    """
    account = postgres_install.account()
    if not account.is_us:
        os.chown(place, account.uid, -1)
    return Server(place / "postgres", home.socket_folder(place), account=account)


@contextlib.contextmanager
def running_database(place: Path, purpose: str) -> Iterator[bool]:
    """Yield once the database takes connections: True when it was started here.

    DATABASE_URL's, or that of a running `up`, or else one started for the while; other commands
    that came meanwhile may finish before it stops.
    """
    if not is_embedded():
        yield False
        return
    home.prepare(place)
    with (place / "users.lock").open("a") as users, contextlib.ExitStack() as stack:
        fcntl.flock(users, fcntl.LOCK_SH)
        if not _own_or_join(place, purpose, stack):
            yield False
            return
        database = server(place)
        database.start()
        try:
            database.provision(home.ROLE, home.DATABASE)
            yield True
        finally:
            fcntl.flock(users, fcntl.LOCK_EX)
            database.stop()


def _own_or_join(place: Path, purpose: str, stack: contextlib.ExitStack) -> bool:
    """Return True when the home is now ours, False when its owner's database is there."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            stack.enter_context(home.owned(place, purpose))
            return True
        except home.HomeInUse as error:
            if answers(place):
                return False
            if time.monotonic() > end:
                raise home.HomeProblem(
                    _("The database of %(home)s does not answer. %(owner)s")
                    % {"home": place, "owner": error}
                ) from error
            time.sleep(0.1)


def answers(place: Path) -> bool:
    """Tell whether the home's database takes connections now."""
    import psycopg

    try:
        psycopg.connect(
            host=str(home.socket_folder(place)),
            user=home.ROLE,
            dbname=home.DATABASE,
            connect_timeout=5,
        ).close()
    except psycopg.OperationalError:
        return False
    return True


class SchemaSeal:
    """Remembers that this code and this database went together, so that `up` need not ask again.

    Looking costs 10 ms; asking Django costs a process of its own.
    """

    def __init__(self, database: Server, place: Path):
        self.database, self.file = database, place / "postgres" / "schema.seal"

    def holds(self) -> bool:
        return self.file.exists() and self.file.read_text(encoding="ascii") == self._now()

    def renew(self) -> None:
        self.file.write_text(self._now(), encoding="ascii")

    def _now(self) -> str:
        package = Path(__file__).resolve().parent.parent
        known = sorted(str(file) for file in package.glob("*/migrations/*.py"))
        known += [version(name) for name in ("django", "procrastinate")]
        try:
            known += [
                self.database.sql(
                    "SELECT app, name FROM django_migrations ORDER BY id", database=home.DATABASE
                )
            ]
        except DatabaseProblem:  # not even that table
            return "none"
        return hashlib.sha256("\n".join(known).encode()).hexdigest()
