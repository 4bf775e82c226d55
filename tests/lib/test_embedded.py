"""The database inside a home, for commands beside and without a running `up`."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.throwaway import scratch
from ventanilla.lib import embedded, home

# Uses the home's database and says so; stays until its standard input ends.
USER = """
import sys
from pathlib import Path
from ventanilla.lib import embedded
place = Path(sys.argv[1])
with embedded.running_database(place, "a command") as started:
    print(started, embedded.answers(place), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(monkeypatch):
    monkeypatch.delenv("DATABASE_URL")
    folder = Path(tempfile.mkdtemp(prefix="vt-home-", dir=scratch()))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def command(place):
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(place)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_command_starts_the_database_for_itself_and_stops_it_after(place):
    with embedded.running_database(place, "a test") as started:
        assert started
        assert embedded.answers(place)

    assert not embedded.answers(place)


def test_two_commands_share_it_and_the_last_one_stops_it(place):
    first = command(place)
    assert first.stdout.readline() == "True True\n"
    second = command(place)
    assert second.stdout.readline() == "False True\n"

    first.stdin.close()  # the first one has finished, but waits with the stop for the second
    assert embedded.answers(place)
    second.stdin.close()

    assert second.wait(30) == first.wait(30) == 0
    assert not embedded.answers(place)
    for process in (first, second):
        process.stdout.close()


def test_with_database_url_nothing_is_started(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")

    with embedded.running_database(place, "a test") as started:
        assert not started

    assert not place.exists()


def test_a_home_too_deep_for_a_socket_gets_a_short_one_always_the_same():
    deep = Path("/tmp") / ("deep" * 30)

    folder = home.socket_folder(deep)

    assert len(str(folder)) + len("/.s.PGSQL.5432") <= 107
    assert folder == home.socket_folder(deep)
    assert folder != home.socket_folder(deep / "other")
    assert home.socket_folder(Path("/var/lib/ventanilla")) == Path("/var/lib/ventanilla/run")


def test_any_folder_name_will_do(place):
    odd = place / "Mi escritorio, el de 'Íñigo'"
    odd.mkdir(mode=0o711, parents=True)
    place.chmod(0o711)

    with embedded.running_database(odd, "a test"):
        assert embedded.answers(odd)

    shutil.rmtree(home.socket_folder(odd))


def test_the_seal_holds_until_the_schema_changes(place):
    home.prepare(place)
    server = embedded.server(place)
    server.start()
    server.provision(home.ROLE, home.DATABASE)
    seal = embedded.SchemaSeal(server, place)
    assert not seal.holds()
    table = "CREATE TABLE django_migrations (id int, app text, name text)"
    server.sql(table, database=home.DATABASE)
    seal.renew()
    assert seal.holds()

    server.sql("INSERT INTO django_migrations VALUES (1, 'x', '0001')", database=home.DATABASE)

    assert not seal.holds()
    server.stop()
