"""Files by content on the local disk: `files/ab/abcdef...`, folders 0700, files 0600.

Bytes are written under a temporary name, fsynced and renamed, then the folder is fsynced: under
its final name a file is whole or absent. 256 folders suffice: deeper ones would cost a new
folder and two more fsyncs for almost every file.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from ventanilla.lib.storage.store import Missing, digest_of

_ABANDONED_AFTER = 24 * 3600  # seconds; no write takes that long


class DiskStore:
    def __init__(self, root: Path):
        self._root = root
        self._incoming = root / "incoming"
        self._durable: set[Path] = set()  # folders whose own entry is on the disk

    def put(self, digest: str, data: bytes, *, durable: bool = True) -> None:
        path = self._path(digest)
        self._ensure_folder(path.parent)
        with _locked(path.parent, fcntl.LOCK_SH) as folder:
            if _holds(path, digest):
                os.utime(path)  # `put_at` counts from the last time
            else:
                self._write(path, data, durable=durable)
            if durable:
                os.fsync(folder)  # also for a file that another process renamed a moment ago

    def settle(self) -> None:
        os.sync()

    def open(self, digest: str) -> BinaryIO:
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            raise Missing(digest) from None

    def size(self, digest: str) -> int:
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            raise Missing(digest) from None

    def put_at(self, digest: str) -> datetime:
        try:
            return datetime.fromtimestamp(self._path(digest).stat().st_mtime, UTC)
        except FileNotFoundError:
            raise Missing(digest) from None

    def remove(self, digest: str) -> None:
        path = self._path(digest)
        if path.exists():
            path.unlink(missing_ok=True)
            _sync(path.parent)

    def remove_unless_put_since(self, digest: str, moment: datetime) -> bool:
        path = self._path(digest)
        if not path.parent.exists():
            return True
        with _locked(path.parent, fcntl.LOCK_EX) as folder:  # nobody puts meanwhile
            if path.exists():
                if self.put_at(digest) >= moment:
                    return False
                path.unlink()
                os.fsync(folder)
        return True

    def digests(self, beginning: str) -> Iterator[str]:
        for path in self._root.glob(f"{beginning or '[0-9a-f][0-9a-f]'}/*"):
            yield path.name

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    def _write(self, path: Path, data: bytes, *, durable: bool) -> None:
        self._ensure_folder(self._incoming)
        temporary = self._incoming / token_hex(16)
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())
            temporary.rename(path)
        finally:
            temporary.unlink(missing_ok=True)

    def _ensure_folder(self, folder: Path) -> None:
        """Make the folder and see its entry on the disk, once per process and folder."""
        if folder in self._durable:
            return
        if folder != self._root:
            self._ensure_folder(self._root)
        folder.mkdir(mode=0o700, parents=folder == self._root, exist_ok=True)
        _sync(folder.parent)
        self._durable.add(folder)
        if folder == self._incoming:
            self._clear_abandoned()

    def _clear_abandoned(self) -> None:
        """Remove what processes that were killed while writing left behind.

        Ages are taken between two stamps of the same file system, so no clock can mislead it.
        """
        probe = self._incoming / token_hex(16)
        probe.touch(mode=0o600)
        present = probe.stat().st_mtime
        probe.unlink()
        for path in self._incoming.iterdir():
            try:
                if present - path.stat().st_mtime > _ABANDONED_AFTER:
                    path.unlink()
            except FileNotFoundError:
                continue  # its writer has just finished


def _holds(path: Path, digest: str) -> bool:
    """Say whether the file is there and whole; a damaged one is to be written again."""
    try:
        with path.open("rb") as file:
            return digest_of(file) == digest
    except FileNotFoundError:
        return False


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[int]:
    """Hold a lock on the folder, between all processes of this machine; yields its handle."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, how)
        yield handle
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
