"""Tables made ready for COPY, and made whole again: all inside the caller's transaction.

Whatever ends the transaction early leaves the tables as they were: with their indexes, and empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

FOREIGN = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'f' AND (conrelid = ANY(%s::regclass[]) OR confrelid = ANY(%s::regclass[]))
ORDER BY conrelid, conname
"""
UNIQUE = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY(%s::regclass[])
ORDER BY conrelid, conname
"""
PLAIN = """
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY indrelid, indexrelid::regclass::text
"""
QUICKLY = (
    "SET LOCAL synchronous_commit = off",
    "SET LOCAL maintenance_work_mem = '400MB'",
    "SET LOCAL max_parallel_maintenance_workers = 2",
)


@dataclass(frozen=True, slots=True)
class Bare:
    """Empty tables without indexes and foreign keys; `whole` gives these back."""

    cursor: Any
    restore: tuple[str, ...]

    def whole(self) -> None:
        """Build the indexes again, and check every foreign key. Raises IntegrityError."""
        self.cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in self.restore:
            self.cursor.execute(statement)


def bare(cursor: Any, tables: Sequence[str]) -> Bare:
    """Empty the tables (they are) and take their indexes and foreign keys away for the while.

    COPY into a table that its own transaction has emptied writes each row once, not to the log.
    """
    for statement in QUICKLY:
        cursor.execute(statement)
    names = list(tables)
    foreign = _found(cursor, FOREIGN, names, names)
    unique, plain = _found(cursor, UNIQUE, names), _found(cursor, PLAIN, names)
    for drop, _add in (*foreign, *unique, *plain):
        cursor.execute(drop)
    cursor.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in names))
    return Bare(cursor, tuple(add for _drop, add in (*plain, *unique, *foreign)))


def _found(cursor: Any, sql: str, *names: list[str]) -> list[tuple[str, str]]:
    # format() has its own %I and %s, so the names are written in
    literals = [f"ARRAY[{', '.join(repr(name) for name in each)}]" for each in names]
    for literal in literals:
        sql = sql.replace("ANY(%s::", f"ANY({literal}::", 1)
    cursor.execute(sql)
    return list(cursor.fetchall())
