"""One change of many tickets: an operation, with a result for each ticket.

Up to AT_ONCE tickets are changed in the transaction that asks for it; more by a job of the lowest
lane, batch by batch, so that everybody else's work comes in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act, Actor
from ventanilla.events.jobs import enqueue
from ventanilla.events.models import Event
from ventanilla.events.signals import tell
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.people.models import Agent, Team
from ventanilla.people.rights import require, viewer
from ventanilla.tickets.actions import lay
from ventanilla.tickets.actions.answer import answer_all
from ventanilla.tickets.actions.apply import NothingDone, apply_changes
from ventanilla.tickets.actions.assign import assign
from ventanilla.tickets.actions.change import IsSetAside
from ventanilla.tickets.actions.custom import set_fields
from ventanilla.tickets.actions.fields import categorise, set_priority, set_status, set_tags
from ventanilla.tickets.actions.move import move
from ventanilla.tickets.actions.snooze import snooze
from ventanilla.tickets.actions.undo import ANSWER, UNDO, check_undo, revert
from ventanilla.tickets.changes import read, targets
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.jobs import go_on
from ventanilla.tickets.models import Category, Priority, Status, Ticket
from ventanilla.tickets.operations import Operation, OperationItem

AT_ONCE = 100  # tickets that are changed while the agent waits
BATCH = 50  # of a job: one commit
MOST = 10_000
Outcome = OperationItem.Outcome

Verb = Callable[[Ticket, Act], Event | None]


def change_many(
    act: Act, *, agent: Agent, what: str, change: dict[str, Any], tickets: QuerySet[Ticket]
) -> Operation:
    """Change all of `tickets` (which the agent sees) in the same way.

    what, change   as `Operation` keeps them
    Returns the operation, finished if it was small. Raises NotAllowed, NotFound (no ticket),
    Invalid (too many, or nothing to change to).
    """
    require(act, "ticket.change")
    lay.check(act, what)
    if what not in VERBS:
        raise Invalid(_("Choose what to change."))
    VERBS[what](change)  # refuses what can't be set before anything is
    ids = list(tickets.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    with transaction.atomic():
        kept = lay.begin(act, what, change)
        return _begin(act, Operation(agent=agent, what=what, change=kept), ids)


@transaction.atomic
def _begin(act: Act, operation: Operation, ids: list[int]) -> Operation:
    """Keep an operation over these tickets; do it now, or let a job do it."""
    if not ids:
        raise NotFound(_("None of these tickets is there any more, or yours to see."))
    if len(ids) > MOST:
        raise Invalid(_("At most %(most)s tickets can be changed at once.") % {"most": MOST})
    operation.total, operation.created_at = len(ids), act.when
    operation.save(force_insert=True)
    items = [OperationItem(operation=operation, ticket_id=pk) for pk in ids]
    OperationItem.objects.bulk_create(items, batch_size=2000)
    if len(ids) <= AT_ONCE:
        _work(operation, act.when, limit=AT_ONCE)
    else:
        enqueue(go_on, operation_id=operation.pk)
    return operation


@transaction.atomic
def undo_many(act: Act, operation: Operation) -> Operation:
    """Take an operation back, by another one. Raises NotFound (not the agent's own), CantUndo."""
    locked = Operation.objects.select_for_update().get(pk=operation.pk)
    ids = check_undo(locked, act)
    lay.undo(act, locked.what, locked.change)
    return _begin(act, Operation(agent_id=locked.agent_id, what=UNDO, undoes=locked), ids)


@transaction.atomic
def next_batch(operation_id: int, now: datetime) -> None:
    """Do the next batch of an operation, and ask for the one after it. Safe to run twice."""
    running = Operation.objects.select_for_update().filter(finished_at=None)
    operation = running.filter(pk=operation_id).first()
    if operation is None:
        return
    _work(operation, now, limit=BATCH)
    if operation.finished_at is None:
        enqueue(go_on, operation_id=operation.pk)
    tell([operation.agent_id], {"t": "operation", "n": operation.pk})


def _work(operation: Operation, now: datetime, *, limit: int) -> None:
    """Do the next `limit` tickets, all locked first and in the order of their ids.

    So no two of them wait for each other, nor for a verb that locks one.
    """
    waiting = operation.items.filter(outcome=Outcome.WAITING).order_by("ticket_id")
    items = list(waiting[: limit + 1])
    more, items = len(items) > limit, items[:limit]
    _one_by_one(operation, now, items)
    OperationItem.objects.bulk_update(items, ["outcome", "reason", "before"])
    for name, outcome in COUNTED.items():
        count = sum(item.outcome == outcome for item in items)
        setattr(operation, name, getattr(operation, name) + count)
    operation.finished_at = None if more else now
    operation.save(update_fields=[*COUNTED, "finished_at"])


COUNTED = {"done": Outcome.DONE, "skipped": Outcome.SKIPPED, "refused": Outcome.REFUSED}


def _one_by_one(operation: Operation, now: datetime, items: list[OperationItem]) -> None:
    """The rights are those that the agent has now, ticket by ticket."""
    actor = Actor("agent", operation.agent_id)
    ids = [item.ticket_id for item in items]
    if operation.what == UNDO:
        act = Act(actor, actor, now, "undo", operation=operation.pk)
        revert(operation, act, items, _locked(Ticket.objects.filter(pk__in=ids)))
        return
    act = Act(actor, actor, now, "bulk", operation=operation.pk)
    seen = Ticket.objects.visible_to(viewer(operation.agent_id), anywhere=True)
    tickets, verb = _locked(seen.filter(pk__in=ids)), VERBS[operation.what](operation.change)
    for item in items:
        ticket = tickets.get(item.ticket_id)
        if ticket is None:
            item.outcome, item.reason = Outcome.REFUSED, "not_found"
            continue
        if ticket.aside is not None and operation.what not in lay.LAY:
            item.outcome, item.reason = Outcome.REFUSED, IsSetAside.code
            continue
        item.before = kept(ticket)
        item.outcome, item.reason = _outcome(verb, ticket, act, item)


def _locked(tickets: QuerySet[Ticket]) -> dict[int, Ticket]:
    return {one.pk: one for one in tickets.select_for_update(no_key=True).order_by("pk")}


def _outcome(verb: Verb, ticket: Ticket, act: Act, item: OperationItem) -> tuple[Outcome, str]:
    """A verb checks before it writes: what it refuses leaves nothing behind."""
    try:
        event = verb(ticket, act)
    except NothingDone as problem:
        item.before["why"] = problem.message
        return Outcome.REFUSED, problem.code
    except Problem as problem:
        return Outcome.REFUSED, problem.code
    if event is None:
        return Outcome.SKIPPED, "same"
    return Outcome.DONE, "left_out" if event.data.get("left_out") else ""


def kept(ticket: Ticket) -> dict[str, Any]:
    """What no event tells and undoing must bring back."""
    moments = {name: getattr(ticket, name) for name in ("resolved_at", "closed_at", "hold_until")}
    return {
        "pinned": ticket.pinned,
        "hold_reason": ticket.hold_reason,
        **{name: at.isoformat() if at else None for name, at in moments.items()},
    }


# -- what can be done to many tickets: from an operation's change to a verb ---------------------
def _status(change: dict[str, Any]) -> Verb:
    to = Status(change["to"])
    if to == Status.NEW:
        raise Invalid(_("A ticket that was begun can't be new again. Choose “Open”."))
    return lambda ticket, act: set_status(ticket, act, to=to)


def _priority(change: dict[str, Any]) -> Verb:
    to = Priority(change["to"])
    return lambda ticket, act: set_priority(ticket, act, to=to)


def _team(change: dict[str, Any]) -> Verb:
    to = Team.objects.filter(pk=change["to"], archived=False).first()
    if to is None:
        raise Invalid(_("Choose a team that is in use."), field="team")
    return lambda ticket, act: move(ticket, act, to=to)


def _assignee(change: dict[str, Any]) -> Verb:
    wanted = change["to"]
    to = Agent.objects.select_related("user").filter(pk=wanted).first() if wanted else None
    if wanted and to is None:
        raise Invalid(_("Choose one from the list."), field="assignee")
    return lambda ticket, act: assign(ticket, act, to=to)


def _category(change: dict[str, Any]) -> Verb:
    wanted = change["to"]
    to = Category.objects.filter(pk=wanted, archived=False).first() if wanted else None
    if wanted and to is None:
        raise Invalid(_("Choose a category that is in use."), field="category")
    return lambda ticket, act: categorise(ticket, act, to=to)


def _tags(change: dict[str, Any]) -> Verb:
    add, remove = _words(change, "add"), _words(change, "remove")
    if not add and not remove:
        raise Invalid(_("Choose a tag."), field="add")
    return lambda ticket, act: set_tags(ticket, act, add=add, remove=remove)


def _snooze(change: dict[str, Any]) -> Verb:
    until = datetime.fromisoformat(change["until"]) if change["until"] else None
    return lambda ticket, act: snooze(ticket, act, until=until)


def _macro(change: dict[str, Any]) -> Verb:
    """Its changes, as they were when it was begun."""
    wanted = read(change["changes"])
    if not wanted:
        raise Invalid(_("This macro changes nothing by itself. Put its text into a message."))
    given: dict[str, Any] = {
        "changes": [one.code for one in wanted],
        "macros": [change["macro"]],
        "name": change["name"],
        "known": targets(wanted),
    }
    return lambda ticket, act: apply_changes(ticket, act, **given)


def _field(change: dict[str, Any]) -> Verb:
    key, to = str(change["field"]), change["to"]
    if defined(key) is None:
        raise Invalid(_("Choose what to change."), field="field")

    def verb(ticket: Ticket, act: Act) -> Event | None:
        return next(iter(set_fields(ticket, act, values={key: to})), None)

    return verb


def _laying(what: str) -> Callable[[dict[str, Any]], Verb]:
    return lambda _change: lay.LAY[what]


def _words(change: dict[str, Any], name: str) -> list[str]:
    given: Iterable[str] = change.get(name, ())
    return [" ".join(word.split()) for word in given if word.strip()]


VERBS: dict[str, Callable[[dict[str, Any]], Verb]] = {
    "status": _status,
    "priority": _priority,
    "team": _team,
    "assignee": _assignee,
    "category": _category,
    "tags": _tags,
    "snooze": _snooze,
    "field": _field,
    "macro": _macro,
    ANSWER: answer_all,
    **{what: _laying(what) for what in lay.LAY},
}
