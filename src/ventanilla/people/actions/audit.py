"""The log of administrative and security acts: append-only and chained, so a change shows."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction

from ventanilla.people.models import AuditEntry

CHAIN_LOCK = 0xA0D1


@transaction.atomic
def audit(
    what: str,
    now: datetime,
    *,
    user_id: int | None,
    thing: str = "",
    ip: str | None = None,
    **data: Any,
) -> AuditEntry:
    """Append one entry. `what` is a code such as "inbox.changed"; `data` holds no secrets.

    Entries are written one at a time, since each carries the digest of the one before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    newest = AuditEntry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry = AuditEntry(at=now, user_id=user_id, what=what, thing=thing, data=data, ip=ip)
    entry.digest = chained(bytes(newest or b""), entry)
    entry.save(force_insert=True)
    return entry


def chained(before: bytes, entry: AuditEntry) -> bytes:
    """The digest of an entry that follows one with the digest `before`."""
    said = [
        entry.at.timestamp(), entry.user_id, entry.what, entry.thing, entry.data, entry.ip,
    ]  # fmt: skip
    return hashlib.sha256(before + orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def first_broken() -> int | None:
    """The id of the first entry that was altered, or follows a removed one; None when all hold."""
    before = b""
    for entry in AuditEntry.objects.order_by("pk").iterator():
        if bytes(entry.digest) != chained(before, entry):
            return entry.pk
        before = bytes(entry.digest)
    return None
