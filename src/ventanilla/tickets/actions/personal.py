"""What an agent keeps for themselves: drafts, uploads, what they have read.

No events: nobody else sees any of it, and the ticket doesn't change.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from ventanilla.tickets.models import Attachment, Draft, Ticket

SENT = """
WITH draft AS (
  DELETE FROM tickets_draft
  WHERE agent_id = %(agent)s AND ticket_id IS NOT DISTINCT FROM %(draft_of)s AND kind = %(kind)s
), uploads AS (
  DELETE FROM tickets_attachment
  WHERE id = ANY(%(uploads)s) AND message_id IS NULL AND uploaded_by_id = %(agent)s
)
INSERT INTO tickets_read AS known (agent_id, ticket_id, message_id)
VALUES (%(agent)s, %(ticket)s, %(message)s)
ON CONFLICT (agent_id, ticket_id)
DO UPDATE SET message_id = greatest(known.message_id, excluded.message_id)
"""

MARK = """
INSERT INTO tickets_posted (agent_id, mark, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""


def first_time(agent_id: int, mark: str, now: datetime) -> bool:
    """Whether this is the first post of a composer's mark; false when it was taken before.

    1 statement; none without a mark, which says nothing. Within the transaction of what is posted:
    a refusal gives the mark back.
    """
    if not mark:
        return True
    with connection.cursor() as cursor:
        cursor.execute(MARK, [agent_id, mark, now])
        return bool(cursor.rowcount)


def save_draft(
    agent_id: int,
    ticket: Ticket | None,
    kind: str,
    *,
    html: str,
    fields: dict[str, Any],
    composing: int,
    now: datetime,
) -> Draft:
    """Keep what somebody has begun to write; the beginning's time stays. 1 statement."""
    draft = Draft(
        agent_id=agent_id,
        ticket=ticket,
        kind=kind,
        html=html,
        fields=fields,
        begun_at=now,
        saved_at=now,
        composing=composing,
    )
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["agent", "ticket", "kind"],
        update_fields=["html", "fields", "saved_at", "composing"],
    )
    return draft


@transaction.atomic
def drop_draft(agent_id: int, ticket: Ticket | None, kind: str) -> None:
    """Throw a draft and its uploads away."""
    drafts = Draft.objects.filter(agent_id=agent_id, ticket=ticket, kind=kind)
    uploads = [pk for draft in drafts for pk in draft.fields.get("attachments", [])]
    _let_go(_own_uploads(agent_id, uploads))
    drafts.delete()


def hold_draft(agent_id: int, ticket: Ticket | None, kind: str) -> None:
    """A draft became a held reply, which keeps its uploads: forget the draft. 1 statement."""
    Draft.objects.filter(agent_id=agent_id, ticket=ticket, kind=kind).delete()


def used(agent_id: int, ticket: Ticket, message_id: int, uploads: Iterable[int]) -> None:
    """A held reply became a message: its uploads are the message's, it counts as read.

    A draft that was begun since stays. 1 statement.
    """
    _sent(agent_id, ticket, message_id, kind="", draft_of=None, uploads=list(uploads))


def begun_at(agent_id: int, ticket: Ticket | None, kind: str) -> datetime | None:
    """When the draft of what is being sent was begun. 1 statement."""
    drafts = Draft.objects.filter(agent_id=agent_id, ticket=ticket, kind=kind)
    return drafts.values_list("begun_at", flat=True).first()


def add_upload(
    agent_id: int,
    ticket: Ticket | None,
    *,
    digest: str,
    filename: str,
    content_type: str,
    size: int,
    now: datetime,
) -> Attachment:
    """Note a file, whose bytes are in storage, for a message to come. 1 statement."""
    return Attachment.objects.create(
        ticket=ticket,
        uploaded_by_id=agent_id,
        digest=digest,
        filename=filename,
        content_type=content_type,
        size=size,
        cid=f"{secrets.token_hex(10)}@ventanilla",
        created_at=now,
    )


def remove_upload(agent_id: int, attachment_id: int) -> bool:
    """Take an upload back; its bytes go with the sweep of what nobody uses. 1 statement."""
    return _let_go(_own_uploads(agent_id, [attachment_id])) > 0


def mark_read(agent_id: int, ticket: Ticket, message_id: int) -> None:
    """Remember up to where the agent has read; never backwards. 1 statement."""
    _sent(agent_id, ticket, message_id, kind="", draft_of=None, uploads=[])


def sent(agent_id: int, ticket: Ticket, message_id: int, kind: str, uploads: Iterable[int]) -> None:
    """A draft became a message: forget the draft and its uploads, count it as read. 1 statement.

    A draft of kind "new" belongs to no ticket.
    """
    draft_of = None if kind == "new" else ticket.pk
    _sent(agent_id, ticket, message_id, kind, draft_of, list(uploads))


def _sent(
    agent_id: int,
    ticket: Ticket,
    message_id: int,
    kind: str,
    draft_of: int | None,
    uploads: list[int],
) -> None:
    values: dict[str, Any] = {
        "agent": agent_id,
        "ticket": ticket.pk,
        "message": message_id,
        "kind": kind,
        "draft_of": draft_of,
        "uploads": uploads,
    }
    with connection.cursor() as cursor:
        cursor.execute(SENT, values)


def _let_go(uploads: QuerySet[Attachment]) -> int:
    """Make them nobody's. The rows go together with the bytes, so that these never lack a row."""
    return uploads.update(uploaded_by=None)


def _own_uploads(agent_id: int, ids: Iterable[int]) -> QuerySet[Attachment]:
    return Attachment.objects.filter(pk__in=list(ids), message=None, uploaded_by_id=agent_id)
