"""CPU and memory of process trees, from /proc, and the figures made of them."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
GONE = (FileNotFoundError, ProcessLookupError)
SAMPLE_EVERY = 2.0  # seconds between two looks at the memory: each walks what all processes map
OURS = ("bench", "sink")  # what measures
SETTLED = 60  # seconds after which it should not grow

Roots = Callable[[], Mapping[str, int | None]]  # name of a part -> its first process


@dataclass(slots=True)
class Cost:
    """What a stretch of work took. Seconds of CPU per part; memory in MB at its highest.

    settled, last   memory of the product's parts after a minute and at the end: whether it grows
    """

    wall: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    settled: float = 0.0
    last: float = 0.0

    def ms(self, part: str, count: int) -> float:
        """Milliseconds of CPU of one part per operation."""
        return 1000 * self.cpu.get(part, 0.0) / max(count, 1)


@contextmanager
def cost(roots: Roots, *, memory: bool = False) -> Iterator[Cost]:
    """Measure the parts' process trees while the block runs."""
    found = Cost()
    watcher = Watcher(roots, found) if memory else None
    before, began = cpu_of(roots()), time.perf_counter()
    try:
        yield found
    finally:
        found.wall = time.perf_counter() - began
        after = cpu_of(roots())
        found.cpu = {part: after[part] - before.get(part, 0.0) for part in after}
        if watcher:
            watcher.end()


class Watcher(threading.Thread):
    """Notes the parts' memory."""

    def __init__(self, roots: Roots, found: Cost):
        super().__init__(daemon=True)
        self.roots, self.found, self.ending = roots, found, threading.Event()
        self.start()

    def run(self) -> None:
        began, highest = time.monotonic(), self.found.memory
        while True:
            now = {part: memory_of(pids) for part, pids in shares(self.roots()).items()}
            for part, size in now.items():
                highest[part] = max(highest.get(part, 0.0), size)
            self.found.last = sum(size for part, size in now.items() if part not in OURS)
            if not self.found.settled and time.monotonic() - began > SETTLED:
                self.found.settled = self.found.last
            if self.ending.wait(SAMPLE_EVERY):
                return

    def end(self) -> None:
        self.ending.set()
        self.join()


def cpu_of(roots: Mapping[str, int | None]) -> dict[str, float]:
    """Seconds of CPU, user and system, of each part's tree, ended children included."""
    return {part: sum(map(_cpu, pids)) for part, pids in shares(roots).items()}


def memory_of(pids: Iterable[int]) -> float:
    """Proportional set size in MB: what several share is divided among them."""
    return sum(map(_pss, pids)) / 1024


def shares(roots: Mapping[str, int | None]) -> dict[str, list[int]]:
    """The processes of each part: its tree, without what belongs to a part further down in it."""
    children = _children()
    heads = {pid for pid in roots.values() if pid is not None}
    return {part: _tree(pid, children, heads) for part, pid in roots.items()}


def tree(pid: int | None) -> list[int]:
    """A process and all its descendants."""
    return _tree(pid, _children(), set())


def _tree(pid: int | None, children: Mapping[int, list[int]], without: set[int]) -> list[int]:
    if pid is None:
        return []
    found = [pid]
    for each in found:
        found += [child for child in children.get(each, []) if child not in without]
    return found


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        if fields := _stat(int(folder.name)):
            found.setdefault(int(fields[1]), []).append(int(folder.name))
    return found


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields after the name, so the third of proc(5) stands first; none when it has ended."""
    with suppress(*GONE):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return []


def _pss(pid: int) -> int:
    with suppress(*GONE):
        for line in (PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else 0.0


def p95(values: Sequence[float]) -> float:
    """The smallest value that 95 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)] if ordered else 0.0
