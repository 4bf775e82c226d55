"""Signed marks by which our own mail, and answers to it, lead back to a ticket and a message.

Three places carry them: the reply address (`hola+t…@`), our Message-IDs, and a visible reference in
the body for providers that lose both. All survive being lower- or upper-cased. A mark says where a
mail belongs, not who sent it: the sender is checked apart (R13).
"""

import re
import secrets
from itertools import islice
from typing import NamedTuple

from ventanilla.lib import tokens

REPLY, MESSAGE_ID, LOOP = "mail.reply", "mail.message-id", "mail.loop"  # a key of its own each
KINDS = ("reply", "automatic", "forward", "account")  # of outgoing mail; only ever added to
NONCE = 4  # bytes: a restored database hands out message ids again, receivers must not mix them up
LOOP_HEADER = "X-Loop"
IN_TEXT = re.compile(r"\bref:t([a-z2-7]{20,60})\b", re.IGNORECASE)
MOST_IN_TEXT = 50  # references looked at in one text


class Mark(NamedTuple):
    ticket_id: int
    message_id: int  # 0: no message in particular


def reply_address(inbox_address: str, ticket_id: int, message_id: int = 0) -> str:
    """The address that answers to a message go to, bounces too: `hola+t<token>@…`.

    Adds at most 35 characters. An inbox's own plus-part gives way to it.
    """
    local, _, domain = inbox_address.rpartition("@")
    return f"{local.partition('+')[0]}+t{_sign(REPLY, ticket_id, message_id)}@{domain}"


def ticket_of_address(address: str) -> Mark | None:
    """The mark in an address; None without one that we signed."""
    local, _, _ = address.rpartition("@")
    _, plus, token = local.rpartition("+")
    return _mark(REPLY, token[1:]) if plus and token[:1] in ("t", "T") else None


def reference(ticket_id: int, message_id: int = 0) -> str:
    """The visible reference for the body of a mail: `ref:t…`, one word."""
    return f"ref:t{_sign(REPLY, ticket_id, message_id)}"


def tickets_of_text(text: str) -> list[Mark]:
    """The marks of all references that a text quotes, each once, in order."""
    found = islice(IN_TEXT.finditer(text), MOST_IN_TEXT)
    marks = (_mark(REPLY, token) for token in dict.fromkeys(match[1] for match in found))
    return list(dict.fromkeys(mark for mark in marks if mark))


def make_message_id(ticket_id: int, message_id: int, domain: str, kind: str) -> str:
    """A new Message-ID, bare, never the same twice: make it once and keep it for every try.

    kind   one of KINDS; ticket and message are 0 for mail that belongs to none
    """
    content = bytes([KINDS.index(kind)]) + secrets.token_bytes(NONCE)
    return f"{_sign(MESSAGE_ID, ticket_id, message_id, content)}@{domain}"


def ticket_of_message_id(bare: str) -> Mark | None:
    """The mark in a Message-ID; None unless we made it for a ticket's message."""
    mark = _mark(MESSAGE_ID, bare.partition("@")[0])
    return mark if mark and mark.ticket_id else None


def is_ours(bare: str) -> bool:
    """Whether this desk made the Message-ID: a mail that carries it as its own is a loop (R11)."""
    return _mark(MESSAGE_ID, bare.partition("@")[0]) is not None


def loop_mark() -> str:
    """What LOOP_HEADER says in each automatic mail of this desk."""
    return tokens.sign(LOOP, b"")


def is_our_loop(value: str) -> bool:
    return tokens.verify(LOOP, value.strip()) is not None


def _sign(purpose: str, ticket_id: int, message_id: int, more: bytes = b"") -> str:
    return tokens.sign(purpose, _varint(ticket_id) + _varint(message_id) + more)


def _mark(purpose: str, token: str) -> Mark | None:
    payload = tokens.verify(purpose, token)
    if payload is None:
        return None
    ticket_id, rest = _read_varint(payload)
    message_id, _ = _read_varint(rest)
    return Mark(ticket_id, message_id)


def _varint(number: int) -> bytes:
    """Seven bits a byte, lowest first; the high bit says that more follow."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _read_varint(data: bytes) -> tuple[int, bytes]:
    number = 0
    for position, byte in enumerate(data):
        number |= (byte & 127) << 7 * position
        if byte < 128:
            return number, data[position + 1 :]
    raise ValueError("A mark ends within a number.")  # we never sign one
