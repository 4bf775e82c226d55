"""Files by content: the name of a file is the SHA-256 of its bytes, so it never changes.

`settings.STORAGE_URL` says where: empty for `HOME/files`, or an S3-compatible store as
`s3://bucket/prefix?endpoint=https://...&region=...`. What `put` has returned survives a power
cut. Whatever the machine refuses (a full disk, no connection) is an `OSError`.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from ventanilla.lib.storage.disk import DiskStore
from ventanilla.lib.storage.store import Damaged, Missing, Store, Unavailable, digest_of

__all__ = [
    "Damaged", "Missing", "Unavailable",
    "bulk", "digests", "exists", "open", "put", "put_at", "read",
    "remove", "remove_unless_put_since", "size",
]  # fmt: skip

_DIGEST = re.compile(r"[0-9a-f]{64}")


def put(data: bytes) -> str:
    """Keep `data` and return its digest. On return it is on the disk. Idempotent."""
    digest = hashlib.sha256(data).hexdigest()
    _store().put(digest, data)
    return digest


@contextmanager
def bulk() -> Iterator[Callable[[bytes], str]]:
    """Yield a `put` for many files, which are on the disk when the block has ended, not before."""
    store = _store()

    def put_soon(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        store.put(digest, data, durable=False)
        return digest

    yield put_soon
    store.settle()


def read(digest: str) -> bytes:
    """Return the whole file. Raises Missing, Damaged."""
    with _store().open(_checked(digest)) as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != digest:
        raise Damaged(digest)
    return data


def open(digest: str) -> BinaryIO:
    """Return the file opened at its beginning, once its digest is verified.

    Costs one more reading, in pieces. Raises Missing, Damaged.
    """
    file = _store().open(_checked(digest))
    if digest_of(file) != digest:
        file.close()
        raise Damaged(digest)
    file.seek(0)
    return file


def exists(digest: str) -> bool:
    try:
        size(digest)
    except Missing:
        return False
    return True


def size(digest: str) -> int:
    """Return the number of bytes, without reading them. Raises Missing."""
    return _store().size(_checked(digest))


def put_at(digest: str) -> datetime:
    """Return when the file was last put, by the store's clock. Raises Missing."""
    return _store().put_at(_checked(digest))


def remove(digest: str) -> None:
    """Take the file away for good, for erasure and retention. Idempotent.

    The caller makes sure that no row points at it any more.
    """
    _store().remove(_checked(digest))


def remove_unless_put_since(digest: str, moment: datetime) -> bool:
    """Take the file away unless somebody has put it since `moment`. False when it stays.

    Whoever puts the same bytes at the same time finds them there afterwards: on a local disk in
    any case, in an S3 store but for the moment between its two requests.
    """
    return _store().remove_unless_put_since(_checked(digest), moment)


def digests(beginning: str = "") -> Iterator[str]:
    """Yield the digest of every file, in no order. Files being written are not among them.

    beginning   empty, or the two letters that the digests begin with
    """
    return filter(_DIGEST.fullmatch, _store().digests(beginning))


def _checked(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a SHA-256 digest in lower-case hexadecimal.")
    return digest


def _store() -> Store:
    return _store_at(settings.STORAGE_URL, Path(settings.HOME))


@lru_cache(maxsize=4)
def _store_at(url: str, home: Path) -> Store:
    if not url:
        return DiskStore(home / "files")
    from ventanilla.lib.storage.s3 import S3Store  # boto3 is an extra

    return S3Store.from_url(url)
