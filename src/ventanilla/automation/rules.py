"""Rules at work: on each event that they look at, in their order, with their authors' rights.

A rule acts once on all that one thing leads to (the "root"): it can't set off itself, and no order
of rules goes round for ever. Later rules see what earlier ones changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ventanilla.automation import deciding, writing
from ventanilla.automation.definition import ASSIGNEE, TEAM, Definition, read
from ventanilla.automation.models import RuleRun, RuleVersion
from ventanilla.events.acts import MAX_DEPTH, SYSTEM, Act, Actor
from ventanilla.events.kinds import RuleApplied
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.lib.liquid import TemplateFault, render
from ventanilla.lib.problems import Invalid, Problem
from ventanilla.people.queries import configuration, per_configuration
from ventanilla.tickets.actions import note
from ventanilla.tickets.actions.apply import make
from ventanilla.tickets.actions.change import change as record_change
from ventanilla.tickets.actions.merged import merge_of
from ventanilla.tickets.changes import Change, targets
from ventanilla.tickets.condition_fields import TREE, Asker, facts
from ventanilla.tickets.conditions import checks
from ventanilla.tickets.content import Content
from ventanilla.tickets.mentions import who_sees
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.variables import variables
from ventanilla.tickets.views_queries import below

logger = structlog.get_logger(__name__)
PINNED = ("priority", "team", "assignee", "category")  # what a person set by hand stays (pins)
NOTE, MESSAGE, NOTIFY = "note", "message", "notify"  # codes of what a rule does besides changes

ROOT = """
WITH RECURSIVE chain(id, cause_id, steps) AS (
    SELECT id, cause_id, 0 FROM events_event WHERE id = %s
    UNION ALL
    SELECT event.id, event.cause_id, steps + 1
    FROM events_event AS event JOIN chain ON event.id = chain.cause_id WHERE steps < 50
)
SELECT id FROM chain ORDER BY steps DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Live:
    """A rule that is in use, as it stands."""

    pk: int
    name: str
    version: int
    author: int | None
    definition: Definition


@dataclass
class Effect:
    """What became of a rule's doing on a ticket. What was so already is in no list."""

    done: list[str] = field(default_factory=list)  # codes
    changes: list[Change] = field(default_factory=list)  # those of them that are changes
    left_out: list[tuple[str, str]] = field(default_factory=list)  # code, and why
    note: str = ""
    message: str = ""
    told: tuple[int, ...] = ()


@per_configuration
def in_use() -> Sequence[Live]:
    """The rules that run, in their order. One that can't be read any more is left out, and logged:
    the list of rules says so too."""
    rows = RuleVersion.objects.filter(rule__active=True, rule__removed=False)
    found = []
    for row in rows.select_related("rule").order_by("rule__position", "rule_id"):
        if row.number != row.rule.version:
            continue
        try:
            definition = read(row.said)
        except Invalid as problem:
            logger.warning("rule_unreadable", rule=row.rule_id, why=problem.message)
            continue
        found.append(Live(row.rule_id, row.rule.name, row.number, row.author_id, definition))
    return found


# -- the consumer ------------------------------------------------------------------------------
def react(event: Event) -> None:
    """Run the rules that look at this event. Safe to run twice. Without such rules: no statement,
    else 5, and those of what they change."""
    looking = [rule for rule in in_use() if event.kind in rule.definition.kinds]
    if not looking or event.depth >= MAX_DEPTH - 1 or by_machine(event):
        return
    _run(event, looking)


def by_machine(event: Event) -> bool:
    """An automatic answer sets nothing off."""
    return bool(event.data.get("auto") or event.data.get("quiet"))


@transaction.atomic
def _run(event: Event, looking: Iterable[Live]) -> None:
    ticket = Ticket(pk=event.the_ticket)  # read when it is locked
    ticket.lock()
    if ticket.aside is not None or merge_of(ticket):
        return
    root = _root(event)
    ran = set(RuleRun.objects.filter(root=root).values_list("rule_id", flat=True))
    seen = facts(ticket)
    for rule in looking:
        if rule.pk in ran:
            continue
        tested = deciding.test(rule.definition, seen, asker(rule.definition))
        if not tested.fits:
            continue
        effect = perform(rule, ticket, act_of(rule).because_of(event))
        note_run(rule, ticket, event.pk, root, tested, effect)
        if rule.definition.stop:
            break
        seen = facts(ticket) if effect.changes else seen


def _root(event: Event) -> int:
    """The event at the beginning of what led to this one. 1 statement, none for a beginning."""
    if event.cause_id is None:
        return event.pk
    with connection.cursor() as cursor:
        cursor.execute(ROOT, [event.pk])
        return int(cursor.fetchone()[0])


def asker(definition: Definition) -> Asker:
    """Nobody in particular, now, in the desk's zone."""
    tree = below() if any(one.op in TREE for one in checks(definition.conditions)) else {}
    return Asker(None, clock.now(), ZoneInfo(configuration().time_zone), tree)


