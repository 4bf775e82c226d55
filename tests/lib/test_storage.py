"""The contract, held by the local disk and by an S3-compatible store alike; then each one's own."""

import hashlib
import os
import stat
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.at_once import at_once
from tests.lib.s3_fake import ACCESS_KEY, REGION, SECRET_KEY, FakeS3
from ventanilla.lib import clock, storage

NOWHERE = "0" * 64


@pytest.fixture
def disk(settings, tmp_path):
    settings.STORAGE_URL, settings.HOME = "", tmp_path
    return tmp_path / "files"


@pytest.fixture
def s3(settings, tmp_path, monkeypatch):
    for name, value in {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    with FakeS3() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        settings.HOME = tmp_path
        settings.STORAGE_URL = f"s3://desk/files?endpoint={server.url}&region={REGION}"
        yield server
        server.shutdown()


@pytest.fixture(params=["disk", "s3"])
def store(request):
    return request.getfixturevalue(request.param)


def test_what_is_put_is_read_back_by_its_digest(store):
    digest = storage.put(b"hola")

    assert digest == hashlib.sha256(b"hola").hexdigest()
    assert storage.read(digest) == b"hola"
    assert storage.size(digest) == 4
    assert storage.exists(digest)
    with storage.open(digest) as file:
        assert (file.read(2), file.read()) == (b"ho", b"la")


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=5000))
def test_any_bytes_come_back_as_they_were(store, data):
    assert storage.read(storage.put(data)) == data


def test_putting_the_same_twice_keeps_one_file(store):
    assert storage.put(b"hola") == storage.put(b"hola")

    assert len(list(storage.digests())) == 1


def test_digests_lists_every_file_also_over_several_pages(store):
    kept = {storage.put(str(n).encode()) for n in range(7)}

    assert set(storage.digests()) == kept


def test_digests_leaves_out_what_is_not_ours(store, request):
    storage.put(b"hola")
    if isinstance(store, FakeS3):
        store.objects["/desk/files/ab/README"] = b"x"
        store.objects[f"/desk/others/ab/{NOWHERE}"] = b"x"
    else:
        (store / "ab").mkdir()
        (store / "ab" / "README").touch()

    assert len(list(storage.digests())) == 1


def test_an_unknown_file_is_missing(store):
    assert not storage.exists(NOWHERE)
    for ask in (storage.read, storage.open, storage.size):
        with pytest.raises(storage.Missing, match=NOWHERE):
            ask(NOWHERE)


def test_when_a_file_was_last_put_is_known(store):
    digest = storage.put(b"hola")
    first = storage.put_at(digest)

    storage.put(b"hola")

    assert abs(clock.now() - first) < timedelta(minutes=5)
    assert storage.put_at(digest) >= first
    with pytest.raises(storage.Missing):
        storage.put_at("0" * 64)


def test_a_removed_file_is_gone_and_removing_it_again_is_no_error(store):
    digest = storage.put(b"hola")

    storage.remove(digest)
    storage.remove(digest)

    assert not storage.exists(digest)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_names_a_file(store, name):
    for ask in (storage.read, storage.open, storage.size, storage.exists, storage.remove):
        with pytest.raises(ValueError, match="not a SHA-256"):
            ask(name)


@pytest.mark.parametrize("harm", [lambda data: data[:-1], lambda data: b"X" + data[1:]])
def test_a_torn_or_altered_file_is_noticed(store, harm):  # R59
    digest = storage.put(b"hola")
    if isinstance(store, FakeS3):
        (key,) = store.objects
        store.objects[key] = harm(store.objects[key])
    else:
        path = store / digest[:2] / digest
        path.write_bytes(harm(path.read_bytes()))

    for ask in (storage.read, storage.open):
        with pytest.raises(storage.Damaged, match=digest):
            ask(digest)

    storage.put(b"hola")
    assert storage.read(digest) == b"hola"  # the next copy heals it


