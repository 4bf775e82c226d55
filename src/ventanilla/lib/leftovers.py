"""Bytes in storage that no row points at: taken away, unless somebody is about to need them.

A file is put before its row, so what was put within a day stays. That, and the lock under which
`storage` looks and removes, is why nobody loses the same bytes that they upload at this moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ventanilla.lib import clock, storage
from ventanilla.lib.invariants import referred_to

ROWS_COME_WITHIN = timedelta(days=1)
PARTS = 256  # of the storage, by the first two letters of the digests
TOGETHER = 500


def release(digests: Iterable[str]) -> int:
    """Remove those files that no row points at. Returns how many went.

    For after the commit in which their rows went.
    """
    before = clock.now() - ROWS_COME_WITHIN
    gone = 0
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), TOGETHER):
        some = wanted[start : start + TOGETHER]
        for digest in sorted(set(some) - referred_to(some)):
            gone += storage.remove_unless_put_since(digest, before)
    return gone


def destroy(digests: Iterable[str]) -> int:
    """Remove those files that no row points at, at once, for good. Returns how many went.

    For what was erased, after the commit: it must not lie about for a day. Whoever uploads the same
    bytes within these milliseconds has to do so again.
    """
    wanted = sorted({digest for digest in digests if digest})
    gone = sorted(set(wanted) - referred_to(wanted))
    for digest in gone:
        storage.remove(digest)
    return len(gone)


class Walk:
    """Looks through the storage, one part after the other, each once a day.

    Finds what was left by who was killed between a file and its row, or between a row and its file.
    """

    def __init__(self) -> None:
        self._part = ""

    def step(self) -> int:
        """Look through the part whose turn it is, unless that is done. Returns how many went."""
        second = int(clock.now().timestamp()) % 86_400
        part = f"{second * PARTS // 86_400:02x}"
        if part == self._part:
            return 0
        gone = release(_old(part))
        self._part = part
        return gone


def _old(beginning: str) -> Iterable[str]:
    before = clock.now() - ROWS_COME_WITHIN
    for digest in storage.digests(beginning):
        try:
            if storage.put_at(digest) < before:
                yield digest
        except storage.Missing:
            continue  # removed since the listing
