"""The command line: what goes wrong is one sentence and an exit code."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.throwaway import scratch
from ventanilla import cli
from ventanilla.lib import home


@pytest.fixture
def place():
    """A home that the database's user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="vt-cli-", dir=scratch()))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def ventanilla(*arguments, **environment):
    """Run the command in a process of its own; return its exit code, output and complaints."""
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "VENTANILLA_HOME"}}
    done = subprocess.run(
        [sys.executable, "-m", "ventanilla", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=kept | environment,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def is_one_sentence(text):
    return text.startswith("ventanilla: ") and text.count("\n") == 1 and "Traceback" not in text


def test_an_occupied_port_is_named(place):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        code, _out, said = ventanilla("up", "--home", place, "--port", port)

    assert code == 78
    assert is_one_sentence(said)
    assert f"Port {port} on 127.0.0.1 is taken by another program. Choose another port" in said
    assert not (place / "postgres").exists()


def test_a_folder_below_a_file_can_t_be_used(tmp_path):
    (tmp_path / "file").touch()

    code, _out, said = ventanilla("up", "--home", tmp_path / "file" / "home")

    assert code == 78
    assert is_one_sentence(said)
    assert "is a file, but a folder is needed there" in said


def test_a_folder_that_can_t_be_written_is_named_in_spanish_too():
    code, _out, said = ventanilla("up", "--home", "/proc/ventanilla", LANG="es_ES.UTF-8")

    assert code == 78
    assert is_one_sentence(said)
    assert "No se puede usar la carpeta /proc/ventanilla" in said


def test_another_version_s_database_is_refused_and_left_alone(place):
    data = place / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")

    code, _out, said = ventanilla("up", "--home", place, "--port", "0")

    assert code == 78
    assert is_one_sentence(said)
    assert "was made by PostgreSQL 16, and this release brings 18. Nothing was changed." in said
    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


@pytest.mark.skipif(os.geteuid() != 0, reason="others are kept out by the system itself")
def test_root_does_not_work_in_another_user_s_home(place):
    home.prepare(place)
    os.chown(place / "secrets", pwd.getpwnam("nobody").pw_uid, -1)

    code, _out, said = ventanilla("up", "--home", place)

    assert code == 78
    assert is_one_sentence(said)
    assert f"{place} belongs to nobody. Do this as that user: sudo -u nobody" in said


def test_a_second_owner_of_a_home_is_told_who_has_it(place):
    home.prepare(place)

    with home.owned(place, "ventanilla up"):
        code, _out, said = ventanilla("up", "--home", place)

    assert code == 78
    assert is_one_sentence(said)
    assert f"{place} is in use by ventanilla up, process {os.getpid()}" in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("VENTANILLA_PORT", "eighty", "VENTANILLA_PORT='eighty': expected a whole number"),
        ("VENTANILLA_BASE_URL", "desk.test", "expected an address such as https://host"),
        ("DATABASE_URL", "mysql://host/x", "DATABASE_URL must begin with postgresql://"),
        ("VENTANILLA_TRUSTED_PROXIES", "10.0.0.0/99", "expected ranges such as 10.0.0.0/8"),
    ],
)
def test_a_bad_setting_is_named_with_an_example(place, name, value, sentence):
    code, _out, said = ventanilla("doctor", "--home", place, **{name: value})

    assert code == 78
    assert is_one_sentence(said)
    assert sentence in said


def test_doctor_says_what_to_do_about_a_database_that_is_away(place):
    home.prepare(place)

    code, out, _said = ventanilla(
        "doctor", "--home", place, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )

    assert code == 1
    assert "!!  The database does not answer\n    Check DATABASE_URL: " in out
    assert out.endswith("Wrong: 1\n")


def test_doctor_looks_at_a_database_that_has_no_tables_yet(place, database_server):
    home.prepare(place)

    with an_empty_database(database_server) as url:
        code, out, said = ventanilla("doctor", "--home", place, DATABASE_URL=url)

    assert said == ""
    assert code == 1
    assert "!!  The database is older than this release\n    Run: ventanilla migrate" in out


@contextmanager
def an_empty_database(beside):
    """The address of a database that nobody has set up, on the server of another one."""
    name = f"nothing_yet_{os.getpid()}"
    address = urlsplit(beside)
    server = urlunsplit(address._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(address._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name}")


def test_doctor_finds_open_secrets(place):
    home.prepare(place)
    (place / "secrets" / "session.key").chmod(0o644)

    code, out, _said = ventanilla("doctor", "--home", place)

    assert code == 1
    assert f"Close it: chmod 600 {place}/secrets/session.key" in out


def test_every_command_takes_home_and_explains_itself():
    groups = next(
        action for action in cli.make_parser()._actions if isinstance(action.choices, dict)
    )

    assert {"up", "web", "worker", "migrate", "doctor", "signin-link"} <= set(groups.choices)
    for command in groups.choices.values():
        assert "--home" in command.format_help()
