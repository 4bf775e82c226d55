"""Why a ticket is as it is, in words: who set what, because of what, and why it is due then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from markupsafe import Markup

from ventanilla.desk.formats import duration
from ventanilla.desk.present import aside
from ventanilla.desk.present import events as sentences
from ventanilla.desk.present.around import METRICS
from ventanilla.desk.present.safe import joined, sentence
from ventanilla.events.models import Event
from ventanilla.lib.business_time import CalendarIsEmpty, portions
from ventanilla.mail.models import RawMail
from ventanilla.sla.models import Clock
from ventanilla.sla.policies import hours
from ventanilla.tickets.explaining import Explained
from ventanilla.tickets.models import Priority, Status, Ticket, Type

MOST_DAYS = 12  # of a promise's arithmetic that are shown
Text = str | Markup


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, and who did it by which way."""

    text: Text
    at: datetime
    who: str
    via: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A field with its value, what set it, and what that came of, the newest first."""

    key: str
    label: str
    value: Text
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Piece:
    """Working time of one day that a promise counts."""

    day: str
    hours: str
    length: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A clock and its arithmetic."""

    label: str
    state: str
    policy: str
    changed: bool  # the policy is another by now
    calendar: str
    zone: str
    target: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    elapsed: str
    pieces: Sequence[Piece]
    more: bool  # there are further pieces


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail, and why it stands in this ticket."""

    at: datetime
    sender: str
    inbox: str
    why: str
    standing: str
    message: int | None
    no_answer: str


# -- fields ------------------------------------------------------------------------------------
def facts(ticket: Ticket, found: Explained, names: sentences.Names) -> list[Fact]:
    """Each field of a ticket. `names` knows who is named in `found`."""
    values: dict[str, tuple[str, Text]] = {
        "status": (_("Status"), str(Status(ticket.status).label)),
        "priority": (_("Priority"), str(Priority(ticket.priority).label)),
        "assignee": (_("Assignee"), names.agent(ticket.assignee_id)),
        "team": (_("Team"), names.team(ticket.team_id)),
        "category": (_("Category"), names.category(ticket.category_id)),
        "type": (_("Type"), str(Type(ticket.type).label) if ticket.type else _("None")),
        "tags": (_("Tags"), names.tags(ticket.tags) or _("None")),
        "contact": (_("Customer"), _customer(ticket)),
        "subject": (_("Subject"), ticket.subject or _("(no subject)")),
    }
    return [
        Fact(key, label, value, _steps(key, ticket, found, names))
        for key, (label, value) in values.items()
    ]


def _customer(ticket: Ticket) -> str:
    return (ticket.contact.name or _("Unknown sender")) if ticket.contact else _("Nobody")


def _steps(key: str, ticket: Ticket, found: Explained, names: sentences.Names) -> list[Step]:
    setter = found.setter(key)
    if setter is None:
        return []
    causes = found.chain(setter)[1:]
    if setter.kind == "ticket.opened":
        first = _step(setter, BEGAN[key](ticket), names)
        return [first if key in TOLD else replace(first, who="", via="")]
    return [
        _step(setter, _said(setter, names), names),
        *(_step(one, _said(one, names), names) for one in causes),
    ]


def _step(event: Event, text: Text, names: sentences.Names) -> Step:
    via = str(VIA.get(event.via, event.via))
    return Step(text, event.occurred_at, _doer(event, names), via)


def _doer(event: Event, names: sentences.Names) -> str:
    if event.actor_kind == "contact":
        return names.contacts.get(event.actor_id or 0) or _("the customer")
    return sentences.who(event, names) or "Ventanilla"


def _said(event: Event, names: sentences.Names) -> Text:
    if event.kind in HAPPENED:
        return str(HAPPENED[event.kind])
    words = sentences.SENTENCES.get(event.kind)
    said = words(event, names) if words else None
    text: Text = said[0] if said else _status_words(event)
    why = sentences.why(event)
    return joined([text, why], ": ") if why else text


def _status_words(event: Event) -> Text:
    """Of a status that no line tells, since its reply or its snooze does."""
    new = event.data.get("new")
    if event.kind != "ticket.status_changed" or new is None:
        return event.kind
    replied = event.data["reason"] == "replied"
    by = _("chosen with the reply") if replied else _("put away for a while")
    return sentence(_("Status: %(new)s"), new=Status(new).label) + f" ({by})"


def _team_began(ticket: Ticket) -> Text:
    if ticket.inbox is None:
        return _("Chosen when the ticket was opened")
    return sentence(_("The inbox %(inbox)s belongs to it"), inbox=ticket.inbox.address)


BEGAN: dict[str, Callable[[Ticket], Text]] = {
    "status": lambda ticket: _("Every ticket begins as new, and open when an agent writes first"),
    "priority": lambda ticket: _("The ticket was opened with it; nobody has changed it since"),
    "assignee": lambda ticket: _("Nobody was free, or its team takes tickets by hand"),
    "team": lambda ticket: _team_began(ticket),
    "category": lambda ticket: _("Nobody has chosen one"),
    "type": lambda ticket: _("Nobody has chosen another"),
    "tags": lambda ticket: _("Nobody has given it any since it was opened"),
    "contact": lambda ticket: _("The inquiry came from their address"),
    "subject": lambda ticket: _("As the first message had it"),
}
TOLD = ("contact", "subject", "team")  # what the opening itself said: the rest nobody chose
HAPPENED = {
    "ticket.opened": gettext_lazy("The ticket was opened"),
    "ticket.triaged": gettext_lazy("It was taken in"),
    "message.received": gettext_lazy("The customer wrote"),
    "message.replied": gettext_lazy("A reply was sent"),
    "message.noted": gettext_lazy("A note was written"),
    "message.automatic": gettext_lazy("An automatic message was written"),
    "agent.availability_changed": gettext_lazy("Somebody became available"),
    "agent.deactivated": gettext_lazy("Somebody left"),
}
VIA = {
    "web": gettext_lazy("in the browser"),
    "mail": gettext_lazy("by mail"),
    "api": gettext_lazy("by a program"),
    "cli": gettext_lazy("on the command line"),
    "job": gettext_lazy("by itself"),
    "timer": gettext_lazy("when its time had come"),
    "import": gettext_lazy("by an import"),
    "bulk": gettext_lazy("in a change of many tickets"),
    "undo": gettext_lazy("by undoing"),
}


# -- mails -------------------------------------------------------------------------------------
def arrivals(mails: Iterable[RawMail]) -> list[Arrival]:
    """What led each mail into this ticket: its evidence, and who the sender was to the ticket."""
    return [_arrival(one) for one in mails]


def _arrival(raw: RawMail) -> Arrival:
    evidence, _colon, standing = raw.why.partition(":")
    why = EVIDENCE.get(evidence, OUTCOMES.get(raw.outcome, raw.why))
    if raw.outcome == "opened" and evidence in EVIDENCE and evidence not in ALONE:
        why = f"{why}; {_('that ticket was another one, or not theirs: a new ticket was opened')}"
    return Arrival(
        at=raw.received_at,
        sender=raw.sender or raw.envelope_from,
        inbox=raw.inbox.address,
        why=str(why),
        standing=str(STANDING.get(standing, "")).rstrip("."),
        message=raw.message_id,
        no_answer=str(NO_ANSWER.get(raw.no_answer, raw.no_answer)),
    )


EVIDENCE = {
    "reply_address": gettext_lazy(
        "It was sent to this ticket's own reply address, which we signed"
    ),
    "own_id": gettext_lazy("Its In-Reply-To or References names a mail of ours, which we signed"),
    "reference": gettext_lazy("Its text quotes a reference of ours, which we signed"),
    "stored_id": gettext_lazy("Its In-Reply-To or References names a message of this ticket"),
    "unseen_id": gettext_lazy("It refers to the same mail as a message of this ticket"),
    "number": gettext_lazy("Its subject names the ticket's number"),
    "spam": gettext_lazy("It was taken for spam"),
    "no_evidence": gettext_lazy("It refers to no earlier message: a new inquiry"),
}
ALONE = ("no_evidence", "spam")  # leads to no other ticket
STANDING = {
    "participant": gettext_lazy("The sender takes part in the ticket"),
    "colleague": gettext_lazy(
        "The sender is of the customer's organization, and their domain vouches for it"
    ),
    "stranger": gettext_lazy("The sender does not take part"),
    "forged": gettext_lazy("The sender's domain says that the mail is not from there"),
    **aside.WHY,
}
OUTCOMES = {
    "duplicate": gettext_lazy("It is a copy of a message that is here already"),
    "bounce": gettext_lazy("It says that a message of ours did not arrive"),
    "auto": gettext_lazy("It is an automatic answer"),
    "blocked": gettext_lazy("Its sender is blocked"),
    "quarantined": gettext_lazy("It could not be read"),
}
NO_ANSWER = {
    "blocked": gettext_lazy("the sender is blocked"),
    "bounce": gettext_lazy("it is a bounce"),
    "own_mail": gettext_lazy("it is our own mail"),
    "spam": gettext_lazy("it is spam"),
}


# -- promises ----------------------------------------------------------------------------------
def promised(clocks: Iterable[Clock]) -> list[Promised]:
    """Each clock with the working time that it counts."""
    return [_promised(clock) for clock in clocks]


def _promised(clock: Clock) -> Promised:
    pieces, more = _pieces(clock)
    return Promised(
        label=METRICS[clock.metric](),
        state=str(STATES[Clock.State(clock.state)]),
        policy=clock.policy.name,
        changed=clock.policy.version != clock.policy_version,
        calendar=clock.calendar.name if clock.calendar else _("Around the clock"),
        zone=clock.calendar.zone if clock.calendar else "UTC",
        target=duration(timedelta(seconds=clock.target), exact=True),
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        elapsed=duration(timedelta(seconds=clock.elapsed or 0), exact=True),
        pieces=pieces,
        more=more,
    )


def _pieces(clock: Clock) -> tuple[list[Piece], bool]:
    """By the hours as they are now: none when they give another end than was promised."""
    zone = ZoneInfo(clock.calendar.zone if clock.calendar else "UTC")
    counted = portions(clock.started_at, timedelta(seconds=clock.target), hours(clock.calendar))
    try:
        found = list(islice(counted, MOST_DAYS + 1))
        if len(found) <= MOST_DAYS and found and found[-1][1] != clock.due_at:
            return [], False
    except CalendarIsEmpty:
        return [], False
    pieces = [_piece(opens, closes, zone) for opens, closes in found[:MOST_DAYS]]
    return pieces, len(found) > MOST_DAYS


def _piece(opens: datetime, closes: datetime, zone: ZoneInfo) -> Piece:
    begins, ends = opens.astimezone(zone), closes.astimezone(zone)
    return Piece(
        day=format_date(begins, pgettext("date format of a working day", "l j F")),
        hours=f"{begins:%H:%M}–{ends:%H:%M}",
        length=duration(closes - opens, exact=True),
    )


STATES = {
    Clock.State.RUNNING: gettext_lazy("running"),
    Clock.State.MET: gettext_lazy("kept"),
    Clock.State.BREACHED: gettext_lazy("broken"),
    Clock.State.CANCELLED: gettext_lazy("cancelled"),
}
