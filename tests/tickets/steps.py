"""What can happen to a ticket, and everything that the database holds of it."""

import json
from datetime import timedelta

from django.db import connection

from tests.factories import address, make_contact
from ventanilla.events.acts import Act
from ventanilla.sla.invariants import unwatched_clocks, wrong_deadlines
from ventanilla.tickets import invariants
from ventanilla.tickets.actions import (
    hold,
    note,
    personal,
    receive,
    reply,
    set_participants,
    set_status,
    set_tags,
    snooze,
)
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status

TO = [address("elena.vidal@correo.example")]

# every table that holds rows of a ticket, without what only grows
TABLES = {
    "tickets_ticket": ("id", {"version", "updated_at"}),
    "tickets_message": ("ticket_id", set()),
    "tickets_attachment": ("ticket_id", set()),
    "tickets_participant": ("ticket_id", set()),
    "tickets_draft": ("ticket_id", set()),
    "tickets_read": ("ticket_id", set()),
    "tickets_ticketlink": ("ticket_id", set()),
    "tickets_heldreply": ("ticket_id", set()),
    "sla_clock": ("ticket_id", set()),
    "events_timer": ("ticket_id", {"id", "attempts"}),
    "mail_knownid": ("ticket_id", set()),
    "mail_outgoingmail": ("ticket_id", set()),
    "notifications_notification": ("ticket_id", set()),
}


def rows(*tickets):
    """Everything that the database holds of these tickets."""
    found = {}
    with connection.cursor() as cursor:
        for table, (column, left_out) in TABLES.items():
            cursor.execute(
                f"SELECT to_jsonb(it) FROM {table} AS it WHERE {column} = ANY(%s)",
                [[ticket.pk for ticket in tickets]],
            )

            plain = [json.loads(one) if isinstance(one, str) else one for (one,) in cursor]
            kept = [{k: v for k, v in one.items() if k not in left_out} for one in plain]
            found[table] = sorted(kept, key=lambda one: json.dumps(one, sort_keys=True))
    return found


def broken():
    """What should always hold and does not."""
    for check in (invariants.versions, invariants.counters, unwatched_clocks, wrong_deadlines):
        yield from check()


STEPS = {
    "reply": lambda t, who: reply(t, who, content=Content(html="<p>Hola</p>", to=TO)),
    "note": lambda t, who: note(t, who, content=Content(html="<p>Ojo</p>")),
    "resolve": lambda t, who: set_status(t, who, to=Status.RESOLVED),
    "open": lambda t, who: set_status(t, who, to=Status.OPEN),
    "hold": lambda t, who: set_status(t, who, to=Status.ON_HOLD),
    "snooze": lambda t, who: snooze(t, who, until=who.when + timedelta(days=2)),
    "tag": lambda t, who: set_tags(t, who, add=["cobro", "mesa"]),
    "other tag": lambda t, who: set_tags(t, who, add=["mesa"], remove=["cobro"]),
    "participant": lambda t, who: set_participants(t, who, add=[make_contact("Pau Serra")]),
    "written": lambda t, who: receive(
        t,
        Act.of_contact(t.contact_id, who.when),
        content=Content(text="¿Y?"),
        channel="email",
        contact=t.contact,
    ),
    "draft": lambda t, who: personal.save_draft(
        who.actor.id, t, "reply", html="<p>Casi</p>", fields={}, composing=3, now=who.when
    ),
    "held": lambda t, who: hold(
        t,
        who,
        content=Content(html="<p>Luego</p>", to=TO),
        until=who.when + timedelta(days=1),
        later=True,
        fields={},
    ),
}
