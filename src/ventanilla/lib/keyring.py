"""The keys of one installation: the first seals and signs, all of them unseal and verify.

They stand in VENTANILLA_SECRETS_KEY (base64 of 32 bytes each, separated by commas, the newest
first), else in HOME/secrets/keyring.json, which is made when it is first needed.
"""

import base64
import binascii
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ventanilla.lib import env

VARIABLE = "VENTANILLA_SECRETS_KEY"
KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class Key:
    value: bytes

    @property
    def id(self) -> str:
        """Return a short public name; it tells nothing about the key."""
        return hashlib.sha256(b"ventanilla key id\0" + self.value).hexdigest()[:8]

    def __repr__(self) -> str:
        return f"<Key {self.id}>"


def ring() -> tuple[Key, ...]:
    """Return all keys, the current one first. Makes the keyring if there is none."""
    given = env.text(VARIABLE)
    if given:
        return _decoded(given.split(","), VARIABLE)
    file = _file()
    try:
        found = file.stat()
    except FileNotFoundError:
        _create(file, _text((_new_key(),)))
        found = file.stat()
    if found.st_mode & 0o077:
        raise env.BadSetting(f"Others may read the keys in {file}. Close it: chmod 600 {file}")
    return _read(file, found.st_ino, found.st_mtime_ns)


def rotate() -> Key:
    """Put a new key in front and return it. Old keys stay, so nothing becomes unreadable."""
    if env.text(VARIABLE):
        raise env.BadSetting(
            f"The keys stand in {VARIABLE}: put a new one in front, separated by a comma. "
            "`openssl rand -base64 32` makes one."
        )
    ring()
    key = _new_key()
    with _locked(_file().parent):
        _replace(_file(), (key, *ring()))
    return key


def stored() -> bytes | None:
    """Return the keyring's file for a backup; None when the keys stand elsewhere or nowhere."""
    if env.text(VARIABLE) or not _file().exists():
        return None
    return _file().read_bytes()


def store(content: bytes) -> None:
    """Put the keyring's file of a backup in its place. An existing other one stays: raises then."""
    _create(_file(), content)
    if _file().read_bytes() != content:
        raise FileExistsError(f"There is another keyring already: {_file()}")


def _file() -> Path:
    return Path(settings.HOME) / "secrets" / "keyring.json"


def _new_key() -> Key:
    return Key(secrets.token_bytes(KEY_SIZE))


def _decoded(texts: list[str], place: str) -> tuple[Key, ...]:
    try:
        values = [base64.b64decode(text.strip(), validate=True) for text in texts]
    except (binascii.Error, ValueError) as error:
        raise env.BadSetting(f"{place}: a key is not base64.") from error
    if not values or any(len(value) != KEY_SIZE for value in values):
        raise env.BadSetting(
            f"{place}: each key has 32 bytes, written as base64."
            " `openssl rand -base64 32` makes one."
        )
    return tuple(map(Key, values))


@lru_cache(maxsize=2)
def _read(file: Path, inode: int, changed: int) -> tuple[Key, ...]:
    """Read the keyring once per version of the file, which inode and time of change name."""
    try:
        texts = [entry["key"] for entry in json.loads(file.read_text(encoding="ascii"))["keys"]]
    except (ValueError, LookupError, TypeError) as error:
        raise env.BadSetting(
            f"{file} is not a keyring any more. Put the one from a backup in its place."
        ) from error
    return _decoded(texts, str(file))


def _create(file: Path, content: bytes) -> None:
    """Make the keyring; of several processes that try at once, one wins and all use its keys."""
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, parents=folder != file.parent, exist_ok=True)
    temporary = _write_beside(file, content)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, file)
    finally:
        temporary.unlink()
    _sync(file.parent)
    _sync(file.parent.parent)


def _replace(file: Path, ring: tuple[Key, ...]) -> None:
    _write_beside(file, _text(ring)).rename(file)
    _sync(file.parent)


def _text(ring: tuple[Key, ...]) -> bytes:
    entries = [{"id": key.id, "key": base64.b64encode(key.value).decode()} for key in ring]
    return json.dumps({"keys": entries}, indent=1).encode()


def _write_beside(file: Path, content: bytes) -> Path:
    temporary = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    return temporary


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
