"""When to try again, and until when: pure."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

GIVE_UP = timedelta(days=3)
MINUTE = timedelta(minutes=1)
WAITS = (MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE)
# A server that is away is tried often, so that what waits leaves soon after it is back; one that
# does not let us in only hourly, for too many tries lock accounts.
AWAY_AT_MOST = 10 * MINUTE
SPREAD = 0.2  # of the wait: keeps what failed together from coming again together


def wait(tries: int, seed: str) -> timedelta:
    """How long after the `tries`-th failed try (from 1) the next one follows.

    seed   names what is tried: the same seed and number give the same wait
    """
    base = WAITS[min(max(tries, 1), len(WAITS)) - 1]
    share = zlib.crc32(f"{seed}:{tries}".encode()) / 2**32  # 0 up to 1
    return base * (1 - SPREAD / 2 + SPREAD * share)


def rest(failures: int, seed: str, *, locked_out: bool) -> timedelta:
    """How long a server is left alone after failing `failures` times in a row."""
    longest = WAITS[-1] if locked_out else AWAY_AT_MOST
    return min(wait(failures, seed), longest)


def next_try(tries: int, seed: str, now: datetime, give_up_at: datetime) -> datetime | None:
    """The time of the next try; None when that would be too late."""
    at = now + wait(tries, seed)
    return at if at <= give_up_at else None
