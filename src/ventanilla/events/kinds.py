"""The vocabulary: everything that can happen, one frozen dataclass per kind.

Kinds and fields are only ever added, never renamed or removed: past events keep theirs. Fields hold
ids and codes; free text goes into erasable values beside the event (`record(texts=...)`).
Status: 0 new, 1 open, 2 pending, 3 on hold, 4 resolved, 5 closed. Priority: 0 low to 3 urgent.
A kind that can be undone says how: `inverse()` is what happens when it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable


class Happening(Protocol):
    kind: ClassVar[str]


@runtime_checkable
class Undoable(Happening, Protocol):
    def inverse(self) -> Happening:
        """What happens when this is undone."""


# -- a ticket's life ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TicketOpened:
    kind: ClassVar[str] = "ticket.opened"
    number: int
    inbox: int | None
    channel: str
    contact: int | None
    team: int
    status: int
    priority: int
    message: int | None  # the message it was opened with
    quiet: bool = False  # True: taken in without reactions (backfill, storm, unreadable)
    fields: tuple[tuple[str, Any], ...] = ()  # the desk's own, as codes; texts: what was typed


@dataclass(frozen=True, slots=True)
class TicketTriaged:
    """Classification is done, or none applies; rules, routing and acknowledgement follow."""

    kind: ClassVar[str] = "ticket.triaged"
    by: str  # "none" until a classifier runs


@dataclass(frozen=True, slots=True)
class StatusChanged:
    kind: ClassVar[str] = "ticket.status_changed"
    old: int
    new: int
    reason: str = ""  # "customer_wrote", "replied", "first_act", "hand", "auto_close"

    def inverse(self) -> StatusChanged:
        return StatusChanged(old=self.new, new=self.old, reason="undone")


@dataclass(frozen=True, slots=True)
class TicketSnoozed:
    """Put on hold until a moment (ISO 8601), or, with None, until the customer writes."""

    kind: ClassVar[str] = "ticket.snoozed"
    old: str | None
    until: str | None

    def inverse(self) -> TicketSnoozed:
        return TicketSnoozed(old=self.until, until=self.old)


@dataclass(frozen=True, slots=True)
class PriorityChanged:
    kind: ClassVar[str] = "ticket.priority_changed"
    old: int
    new: int
    reason: str = ""  # "matrix": from impact and urgency

    def inverse(self) -> PriorityChanged:
        return PriorityChanged(old=self.new, new=self.old, reason="undone")


@dataclass(frozen=True, slots=True)
class ImpactChanged:
    """Of an incident. 0 low, 1 medium, 2 high."""

    kind: ClassVar[str] = "ticket.impact_changed"
    old: int | None
    new: int | None

    def inverse(self) -> ImpactChanged:
        return ImpactChanged(old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class UrgencyChanged:
    """Of an incident. 0 low, 1 medium, 2 high."""

    kind: ClassVar[str] = "ticket.urgency_changed"
    old: int | None
    new: int | None

    def inverse(self) -> UrgencyChanged:
        return UrgencyChanged(old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class TypeChanged:
    kind: ClassVar[str] = "ticket.type_changed"
    old: str
    new: str

    def inverse(self) -> TypeChanged:
        return TypeChanged(old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class TeamChanged:
    kind: ClassVar[str] = "ticket.team_changed"
    old: int
    new: int
    reason: str = ""

    def inverse(self) -> TeamChanged:
        return TeamChanged(old=self.new, new=self.old, reason="undone")


@dataclass(frozen=True, slots=True)
class TicketAssigned:
    kind: ClassVar[str] = "ticket.assigned"
    old: int | None  # user id; None: nobody
    new: int | None
    reason: str = ""  # code: "hand", "round_robin", "least_loaded", "team_changed", "gave_back"
    load: int | None = None  # weighted open work of the new assignee before this ticket
    capacity: int | None = None

    def inverse(self) -> TicketAssigned:
        return TicketAssigned(old=self.new, new=self.old, reason="undone")


@dataclass(frozen=True, slots=True)
class CategoryChanged:
    kind: ClassVar[str] = "ticket.category_changed"
    old: int | None
    new: int | None

    def inverse(self) -> CategoryChanged:
        return CategoryChanged(old=self.new, new=self.old)


@dataclass(frozen=True, slots=True)
class TagsChanged:
    kind: ClassVar[str] = "ticket.tags_changed"
    added: tuple[int, ...]
    removed: tuple[int, ...]

    def inverse(self) -> TagsChanged:
        return TagsChanged(added=self.removed, removed=self.added)


@dataclass(frozen=True, slots=True)
class ChecklistChanged:
    """One of a ticket's tasks. Texts: what is to be done."""

    kind: ClassVar[str] = "ticket.checklist_changed"
    task: int
    what: str  # "added", "done", "undone", "given", "removed"
    agent: int | None  # whose it is now


