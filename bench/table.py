"""One table for people, and what it was measured on."""

from __future__ import annotations

import importlib.metadata
import os
import pickle
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Cost, median, p95

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGES = ("django", "psycopg", "granian", "jinja2", "procrastinate")
HEADS = (
    "", "n", "median ms", "p95 ms", "CPU web", "CPU worker", "CPU database", "CPU bench", "SQL",
    "peak MB", "",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `times` in milliseconds; CPU is shown in milliseconds per one of `count`."""

    what: str
    count: int
    times: tuple[float, ...] = ()
    cost: Cost | None = None
    parts: tuple[str, ...] = ("web", "database")  # whose CPU belongs to it
    statements: int | None = None
    memory: float | None = None  # MB
    told: str = ""

    def cells(self) -> list[str]:
        return [
            self.what,
            str(self.count),
            _number(median(self.times)) if self.times else "",
            _number(p95(self.times)) if self.times else "",
            *(self._cpu(part) for part in ("web", "worker", "database", "bench")),
            "" if self.statements is None else str(self.statements),
            "" if self.memory is None else f"{self.memory:.0f}",
            self.told,
        ]

    def _cpu(self, part: str) -> str:
        shown = self.cost is not None and part in self.parts
        return _number(self.cost.ms(part, self.count)) if self.cost and shown else ""


def stored(rows: Iterable[Row]) -> bytes:
    """The rows for another process."""
    return pickle.dumps(list(rows))


def restored(data: bytes) -> list[Row]:
    """Rows that a process of ours has stored."""
    found: list[Row] = pickle.loads(data)
    return found


def render(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table that is readable as it stands."""
    cells = [list(HEADS), *(row.cells() for row in rows)]
    widths = [max(3, *(len(row[column]) for row in cells)) for column in range(len(HEADS))]
    lines = [_line(row, widths) for row in cells]
    rule = [
        ("-" * width if at in (0, len(HEADS) - 1) else "-" * (width - 1) + ":")
        for at, width in enumerate(widths)
    ]
    return "\n".join([lines[0], _line(rule, widths), *lines[1:]])


def _line(cells: list[str], widths: list[int]) -> str:
    last = len(cells) - 1
    padded = (
        cell.ljust(width) if at in (0, last) else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def machine(database: str) -> str:
    """What all of it ran on."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            f"Command   {shlex.join(['python', '-m', 'bench', *sys.argv[1:]])}, commit {_commit()}",
            f"Machine   {os.cpu_count()} x {_processor()}, {_memory()}, {platform.platform()}",
            f"Versions  Python {platform.python_version()}, {database}, {versions}",
        ]
    )


def load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GB"


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    found = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
