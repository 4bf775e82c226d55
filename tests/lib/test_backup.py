import io
import json
import tarfile
from pathlib import Path

import pytest

from ventanilla.lib import backup, keyring, restore, secrets, storage
from ventanilla.lib.restore import BackupProblem


@pytest.fixture
def home(db, settings, tmp_path, monkeypatch):
    """An installation with two files and a secret."""
    monkeypatch.delenv(keyring.VARIABLE, raising=False)
    settings.HOME, settings.STORAGE_URL = tmp_path / "home", ""
    settings.HOME.mkdir(mode=0o700)
    storage.put(b"raw mail")
    storage.put(b"attachment" * 1000)
    secrets.seal("hunter2")
    return settings.HOME


@pytest.fixture
def file(home, tmp_path) -> Path:
    return make(tmp_path / "backup.tar")


def make(path: Path, *, keys: bool = True) -> Path:
    with path.open("wb") as out:
        backup.Writer(out).write(secrets=keys)
    return path


def entries(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}


def rewritten(file: Path, changed: list[tuple[str, bytes]]) -> Path:
    """The same backup with other entries, as a well-formed tar file."""
    with tarfile.open(file, "w") as tar:
        for name, content in changed:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


def test_a_whole_backup_is_verified(file):  # R57
    manifest, digests = restore.verify(file)

    assert digests == set(storage.digests())
    assert (manifest.files, manifest.files_bytes, manifest.damaged) == (2, 10_008, [])
    assert ["lib", "0001_initial"] in manifest.migrations
    assert manifest.keyring


def test_the_writer_knows_the_file_s_digest(home, tmp_path):
    import hashlib

    path = tmp_path / "backup.tar"
    with path.open("wb") as out:
        writer = backup.Writer(out)
        writer.write(secrets=True)

    assert writer.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_keys_are_left_out_when_asked_and_when_they_stand_elsewhere(home, tmp_path, monkeypatch):
    assert "secrets/keyring.json" in entries(make(tmp_path / "with.tar"))
    assert "secrets/keyring.json" not in entries(make(tmp_path / "without.tar", keys=False))

    monkeypatch.setenv(keyring.VARIABLE, "b2" * 21 + "8=")
    assert "secrets/keyring.json" not in entries(make(tmp_path / "elsewhere.tar"))


def test_a_torn_backup_is_refused_wherever_it_ends(file):  # R57
    whole = file.read_bytes()
    end = whole.rindex(b"manifest.sha256") + 512 + 64

    for length in [0, 100, 512, *range(1024, end, 997), end - 1]:
        file.write_bytes(whole[:length])
        with pytest.raises(BackupProblem, match="torn or was altered"):
            restore.verify(file)


def test_an_altered_backup_is_refused_whatever_was_altered(file):  # R57
    whole = file.read_bytes()
    end = whole.rindex(b"manifest.sha256") + 512 + 64
    with tarfile.open(file) as tar:
        contents = [range(e.offset_data, e.offset_data + e.size) for e in tar]

    for content in contents:
        for place in (content[0], content[len(content) // 2], content[-1]):
            altered = bytearray(whole)
            altered[place] ^= 1
            file.write_bytes(altered)
            with pytest.raises(BackupProblem, match="torn or was altered"):
                restore.verify(file)
    assert contents[-1][-1] == end - 1


@pytest.mark.parametrize("lost", ["database/000000", "files/", "secrets/keyring.json",
                                  "manifest.json", "manifest.sha256"])  # fmt: skip
def test_a_backup_with_something_missing_is_refused(file, lost):  # R57
    kept = [(name, data) for name, data in entries(file).items() if not name.startswith(lost)]

    with pytest.raises(BackupProblem, match="torn or was altered"):
        restore.verify(rewritten(file, kept))


@pytest.mark.parametrize("name", ["../../etc/passwd", "files/" + "0" * 64, "files/x", "/etc/cron"])
def test_a_backup_with_something_added_is_refused(file, name):  # R57
    before = list(entries(file).items())

    with pytest.raises(BackupProblem, match="torn or was altered"):
        restore.verify(rewritten(file, [(name, b"evil"), *before]))
    with pytest.raises(BackupProblem, match="torn or was altered"):
        restore.verify(rewritten(file, [*before, (name, b"evil")]))


def test_a_link_in_a_backup_is_refused(file):
    with tarfile.open(file, "w") as tar:
        link = tarfile.TarInfo("files/" + "0" * 64)
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)

    with pytest.raises(BackupProblem, match="torn or was altered"):
        restore.verify(file)


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 10_240])
def test_what_is_no_backup_is_refused(tmp_path, content):
    file = tmp_path / "backup.tar"
    file.write_bytes(content)

    with pytest.raises(BackupProblem, match="torn or was altered"):
        restore.verify(file)


def test_a_database_that_holds_data_is_left_alone(file, home, tmp_path, settings):  # R57
    settings.HOME = tmp_path / "other"
    settings.HOME.mkdir()

    with pytest.raises(BackupProblem, match="already holds data"):
        restore.restore(file, verified=restore.verify(file))

    assert list(settings.HOME.iterdir()) == []


def test_a_place_with_other_files_or_keys_is_left_alone(file, settings, tmp_path):
    verified = restore.verify(file)

    settings.HOME = tmp_path / "files"
    storage.put(b"another's")
    with pytest.raises(BackupProblem, match="other files"):
        restore.restore(file, verified=verified)

    settings.HOME = tmp_path / "keys"
    secrets.seal("another's")
    with pytest.raises(BackupProblem, match="other keys"):
        restore.restore(file, verified=verified)


def test_a_backup_of_a_newer_release_is_refused(file):  # R58
    manifest, digests = restore.verify(file)
    manifest.migrations.append(["lib", "9999_from_the_future"])
    manifest.release = "99.0"

    with pytest.raises(BackupProblem, match=r"release 99\.0, which is newer"):
        restore.restore(file, verified=(manifest, digests))


def test_a_damaged_file_is_named_and_does_not_spoil_the_rest(home, tmp_path):
    digest = storage.put(b"will be damaged")
    (home / "files" / digest[:2] / digest).write_bytes(b"was damaged")

    file = make(tmp_path / "backup.tar")

    manifest, digests = restore.verify(file)
    assert manifest.damaged == [digest]
    assert digest not in digests
    assert json.loads(entries(file)["manifest.json"])["files"] == 2
