"""Who does something, by what authority, when, through what, and because of which event."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ventanilla.events.models import Event

Kind = Literal["agent", "contact", "rule", "ai", "system"]
Via = Literal["web", "mail", "api", "cli", "job", "timer", "import", "bulk", "undo"]

MAX_DEPTH = 10  # a chain of reactions ends here


class ChainTooDeep(RuntimeError):
    """Reactions to reactions went on for more than MAX_DEPTH steps: a loop between rules."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is shown as the doer. Ids are plain: an agent's user id, a contact's id, a rule's id."""

    kind: Kind
    id: int | None = None
    version: str = ""  # of the rule or the model; empty for people


SYSTEM = Actor("system")


@dataclass(frozen=True, slots=True)
class Act:
    """One doing. `authority` is what rights are checked against; None has no rights at all."""

    actor: Actor
    authority: Actor | None
    when: datetime  # aware; when it happened, decided at the edge
    via: Via
    cause: int | None = None  # id of the event that this reacts to
    depth: int = 0
    operation: int | None = None  # id of the bulk operation that it is part of

    @classmethod
    def of_agent(cls, user_id: int, when: datetime, via: Via = "web") -> Act:
        actor = Actor("agent", user_id)
        return cls(actor, actor, when, via)

    @classmethod
    def of_contact(cls, contact_id: int | None, when: datetime, via: Via = "mail") -> Act:
        actor = Actor("contact", contact_id)
        return cls(actor, actor, when, via)

    @classmethod
    def of_system(cls, when: datetime, via: Via = "job") -> Act:
        return cls(SYSTEM, SYSTEM, when, via)

    def because_of(self, event: Event) -> Act:
        """The same act as a consequence of `event`. Raises ChainTooDeep."""
        depth = event.depth + 1
        if depth > MAX_DEPTH:
            raise ChainTooDeep(f"{event.kind} #{event.pk} is {event.depth} reactions deep")
        return replace(self, cause=event.pk, depth=depth)
