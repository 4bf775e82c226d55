from datetime import timedelta

import pytest

from ventanilla.lib import clock, invariants, storage
from ventanilla.lib.invariants import Violation, violations


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch):
    """A storage of its own, and only lib's checks."""
    settings.HOME, settings.STORAGE_URL = tmp_path, ""
    ours = {n: c for n, c in invariants.CHECKS.items() if c.__module__ == invariants.__name__}
    monkeypatch.setattr(invariants, "CHECKS", ours)
    monkeypatch.setattr(invariants, "REFERENCES", [])
    monkeypatch.setattr(invariants, "autodiscover_modules", lambda name: None)


def test_when_all_is_well_nothing_is_found():
    digest = storage.put(b"hola")
    invariants.referring(lambda: [digest])

    assert list(violations()) == []


def test_a_damaged_file_is_found(settings):  # R59
    digest = storage.put(b"hola")
    invariants.referring(lambda: [digest])
    (settings.HOME / "files" / digest[:2] / digest).write_bytes(b"adios")

    (found,) = violations()

    assert found.invariant == "every stored file is whole"
    assert digest in found.what


def test_a_file_without_row_and_a_row_without_file_are_found(settings):  # R59
    orphan, lost = storage.put(b"orphan"), "0" * 64
    invariants.referring(lambda: [lost])

    with clock.frozen(clock.now() + timedelta(days=2)):
        assert [found.what for found in violations()] == [
            f"The file {lost} is missing.",
            f"No row points at the file {orphan}.",
        ]


def test_a_file_whose_row_may_still_come_is_no_finding():
    storage.put(b"of a mail that is being built")

    assert list(violations()) == []


def test_another_app_s_invariant_is_asked_too():
    invariants.invariant("two and two are four")(lambda: ["They are five."])

    assert Violation("two and two are four", "They are five.") in list(violations())
