"""What every store does, and how it fails."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Protocol


class Missing(FileNotFoundError):
    """There is no file with this digest."""

    def __init__(self, digest: str):
        super().__init__(f"There is no file {digest} in storage.")


class Damaged(OSError):
    """The bytes are not those that were stored: the file was torn or altered."""

    def __init__(self, digest: str):
        super().__init__(f"The file {digest} is damaged: its content has another digest.")


class Unavailable(OSError):
    """The store does not answer, or refuses us. Later may be better."""


class Store(Protocol):
    """Where the bytes lie. The digests that arrive here are well-formed and fit the data.

    What is put without `durable` is safe only after `settle`.
    """

    def put(self, digest: str, data: bytes, *, durable: bool = True) -> None: ...
    def settle(self) -> None: ...
    def open(self, digest: str) -> BinaryIO: ...
    def size(self, digest: str) -> int: ...
    def put_at(self, digest: str) -> datetime: ...
    def remove(self, digest: str) -> None: ...
    def remove_unless_put_since(self, digest: str, moment: datetime) -> bool: ...
    def digests(self, beginning: str) -> Iterator[str]: ...


def digest_of(file: BinaryIO) -> str:
    """Return the SHA-256 of the rest of the file, read in pieces."""
    digest = hashlib.sha256()
    while piece := file.read(256_000):
        digest.update(piece)
    return digest.hexdigest()