# -- doing it ----------------------------------------------------------------------------------
def act_of(rule: Live) -> Act:
    """By the rights that its author has now (R30)."""
    authority = Actor("agent", rule.author) if rule.author else SYSTEM
    return Act(Actor("rule", rule.pk, str(rule.version)), authority, clock.now(), "job")


def perform(rule: Live, ticket: Ticket, act: Act) -> Effect:
    """Do what a rule says, and tell it in the ticket's history."""
    effect = carry_out(rule.definition, ticket, act, name=rule.name)
    if effect.done or effect.left_out:
        happening = RuleApplied(
            rule=rule.pk,
            version=rule.version,
            done=tuple(_told(code) for code in effect.done),
            left_out=tuple(_told(code) for code, _why in effect.left_out),
            told=effect.told,
        )
        record_change(ticket, act, happening, texts={"name": rule.name})
    return effect


def carry_out(definition: Definition, ticket: Ticket, act: Act, *, name: str) -> Effect:
    """Do what a rule says on a locked ticket. What can't be done is named; the rest is done."""
    effect = Effect()
    pinned = [one for one in definition.changes if one.what in ticket.pinned]
    wanted = [one for one in definition.changes if one not in pinned]
    known = targets(definition.changes)
    effect.left_out += [(one.code, _("somebody set it by hand")) for one in pinned]
    applied = make(ticket, act, wanted, known)
    effect.changes = applied.done
    effect.done += [one.code for one in applied.done]
    effect.left_out += [(one.code, why) for one, why in applied.left_out]
    if definition.note:
        _write_note(definition.note, ticket, act, name, effect)
    if definition.message:
        _write(definition.message, ticket, act, effect)
    if definition.notify:
        effect.told = _who_is_told(definition.notify, ticket)
        effect.done += [NOTIFY] if effect.told else []
        effect.left_out += [] if effect.told else [(NOTIFY, _("nobody there to tell"))]
    return effect


def _write_note(template: str, ticket: Ticket, act: Act, name: str, effect: Effect) -> None:
    try:
        values = variables(ticket, None, configuration().name)
        effect.note = render(template, values, target="text").strip()
        note(ticket, act, content=Content(text=effect.note, author_name=name))
    except (Problem, TemplateFault) as problem:
        effect.left_out.append((NOTE, str(problem)))
    else:
        effect.done.append(NOTE)


def _write(texts: Mapping[str, str], ticket: Ticket, act: Act, effect: Effect) -> None:
    try:
        effect.message = writing.write(texts, ticket, act)
    except (Problem, TemplateFault) as problem:
        effect.left_out.append((MESSAGE, str(problem)))
    else:
        effect.done.append(MESSAGE)


def _who_is_told(notify: Iterable[str], ticket: Ticket) -> tuple[int, ...]:
    """User ids of those that may see the ticket. 1 statement."""
    named = {int(one) for one in notify if one.isdecimal()}
    if ASSIGNEE in notify and ticket.assignee_id:
        named.add(ticket.assignee_id)
    there = who_sees(ticket)
    wanted = there.filter(pk__in=named)
    found = set(wanted.values_list("pk", flat=True))
    if TEAM in notify:
        found |= set(there.filter(teams=ticket.team_id).values_list("pk", flat=True))
    return tuple(sorted(found))


def note_run(
    rule: Live, ticket: Ticket, event: int, root: int, why: deciding.Tested, effect: Effect
) -> None:
    RuleRun.objects.create(
        rule_id=rule.pk,
        version=rule.version,
        ticket_id=ticket.pk,
        ticket_number=ticket.number,
        event_id=event,
        root=root,
        at=clock.now(),
        why=why.told,
        done=[_told(code) for code in effect.done],
        left_out=[[_told(code), reason] for code, reason in effect.left_out],
    )


def _told(code: str) -> str:
    """Without what was typed into a field: `Change.told`."""
    what, _sign, value = code.partition("=")
    return f"field={value.partition(':')[0]}" if what == "field" else code


# -- trying it ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would do to a ticket as it is now."""

    tested: deciding.Tested
    effect: Effect | None  # None: it doesn't fit


class _TakeBack(Exception):
    """Ends a trial: nothing of it stays."""


def attempt(definition: Definition, ticket: Ticket, *, author: int, name: str) -> Trial:
    """Try a rule on a ticket: all that it would do is done, looked at, and taken back."""
    tested = deciding.test(definition, facts(ticket), asker(definition))
    if not tested.fits:
        return Trial(tested, None)
    effect: Any = None
    act = Act(Actor("rule"), Actor("agent", author), clock.now(), "job")
    try:
        with transaction.atomic():
            ticket.lock()
            effect = carry_out(definition, ticket, act, name=name)
            raise _TakeBack
    except _TakeBack:
        ticket.refresh_from_db()
    return Trial(tested, effect)


# -- when a ticket is deleted for good ----------------------------------------------------------
def on_erased(event: Event, ticket: Any) -> None:
    """What was seen of a ticket goes with it."""
    RuleRun.objects.filter(ticket_id=event.the_ticket).delete()