@dataclass(frozen=True, slots=True)
class TimeSpentChanged:
    """An entry of the time spent on a ticket. Texts: note."""

    kind: ClassVar[str] = "ticket.time_changed"
    entry: str
    what: str  # "added", "changed", "removed"
    agent: int  # who spent it
    minutes: int
    was: int | None = None  # minutes, before a change


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One of the desk's own fields: codes. Texts: old, new (JSON), of what people typed."""

    kind: ClassVar[str] = "ticket.field_changed"
    field: str  # its key
    before: Any = None  # None: nothing
    after: Any = None
    typed: bool = False  # the values stand in the texts

    def inverse(self) -> FieldChanged:
        return FieldChanged(self.field, before=self.after, after=self.before, typed=self.typed)


@dataclass(frozen=True, slots=True)
class SubjectChanged:
    """Texts: old, new."""

    kind: ClassVar[str] = "ticket.subject_changed"


@dataclass(frozen=True, slots=True)
class ContactChanged:
    kind: ClassVar[str] = "ticket.contact_changed"
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class TicketReopened:
    kind: ClassVar[str] = "ticket.reopened"
    message: int | None
    times: int  # reopened how often, this time included


@dataclass(frozen=True, slots=True)
class TicketLinked:
    kind: ClassVar[str] = "ticket.linked"
    other: int  # ticket id
    how: str  # a `TicketLink.How`
    why: str = ""  # evidence code


@dataclass(frozen=True, slots=True)
class TicketUnlinked:
    kind: ClassVar[str] = "ticket.unlinked"
    other: int  # ticket id
    number: int  # its number
    how: str  # as it was


# -- spam and trash ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TicketSetAside:
    """It is spam, or in the trash."""

    kind: ClassVar[str] = "ticket.set_aside"
    place: str  # "spam", "trash"
    why: str = "hand"  # a `SetAside.Why`

    def inverse(self) -> TicketBroughtBack:
        return TicketBroughtBack(place=self.place)


@dataclass(frozen=True, slots=True)
class TicketBroughtBack:
    """It is no spam, or was taken out of the trash: everything is as it was."""

    kind: ClassVar[str] = "ticket.brought_back"
    place: str
    arrived: bool = False  # as spam: nobody has looked at it yet

    def inverse(self) -> TicketSetAside:
        return TicketSetAside(place=self.place)


@dataclass(frozen=True, slots=True)
class TicketErased:
    """Deleted for good: the last event of a ticket that is no more."""

    kind: ClassVar[str] = "ticket.erased"
    place: str  # where it was: "spam", "trash", "merged" (it had gone into one that was erased)
    messages: int
    files: int


# -- merging -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TicketMerged:
    """Of the ticket that went into another: it is closed, its messages are there."""

    kind: ClassVar[str] = "ticket.merged"
    merge: int
    into: int  # ticket id
    number: int  # its number


@dataclass(frozen=True, slots=True)
class TicketAbsorbed:
    """Of the ticket that another went into."""

    kind: ClassVar[str] = "ticket.absorbed"
    merge: int
    source: int  # ticket id
    number: int
    messages: int
    tags: tuple[int, ...] = ()  # that it got
    participants: tuple[int, ...] = ()  # contact ids that it got


