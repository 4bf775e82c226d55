"""A backup: one tar file with the database, every stored file, the keys and a manifest.

    database/000000 ...     PostgreSQL's custom format, in pieces
    files/<digest> ...      storage, each file named by the SHA-256 of its bytes
    secrets/keyring.json    what unseals the secrets; left out when asked, or kept elsewhere
    manifest.json           digests and counts of all that stands before it
    manifest.sha256         of the manifest: a file that ends before this is torn

It is taken while people work. The database comes first, in one snapshot, and files are stored
before the rows that point at them, so no row in the backup lacks its file.
"""

import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass, field
from typing import IO, BinaryIO, cast

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ventanilla import __version__
from ventanilla.lib import clock, keyring, pg_tools, storage

FORMAT = 1
MANIFEST, SEAL, KEYRING = "manifest.json", "manifest.sha256", "secrets/keyring.json"
_PIECE = 8_000_000  # bytes of the database per entry


@dataclass
class Manifest:
    """What a backup holds. `files_digest` is over the digests in their order, one per line."""

    format: int
    release: str
    made_at: str
    server: int
    migrations: list[list[str]]
    database: list[list[str | int]] = field(default_factory=list)  # digest and size of each piece
    files: int = 0
    files_bytes: int = 0
    files_digest: str = ""
    damaged: list[str] = field(default_factory=list)  # in storage, but not as they were stored
    keyring: str | None = None


class Writer:
    """Writes one backup to a stream and knows the stream's digest."""

    def __init__(self, out: BinaryIO):
        self._out = _Hashed(out)
        self._tar = tarfile.open(fileobj=cast(IO[bytes], self._out), mode="w|")  # noqa: SIM115
        self._now = clock.now()

    def write(self, *, secrets: bool) -> Manifest:
        manifest = Manifest(
            FORMAT, __version__, self._now.isoformat(), pg_tools.server_version(), _migrations()
        )
        self._database(manifest)
        self._files(manifest)
        if secrets:
            self._keyring(manifest)
        text = json.dumps(asdict(manifest), indent=1).encode()
        self._add(MANIFEST, text)
        self._add(SEAL, hashlib.sha256(text).hexdigest().encode())
        self._tar.close()
        return manifest

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that was written, as `sha256sum` says it of the file."""
        return self._out.digest.hexdigest()

    def _database(self, manifest: Manifest) -> None:
        with pg_tools.dumping() as dump:
            while piece := dump.read(_PIECE):
                self._add(f"database/{len(manifest.database):06}", piece)
                manifest.database.append([hashlib.sha256(piece).hexdigest(), len(piece)])

    def _files(self, manifest: Manifest) -> None:
        order = hashlib.sha256()
        for digest in storage.digests():
            try:
                with storage.open(digest) as file:
                    size = storage.size(digest)
                    self._tar.addfile(self._entry(f"files/{digest}", size), file)
            except storage.Missing:
                continue  # erased since the listing
            except storage.Damaged:
                manifest.damaged.append(digest)
                continue
            order.update(f"{digest}\n".encode())
            manifest.files += 1
            manifest.files_bytes += size
        manifest.files_digest = order.hexdigest()

    def _keyring(self, manifest: Manifest) -> None:
        content = keyring.stored()
        if content is not None:
            self._add(KEYRING, content)
            manifest.keyring = hashlib.sha256(content).hexdigest()

    def _add(self, name: str, content: bytes) -> None:
        self._tar.addfile(self._entry(name, len(content)), io.BytesIO(content))

    def _entry(self, name: str, size: int) -> tarfile.TarInfo:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(self._now.timestamp())
        return entry


class _Hashed:
    """A stream that remembers the digest of what went through."""

    def __init__(self, out: BinaryIO):
        self._out, self.digest = out, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self._out.write(data)


def _migrations() -> list[list[str]]:
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())
