"""What in a mail points to a ticket, strongest first. Pure; `thread` decides what it is worth."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ventanilla.mail import tokens
from ventanilla.mail.ids import Known, digest
from ventanilla.mail.parse.model import Parsed
from ventanilla.mail.thread import Evidence, Kind

NUMBER_IN_SUBJECT = re.compile(r"#(\d{1,12})(?!\d)")
NUMBER_IN_ADDRESS = re.compile(r"[^@]*\+(\d{1,12})@")
LOOKED_AT = 200  # ids and addresses of one mail
MOST_NUMBERS = 5
TEXT = 64 * 1024  # characters of the text that are searched for our reference


def ids_of(parsed: Parsed) -> list[str]:
    """The ids that the mail answers or refers to, the nearest first, each once."""
    near = [*parsed.in_reply_to_all, parsed.in_reply_to or "", *reversed(parsed.references)]
    return [bare for bare in dict.fromkeys(near) if bare][:LOOKED_AT]


def signed(parsed: Parsed, recipients: Iterable[str]) -> list[Evidence]:
    """Reply addresses, Message-IDs and references that we signed.

    recipients   everybody that the mail went to, by envelope and headers
    """
    addresses = list(dict.fromkeys(recipients))[:LOOKED_AT]
    by_kind: dict[Kind, Sequence[tokens.Mark | None]] = {
        Kind.ADDRESS: [tokens.ticket_of_address(address) for address in addresses],
        Kind.OWN_ID: [tokens.ticket_of_message_id(bare) for bare in ids_of(parsed)],
        Kind.REFERENCE: tokens.tickets_of_text(parsed.text[:TEXT]),
    }
    return [
        Evidence(kind, mark.ticket_id, mark.message_id)
        for kind, marks in by_kind.items()
        for mark in marks
        if mark and mark.ticket_id
    ]


def stored(parsed: Parsed, known: Sequence[Known], inbox_id: int) -> list[Evidence]:
    """Ids that lead to a ticket although we did not sign them.

    What only another inbox knows of an unseen mail is none: a mail to two inboxes makes a ticket
    in each. The mail's own id counts as what others referred to, or as the same id used again.
    """
    own = [parsed.message_id] if parsed.message_id else []
    matches = [each for bare in ids_of(parsed) for each in _matching(known, bare)]
    matches += [m for bare in own for m in _matching(known, bare) if m.inbox_id == inbox_id]
    here_first = sorted(matches, key=lambda match: match.inbox_id != inbox_id)
    seen = [
        Evidence(Kind.STORED_ID, match.ticket_id, match.message_id)
        for match in here_first
        if match.message_id
    ]
    unseen = [
        Evidence(Kind.UNSEEN_ID, match.ticket_id)
        for match in here_first
        if not match.message_id and match.inbox_id == inbox_id
    ]
    return seen + unseen


def answered(parsed: Parsed, known: Sequence[Known]) -> set[int]:
    """The messages here that the mail answers: by the nearest id that it refers to."""
    nearest = ids_of(parsed)[:1]
    marks = [tokens.ticket_of_message_id(bare) for bare in nearest]
    found = {mark.message_id for mark in marks if mark}
    return found | {
        m.message_id for bare in nearest for m in _matching(known, bare) if m.message_id
    }


def followed(
    found: Iterable[Evidence], now_in: Mapping[int, int], answered: Collection[int]
) -> list[Evidence]:
    """Evidence of a message that was moved leads to where it is now; before all, if answered.

    now_in   the ticket of each message that has gone elsewhere
    """
    moved = {
        item: replace(item, ticket_id=now_in.get(item.message_id, item.ticket_id)) for item in found
    }
    first = {new for old, new in moved.items() if new != old and new.message_id in answered}
    return sorted(moved.values(), key=lambda item: item not in first)


def numbers(parsed: Parsed, recipients: Iterable[str]) -> list[int]:
    """Ticket numbers that the subject or a plus-address names."""
    found = NUMBER_IN_SUBJECT.findall(parsed.subject)
    found += [m[1] for address in recipients if (m := NUMBER_IN_ADDRESS.match(address[:320]))]
    return [int(text) for text in dict.fromkeys(found)][:MOST_NUMBERS]


def _matching(known: Sequence[Known], bare: str) -> Iterator[Known]:
    wanted = digest(bare)
    return (each for each in known if each.digest == wanted)
