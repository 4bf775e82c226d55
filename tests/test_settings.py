"""Settings: all of them are explained, and read as they are meant."""

import re
from pathlib import Path

import pytest

from ventanilla import __version__
from ventanilla.lib import env
from ventanilla.lib.env import BadSetting

ROOT = Path(__file__).resolve().parent.parent
NOT_FOR_OPERATORS = {"VENTANILLA_SUPERVISED"}


def test_every_variable_is_explained_and_every_explained_one_is_read():
    sources = "".join(file.read_text() for file in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"\"(VENTANILLA_[A-Z0-9_]+)\"", sources)) - NOT_FOR_OPERATORS

    rows = re.findall(r"^\| (`VENTANILLA_.+?) \|", (ROOT / "docs/settings.md").read_text(), re.M)
    explained = {name for row in rows for name in re.findall(r"VENTANILLA_\w+", row)}

    assert explained == read


def test_the_version_is_told_once():
    pyproject = (ROOT / "pyproject.toml").read_text()

    assert re.search(r"^version = \"(.+)\"", pyproject, re.M).group(1) == __version__


def test_a_value_may_stand_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("VENTANILLA_X_FILE", str(tmp_path / "key"))

    assert env.text("VENTANILLA_X") == "from the file"


def test_a_value_and_a_file_at_once_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("VENTANILLA_X", "a")
    monkeypatch.setenv("VENTANILLA_X_FILE", str(tmp_path))

    with pytest.raises(BadSetting, match="both set"):
        env.text("VENTANILLA_X")


def test_a_file_that_can_t_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("VENTANILLA_X_FILE", str(tmp_path / "missing"))

    with pytest.raises(BadSetting, match=r"VENTANILLA_X_FILE=.*missing.*can't be read"):
        env.text("VENTANILLA_X")


@pytest.mark.parametrize("value", ["-1", "65536", "8000.5", "٨٠", "", "1e3"])
def test_a_port_is_a_whole_number_within_bounds(monkeypatch, value):
    monkeypatch.setenv("VENTANILLA_X", value)

    with pytest.raises(BadSetting, match="from 0 to 65535"):
        env.port("VENTANILLA_X", 80)


@pytest.mark.parametrize(("value", "meant"), [("yes", True), ("0", False), ("On", True)])
def test_a_flag_takes_the_usual_words(monkeypatch, value, meant):
    monkeypatch.setenv("VENTANILLA_X", value)

    assert env.flag("VENTANILLA_X", default=not meant) is meant


def test_a_flag_refuses_what_could_mean_anything(monkeypatch):
    monkeypatch.setenv("VENTANILLA_X", "maybe")

    with pytest.raises(BadSetting, match="expected yes or no"):
        env.flag("VENTANILLA_X", default=False)


def test_a_database_s_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://ana:p%40ss@db.test:6432/desk?sslmode=verify-full"
    )

    found = env.database("DATABASE_URL")

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "desk",
        "USER": "ana",
        "PASSWORD": "p@ss",
        "HOST": "db.test",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_a_socket_can_be_named(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///desk?host=/run/postgresql&user=ana")

    found = env.database("DATABASE_URL")

    assert (found["HOST"], found["USER"], found["NAME"]) == ("/run/postgresql", "ana", "desk")
