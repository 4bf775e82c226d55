"""Undoing an operation: each event's inverse, where what it set is still what stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import KINDS, Happening, TicketBroughtBack, Undoable
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, NotAllowed, NotFound
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer, viewer
from ventanilla.tickets.actions.aside import bring_back, set_aside
from ventanilla.tickets.actions.assign import AssigneeNotInTeam, check_member
from ventanilla.tickets.actions.change import IsSetAside, change
from ventanilla.tickets.actions.custom import set_value, values_of
from ventanilla.tickets.actions.lay import ERASE
from ventanilla.tickets.models import Aside, Status, Ticket
from ventanilla.tickets.operations import Operation, OperationItem

UNDO = "undo"
ANSWER = "answer"  # mails that have left don't come back
TELLING = ("macro.applied",)  # say why others happened: they change nothing
WITHIN = timedelta(hours=24)
Outcome = OperationItem.Outcome
Result = tuple[Outcome, str]


class CantUndo(Conflict):
    code = "cant_undo"


def can_undo(operation: Operation, now: datetime) -> bool:
    """Whether it is offered: finished, not an undoing itself, not undone yet, of the last day."""
    if (
        operation.what in (UNDO, ANSWER, ERASE)
        or operation.finished_at is None
        or not operation.done
    ):
        return False
    return now - operation.created_at <= WITHIN and not hasattr(operation, "undone_by")


def check_undo(operation: Operation, act: Act) -> list[int]:
    """The tickets to go over again. Raises NotFound (not the agent's own), CantUndo."""
    if operation.agent_id != act.actor.id:
        raise NotFound(_("There is no such change, or it isn't yours."))
    if hasattr(operation, "undone_by"):
        raise CantUndo(_("This was undone already."))
    if not can_undo(operation, act.when):
        raise CantUndo(_("This can't be undone any more. Change the tickets themselves."))
    done = operation.items.filter(outcome=Outcome.DONE).order_by("ticket_id")
    return list(done.values_list("ticket_id", flat=True))


def revert(
    operation: Operation, act: Act, items: Iterable[OperationItem], tickets: dict[int, Ticket]
) -> None:
    """Undo on these locked tickets what `operation.undoes` did; note each one's result."""
    undone, rights, events = operation.undoes_id or 0, viewer(operation.agent_id), defaultdict(list)
    ids = list(tickets)
    happened = Event.objects.filter(operation_id=undone, ticket_id__in=ids)
    for event in happened.exclude(kind__in=TELLING).order_by("seq"):
        events[event.ticket_id].append(event)
    first = OperationItem.objects.filter(operation_id=undone, ticket_id__in=ids)
    before = dict(first.values_list("ticket_id", "before"))
    for item in items:
        ticket = tickets.get(item.ticket_id)
        if ticket is None:
            item.outcome, item.reason = Outcome.REFUSED, "not_found"
            continue
        results = [
            _undo_one(ticket, act, event, rights, before[ticket.pk])
            for event in _net(events[ticket.pk])
        ]
        item.outcome, item.reason = _together(results)


def _net(events: list[Event]) -> list[Event]:
    """Several changes of one field, as one: from what was before the first to the last's value.

    Not saved; it concerns everybody whom one of them concerned.
    """
    found: dict[str, Event] = {}
    for event in events:
        first = found.get(event.kind)
        if first is None or "old" not in event.data:
            found[event.kind if first is None else f"{event.kind} {event.pk}"] = event
            continue
        event.data = event.data | {"old": first.data["old"]}
        for name in ("teams", "people", "categories"):
            merged = {*getattr(first, name), *getattr(event, name)}
            setattr(event, name, sorted(merged))
        del found[event.kind]  # it stands where the last one was
        found[event.kind] = event
    return [one for one in found.values() if "new" not in one.data or _differs(one.data)]


def _differs(data: dict[str, Any]) -> bool:
    return bool(data["old"] != data["new"])


def _together(results: list[Result]) -> Result:
    """Of a ticket's several changes: done when one could be undone, and whether all could."""
    bad = [result for result in results if result[0] != Outcome.DONE]
    if not bad:
        return Outcome.DONE, ""
    return bad[0] if len(bad) == len(results) else (Outcome.DONE, "partly")


def _undo_one(
    ticket: Ticket, act: Act, event: Event, rights: Viewer, before: dict[str, Any]
) -> Result:
    """Rights go by whom the change concerned: who moved a ticket out of sight may fetch it back."""
    happened = KINDS[event.kind](**event.data)
    if not isinstance(happened, Undoable):
        return Outcome.REFUSED, "impossible"
    concerned = {"teams": event.teams, "people": event.people, "categories": event.categories}
    if not rights.can("ticket.change") or not rights.sees(**concerned):
        return Outcome.REFUSED, "not_allowed"
    inverse = happened.inverse()
    try:
        undone = UNDOERS[event.kind](ticket, act.because_of(event), inverse, before)
    except (AssigneeNotInTeam, IsSetAside, NotAllowed) as problem:
        return Outcome.REFUSED, problem.code
    return (Outcome.DONE, "") if undone else (Outcome.SKIPPED, "changed")


# -- one function per kind: False when what the operation set is no longer there -----------------
Undoer = Callable[[Ticket, Act, Any, dict[str, Any]], bool]


def _field(name: str, column: str) -> Undoer:
    """Of kinds with `old` and `new` that set one column."""

    def undo(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
        if getattr(ticket, column) != inverse.old:
            return False
        fields = {column: inverse.new, "pinned": _pins(ticket, name, before)}
        _changed(ticket, act, inverse, fields)
        return True

    return undo


def _status(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    if ticket.status != inverse.old:
        return False
    done, held = inverse.new >= Status.RESOLVED, inverse.new == Status.ON_HOLD
    fields = {
        "status": inverse.new,
        "hold_reason": before["hold_reason"] if held else "",
        "hold_until": _moment(before["hold_until"]) if held else None,
        "resolved_at": (_moment(before["resolved_at"]) or act.when) if done else None,
        "closed_at": _moment(before["closed_at"]) if inverse.new == Status.CLOSED else None,
    }
    _changed(ticket, act, inverse, fields)
    return True


def _snoozed(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    """A ticket that was put away only now leaves its hold by the event that follows."""
    if ticket.status != Status.ON_HOLD or ticket.hold_until != _moment(inverse.old):
        return False
    fields = {"hold_reason": before["hold_reason"], "hold_until": _moment(before["hold_until"])}
    _changed(ticket, act, inverse, fields)
    return True


def _assignee(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    if ticket.assignee_id != inverse.old:
        return False
    if inverse.new:
        check_member(ticket, Agent.objects.select_related("user").get(pk=inverse.new))
    fields = {"assignee_id": inverse.new, "pinned": _pins(ticket, "assignee", before)}
    people = (inverse.old,) if inverse.old else ()
    _changed(ticket, act, inverse, fields, also_people=people)
    return True


def _team(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    if ticket.team_id != inverse.old:
        return False
    fields = {"team_id": inverse.new, "pinned": _pins(ticket, "team", before)}
    _changed(ticket, act, inverse, fields, also_teams=(inverse.old,))
    return True


def _tags(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    """Only those of the operation's tags that are still as it left them."""
    removed = [pk for pk in inverse.removed if pk in ticket.tags]
    added = [pk for pk in inverse.added if pk not in ticket.tags]
    if not removed and not added:
        return False
    tags = [pk for pk in ticket.tags if pk not in removed] + added
    happening = type(inverse)(added=tuple(added), removed=tuple(removed))
    _changed(ticket, act, happening, {"tags": tags})
    return True


def _laid(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    """Spam and trash are their own inverse: exactly, or not at all."""
    back = isinstance(inverse, TicketBroughtBack)
    place = Aside[inverse.place.upper()]
    verb = bring_back if back else set_aside
    return verb(ticket, act, place=place) is not None


def _custom(ticket: Ticket, act: Act, inverse: Any, before: dict[str, Any]) -> bool:
    """What people typed is in the texts of the event: gone once these are erased."""
    values = values_of(Event.objects.get(pk=act.cause or 0))
    if values is None or ticket.custom.get(inverse.field) != values[1]:
        return False
    set_value(ticket, act, inverse.field, values[1], values[0])
    return True


def _changed(
    ticket: Ticket, act: Act, happening: Happening, fields: dict[str, Any], **also: Any
) -> None:
    change(ticket, act, happening, **also, **fields)


def _pins(ticket: Ticket, name: str, before: dict[str, Any]) -> list[str]:
    """The pins now, with this field's as it was before the operation."""
    others = [pin for pin in ticket.pinned if pin != name]
    return [*others, name] if name in before["pinned"] else others


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


UNDOERS: dict[str, Undoer] = {
    "ticket.status_changed": _status,
    "ticket.snoozed": _snoozed,
    "ticket.priority_changed": _field("priority", "priority"),
    "ticket.impact_changed": _field("impact", "impact"),
    "ticket.urgency_changed": _field("urgency", "urgency"),
    "ticket.type_changed": _field("type", "type"),
    "ticket.team_changed": _team,
    "ticket.assigned": _assignee,
    "ticket.category_changed": _field("category", "category_id"),
    "ticket.tags_changed": _tags,
    "ticket.field_changed": _custom,
    "ticket.set_aside": _laid,
    "ticket.brought_back": _laid,
}
