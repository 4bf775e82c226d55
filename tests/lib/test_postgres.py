"""The embedded database, for real: R49, R59."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from tests.throwaway import copy, database_account, scratch, template
from ventanilla.lib import postgres_install as install
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.postgres import DatabaseProblem, Server

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has the database run as another")

OWNER = """
import sys, time
from pathlib import Path
from ventanilla.lib.postgres import Server
from ventanilla.lib.postgres_install import account
server = Server(Path(sys.argv[1]), Path(sys.argv[2]), account=account("nobody"), durable=False)
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def place():
    """A folder that the database's user can reach, with a prepared cluster; pytest's own can't."""
    folder = Path(tempfile.mkdtemp(prefix="vt-postgres-", dir=scratch()))
    folder.chmod(0o755)
    with template(database_account()) as (data, _programs):
        (folder / "postgres").mkdir(mode=0o700)
        copy(data, folder / "postgres" / "data", database_account())
    yield folder
    server = make_server(folder)
    server.start()
    server.stop()
    shutil.rmtree(folder)


def make_server(folder: Path, **options) -> Server:
    return Server(
        folder / "postgres", folder / "run", account=database_account(), durable=False, **options
    )


def wait_until(condition, patience=10.0):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_only_the_socket_and_only_for_its_own_user(place):
    server = make_server(place)

    server.start()

    for folder in (server.folder, server.data, server.socket):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert server.sql("SHOW listen_addresses") == ""
    assert server.sql("SHOW data_checksums") == "on"
    assert "trust" not in (server.data / "pg_hba.conf").read_text()
    server.stop()


def test_the_product_gets_a_role_without_superuser_and_pgvector(place):
    server = make_server(place)
    server.start()

    server.provision("desk", "desk")
    server.provision("desk", "desk")

    assert server.sql("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname='desk'") == "f|f"
    assert server.sql("SELECT '[1,2]'::vector", database="desk") == "[1,2]"
    server.stop()


def test_kill_9_loses_nothing_and_the_next_start_says_so(place):  # R59
    server = make_server(place)
    assert server.start() == "clean"
    server.sql("CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('here')")
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not server.alive())

    again = make_server(place)

    assert again.start() == "recovered"
    assert again.sql("SELECT word FROM kept") == "here"
    again.stop()


def test_a_survivor_is_taken_over_and_can_be_stopped(place):
    first = make_server(place)
    first.start()
    first._untie()

    second = make_server(place)

    assert second.start() == "adopted"
    assert second.pid == first.pid
    assert second.sql("SELECT 1") == "1"
    first._process.poll()
    second.stop()
    wait_until(lambda: not first.alive())


def test_it_dies_with_its_owner_even_after_kill_9(place):
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, place / "postgres", place / "run"],
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(owner.stdout.readline())
    watcher = make_server(place)
    assert watcher._is_ours(pid)

    owner.kill()
    owner.wait()

    wait_until(lambda: not watcher._is_ours(pid))
    owner.stdout.close()


def test_a_server_that_does_not_obey_is_stopped_harder(place):
    patience = ((signal.SIGINT, 0.1), (signal.SIGQUIT, 0.1), (signal.SIGKILL, 10.0))
    server = make_server(place, stops=patience)
    server.start()
    process = server._process
    os.kill(server.pid, signal.SIGSTOP)  # deaf to everything but the last

    server.stop()

    assert process.returncode == -signal.SIGKILL
    assert not server.alive()


def test_a_number_that_belongs_to_somebody_else_now_is_no_obstacle(place):
    server = make_server(place)
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    wait_until(lambda: not server.alive())
    noted = server.data / "postmaster.pid"
    lines = noted.read_text().splitlines()
    noted.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    again = make_server(place)

    assert again.start() == "recovered"
    again.stop()


def test_another_version_s_data_is_refused_in_one_sentence_and_left_alone(place):
    mark = place / "postgres" / "data" / "PG_VERSION"
    now = mark.read_text()
    mark.write_text("16\n")

    with pytest.raises(DatabaseProblem, match="made by PostgreSQL 16, and this release brings 18"):
        make_server(place).start()

    assert mark.read_text() == "16\n"
    mark.write_text(now)


def test_a_server_that_can_t_start_says_why(place):
    (place / "postgres" / "data" / "local.conf").write_text("shared_buffers = nonsense\n")
    server = make_server(place)

    with pytest.raises(DatabaseProblem, match=r"does not start: .*local\.conf"):
        server.start()

    assert not server.alive()
    (place / "postgres" / "data" / "local.conf").unlink()


def test_a_broken_off_start_leaves_no_half_made_cluster(place):
    shutil.rmtree(place / "postgres" / "data")
    (place / "postgres" / "data.new").mkdir()
    (place / "postgres" / "data.new" / "PG_VERSION").write_text("18\n")

    server = make_server(place)

    assert server.start() == "new"
    assert server.sql("SHOW server_encoding") == "UTF8"
    assert server.sql("SELECT datlocprovider FROM pg_database WHERE datname = 'postgres'") == "b"
    server.stop()


@as_root
def test_a_folder_that_its_user_can_t_reach_is_named():
    closed = Path(tempfile.mkdtemp(prefix="vt-closed-"))
    server = Server(closed / "postgres", closed / "run", account=database_account(), durable=False)

    with pytest.raises(HomeProblem, match=f"{closed} is closed to others"):
        server.start()

    shutil.rmtree(closed)


@as_root
def test_programs_under_a_closed_folder_are_copied_where_its_user_can_run_them(place):
    wheel = install.programs().parents[1]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (closed / wheel.name).symlink_to(wheel)
    (closed / f"{wheel.name}.libs").symlink_to(wheel.parent / f"{wheel.name}.libs")

    found = install.reachable_programs(
        closed / wheel.name / "pginstall18" / "bin", database_account(), place
    )

    assert place in found.parents
    done = subprocess.run(
        [found / "postgres", "--version"],
        capture_output=True,
        **database_account().popen(),
        check=False,
    )
    assert b"PostgreSQL" in done.stdout
