"""Bringing a backup back, into an empty place only. `verify` reads all of it before that."""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from ventanilla.lib import keyring, pg_tools, schema, storage
from ventanilla.lib.backup import FORMAT, KEYRING, MANIFEST, SEAL, Manifest
from ventanilla.lib.problems import Problem
from ventanilla.lib.terminal import gettext as _

_PIECE = 1_000_000
_NAMES = re.compile(
    r"database/\d{6}|files/[0-9a-f]{64}|secrets/keyring\.json|manifest\.(json|sha256)"
)


class BackupProblem(Problem):
    """The backup can't be restored, or not here. Nothing was changed."""

    code = "backup"


@dataclass
class _Seen:
    """What the entries of a backup really are, to be compared with what its manifest says."""

    database: list[list[str | int]] = field(default_factory=list)
    files: int = 0
    files_bytes: int = 0
    order: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    digests: set[str] = field(default_factory=set)
    keyring: str | None = None
    manifest: bytes = b""
    seal: bytes = b""


def verify(backup: Path) -> tuple[Manifest, set[str]]:
    """Read all of the backup; return its manifest and the digests of its files.

    Raises BackupProblem when it is torn, altered, or no backup.
    """
    seen = _Seen()
    try:
        with _entries(backup) as entries:
            for entry, content in entries:
                _see(seen, entry, content)
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(backup, str(error)) from error
    if hashlib.sha256(seen.manifest).hexdigest().encode() != seen.seal:
        raise _damaged(backup, _("its end is missing"))
    found = json.loads(seen.manifest)
    if found["format"] != FORMAT:
        raise BackupProblem(_("The backup was made by a newer release of Ventanilla. Install it."))
    manifest = Manifest(**found)
    _compare(backup, manifest, seen)
    return manifest, seen.digests


def restore(backup: Path, *, verified: tuple[Manifest, set[str]]) -> None:
    """Bring back files, keys and, last and in one transaction, the database.

    Raises BackupProblem before anything is written if the place is not empty or this code too old.
    Interrupted, it can be run again.
    """
    manifest, digests = verified
    _require_known(manifest)
    _require_empty(manifest, digests)
    with TemporaryDirectory(dir=settings.HOME, prefix="restore-") as folder:
        dump = Path(folder) / "database"
        with (
            dump.open("wb") as database,
            storage.bulk() as put,
            _entries(backup) as entries,
        ):
            for entry, content in entries:
                _take(entry, content, database, put)
        pg_tools.restore(dump)
    schema.update()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _see(seen: _Seen, entry: tarfile.TarInfo, content: IO[bytes]) -> None:
    if not entry.isreg() or not _NAMES.fullmatch(entry.name) or seen.seal:
        raise tarfile.ReadError(entry.name)
    kind, _slash, name = entry.name.partition("/")
    if entry.name == MANIFEST:
        seen.manifest = content.read()
    elif entry.name == SEAL:
        seen.seal = content.read()
    else:
        digest = _digest(content)
        if kind == "database":
            seen.database.append([digest, entry.size])
        elif kind == "files" and digest == name:
            seen.digests.add(digest)
            seen.order.update(f"{digest}\n".encode())
            seen.files += 1
            seen.files_bytes += entry.size
        elif kind == "secrets":
            seen.keyring = digest
        else:
            raise tarfile.ReadError(entry.name)


def _compare(backup: Path, manifest: Manifest, seen: _Seen) -> None:
    pairs = [
        (manifest.database, seen.database),
        (manifest.files, seen.files),
        (manifest.files_bytes, seen.files_bytes),
        (manifest.files_digest, seen.order.hexdigest()),
        (manifest.keyring, seen.keyring),
    ]
    if any(said != found for said, found in pairs):
        raise _damaged(backup, _("its manifest does not fit its content"))


def _require_known(manifest: Manifest) -> None:
    known = MigrationLoader(None).disk_migrations or {}
    ours = {app for app, _name in known}
    replaced = {key for migration in known.values() for key in migration.replaces}
    applied = {(app, name) for app, name in manifest.migrations if app in ours}
    if applied - known.keys() - replaced:
        raise BackupProblem(
            _("The backup was made by release %(release)s, which is newer. Install that one first.")
            % {"release": manifest.release}
        )


def _require_empty(manifest: Manifest, digests: set[str]) -> None:
    if any(digest not in digests for digest in storage.digests()):
        raise BackupProblem(_("The storage already holds other files. Restore into an empty one."))
    content = keyring.stored()
    if manifest.keyring and content and hashlib.sha256(content).hexdigest() != manifest.keyring:
        raise BackupProblem(
            _("There are other keys already. Restore into an empty place: choose another --home.")
        )
    if not pg_tools.is_empty():
        raise BackupProblem(
            _("The database already holds data. Restore into an empty one: choose another --home.")
        )


def _take(
    entry: tarfile.TarInfo,
    content: IO[bytes],
    database: IO[bytes],
    put: Callable[[bytes], str],
) -> None:
    kind, _slash, name = entry.name.partition("/")
    if kind == "database":
        while piece := content.read(_PIECE):
            database.write(piece)
    elif kind == "files" and put(content.read()) != name:
        raise BackupProblem(_("The backup has changed while it was being restored."))
    elif entry.name == KEYRING:
        keyring.store(content.read())


@contextmanager
def _entries(backup: Path) -> Iterator[Iterator[tuple[tarfile.TarInfo, IO[bytes]]]]:
    def entries(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
        for entry in tar:
            content = tar.extractfile(entry)
            if content is None:
                raise tarfile.ReadError(entry.name)
            yield entry, content

    with tarfile.open(backup, "r|") as tar:
        yield entries(tar)


def _digest(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _damaged(backup: Path, reason: str) -> BackupProblem:
    return BackupProblem(
        _("%(file)s is torn or was altered (%(reason)s). Nothing was restored from it.")
        % {"file": backup, "reason": reason}
    )
