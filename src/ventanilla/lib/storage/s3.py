"""Files by content in an S3-compatible store: `prefix/ab/abcdef...`.

The operator names the store in the environment, with the credentials where Amazon's tools look
for them (AWS_ACCESS_KEY_ID, ...). Each upload carries the digest of its bytes in the signature,
so a store never accepts a torn one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Self, cast
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

from ventanilla.lib.storage.store import Missing, Unavailable

try:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError as error:
    raise ImproperlyConfigured(
        "VENTANILLA_STORAGE names an S3 store, which needs: pip install 'ventanilla[s3]'"
    ) from error

_IN_MEMORY = 1_000_000  # bytes of a file before it goes to a temporary one
_PIECE = 256_000
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
    request_checksum_calculation="when_required",  # compatible stores know no CRC trailers
    response_checksum_validation="when_required",
    s3={"payload_signing_enabled": True},
)


class S3Store:
    def __init__(self, client: Any, bucket: str, prefix: str):
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Connect to `s3://bucket/prefix?endpoint=https://...&region=...`; the bucket suffices."""
        parts = urlsplit(url)
        options = parse_qs(parts.query)
        if parts.scheme != "s3" or not parts.netloc or options.keys() - {"endpoint", "region"}:
            raise ImproperlyConfigured(
                f"VENTANILLA_STORAGE={url!r}: expected s3://bucket/prefix, with"
                " ?endpoint=https://... and &region=... if it is not Amazon's."
            )
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=options.get("endpoint", [None])[0],
            region_name=options.get("region", [None])[0],
            config=_CONFIG,
        )
        prefix = parts.path.strip("/")
        return cls(client, parts.netloc, f"{prefix}/" if prefix else "")

    def put(self, digest: str, data: bytes, *, durable: bool = True) -> None:
        with _failures(digest):
            self._client.put_object(Bucket=self._bucket, Key=self._key(digest), Body=data)

    def settle(self) -> None:
        """Nothing to wait for: a store answers when it has the file."""

    def open(self, digest: str) -> BinaryIO:
        file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (the caller closes it)
        with _failures(digest):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(digest))
            for piece in answer["Body"].iter_chunks(_PIECE):
                file.write(piece)
        file.seek(0)
        return cast(BinaryIO, file)

    def size(self, digest: str) -> int:
        with _failures(digest):
            answer = self._client.head_object(Bucket=self._bucket, Key=self._key(digest))
        return answer["ContentLength"]

    def put_at(self, digest: str) -> datetime:
        with _failures(digest):
            answer = self._client.head_object(Bucket=self._bucket, Key=self._key(digest))
        when: datetime = answer["LastModified"]
        return when

    def remove(self, digest: str) -> None:
        with _failures(digest):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(digest))

    def remove_unless_put_since(self, digest: str, moment: datetime) -> bool:
        """A store has no locks: what is put between the look and the removal is lost with it."""
        try:
            if self.put_at(digest) >= moment:
                return False
        except Missing:
            return True
        self.remove(digest)
        return True

    def digests(self, beginning: str) -> Iterator[str]:
        pages = self._client.get_paginator("list_objects_v2")
        with _failures("list"):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + beginning):
                for thing in page.get("Contents", ()):
                    yield thing["Key"].rpartition("/")[2]

    def _key(self, digest: str) -> str:
        return f"{self._prefix}{digest[:2]}/{digest}"


@contextmanager
def _failures(digest: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise Missing(digest) from None
        raise Unavailable(f"The S3 store refused: {error}") from error
    except BotoCoreError as error:
        raise Unavailable(f"The S3 store does not answer: {error}") from error