def test_nobody_else_may_read_the_files(disk):
    digest = storage.put(b"hola")

    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in [disk, *disk.rglob("*")]}
    assert modes.pop(digest) == 0o600
    assert set(modes.values()) == {0o700}


def test_on_return_the_file_and_every_folder_above_it_are_on_the_disk(disk, monkeypatch):  # R59
    synced, real = [], os.fsync

    def fsync(handle):
        synced.append(os.fstat(handle).st_ino)
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)

    digest = storage.put(b"hola")

    shard = disk / digest[:2]
    last_two = [shard / digest, shard]  # the bytes, then their name
    assert synced[-2:] == [path.stat().st_ino for path in last_two]
    assert {path.stat().st_ino for path in (disk.parent, disk)} <= set(synced)  # new folders


def test_many_files_are_put_with_one_wait_for_the_disk(store, monkeypatch):
    waits, real = [], os.sync
    monkeypatch.setattr(os, "sync", lambda: waits.append(1) or real())

    with storage.bulk() as put:
        kept = {put(str(number).encode()) for number in range(20)}

    assert set(storage.digests()) == kept
    assert {storage.read(digest) for digest in kept} == {str(n).encode() for n in range(20)}
    assert len(waits) == (0 if isinstance(store, FakeS3) else 1)


def test_a_write_that_fails_leaves_nothing_behind(disk, monkeypatch):  # R50
    def full(handle):
        raise OSError(28, "No space left on device")

    storage.put(b"first")
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        storage.put(b"hola")

    monkeypatch.undo()
    assert len(list(storage.digests())) == 1
    assert list((disk / "incoming").iterdir()) == []
    assert storage.read(storage.put(b"hola")) == b"hola"


def test_what_a_killed_process_left_half_written_is_cleared_but_not_what_is_being_written(disk):
    incoming = disk / "incoming"
    incoming.mkdir(parents=True)
    old, young = incoming / "old", incoming / "young"
    for path in (old, young):
        path.write_bytes(b"ho")
    written = young.stat().st_mtime
    os.utime(old, (written - 2 * 86400,) * 2)

    storage.put(b"hola")

    assert [path.name for path in incoming.iterdir()] == ["young"]
    assert len(list(storage.digests())) == 1


def test_many_threads_putting_the_same_file_agree(disk):
    found = at_once(8, lambda _: storage.put(b"hola" * 10_000))

    assert list(storage.digests()) == [found[0]] == list(set(found))
    assert storage.read(found[0]) == b"hola" * 10_000


def test_the_bucket_s_prefix_is_used(s3):
    digest = storage.put(b"hola")

    assert list(s3.objects) == [f"/desk/files/{digest[:2]}/{digest}"]


def test_a_large_file_comes_whole_from_s3(s3):
    data = os.urandom(3_000_000)

    digest = storage.put(data)

    with storage.open(digest) as file:
        assert file.read() == data


def test_an_s3_store_that_refuses_is_unavailable_and_not_missing(s3):  # R50
    digest = storage.put(b"hola")
    s3.broken = True

    with pytest.raises(storage.Unavailable, match="refused"):
        storage.read(digest)
    with pytest.raises(storage.Unavailable, match="refused"):
        storage.exists(digest)


def test_a_wrong_secret_is_refused_by_the_store(s3, settings, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    settings.STORAGE_URL = settings.STORAGE_URL.replace("files", "elsewhere")

    with pytest.raises(storage.Unavailable, match="SignatureDoesNotMatch"):
        storage.put(b"hola")


@pytest.mark.parametrize(
    "url", ["s3://", "https://desk/files", "s3://desk?endpont=http://x", "/var/files"]
)
def test_a_wrong_address_is_refused_in_words(settings, url):
    settings.STORAGE_URL = url

    with pytest.raises(ImproperlyConfigured, match="expected s3://bucket/prefix"):
        storage.put(b"hola")
