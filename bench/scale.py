"""The same pages at desks of very different size: what each takes, and how flat that is.

Each desk is an installation of its own, measured by a process of its own: `ventanilla seed` fills
it, `ventanilla search rebuild` writes what is searched, and both are timed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.installation import Installation
from bench.table import REPOSITORY, Row, restored

SEARCHED = 200_000  # tickets up to which the search rows are written too: they take longer


def load(at: Installation, tickets: int, *, searched: bool) -> list[Row]:
    """Fill the installation's empty desk. Rows: what that took, as the product says it."""
    rows = [Row("Load", tickets, told=at.command("seed", "--tickets", str(tickets)))]
    if searched:
        began = time.perf_counter()
        at.command("search", "rebuild")
        seconds = time.perf_counter() - began
        told = f"{tickets / seconds:,.0f} a second; {seconds:.0f} s in all"
        rows.append(Row("Write what is searched", tickets, told=told))
    return rows


def measure(sizes: Sequence[int], *, count: int, folder: Path | None) -> list[Row]:
    """The rows of each size, then how the CPU per operation compares with the smallest desk's."""
    found = {size: _of_size(size, count, folder) for size in sizes}
    rows = [row for size in sizes for row in found[size]]
    return [*rows, *_flatness(found[sizes[0]], found[sizes[-1]], sizes)]


def _of_size(size: int, count: int, folder: Path | None) -> list[Row]:
    with tempfile.NamedTemporaryFile() as answer:
        command = [sys.executable, "-m", "bench", "pages", "--tickets", str(size)]
        command += ["--pages", str(count), "--rows", answer.name]
        command += ["--folder", str(folder)] if folder else []
        subprocess.run(command, cwd=REPOSITORY, check=True)
        return restored(Path(answer.name).read_bytes())


def _flatness(small: list[Row], large: list[Row], sizes: Sequence[int]) -> Iterator[Row]:
    """CPU of web and database of the largest desk, as many times that of the smallest."""
    if len(sizes) < 2:
        return
    before = {_name(row): row for row in small if row.cost and row.statements}
    for row in large:
        other = before.get(_name(row))
        if other and row.cost and other.cost and "web" in row.parts:
            ratio = _cpu(row) / max(_cpu(other), 0.001)
            told = f"{ratio:.2f} x the CPU at {sizes[0]:,} tickets"
            yield Row(f"{_name(row)}: {sizes[-1]:,} tickets", row.count, told=told)


def _name(row: Row) -> str:
    return row.what.partition(" of ")[0] if row.what.startswith("List") else row.what


def _cpu(row: Row) -> float:
    return sum(row.cost.ms(part, row.count) for part in ("web", "database")) if row.cost else 0.0
