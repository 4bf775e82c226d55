"""A ticket as plain values, whole: for the command line and whoever looks into one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.models import Event
from ventanilla.lib.problems import NotFound
from ventanilla.tickets.models import (
    Attachment,
    Message,
    MessageKind,
    Priority,
    Status,
    Tag,
    Ticket,
)

AROUND = ("inbox", "team", "assignee__user", "contact", "organization", "category")


def describe(number: int) -> dict[str, Any]:
    """A ticket with people, messages and events, oldest first. 9 statements, however long it is.

    Times are ISO 8601 in UTC. No rights are asked for: the caller has the whole database.
    """
    ticket = Ticket.objects.filter(number=number).select_related(*AROUND).first()
    if ticket is None:
        raise NotFound(_("There is no ticket #%(number)d.") % {"number": number})
    messages = ticket.messages.select_related("contact", "agent__user").order_by("pk")
    messages = messages.prefetch_related("attachments")
    events = Event.objects.filter(ticket_id=ticket.pk).order_by("seq").prefetch_related("texts")
    return {
        **_fields(ticket),
        **_people(ticket),
        "tags": list(Tag.objects.filter(pk__in=ticket.tags).values_list("name", flat=True)),
        "links": [
            {"ticket": link.other.number, "how": link.how, "why": link.why}
            for link in ticket.links.select_related("other").order_by("pk")
        ],
        "messages": [_message(message) for message in messages],
        "events": [_event(event) for event in events],
    }


def _fields(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "id": ticket.pk,
        "subject": ticket.subject,
        "status": Status(ticket.status).word,
        "hold_reason": ticket.hold_reason,
        "hold_until": _moment(ticket.hold_until),
        "priority": Priority(ticket.priority).word,
        "type": ticket.type,
        "channel": ticket.channel,
        "language": ticket.language,
        "category": ticket.category.name if ticket.category else None,
        "pinned": ticket.pinned,
        "created_at": _moment(ticket.created_at),
        "updated_at": _moment(ticket.updated_at),
        "resolved_at": _moment(ticket.resolved_at),
        "closed_at": _moment(ticket.closed_at),
        "first_replied_at": _moment(ticket.first_replied_at),
        "waiting_since": _moment(ticket.waiting_since),
        "due_at": _moment(ticket.due_at),
        "due_metric": ticket.due_metric or None,
        "message_count": ticket.message_count,
        "reopen_count": ticket.reopen_count,
        "version": ticket.version,
    }


def _people(ticket: Ticket) -> dict[str, Any]:
    contact = ticket.contact
    identities = (
        contact.identities.order_by("pk").values_list("value", flat=True) if contact else ()
    )
    participants = ticket.participants.select_related("contact").order_by("pk")
    return {
        "inbox": ticket.inbox.address or ticket.inbox.name if ticket.inbox else None,
        "team": ticket.team.name,
        "assignee": ticket.assignee.user.email if ticket.assignee else None,
        "contact": contact
        and {"id": contact.pk, "name": contact.name, "identities": list(identities)},
        "organization": ticket.organization.name if ticket.organization else None,
        "participants": [{"id": p.contact_id, "name": p.contact.name} for p in participants],
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk,
        "kind": MessageKind(message.kind).name.lower(),
        "channel": message.channel,
        "at": _moment(message.occurred_at),
        "contact": message.contact_id,
        "agent": message.agent.user.email if message.agent else None,
        "author_name": message.author_name,
        "sender": message.sender,
        "to": message.to,
        "cc": message.cc,
        "bcc": message.bcc,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "reply": message.reply,
        "signature": message.signature,
        "language": message.language,
        "auto": message.auto or None,
        "verified": message.verified,
        "authenticated": message.authenticated,
        "defects": message.defects,
        "message_id": message.message_id,
        "raw": message.raw_digest or None,
        "dated_at": _moment(message.dated_at),
        "delivery": message.delivery or None,
        "delivery_reason": message.delivery_reason,
        "delivered_at": _moment(message.delivered_at),
        "template": message.template or None,
        "attachments": [_file(file) for file in message.attachments.all()],
    }


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.digest,
        "cid": file.cid or None,
        "inline": file.inline,
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.pk,
        "seq": event.seq,
        "kind": event.kind,
        "at": _moment(event.occurred_at),
        "recorded_at": _moment(event.recorded_at),
        "actor": {"kind": event.actor_kind, "id": event.actor_id, "version": event.actor_version},
        "authority": {"kind": event.authority_kind, "id": event.authority_id},
        "via": event.via,
        "cause": event.cause_id,
        "depth": event.depth,
        "data": event.data,
        "texts": {text.field: text.text for text in event.texts.all()},
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
