"""One-time codes by time (RFC 6238), as authenticator apps show them: six digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

DIGITS = 6
SECONDS = 30
AROUND = 1  # steps before and after that count too: clocks differ


def new_secret() -> str:
    """160 bits in base32, as it is typed into an app."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // SECONDS


def code(secret: str, step: int) -> str:
    """What an app shows during a step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching(secret: str, given: str, now: datetime) -> int | None:
    """The step whose code was given, the newest if several fit; None for none."""
    here = step_of(now)
    steps = range(here + AROUND, here - AROUND - 1, -1)
    fits = [
        step for step in steps if hmac.compare_digest(code(secret, step).encode(), given.encode())
    ]
    return fits[0] if fits else None


def uri(secret: str, *, account: str, issuer: str) -> str:
    """What an app reads from the picture."""
    label = quote(f"{issuer.replace(':', ' ')}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer})}"
