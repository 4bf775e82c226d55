"""PostgreSQL's own programs for dumping and restoring, fitting the server that is in use."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.db import connection
from psycopg import pq
from psycopg.conninfo import make_conninfo

from ventanilla.lib import env, postgres_install
from ventanilla.lib.problems import Problem
from ventanilla.lib.terminal import gettext as _

_DISTRIBUTIONS = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin",
                  "/opt/homebrew/opt/postgresql@{}/bin")  # fmt: skip
# What a database's owner can't restore, and what a new database already has.
_NOT_OURS = re.compile(
    r"^\d+; \d+ \d+ (EXTENSION|COMMENT - EXTENSION|(COMMENT - )?SCHEMA - public)"
)


class ToolProblem(Problem):
    """A program of PostgreSQL's is missing or has failed."""

    code = "postgres_tool"


@contextmanager
def dumping() -> Iterator[IO[bytes]]:
    """Yield the database as one consistent snapshot, in PostgreSQL's custom format."""
    options = ["--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--no-comments"]
    with _run("pg_dump", *options, stdout=subprocess.PIPE) as process:
        assert process.stdout
        yield process.stdout


def restore(dump: Path) -> None:
    """Bring the dump into the database, which is empty: all of it or, if it fails, nothing."""
    contents = dump.with_suffix(".list")
    contents.write_text("".join(_ours(dump)), encoding="utf-8")
    options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    try:
        with _run("pg_restore", *options, f"--use-list={contents}", str(dump)):
            pass
    finally:
        contents.unlink()


def is_empty() -> bool:
    """Tell whether the database holds no tables yet, apart from those of extensions."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NOT EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
                  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
            )
            """
        )
        return cursor.fetchone()[0]


def server_version() -> int:
    """Return the server's major version, such as 18."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def _ours(dump: Path) -> Iterable[str]:
    with _run("pg_restore", "--list", str(dump), stdout=subprocess.PIPE, connect=False) as process:
        assert process.stdout
        listed = process.stdout.read().decode()
    return [line for line in listed.splitlines(keepends=True) if not _NOT_OURS.match(line)]


@contextmanager
def _run(
    name: str, *options: str, stdout: int | None = None, connect: bool = True
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the program until the block ends. Raises ToolProblem with what it said if it fails."""
    command = [str(_folder(name) / name), *options]
    if connect:
        command.append(f"--dbname={_address()}")
    with (
        TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 (PostgreSQL's own programs)
            command, stdout=stdout, stderr=errors, env=_environment()
        ) as process,
    ):
        try:
            yield process
        except BaseException:
            process.kill()
            raise
        if process.wait():
            errors.seek(0)
            reason = errors.read().decode(errors="replace").strip()
            raise ToolProblem(_("%(name)s failed: %(reason)s") % {"name": name, "reason": reason})


def _address() -> str:
    """Return how to reach the database, without its password: others can see a command line."""
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - {"password"}
    given = connection.get_connection_params()
    return make_conninfo("", **{k: v for k, v in given.items() if k in known and v is not None})


def _environment() -> dict[str, str]:
    password = connection.get_connection_params().get("password")
    without = {k: v for k, v in os.environ.items() if k != "PGOPTIONS"}  # no time-out for a dump
    return without | ({"PGPASSWORD": str(password)} if password else {})


def _folder(name: str) -> Path:
    """Return the programs of the server's own version, else of the next newer one."""
    wanted = server_version()
    found = {major: folder for folder in _folders(name, wanted) if (major := _major(folder))}
    if env.text("VENTANILLA_POSTGRES_BIN") and found:
        return next(iter(found.values()))
    usable = [major for major in found if major >= wanted]
    if not usable:
        raise ToolProblem(
            _("%(name)s for PostgreSQL %(major)d is missing. Install postgresql-client-%(major)d.")
            % {"name": name, "major": wanted}
        )
    return found[min(usable)]


def _folders(name: str, major: int) -> Iterator[Path]:
    on_path = shutil.which(name)
    places = [
        postgres_install.programs(),
        *(Path(place.format(major)) for place in _DISTRIBUTIONS),
        *([Path(on_path).parent] if on_path else []),
    ]
    yield from (place for place in places if (place / name).exists())


def _major(folder: Path) -> int:
    out = subprocess.run(  # noqa: S603
        [folder / "pg_dump", "--version"], capture_output=True, text=True
    )
    found = re.search(r"(\d+)", out.stdout)
    return int(found[1]) if found else 0
