"""Swept a few times a minute: who is long gone from a ticket, marks that nobody posts again, mails
that have left, uploads that no message ever took, spam and trash that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from ventanilla.events.acts import Act
from ventanilla.lib import clock, leftovers
from ventanilla.tickets import presence
from ventanilla.tickets.actions.erase import erase_what_is_over
from ventanilla.tickets.models import Attachment
from ventanilla.tickets.writing import HeldMail, Posted

MARKS_KEPT = timedelta(days=30)  # a browser may be away for that long with something to send
AT_ONCE = 200
LEFT_KEPT = timedelta(days=1)  # a page that waits for a mail to leave is told its ticket


def sweep() -> None:
    now = clock.now()
    presence.forget(now)
    Posted.objects.filter(at__lt=now - MARKS_KEPT).delete()
    HeldMail.objects.filter(ticket__isnull=False, due_at__lt=now - LEFT_KEPT).delete()
    sweep_uploads(now)
    erase_what_is_over(Act.of_system(now))


def sweep_uploads(now: datetime) -> int:
    """Remove uploads that no draft has named for the time set, with their bytes. Returns how many.

    Those that were taken back have nobody any more: they go after a day. Usually 2 statements.
    """
    with connection.cursor() as cursor:
        cursor.execute(MARK_UNUSED, {"now": now})
    waiting = Attachment.objects.filter(message=None)
    late = Q(unused_since__lt=now - settings.KEEP_UPLOADS)
    late |= Q(uploaded_by=None, created_at__lt=now - leftovers.ROWS_COME_WITHIN)
    with transaction.atomic():
        locked = waiting.filter(late).select_for_update(skip_locked=True)
        rows = dict(locked.values_list("pk", "digest")[:AT_ONCE])
        if not rows:
            return 0
        Attachment.objects.filter(pk__in=rows).delete()
    leftovers.release(rows.values())
    return len(rows)


# What drafts, and replies and mails that wait to leave, name is in use, whoever's it is.
MARK_UNUSED = """
WITH used AS MATERIALIZED (
  SELECT file::bigint AS id FROM tickets_draft,
    jsonb_array_elements_text(coalesce(fields -> 'attachments', '[]')) AS file
  UNION SELECT unnest(uploads) FROM tickets_heldreply
  UNION SELECT unnest(uploads) FROM tickets_heldmail
)
UPDATE tickets_attachment AS upload
SET unused_since = CASE WHEN unused_since IS NULL THEN %(now)s END
WHERE message_id IS NULL AND (unused_since IS NULL) <> EXISTS (
  SELECT FROM used WHERE used.id = upload.id
)
"""
