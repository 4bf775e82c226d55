"""What the database does for a page: the plan of each statement, and how many rows each node read.

with watched() as plans:
    client.get("/inbox/all/")
assert not plans.reading_over(2_000)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

EXPLAIN = "EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) "
READS = ("SELECT", "WITH", "EXECUTE")
REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")


@dataclass(frozen=True)
class Node:
    """A step of a plan, with all rows that it met in all its loops."""

    kind: str
    on: str
    rows: int
    sql: str

    def __str__(self) -> str:
        sql = " ".join(self.sql.split())[:3000]
        return f"{self.kind} on {self.on or 'rows'} met {self.rows:,} rows for: {sql}"


@dataclass
class Plans:
    nodes: list[Node] = field(default_factory=list)
    statements: int = 0

    def reading_over(self, rows: int, but_for: str = "no statement") -> list[str]:
        """The nodes that read more than so many rows, largest first, as sentences.

        but_for   what stands in statements that are left out
        """
        found = sorted(self.nodes, key=lambda node: -node.rows)
        return [str(node) for node in found if node.rows > rows and but_for not in node.sql]


@contextmanager
def watched() -> Iterator[Plans]:
    """Explain and analyse each reading statement before it is executed."""
    plans = Plans()

    def explain(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if sql.lstrip("( \n").upper().startswith(READS) and not many:
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(EXPLAIN + sql, params)
                found = cursor.fetchone()[0]
            plan = json.loads(found) if isinstance(found, str) else found
            plans.statements += 1
            plans.nodes += _nodes(plan[0]["Plan"], sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield plans


def _nodes(plan: dict[str, Any], sql: str) -> Iterator[Node]:
    loops = plan["Actual Loops"]
    rows = loops * (plan["Actual Rows"] + sum(plan.get(each, 0) for each in REMOVED))
    on = plan.get("Relation Name") or plan.get("Index Name") or plan.get("CTE Name") or ""
    yield Node(plan["Node Type"], on, round(rows), sql)
    for child in plan.get("Plans", ()):
        yield from _nodes(child, sql)
