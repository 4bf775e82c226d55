"""Message-IDs that lead to tickets: of messages there, and referred to but never seen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

REMEMBERED = 100  # references of one mail that are kept; the newest stand last
TURN = 0x7EA70  # with the inbox's id: its mails are threaded one after the other

# The second statement sees what whoever had the turn before has committed.
_TURN = "SELECT pg_advisory_xact_lock(%s, %s)"
_LOOK_UP = """SELECT digest, ticket_id, message_id, inbox_id FROM mail_knownid
WHERE digest = ANY(%s)
ORDER BY ticket_id DESC LIMIT 200"""

_INSERT = """INSERT INTO mail_knownid (digest, ticket_id, message_id, inbox_id) VALUES {rows}
ON CONFLICT (digest, ticket_id) DO UPDATE
    SET message_id = COALESCE(EXCLUDED.message_id, mail_knownid.message_id)"""


@dataclass(frozen=True, slots=True)
class Known:
    digest: bytes
    ticket_id: int
    message_id: int | None  # None: referred to, never seen
    inbox_id: int | None


def digest(bare: str) -> bytes:
    return hashlib.sha256(bare.strip().encode(errors="replace")).digest()[:20]


def look_up(bare_ids: Iterable[str], *, inbox_id: int) -> list[Known]:
    """What is known of these ids, newest tickets first, at most 200. 1 round trip.

    Until the commit no other mail of the inbox is looked up: of two that belong together, the
    second finds what the first has become.
    """
    digests = sorted({digest(bare) for bare in bare_ids})
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [TURN, inbox_id])
        cursor.execute(_LOOK_UP, [digests])
        return [Known(bytes(key), *rest) for key, *rest in cursor.fetchall()]


def remember(
    own: str | None, references: Sequence[str], *, ticket_id: int, message_id: int, inbox_id: int
) -> None:
    """Let the ids of a message, its own and those it refers to, lead to its ticket. 1 statement.

    An id that was only referred to before becomes that message's.
    """
    ids: dict[bytes, int | None] = {digest(bare): None for bare in references[-REMEMBERED:]}
    if own:
        ids[digest(own)] = message_id
    if not ids:
        return
    rows = [(key, ticket_id, message, inbox_id) for key, message in sorted(ids.items())]
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(rows=places), [value for row in rows for value in row])
