"""Why a ticket is as it is: for each field, the event that set it, and what that came of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ventanilla.events.models import Event, EventText
from ventanilla.tickets.models import Ticket

# field: the kinds of events that set it; the newest one did
SET_BY = {
    "status": (
        "ticket.status_changed",
        "ticket.merged",
        "ticket.restored",
        "ticket.set_aside",
        "ticket.brought_back",
    ),
    "priority": ("ticket.priority_changed",),
    "assignee": ("ticket.assigned",),
    "team": ("ticket.team_changed",),
    "category": ("ticket.category_changed",),
    "type": ("ticket.type_changed",),
    "tags": ("ticket.tags_changed",),
    "contact": ("ticket.contact_changed",),
    "subject": ("ticket.subject_changed",),
}
DEEPEST = 10  # causes of causes: no chain is longer (see `events.acts`)


@dataclass(frozen=True, slots=True)
class Explained:
    """`newest` holds the last event of each kind, `causes` those that led to them, by id."""

    opened: Event | None
    newest: dict[str, Event]
    causes: dict[int, Event] = field(default_factory=dict)

    def setter(self, name: str) -> Event | None:
        """The event that gave a field its value; the ticket's opening, where none did since."""
        found = [self.newest[kind] for kind in SET_BY[name] if kind in self.newest]
        return max(found, key=lambda event: event.pk, default=self.opened)

    def chain(self, event: Event) -> list[Event]:
        """An event and what led to it, back to the first."""
        found = [event]
        while (cause := self.causes.get(found[-1].cause_id or 0)) and len(found) <= DEEPEST:
            found.append(cause)
        return found

    def all(self) -> list[Event]:
        return [*filter(None, [self.opened]), *self.newest.values(), *self.causes.values()]


def explain(ticket: Ticket) -> Explained:
    """2 statements, and one more for each step back to the first causes."""
    kinds = ["ticket.opened", *(kind for several in SET_BY.values() for kind in several)]
    asked = Event.objects.filter(ticket_id=ticket.pk, kind__in=kinds)
    newest = {event.kind: event for event in asked.order_by("kind", "-seq").distinct("kind")}
    opened = newest.pop("ticket.opened", None)
    found = Explained(opened, newest, _causes(newest.values()))
    _with_words(found.all())
    return found


def _causes(events: Iterable[Event]) -> dict[int, Event]:
    found: dict[int, Event] = {}
    wanted = {event.cause_id for event in events if event.cause_id}
    while wanted and len(found) < DEEPEST * DEEPEST:
        step = Event.objects.in_bulk(wanted)
        found |= step
        wanted = {event.cause_id for event in step.values() if event.cause_id} - found.keys()
    return found


def _with_words(events: list[Event]) -> None:
    """The texts that stand beside the events, as `words`."""
    texts: dict[int, list[dict[str, str]]] = {}
    for one in EventText.objects.filter(event__in=[event.pk for event in events]):
        texts.setdefault(one.event_id, []).append({"field": one.field, "text": one.text})
    for event in events:
        event.words = texts.get(event.pk)  # type: ignore[attr-defined]
