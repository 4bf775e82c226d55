import base64
import json
import stat
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ventanilla.lib import keyring, secrets
from ventanilla.lib.env import BadSetting

OLD_KEY = base64.b64encode(b"o" * 32).decode()
NEW_KEY = base64.b64encode(b"n" * 32).decode()


@pytest.fixture(autouse=True)
def home(settings, tmp_path, monkeypatch):
    monkeypatch.delenv(keyring.VARIABLE, raising=False)
    settings.HOME = tmp_path / "home"
    return settings.HOME


@hypothesis_settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text())
def test_any_text_comes_back_and_is_not_seen_in_its_seal(home, text):  # R47
    sealed = secrets.seal(text)

    assert secrets.unseal(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_the_same_text_sealed_twice_looks_different():
    assert secrets.seal("hunter2") != secrets.seal("hunter2")


def test_the_seal_names_its_key():
    assert secrets.seal("hunter2").split(".")[:2] == ["vs1", keyring.ring()[0].id]


@pytest.mark.parametrize("text", ["hunter2", "hunter22", "hunter222"])  # each way base64 can end
def test_every_altered_character_is_noticed(text):
    sealed = secrets.seal(text)

    for place, old in enumerate(sealed):
        for new in {"A", "B", "Z", "g", "w", "_"} - {old}:
            with pytest.raises(secrets.CannotUnseal):
                secrets.unseal(sealed[:place] + new + sealed[place + 1 :])


@pytest.mark.parametrize("text", ["", "hunter2", "vs1", "vs1..", "vs2.a.b", "vs1.abc.áé"])
def test_what_is_no_seal_is_refused(text):
    with pytest.raises(secrets.CannotUnseal):
        secrets.unseal(text)


def test_a_truncated_seal_is_refused():
    sealed = secrets.seal("hunter2")

    for length in range(len(sealed)):
        with pytest.raises(secrets.CannotUnseal):
            secrets.unseal(sealed[:length])


def test_the_keyring_is_made_once_and_closed_to_others(home):
    first = keyring.ring()

    assert keyring.ring() == first
    assert stat.S_IMODE((home / "secrets" / "keyring.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700
    assert [path.name for path in (home / "secrets").iterdir()] == ["keyring.json"]


def test_a_keyring_that_others_may_read_is_refused(home):
    keyring.ring()
    (home / "secrets" / "keyring.json").chmod(0o640)

    with pytest.raises(BadSetting, match="chmod 600"):
        secrets.seal("hunter2")


def test_processes_that_make_the_keyring_at_once_agree_on_one(home):
    script = (
        "from django.conf import settings\n"
        f"settings.configure(HOME={str(home)!r})\n"
        "from ventanilla.lib import keyring\n"
        "input()\n"
        "print(keyring.ring()[0].id)\n"
    )
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script]
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(4)]

    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    found = {process.communicate()[0].strip() for process in processes}

    assert found == {keyring.ring()[0].id}


def test_after_rotating_new_seals_use_the_new_key_and_old_ones_still_open():  # R47
    before = secrets.seal("hunter2")
    old = keyring.ring()[0]

    new = keyring.rotate()

    assert keyring.ring() == (new, old)
    assert secrets.unseal(before) == "hunter2"
    after = secrets.reseal(before)
    assert after.split(".")[1] == new.id
    assert secrets.unseal(after) == "hunter2"
    assert secrets.reseal(after) == after


def test_a_key_from_the_environment_comes_before_the_file(home, monkeypatch):
    monkeypatch.setenv(keyring.VARIABLE, OLD_KEY)
    before = secrets.seal("hunter2")
    monkeypatch.setenv(keyring.VARIABLE, f"{NEW_KEY}, {OLD_KEY}")

    assert secrets.unseal(before) == "hunter2"
    assert secrets.reseal(before) != before
    assert not home.exists()


def test_a_key_can_be_read_from_a_file_that_the_environment_names(tmp_path, monkeypatch):
    (tmp_path / "key").write_text(OLD_KEY + "\n")
    monkeypatch.setenv(f"{keyring.VARIABLE}_FILE", str(tmp_path / "key"))

    assert keyring.ring()[0].value == b"o" * 32


@pytest.mark.parametrize("value", ["hunter2", "áé", base64.b64encode(b"short").decode(), ","])
def test_a_key_that_is_none_is_refused_without_showing_it(monkeypatch, value):
    monkeypatch.setenv(keyring.VARIABLE, value)

    with pytest.raises(BadSetting, match=keyring.VARIABLE) as refusal:
        keyring.ring()
    assert value == "," or value not in str(refusal.value)


def test_keys_of_the_environment_are_not_rotated_here(monkeypatch):
    monkeypatch.setenv(keyring.VARIABLE, OLD_KEY)

    with pytest.raises(BadSetting, match="put a new one in front"):
        keyring.rotate()


def test_a_lost_key_is_named(home):
    sealed = secrets.seal("hunter2")
    lost = keyring.ring()[0].id
    (home / "secrets" / "keyring.json").unlink()

    with pytest.raises(secrets.CannotUnseal, match=lost):
        secrets.unseal(sealed)


@pytest.mark.parametrize("text", ["", "{}", '{"keys": 3}', '{"keys": [{}]}', "\x00"])
def test_a_torn_keyring_is_refused_and_not_replaced(home, text):
    keyring.ring()
    file = home / "secrets" / "keyring.json"
    file.write_text(text)

    with pytest.raises(BadSetting, match="not a keyring"):
        keyring.ring()
    assert file.read_text() == text


def test_an_empty_keyring_is_refused(home):
    keyring.ring()
    (home / "secrets" / "keyring.json").write_text(json.dumps({"keys": []}))

    with pytest.raises(BadSetting, match="32 bytes"):
        keyring.ring()


def test_a_key_never_shows_itself():
    key = keyring.ring()[0]

    assert repr(key) == f"<Key {key.id}>"
