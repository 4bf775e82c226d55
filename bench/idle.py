"""What an installation takes that nobody uses, and how soon it is there again."""

from __future__ import annotations

import time

from bench.installation import Installation
from bench.measure import memory_of, shares
from bench.table import Row


def measure(at: Installation, *, rest: float, starts: int) -> list[Row]:
    """rest   seconds that it is left alone before its memory is taken"""
    memory = _memory(at, rest)
    shares = ", ".join(f"{name} {share:.0f}" for name, share in memory.items())
    began = tuple(1000 * _again(at) for _ in range(starts))
    return [
        Row(f"Idle for {rest:.0f} s", 1, memory=sum(memory.values()), told=f"MB: {shares}"),
        Row("Second start until the first page", starts, began),
    ]


def _memory(at: Installation, rest: float) -> dict[str, float]:
    at.wait_for(at.is_quiet)
    time.sleep(rest)
    parts = shares(at.parts())
    ours = parts.keys() - {"bench", "sink"}
    return {name: memory_of(pids) for name, pids in parts.items() if name in ours}


def _again(at: Installation) -> float:
    at.stop()
    return at.start()