@dataclass(frozen=True, slots=True)
class TicketSeparated:
    """A merge was undone: of the ticket that had absorbed the other."""

    kind: ClassVar[str] = "ticket.separated"
    merge: int
    source: int
    number: int


@dataclass(frozen=True, slots=True)
class TicketRestored:
    """A merge was undone: of the ticket that had gone into the other."""

    kind: ClassVar[str] = "ticket.restored"
    merge: int
    into: int
    number: int
    status: int  # as it is again
    late: int = 0  # messages that came to it since, by its own reply address


# -- messages that change their ticket ---------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MessagesLeft:
    """Of the ticket that gave messages to another."""

    kind: ClassVar[str] = "messages.left"
    transfer: int
    other: int  # ticket id
    number: int  # its number
    messages: tuple[int, ...]
    split: bool = False  # the other was opened for them


@dataclass(frozen=True, slots=True)
class MessagesJoined:
    """Of the ticket that got them."""

    kind: ClassVar[str] = "messages.joined"
    transfer: int
    other: int
    number: int
    messages: tuple[int, ...]
    split: bool = False
    participants: tuple[int, ...] = ()  # contact ids that take part since


@dataclass(frozen=True, slots=True)
class MessagesGivenBack:
    """It was undone: of the ticket that had got them."""

    kind: ClassVar[str] = "messages.given_back"
    transfer: int
    other: int
    number: int
    messages: tuple[int, ...]
    split: bool = False


@dataclass(frozen=True, slots=True)
class MessagesReturned:
    """It was undone: of the ticket that they come from."""

    kind: ClassVar[str] = "messages.returned"
    transfer: int
    other: int
    number: int
    messages: tuple[int, ...]
    split: bool = False


# -- people around a ticket --------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ParticipantsChanged:
    kind: ClassVar[str] = "ticket.participants_changed"
    added: tuple[int, ...]  # contact ids
    removed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SenderAccepted:
    """An agent vouched for a sender who was not known to take part."""

    kind: ClassVar[str] = "message.sender_accepted"
    message: int
    contact: int


# -- messages ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class MessageReceived:
    kind: ClassVar[str] = "message.received"
    message: int
    channel: str
    contact: int | None
    verified: bool  # False: the evidence fits the ticket, the sender does not
    auto: str = ""  # "bounce", "auto_reply", "feedback": shown, but answers nothing
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class MessageReplied:
    kind: ClassVar[str] = "message.replied"
    message: int
    first: bool  # the ticket's first public reply by a person
    forwarded: bool = False
    override: bool = False  # sent although a newer message had arrived
    prepared: tuple[int, ...] = ()  # ids of the macros whose text went into it


@dataclass(frozen=True, slots=True)
class MessageNoted:
    kind: ClassVar[str] = "message.noted"
    message: int
    mentioned: tuple[int, ...] = ()  # user ids
    prepared: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MacroApplied:
    """What macros change besides the text was changed. Texts: name, left_out (what, and why)."""

    kind: ClassVar[str] = "macro.applied"
    macros: tuple[int, ...]
    done: tuple[str, ...]  # codes of `tickets.changes`
    left_out: tuple[str, ...] = ()
    message: int | None = None  # that it went with


@dataclass(frozen=True, slots=True)
class RuleApplied:
    """A rule fitted the ticket and did something. Texts: name, left_out (what, and why)."""

    kind: ClassVar[str] = "rule.applied"
    rule: int
    version: int
    done: tuple[str, ...]  # codes of `tickets.changes`; "note", "notify"
    left_out: tuple[str, ...] = ()
    told: tuple[int, ...] = ()  # user ids


@dataclass(frozen=True, slots=True)
class MessageRedacted:
    """Words, or a file, were made unreadable for good. Texts: why."""

    kind: ClassVar[str] = "message.redacted"
    messages: tuple[int, ...]  # in which
    files: int = 0  # that were blacked out


@dataclass(frozen=True, slots=True)
class MessageAutomatic:
    """A public message that Ventanilla itself wrote from a template."""

    kind: ClassVar[str] = "message.automatic"
    message: int
    template: str  # "acknowledgement"


