"""Whether the database's tables are those that this code knows, and making them so."""

from dataclasses import dataclass
from enum import Enum

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ventanilla.lib.home import HomeProblem
from ventanilla.lib.terminal import gettext as _

OLDEST_POSTGRES = 15
LOCK = 0x7EA7_0001  # one machine migrates at a time


class State(Enum):
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Server:
    """What is on the other side of the connection."""

    major: int
    encoding: str
    has_vector: bool
    offers_vector: bool
    database: str
    role: str
    is_superuser: bool


class SchemaProblem(HomeProblem):
    """This code and this database do not go together."""


def state() -> State:
    """Compare migrations: AHEAD when the database has some that this code does not know."""
    executor = MigrationExecutor(connection)
    known, graph = executor.loader.disk_migrations or {}, executor.loader.graph
    ours = {app for app, _name in known}
    applied = {key for key in executor.loader.applied_migrations if key[0] in ours}
    replaced = {key for migration in known.values() for key in migration.replaces}
    if applied - set(known) - replaced:
        return State.AHEAD
    return State.BEHIND if executor.migration_plan(graph.leaf_nodes()) else State.CURRENT


def update() -> bool:
    """Bring the schema up to date, one process at a time; return whether anything was done."""
    require_server()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            found = state()
            if found is State.BEHIND:
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    if found is State.AHEAD:
        raise SchemaProblem(too_new())
    return found is State.BEHIND


def require_server() -> None:
    """Raise SchemaProblem unless the server is one that Ventanilla can live on."""
    found = server()
    if found.major < OLDEST_POSTGRES:
        raise SchemaProblem(
            _("Ventanilla needs PostgreSQL 15 or newer, and this is %(major)d.")
            % {"major": found.major}
        )
    if not found.has_vector:
        raise SchemaProblem(advice_on_vector(found))


def server() -> Server:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding'),"
            " EXISTS (SELECT FROM pg_extension WHERE extname = 'vector'),"
            " EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector'),"
            " current_database(), current_user,"
            " (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
        )
        return Server(*cursor.fetchone())


def advice_on_vector(found: Server) -> str:
    """Return what the database's administrator has to do, with the one statement."""
    place = {
        "name": found.database,
        "major": found.major,
        "statement": "CREATE EXTENSION vector;",
    }
    if found.offers_vector:
        return _("As a superuser, in the database %(name)s, run once: %(statement)s") % place
    return (
        _(
            "Install pgvector on the database's machine (Debian: postgresql-%(major)d-pgvector). "
            "Then, as a superuser, in the database %(name)s, run once: %(statement)s"
        )
        % place
    )


def require_current() -> None:
    found = state()
    if found is State.AHEAD:
        raise SchemaProblem(too_new())
    if found is State.BEHIND:
        raise SchemaProblem(_("The database is older than this release: run ventanilla migrate."))


def too_new() -> str:
    return _(
        "The database was used by a newer release of Ventanilla than this one. "
        "Nothing was changed. Install that release again."
    )
