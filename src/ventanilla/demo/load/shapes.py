"""Rows as COPY takes them: columns and a template each, with the models' defaults filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import JSONField
from django.db.models.fields import NOT_PROVIDED

from ventanilla.demo.load.ledger import NULL
from ventanilla.events.kinds import KINDS

ARRAY = "{%s}"

# What differs from row to row, in the order in which `ledger` gives it. Other columns have their
# defaults; without an id the database gives one.
VARYING = {
    "people.Organization": ("id", "name", "domains", "vip", "created_at"),
    "people.Contact": ("id", "name", "language", "organization_id", "vip", "created_at"),
    "people.Identity": ("contact_id", "kind", "value"),
    "tickets.Ticket": (
        "id", "number", "subject", "status", "hold_reason", "priority", "type", "channel",
        "inbox_id", "team_id", "assignee_id", "contact_id", "organization_id", "category_id",
        "tags", "pinned", "language", "created_at", "updated_at", "resolved_at", "closed_at",
        "first_replied_at", "waiting_since", "last_message_at", "last_message_kind",
        "last_message_id", "snippet", "message_count", "reopen_count", "due_at", "due_metric",
        "due_warn_at", "version",
    ),
    "tickets.Message": (
        "id", "ticket_id", "origin_ticket_id", "kind", "channel", "contact_id", "agent_id",
        "author_name", "subject", "html", "text", "reply", "sender", "to", "language",
        "authenticated", "message_id", "occurred_at", "recorded_at", "delivery",
        "delivery_reason", "delivered_at", "begun_at", "composing", "template",
    ),
    "tickets.Attachment": (
        "message_id", "ticket_id", "digest", "filename", "content_type", "size", "created_at",
    ),
    "tickets.Participant": ("ticket_id", "contact_id"),
    "tickets.Draft": ("agent_id", "ticket_id", "kind", "html", "begun_at", "saved_at"),
    "tickets.Read": ("agent_id", "ticket_id", "message_id"),
    "tickets.TicketLink": ("ticket_id", "other_id", "how", "why"),
    "sla.Clock": (
        "ticket_id", "metric", "cycle", "state", "started_at", "target", "due_at", "warn_at",
        "breached_at", "stopped_at", "elapsed", "policy_id", "policy_version", "calendar_id",
        "calendar_version",
    ),
    "mail.OutgoingMail": (
        "inbox_id", "ticket_id", "message_id", "purpose", "event_id", "rfc_message_id",
        "envelope_from", "recipients", "accepted", "created_at", "next_try_at", "give_up_at",
        "sent_at", "state", "attempts", "digest",
    ),
    "mail.KnownId": ("digest", "ticket_id", "message_id", "inbox_id"),
    "notifications.Notification": (
        "agent_id", "ticket_id", "what", "event_id", "created_at", "read_at",
    ),
    "events.Event": (),  # a template for each kind of event: `events`
    "events.EventText": ("event_id", "field", "text"),
    "events.Timer": ("what", "ticket_id", "episode", "due_at"),
}  # fmt: skip
EVENT = (
    "id", "ticket_id", "ticket_number", "seq", "actor_id", "authority_id", "cause_id", "depth",
    "data", "teams", "people", "occurred_at", "recorded_at", "kind", "actor_kind",
    "authority_kind", "via",
)  # fmt: skip
# What happens, by the name that `life` calls it: kind, what its facts tell, who does it, through
# what. Facts that are not named have their defaults.
OPENED = ("number", "inbox", "channel", "contact", "team", "status", "priority", "message")
HAPPENINGS = {
    "contact": ("contact.created", ("contact",), "contact", "mail"),
    "opened by email": ("ticket.opened", OPENED, "contact", "mail"),
    "opened by form": ("ticket.opened", OPENED, "contact", "web"),
    "opened by phone": ("ticket.opened", OPENED, "agent", "web"),
    "takes part": ("ticket.participants_changed", ("added", "removed"), "contact", "mail"),
    "linked": ("ticket.linked", ("other", "how", "why"), "contact", "mail"),
    "triaged": ("ticket.triaged", ("by",), "system", "job"),
    "assigned": (
        "ticket.assigned", ("old", "new", "reason", "load", "capacity"), "system", "job",
    ),
    "handed": ("ticket.assigned", ("old", "new", "reason"), "agent", "web"),
    "automatic": ("message.automatic", ("message", "template"), "system", "job"),
    "sent": ("message.sent", ("message", "attempts"), "system", "job"),
    "bounced": ("message.bounced", ("message", "temporary"), "system", "mail"),
    "opened again": ("ticket.status_changed", ("old", "new", "reason"), "system", "mail"),
    "moved": ("ticket.team_changed", ("old", "new", "reason"), "agent", "web"),
    "categorised": ("ticket.category_changed", ("old", "new"), "agent", "web"),
    "prioritised": ("ticket.priority_changed", ("old", "new"), "agent", "web"),
    "tagged": ("ticket.tags_changed", ("added", "removed"), "agent", "web"),
    "renamed": ("ticket.subject_changed", (), "agent", "web"),
    "noted": ("message.noted", ("message",), "agent", "web"),
    "replied": ("message.replied", ("message", "first"), "agent", "web"),
    "status": ("ticket.status_changed", ("old", "new", "reason"), "agent", "web"),
    "received": (
        "message.received", ("message", "channel", "contact", "verified"), "contact", "mail",
    ),
    "reopened": ("ticket.reopened", ("message", "times"), "contact", "mail"),
    "customer wrote": ("ticket.status_changed", ("old", "new", "reason"), "contact", "mail"),
    "met": ("sla.met", ("metric", "cycle", "elapsed"), "system", "job"),
    "breached": ("sla.breached", ("metric", "cycle", "late_by"), "system", "timer"),
    "closed": ("ticket.status_changed", ("old", "new", "reason"), "system", "timer"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One table: what is copied into it, and a row with %s where rows differ."""

    table: str
    columns: tuple[str, ...]
    row: str

    @property
    def statement(self) -> str:
        names = ", ".join(f'"{name}"' for name in self.columns)
        return f'COPY "{self.table}" ({names}) FROM STDIN (FREEZE)'


