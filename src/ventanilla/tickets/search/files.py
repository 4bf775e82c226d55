"""The words inside of attachments: read once for each file, beside the words of its message.

A ticket is found by its messages at once; the text of its files comes soon after, read by a process
that may be killed (`lib.documents`). What can't be read is recorded with the reason, and left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import PurePosixPath

import structlog
from django.db import connection, transaction

from ventanilla.events.wake import wake
from ventanilla.lib import clock, documents, storage
from ventanilla.tickets.search.models import FileText
from ventanilla.tickets.search.stale import CHANNEL

logger = structlog.get_logger(__name__)

READABLE = frozenset({".pdf", ".docx", ".txt", ".text", ".md", ".csv", ".log"})
TRIES = 3  # of a file whose reader died with its worker
FORGOTTEN = timedelta(minutes=5)  # a claim of a worker that is gone

ASK = """
INSERT INTO search_filetext (digest, outcome, text, tries, asked_at)
SELECT digest, 'waiting', '', 0, %s FROM unnest(%s::text[]) AS digest ON CONFLICT DO NOTHING
"""
CLAIM = """
UPDATE search_filetext SET tries = tries + 1, claimed_at = %(now)s
WHERE digest = (
  SELECT digest FROM search_filetext
  WHERE outcome = 'waiting' AND (claimed_at IS NULL OR claimed_at < %(gone)s)
  ORDER BY asked_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING digest, tries
"""
MARK = """
INSERT INTO search_stale (ticket_id)
SELECT DISTINCT message.ticket_id FROM tickets_attachment file
JOIN tickets_message message ON message.id = file.message_id WHERE file.digest = %s
ON CONFLICT DO NOTHING
"""


def readable(filename: str, content_type: str) -> bool:
    """Whether a file is of a kind that has words, as its name or its sender says."""
    suffix = PurePosixPath(filename.lower()).suffix
    return suffix in READABLE or content_type in ("application/pdf", "text/plain")


def ask(digests: Iterable[str]) -> None:
    """Have these files read, where nobody has asked for it yet. 1 statement, none for none."""
    wanted = sorted(set(digests))
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(ASK, [clock.now(), wanted])


def read_next() -> int:
    """Read one file that waits, the newest first. Returns how many there were: 0 or 1.

    Any number of workers share the work; nothing is locked while a file is read.
    """
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "gone": now - FORGOTTEN})
        claimed = cursor.fetchone()
    if claimed is None:
        return 0
    digest, tries = claimed
    outcome, text = ("broken", "") if tries > TRIES else _read(digest)
    if outcome not in ("read", "empty"):
        logger.info("file_not_read", digest=digest, why=outcome)
    _keep(digest, outcome, text)
    return 1


def _read(digest: str) -> tuple[str, str]:
    try:
        with storage.open(digest) as file:
            data = file.read(documents.LARGEST + 1)
        text = " ".join(documents.text_of(data).split(" "))
    except storage.Missing:
        return "gone", ""
    except documents.Unreadable as problem:
        return problem.why, ""
    return ("read", text) if text.strip() else ("empty", "")


@transaction.atomic
def _keep(digest: str, outcome: str, text: str) -> None:
    """What was read; the tickets that have the file are written again."""
    row = FileText.objects.filter(digest=digest)
    row.update(outcome=outcome, text=text, read_at=clock.now(), claimed_at=None)
    if text:
        with connection.cursor() as cursor:
            cursor.execute(MARK, [digest])
        wake(CHANNEL)
