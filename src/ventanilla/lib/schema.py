"""Whether the database's tables are those that this code knows, and making them so."""

from enum import Enum

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from ventanilla.lib.home import HomeProblem
from ventanilla.lib.terminal import gettext as _

LOCK = 0x7EA7_0001  # one machine migrates at a time


class State(Enum):
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"


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
