"""Signed tokens: short proof that we issued a payload. Not secret, only unforgeable.

They survive places that lower- or upper-case them, such as the local part of an address: letters
a-z and digits 2-7 only. Each purpose has a key of its own, so a token for one is none for another.
"""

import base64
import binascii
import hmac
from functools import lru_cache

from ventanilla.lib import keyring

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_SHORTEST = 80  # bits of the signature; the first letter says how many bytes there are on top


def sign(purpose: str, payload: bytes | str, *, length_bits: int = _SHORTEST) -> str:
    """Return a token of 1 + (length_bits + payload's bits) / 5 characters, rounded up.

    length_bits   of the signature: 80 to 256, in steps of 8
    """
    if not _SHORTEST <= length_bits <= 256 or length_bits % 8:
        raise ValueError(f"{length_bits} bits: a signature has 80 to 256, in steps of 8.")
    content = payload.encode() if isinstance(payload, str) else payload
    signature = _signature(keyring.ring()[0], purpose, content, length_bits // 8)
    return _ALPHABET[(length_bits - _SHORTEST) // 8] + _encoded(signature + content)


def verify(purpose: str, token: str) -> bytes | None:
    """Return the payload, or None unless we signed this token for this purpose."""
    token = token.lower()
    extra = _ALPHABET.find(token[:1]) if token else -1
    content = _decoded(token[1:])
    if extra < 0 or content is None:
        return None
    size = _SHORTEST // 8 + extra
    signature, payload = content[:size], content[size:]
    expected = [_signature(key, purpose, payload, size) for key in keyring.ring()]
    known = [hmac.compare_digest(signature, each) for each in expected]
    return payload if any(known) else None


def _signature(key: keyring.Key, purpose: str, payload: bytes, size: int) -> bytes:
    own = _purpose_key(key, purpose)
    return hmac.digest(own, bytes([size]) + payload, "sha256")[:size]


@lru_cache(maxsize=64)
def _purpose_key(key: keyring.Key, purpose: str) -> bytes:
    return hmac.digest(key.value, b"ventanilla token\0" + purpose.encode(), "sha256")


def _encoded(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()


def _decoded(text: str) -> bytes | None:
    """Undo `_encoded`; None for anything that it would not have written."""
    try:
        content = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        return None
    return content if _encoded(content) == text else None
