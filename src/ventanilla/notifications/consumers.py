"""Who is told what. Rows and a signal to their screens; several about one ticket fold into one."""

from __future__ import annotations

from ventanilla.events.models import Event
from ventanilla.events.signals import tell
from ventanilla.notifications.models import Notification
from ventanilla.notifications.queries import unread_count
from ventanilla.tickets.models import Message, Ticket

What = Notification.What


def tell_assignee(event: Event) -> None:
    """Tell the new assignee, unless they took the ticket themselves. Safe to run twice."""
    new = event.data["new"]
    if new is not None and not (event.actor_kind == "agent" and event.actor_id == new):
        _notify(event, new, What.ASSIGNED)


def tell_answered(event: Event) -> None:
    """Tell the assignee that the customer has written. Safe to run twice."""
    if event.data["quiet"] or event.data["auto"]:
        return
    assignee = Ticket.objects.values_list("assignee_id", flat=True).get(pk=event.the_ticket)
    if assignee is not None:
        _notify(event, assignee, What.ANSWERED)


def tell_woken(event: Event) -> None:
    """Tell the assignee that a snoozed ticket is back. Safe to run twice."""
    if event.data["reason"] != "woke":
        return
    assignee = Ticket.objects.values_list("assignee_id", flat=True).get(pk=event.the_ticket)
    if assignee is not None:
        _notify(event, assignee, What.WOKE)


def tell_author(event: Event) -> None:
    """Tell the author that a reply was not delivered. Safe to run twice."""
    if event.data.get("temporary"):
        return
    author = Message.objects.values_list("agent_id", flat=True).get(pk=event.data["message"])
    what = What.NOT_SENT if event.kind == "message.failed" else What.RETURNED
    if author is not None:
        _notify(event, author, what)


def tell_held_back(event: Event) -> None:
    """Tell the author that a reply has not left. Safe to run twice."""
    _notify(event, event.data["agent"], What.HELD_BACK)


def tell_mentioned(event: Event) -> None:
    """Tell those whom a note names, but not its author. Safe to run twice."""
    for agent_id in event.data["mentioned"]:
        if agent_id != event.actor_id:
            _notify(event, agent_id, What.MENTIONED)


def tell_task(event: Event) -> None:
    """Tell whom a task of a ticket was given, unless they took it. Safe to run twice."""
    to = event.data["agent"]
    if event.data["what"] in ("added", "given") and to not in (None, event.actor_id):
        _notify(event, to, What.TASK)


def tell_by_rule(event: Event) -> None:
    """Tell those whom a rule wants told. Safe to run twice."""
    for agent_id in event.data["told"]:
        _notify(event, agent_id, What.RULE)


def _notify(event: Event, agent_id: int, what: What) -> None:
    same = Notification.objects.filter(
        agent_id=agent_id, ticket_id=event.the_ticket, what=what, read_at=None
    )
    if same.exclude(event_id=event.pk).exists():
        same.update(created_at=event.occurred_at)
    else:
        notice = Notification(
            agent_id=agent_id,
            event_id=event.pk,
            ticket_id=event.the_ticket,
            what=what,
            created_at=event.occurred_at,
        )
        Notification.objects.bulk_create([notice], ignore_conflicts=True)
    tell([agent_id], {"t": "notice", "n": unread_count(agent_id)})
