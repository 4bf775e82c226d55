"""How often something may be done, counted in the database for all processes together.

The window slides: within any span of `window` at most `limit` hits are allowed, exactly. Refused
hits don't count, so trying on does not lock anybody out for longer. Call it outside a transaction
unless the hit shall be forgotten with it; the row stays locked until the commit.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac

from ventanilla.lib.models import RateCounter
from ventanilla.lib.problems import TooMany

MOST = 1000  # the largest limit: each hit of the window is kept as one time
_TOLERANCE = timedelta(minutes=5)  # how far the clocks of several machines may be apart

_HIT = """
INSERT INTO lib_ratecounter AS counter (key, hits, allowed, expires_at)
VALUES (%(key)s, ARRAY[%(now)s::timestamptz], true, %(now)s::timestamptz + %(window)s)
ON CONFLICT (key) DO UPDATE SET (hits, allowed, expires_at) = (
    SELECT CASE WHEN count(*) < %(limit)s
                THEN array_agg(hit ORDER BY hit) || %(now)s::timestamptz
                ELSE array_agg(hit ORDER BY hit) END,
           count(*) < %(limit)s,
           %(now)s::timestamptz + %(window)s
    FROM unnest(counter.hits) AS hit
    WHERE hit > %(now)s::timestamptz - %(window)s AND hit <= %(now)s::timestamptz + %(tolerance)s
)
RETURNING allowed, hits[cardinality(hits) - %(limit)s + 1]
"""
_WAIT = """
SELECT hit FROM lib_ratecounter, unnest(hits) AS hit
WHERE key = %(key)s
  AND hit > %(now)s::timestamptz - %(window)s AND hit <= %(now)s::timestamptz + %(tolerance)s
ORDER BY hit DESC OFFSET %(limit)s - 1 LIMIT 1
"""


def hit(key: str, *, limit: int, window: timedelta, now: datetime) -> int:
    """Count one hit. Returns 0 when it is allowed, else the seconds until the next one is.

    key     says what and who, such as "signin:203.0.113.7"; only a keyed digest of it is stored
    limit   hits allowed within any `window`: 1 to 1000
    One statement.
    """
    allowed, oldest = _one(_HIT, key, limit, window, now)
    return 0 if allowed else _seconds(oldest + window - now)


def wait(key: str, *, limit: int, window: timedelta, now: datetime) -> int:
    """Say what `hit` would answer, without counting: for limits on failures only."""
    row = _one(_WAIT, key, limit, window, now)
    return _seconds(row[0] + window - now) if row else 0


def require(key: str, message: str, *, limit: int, window: timedelta, now: datetime) -> None:
    """Count one hit. Raises TooMany with `message` when it is not allowed."""
    if seconds := hit(key, limit=limit, window=window, now=now):
        raise TooMany(message, retry_after=seconds)


def clear(key: str) -> None:
    """Forget all hits of the key, as after a sign-in that succeeded."""
    RateCounter.objects.filter(key=_digest(key)).delete()


def forget(now: datetime) -> int:
    """Delete the counters that limit nothing any more; return how many. For a periodic job."""
    return RateCounter.objects.filter(expires_at__lt=now).delete()[0]


def _one(sql: str, key: str, limit: int, window: timedelta, now: datetime) -> Any:
    if not 1 <= limit <= MOST:
        raise ValueError(f"A limit of {limit}: expected 1 to {MOST}.")
    values: dict[str, Any] = {"limit": limit, "window": window, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"key": _digest(key), "tolerance": _TOLERANCE})
        return cursor.fetchone()


def _digest(key: str) -> str:
    return salted_hmac("ventanilla.ratelimit", key, algorithm="sha256").hexdigest()


def _seconds(left: timedelta) -> int:
    return max(1, math.ceil(left.total_seconds()))
