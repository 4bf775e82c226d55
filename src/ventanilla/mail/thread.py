"""Which ticket a mail belongs to: a pure decision from evidence, facts and sender (R13).

Evidence says where a mail wants to go. Ours is unforgeable: a reply address, a Message-ID or a
reference that we signed. The rest is weak: anybody can copy another's Message-ID, and a number is
only a number. Whether it goes there depends on who sends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """In the order in which evidence counts."""

    ADDRESS = "reply_address"  # a recipient is a reply address that we signed
    OWN_ID = "own_id"  # In-Reply-To or References hold a Message-ID that we signed
    REFERENCE = "reference"  # the text quotes a reference that we signed
    STORED_ID = "stored_id"  # they hold the Message-ID of a message that is there
    UNSEEN_ID = "unseen_id"  # a message there refers to the same mail, which never came here
    NUMBER = "number"  # the subject or a recipient names a ticket's number: a hint


SIGNED = (Kind.ADDRESS, Kind.OWN_ID, Kind.REFERENCE)


class Standing(StrEnum):
    """Who the sender is to a ticket."""

    PARTICIPANT = "participant"  # the contact, or somebody who takes part
    COLLEAGUE = "colleague"  # of the ticket's organization, and the domain vouches for it
    STRANGER = "stranger"
    FORGED = "forged"  # looks like one of the above, but the domain says that it isn't


class How(StrEnum):
    JOIN = "join"
    FOLLOW_UP = "follow_up"  # a new ticket: the other one was resolved too long ago
    PERHAPS = "perhaps"  # a new ticket that points to the other one
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Evidence:
    kind: Kind
    ticket_id: int
    message_id: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a ticket that evidence leads to, and of the sender's part in it."""

    ticket_id: int
    takes_part: bool  # by the address in From
    same_organization: bool  # the address's domain is one of the ticket's organization
    resolved: bool = False
    too_late: bool = False  # resolved longer ago than the desk reopens


@dataclass(frozen=True, slots=True)
class Decision:
    """`why` is a code: the evidence, a colon, the sender's standing."""

    how: How
    ticket_id: int | None = None
    verified: bool = True
    why: str = "no_evidence"


def decide(
    evidence: Sequence[Evidence],
    candidates: Mapping[int, Candidate],
    *,
    authenticated: bool | None,
    automatic: bool = False,
) -> Decision:
    """Choose the ticket. The first evidence that suits the sender wins, signed before weak.

    evidence       strongest first; tickets that are not among the candidates don't exist
    authenticated  the sender's domain vouches for the mail (DMARC pass as told by the trusted
                   server); False: it says that the mail is forged; None: nobody knows
    automatic      an auto-reply: it may be shown in a resolved ticket, and opens nothing
    """
    known = [
        (item, candidates[item.ticket_id]) for item in evidence if item.ticket_id in candidates
    ]
    for item, ticket in known:
        if _suits(item, ticket, authenticated):
            return _joined(item, ticket, authenticated, automatic)
    for item, ticket in known:
        if item.kind in SIGNED and (automatic or not ticket.resolved):
            return Decision(How.JOIN, ticket.ticket_id, False, _why(item, ticket, authenticated))
    if known and not automatic:
        item, ticket = known[0]
        return Decision(How.PERHAPS, ticket.ticket_id, True, _why(item, ticket, authenticated))
    return Decision(How.NEW)


def standing(ticket: Candidate, authenticated: bool | None) -> Standing:
    belongs = ticket.takes_part or ticket.same_organization
    if authenticated is False:
        return Standing.FORGED if belongs else Standing.STRANGER
    if ticket.takes_part:
        return Standing.PARTICIPANT
    if ticket.same_organization and authenticated:
        return Standing.COLLEAGUE
    return Standing.STRANGER


def _suits(item: Evidence, ticket: Candidate, authenticated: bool | None) -> bool:
    role = standing(ticket, authenticated)
    if item.kind is Kind.NUMBER:
        return role is Standing.PARTICIPANT and authenticated is True
    return role in (Standing.PARTICIPANT, Standing.COLLEAGUE)


def _joined(
    item: Evidence, ticket: Candidate, authenticated: bool | None, automatic: bool
) -> Decision:
    how = How.FOLLOW_UP if ticket.too_late and not automatic else How.JOIN
    return Decision(how, ticket.ticket_id, True, _why(item, ticket, authenticated))


def _why(item: Evidence, ticket: Candidate, authenticated: bool | None) -> str:
    return f"{item.kind}:{standing(ticket, authenticated)}"