def shapes() -> dict[str, Shape]:
    """The shape of each table, by its model's name."""
    return {name: _shape(name, columns or EVENT) for name, columns in VARYING.items()}


def events(shape: Shape) -> dict[str, str]:
    """The row of each of HAPPENINGS: what is the same each time stands in it already."""
    return {name: _event(shape.row, *told) for name, told in HAPPENINGS.items()}


def _shape(name: str, varying: tuple[str, ...]) -> Shape:
    model = apps.get_model(name)
    constant = {
        field.column: _default(field)
        for field in model._meta.concrete_fields
        if field.column not in varying and _is_needed(field)
    }
    cells = [*("%s" for _ in varying), *constant.values()]
    return Shape(model._meta.db_table, (*varying, *constant), "\t".join(cells) + "\n")


def _is_needed(field: models.Field[Any, Any]) -> bool:
    return not field.primary_key and field.db_default is NOT_PROVIDED


def _default(field: models.Field[Any, Any]) -> str:
    value = field.get_default()
    if isinstance(field, ArrayField):
        return ARRAY % ",".join(map(str, value or ()))
    if isinstance(field, JSONField):
        return json.dumps(value)
    if value is None:
        return NULL
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(row: str, kind: str, told: Iterable[str], actor: str, via: str) -> str:
    """`row` with everything but ids, data's values, teams, people and times filled in."""
    facts = {}
    for field in fields(KINDS[kind]):  # type: ignore[arg-type]
        default = None if field.default is MISSING else field.default
        facts[field.name] = "%s" if field.name in told else json.dumps(default)
    if missing := set(told) - facts.keys():
        raise ValueError(f"{kind} tells nothing of {sorted(missing)}")
    data = ", ".join(f'"{name}": {value}' for name, value in facts.items())
    same = (kind, actor, actor, via)
    return row % (*["%s"] * 8, f"{{{data}}}", *["%s"] * 4, *same)
