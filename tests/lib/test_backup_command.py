"""The whole way, with the real commands on real databases: back up, restore, compare."""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

FILL = """
from datetime import UTC, datetime
from ventanilla.lib import secrets, storage
from ventanilla.lib.models import RateCounter
from ventanilla.people.models import User
monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
for name in ("ana", "bob"):
    User.objects.create(email=f"{name}@example.com", password="Ñandú €")
for number in range(50):
    digest = storage.put(b"mail %d" % number * 100)
    RateCounter.objects.create(key=digest, hits=[monday] * 3, allowed=True, expires_at=monday)
print(secrets.seal("hunter2"))
"""

READ_FILES = """
from ventanilla.lib import storage
print(sorted(storage.read(digest) for digest in storage.digests()))
"""
UNSEAL = """
from ventanilla.lib import secrets
print(secrets.unseal({!r}))
"""


class Place:
    """A home with a database of its own, used through the command line only."""

    def __init__(self, folder: Path, server: str, name: str):
        self.home, self.database = folder / name, f"{name}_{uuid4().hex[:8]}"
        self.url = server.replace("@/ventanilla", f"@/{self.database}")
        self.server = server
        psycopg.connect(server, autocommit=True).execute(f"CREATE DATABASE {self.database}")

    def run(self, *command: str, **options) -> subprocess.CompletedProcess:
        return self.python("-m", "ventanilla", *command, **options)

    def python(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        own = {"DATABASE_URL": self.url, "VENTANILLA_HOME": str(self.home), "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "ventanilla.settings", **own},
            check=False,
            **options,
        )

    def script(self, code: str) -> str:
        done = self.python("-c", "import django; django.setup()\n" + code)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def tables(self) -> dict[str, tuple]:
        """Return a digest of each table's rows, and each sequence's position."""
        with psycopg.connect(self.url) as database:
            names = database.execute(
                "SELECT relname, relkind FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')"
            ).fetchall()
            return {name: database.execute(_CONTENT[kind].format(name)).fetchone()
                    for name, kind in names}  # fmt: skip

    def drop(self) -> None:
        psycopg.connect(self.server, autocommit=True).execute(
            f"DROP DATABASE {self.database} WITH (FORCE)"
        )


_CONTENT = {
    "r": 'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{}" t',
    "S": 'SELECT last_value, is_called::text FROM "{}"',
}


@pytest.fixture(scope="module")
def old(database_server, tmp_path_factory):
    """An installation with data; tests only read it."""
    place = Place(tmp_path_factory.mktemp("places"), database_server, "old")
    assert place.run("migrate").returncode == 0
    place.sealed = place.script(FILL)
    yield place
    place.drop()


@pytest.fixture
def new(database_server, tmp_path):
    place = Place(tmp_path, database_server, "new")
    yield place
    place.drop()


@pytest.mark.servers
def test_everything_comes_back_in_an_empty_place(old, new, tmp_path):  # R57
    file = tmp_path / "backup.tar"

    done = old.run("backup", str(file))
    assert done.returncode == 0, done.stderr.decode()
    assert b"50 files" in done.stderr
    assert file.stat().st_mode & 0o777 == 0o600

    done = new.run("restore", str(file))
    assert done.returncode == 0, done.stderr.decode()
    assert new.tables() == old.tables()
    assert new.tables()["lib_ratecounter"][0] == 50
    assert new.script(READ_FILES) == old.script(READ_FILES) != "[]"
    assert new.script(UNSEAL.format(old.sealed)) == "hunter2"

    again = new.run("restore", str(file))
    assert again.returncode == 1
    assert b"already holds data" in again.stderr

    assert new.run("keys", "rotate").returncode == 0
    assert new.script(UNSEAL.format(old.sealed)) == "hunter2"  # the old key stays


@pytest.mark.servers
def test_a_backup_goes_through_pipes_and_a_torn_one_changes_nothing(old, new):  # R57
    whole = old.run("backup", "-").stdout

    torn = new.run("restore", "-", input=whole[: len(whole) // 2])
    assert torn.returncode == 1
    assert b"is torn or was altered" in torn.stderr
    assert new.tables() == {}
    assert not list((new.home / "files").iterdir())
    assert not (new.home / "secrets" / "keyring.json").exists()

    assert new.run("restore", "-", input=whole).returncode == 0
    assert new.tables() == old.tables()


@pytest.mark.servers
def test_an_existing_file_is_not_overwritten(old, tmp_path):
    file = tmp_path / "precious.tar"
    file.write_bytes(b"precious")

    done = old.run("backup", str(file))

    assert done.returncode != 0
    assert b"exists already" in done.stderr
    assert file.read_bytes() == b"precious"
