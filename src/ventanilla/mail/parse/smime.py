"""What an opaquely signed S/MIME message says: the content inside its envelope (RFC 5652).

The signature is not verified here, it stays with the attachment; encrypted content stays closed.
"""

TYPES = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")
SEQUENCE, SET, OCTETS, CONTEXT_0, OCTETS_IN_PIECES = 0x30, 0x31, 0x04, 0xA0, 0x24
PIECES = 100_000


class Malformed(Exception):
    """Not the ASN.1 structure that was expected."""


class Element:
    """One BER element: its tag and where its content stands; `stop` is None if undeclared."""

    __slots__ = ("start", "stop", "tag")

    def __init__(self, data: bytes, at: int) -> None:
        if at + 2 > len(data):
            raise Malformed
        self.tag = data[at]
        length, self.start = data[at + 1], at + 2
        self.stop: int | None = None
        if length == 0x80:
            return
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[self.start : self.start + size], "big")
            self.start += size
        self.stop = self.start + length
        if self.stop > len(data):
            raise Malformed


def signed_content(data: bytes) -> bytes | None:
    """The signed MIME entity, None if there is none to be read."""
    try:
        return _content(data)
    except (Malformed, IndexError):
        return None


def _content(data: bytes) -> bytes:
    outer = _expect(data, 0, SEQUENCE)
    wrapped = _expect(data, _past(data, outer.start, SIGNED_DATA), CONTEXT_0)
    signed = _expect(data, wrapped.start, SEQUENCE)
    version = Element(data, signed.start)
    algorithms = _expect(data, version.stop or 0, SET)
    if algorithms.stop is None:
        raise Malformed
    inner = _expect(data, algorithms.stop, SEQUENCE)
    explicit = _expect(data, _past(data, inner.start, DATA), CONTEXT_0)
    return _octets(data, explicit.start)


def _expect(data: bytes, at: int, tag: int) -> Element:
    element = Element(data, at)
    if element.tag != tag:
        raise Malformed
    return element


def _past(data: bytes, at: int, literal: bytes) -> int:
    if data[at : at + len(literal)] != literal:
        raise Malformed
    return at + len(literal)


def _octets(data: bytes, at: int) -> bytes:
    """An octet string, whole or in pieces."""
    element = Element(data, at)
    if element.tag == OCTETS and element.stop is not None:
        return data[element.start : element.stop]
    if element.tag != OCTETS_IN_PIECES:
        raise Malformed
    pieces: list[bytes] = []
    at = element.start
    while len(pieces) < PIECES and (element.stop is None or at < element.stop):
        piece = Element(data, at)
        if piece.tag == 0 and piece.stop == piece.start:
            break
        if piece.tag != OCTETS or piece.stop is None:
            raise Malformed
        pieces.append(data[piece.start : piece.stop])
        at = piece.stop
    return b"".join(pieces)
