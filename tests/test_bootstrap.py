"""The bootstrap, as far as it goes without a network."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The module, at home in an empty folder whose environment is whole."""
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv/bin/python",
        "STAMP": tmp_path / ".venv/ventanilla.stamp",
    }.items():
        monkeypatch.setattr(module, name, path)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / ".venv/lib" / version / "site-packages").mkdir(parents=True)
    (tmp_path / ".venv/bin").mkdir()
    for name in ("python", version):
        (tmp_path / ".venv/bin" / name).symlink_to(sys.executable)
    for lock in (module.RUNTIME, module.DEVELOPMENT):
        (tmp_path / lock).write_text(f"# {lock}\n")
    return module


@pytest.fixture
def ran(bootstrap, monkeypatch):
    """What the bootstrap would have run."""
    commands = []
    monkeypatch.setattr(bootstrap, "fetch_uv", lambda: Path("uv"))
    monkeypatch.setattr(bootstrap, "run", lambda *command: commands.append(list(command)))
    return commands


def test_the_lock_is_installed_by_hash_once(bootstrap, ran):
    bootstrap.install(bootstrap.RUNTIME)
    bootstrap.install(bootstrap.RUNTIME)

    assert len(ran) == 1
    assert ran[0][1:3] == ["pip", "sync"]
    assert {"--require-hashes", "requirements.lock"} <= set(ran[0])


def test_a_changed_lock_is_installed_again(bootstrap, ran):
    bootstrap.install(bootstrap.RUNTIME)

    (bootstrap.ROOT / bootstrap.RUNTIME).write_text("another==1\n")
    bootstrap.install(bootstrap.RUNTIME)

    assert len(ran) == 2


def test_running_does_not_take_the_developer_s_tools_away(bootstrap, ran):
    bootstrap.install(bootstrap.DEVELOPMENT)
    bootstrap.install(bootstrap.RUNTIME)
    (bootstrap.ROOT / bootstrap.DEVELOPMENT).write_text("another==1\n")
    bootstrap.install(bootstrap.RUNTIME)

    assert [command[-1] for command in ran] == ["requirements-dev.lock"] * 2


def test_an_environment_whose_python_has_gone_is_made_anew(bootstrap, ran):
    bootstrap.install(bootstrap.RUNTIME)
    for link in (bootstrap.VENV / "bin").glob("python*"):
        link.unlink()

    bootstrap.install(bootstrap.RUNTIME)

    assert ran[1][1] == "venv"
    assert str(ran[1][-2]) == sys.executable


def test_the_checkout_gets_in_without_being_built(bootstrap, ran):
    (bootstrap.ROOT / "src").mkdir()

    bootstrap.install(bootstrap.RUNTIME)

    assert next(bootstrap.VENV.glob("lib/*/site-packages/ventanilla.pth")).read_text() == (
        f"{bootstrap.ROOT}/src\n"
    )
    assert os.access(bootstrap.VENV / "bin/ventanilla", os.X_OK)


@pytest.mark.parametrize(("given", "options"), [("9000", ["--port", "9000"]), ("", [])])
def test_port_is_obeyed(bootstrap, monkeypatch, given, options):
    monkeypatch.setenv("PORT", given)

    assert bootstrap.port("run") == options
    assert bootstrap.port("test") == []


def test_an_old_python_gets_one_sentence(bootstrap, monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.use_new_enough_python()


def test_an_unknown_target_is_answered_with_the_known_ones():
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "bootstrap.py", "fly"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("usage: python3 tools/bootstrap.py [install|run|")


def test_every_locked_file_has_its_hash_and_no_registry_is_named():
    for lock in ("requirements.lock", "requirements-dev.lock", "tools/uv.lock"):
        text = (ROOT / lock).read_text()
        pinned = [line for line in text.splitlines() if "==" in line and line[0] not in "# "]
        assert pinned
        assert all(line.endswith("\\") for line in pinned), lock
        assert "http" not in text