@dataclass(frozen=True, slots=True)
class MessageSent:
    kind: ClassVar[str] = "message.sent"
    message: int
    attempts: int
    doubled: bool = False  # the outcome of an earlier try was never learned


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """Texts: reason."""

    kind: ClassVar[str] = "message.failed"
    message: int
    attempts: int


@dataclass(frozen=True, slots=True)
class MessageBounced:
    """Texts: recipients, reason."""

    kind: ClassVar[str] = "message.bounced"
    message: int
    temporary: bool


@dataclass(frozen=True, slots=True)
class MessageResent:
    kind: ClassVar[str] = "message.resent"
    message: int


@dataclass(frozen=True, slots=True)
class MessageHeldBack:
    """A reply did not leave at the end of its waiting; its author has it still."""

    kind: ClassVar[str] = "message.held_back"
    held: int
    agent: int  # the author's user id
    code: str  # of the refusal: "newer_message", "not_allowed" …
    newer: int | None = None  # the message that had arrived


# -- promises ----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SlaMet:
    kind: ClassVar[str] = "sla.met"
    metric: str  # "first_response" or "next_response"
    cycle: int
    elapsed: int  # business seconds


@dataclass(frozen=True, slots=True)
class SlaBreached:
    kind: ClassVar[str] = "sla.breached"
    metric: str
    cycle: int
    late_by: int  # seconds between due time and the moment this was noticed


# -- people and set-up -------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class AvailabilityChanged:
    kind: ClassVar[str] = "agent.availability_changed"
    agent: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class AgentDeactivated:
    kind: ClassVar[str] = "agent.deactivated"
    agent: int


@dataclass(frozen=True, slots=True)
class RightsChanged:
    """Roles, teams or sign-ins changed: live streams check again who may see what."""

    kind: ClassVar[str] = "agent.rights_changed"
    agent: int | None  # None: perhaps everybody's


@dataclass(frozen=True, slots=True)
class ContactCreated:
    kind: ClassVar[str] = "contact.created"
    contact: int


@dataclass(frozen=True, slots=True)
class ContactDetailsChanged:
    """Texts: old and new name and notes, those that differ."""

    kind: ClassVar[str] = "contact.changed"
    contact: int
    fields: tuple[str, ...]  # "name", "notes", "vip", "blocked", "language", "organization"
    vip: bool  # as it is now
    blocked: bool
    language: str = ""
    organization: int | None = None


@dataclass(frozen=True, slots=True)
class ContactPointAdded:
    """A customer can be reached there, and is known by it from now on. Texts: the address."""

    kind: ClassVar[str] = "contact.point_added"
    contact: int
    identity: int
    of: str  # "email", "phone"


@dataclass(frozen=True, slots=True)
class ContactPointRemoved:
    """Texts: the address."""

    kind: ClassVar[str] = "contact.point_removed"
    contact: int
    identity: int
    of: str


@dataclass(frozen=True, slots=True)
class ContactsMerged:
    """Two customers were one person: all of `source`'s is `contact`'s since."""

    kind: ClassVar[str] = "contact.merged"
    contact: int
    source: int
    tickets: int  # how many changed their customer


@dataclass(frozen=True, slots=True)
class ContactsParted:
    """A merge of customers was undone."""

    kind: ClassVar[str] = "contact.parted"
    contact: int
    source: int
    tickets: int  # that went back


@dataclass(frozen=True, slots=True)
class OrganizationSaved:
    """A customers' organization was made or changed. Texts: old and new name and notes."""

    kind: ClassVar[str] = "organization.saved"
    organization: int
    fields: tuple[str, ...]  # "name", "domains", "vip", "notes"; all when it is new
    vip: bool
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizationsMerged:
    """Two entries were one organization; `source` is gone. Texts: its name."""

    kind: ClassVar[str] = "organization.merged"
    organization: int
    source: int
    contacts: tuple[int, ...]  # who belonged to the source


KINDS: dict[str, type[Happening]] = {
    cls.kind: cls
    for cls in list(globals().values())
    if isinstance(cls, type) and hasattr(cls, "kind")
}
