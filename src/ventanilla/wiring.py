"""Who reacts to what, on one page."""

from collections.abc import Callable
from typing import Any

from ventanilla.automation import acknowledge, closing, routing, rules, timing, triage, waking
from ventanilla.automation.definition import SINCE, TRIGGERS
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.mail import consumers as mail
from ventanilla.mail import erasing
from ventanilla.notifications import consumers as notifications
from ventanilla.people import live
from ventanilla.sla import aside as set_aside
from ventanilla.sla import clocks, merging, moving
from ventanilla.tickets import macros_queries as macros
from ventanilla.tickets.actions.hold import DUE as REPLY_DUE
from ventanilla.tickets.actions.hold import come_due
from ventanilla.tickets.actions.hold_mail import DUE as MAIL_DUE
from ventanilla.tickets.actions.hold_mail import mail_due
from ventanilla.tickets.actions.merge_contacts import organization_follows
from ventanilla.tickets.search import stale as search

# In the same transaction as the event: SQL only, milliseconds. (event, locked ticket)
IN_STEP: dict[str, list[Callable[[Event, Any], None]]] = {
    "ticket.opened": [clocks.on_opened],
    "ticket.priority_changed": [clocks.on_priority_changed],
    "ticket.status_changed": [clocks.on_status_changed],
    "message.received": [clocks.on_received],
    "message.replied": [clocks.on_replied],
    "message.sender_accepted": [clocks.on_sender_accepted],
    "ticket.set_aside": [set_aside.on_set_aside],
    "ticket.brought_back": [set_aside.on_brought_back],
    "ticket.erased": [erasing.on_erased, rules.on_erased],
    "message.redacted": [erasing.on_redacted],
    "ticket.merged": [merging.on_merged],
    "ticket.absorbed": [merging.on_absorbed],
    "ticket.restored": [merging.on_restored],
    "ticket.separated": [merging.on_separated],
    "messages.left": [moving.on_left],
    "messages.joined": [moving.on_joined],
    "messages.given_back": [moving.on_given_back],
    "messages.returned": [moving.on_returned],
}

# Right after commit, by the relay, in order per ticket: SQL and new jobs only.
AFTER: dict[str, list[Callable[[Event], None]]] = {
    # a new ticket: opened -> triaged -> rules -> routed and acknowledged
    "ticket.opened": [triage.triage, mail.queue_outgoing],
    "ticket.triaged": [routing.route, acknowledge.acknowledge],
    "ticket.team_changed": [routing.route],
    "ticket.assigned": [notifications.tell_assignee, routing.drain],
    "ticket.status_changed": [
        closing.plan_closing,
        waking.plan_waking,
        routing.drain,
        notifications.tell_woken,
    ],
    "ticket.snoozed": [waking.plan_waking],
    "ticket.restored": [closing.plan_again, waking.plan_waking],
    "ticket.set_aside": [routing.drain],
    "ticket.brought_back": [closing.plan_again, waking.plan_waking, triage.triage_late],
    "agent.availability_changed": [routing.drain],
    "agent.deactivated": [routing.give_back],
    "message.received": [notifications.tell_answered],
    "message.replied": [mail.queue_outgoing],
    "message.automatic": [mail.queue_outgoing],
    "message.resent": [mail.queue_outgoing],
    "message.failed": [notifications.tell_author],
    "message.bounced": [notifications.tell_author],
    "message.held_back": [notifications.tell_held_back],
    "message.noted": [notifications.tell_mentioned],
    "ticket.checklist_changed": [notifications.tell_task],
    "rule.applied": [notifications.tell_by_rule],
}

# What a ticket says or what it is has changed: what is searched is written again within seconds.
for kind in (
    "ticket.opened", "ticket.subject_changed", "ticket.status_changed", "ticket.priority_changed",
    "ticket.type_changed", "ticket.team_changed", "ticket.assigned", "ticket.category_changed",
    "ticket.tags_changed", "ticket.contact_changed", "ticket.participants_changed",
    "ticket.field_changed",
    "message.received", "message.replied", "message.noted", "message.automatic",
    "ticket.merged", "ticket.absorbed", "ticket.restored", "ticket.separated",
    "ticket.brought_back",
    "messages.left", "messages.joined", "messages.given_back", "messages.returned",
):  # fmt: skip
    AFTER.setdefault(kind, []).append(search.ticket_changed)
AFTER["contact.created"] = [search.contact_changed]
AFTER["contact.changed"] = [organization_follows, search.contact_changed]
for kind in ("contact.point_added", "contact.point_removed", "contact.merged", "contact.parted"):
    AFTER[kind] = [search.contact_changed]
AFTER["organization.saved"] = [search.organization_changed]

# How often a macro is used.
for kind in ("message.replied", "message.noted", "macro.applied"):
    AFTER.setdefault(kind, []).append(macros.note_use)

# Rules look first: what they change is what routing and notices find.
for kind in TRIGGERS.values():
    AFTER.setdefault(kind, []).insert(0, rules.react)
for kind in frozenset().union(*SINCE.values()):
    AFTER.setdefault(kind, []).append(timing.plan)

# When several events of a ticket are handed over together, once for all of them, at the end.
ONCE: frozenset[Callable[[Event], None]] = frozenset({search.ticket_changed})

# Left out when a bulk change is undone: nothing decides anew about what only goes back.
NOT_ON_UNDO: frozenset[Callable[[Event], None]] = frozenset(
    {rules.react, routing.route, routing.drain, notifications.tell_assignee}
)

# What happens when a timer is due: once at least, so each is harmless twice.
TIMERS: dict[str, Callable[[Timer, Act], None]] = {
    clocks.DUE: clocks.breach,
    closing.CLOSE: closing.close,
    waking.WAKE: waking.wake,
    REPLY_DUE: come_due,
    MAIL_DUE: mail_due,
    timing.DUE: timing.fire,
}

# Who a live stream belongs to, by its cookies: a scope that answers `sees(teams, people)`.
identify = live.identify
