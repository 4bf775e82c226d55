"""Whether a rule fits a ticket, test by test: pure, the same live, in a trial and over history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ventanilla.automation.definition import Definition
from ventanilla.tickets.condition_fields import Asker, Facts
from ventanilla.tickets.conditions import Check, Group, fits, seen

WORDS = ("subject",)  # what customers wrote is not copied: only whether it fitted


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of a group, or of one test with what was seen. All are asked, fitting or not."""

    fits: bool
    of: Group | Check
    parts: tuple[Tested, ...] = ()
    seen: Any = None

    def checks(self) -> Iterator[Tested]:
        if isinstance(self.of, Check):
            yield self
        for part in self.parts:
            yield from part.checks()

    @property
    def told(self) -> dict[str, Any]:
        """As JSON, to be kept: `read_told` takes it."""
        if isinstance(self.of, Group):
            return {"fits": self.fits, self.of.kind: [part.told for part in self.parts]}
        kept = {} if self.of.field in WORDS else {"seen": _plain(self.seen)}
        return {"fits": self.fits, "field": self.of.field, "op": self.of.op, **kept}


def test(definition: Definition, facts: Facts, asker: Asker) -> Tested:
    """The verdict on the conditions of a rule. Pure."""
    return _tested(definition.conditions, facts, asker)


def _tested(of: Group | Check, facts: Facts, asker: Asker) -> Tested:
    if isinstance(of, Check):
        return Tested(fits(of, facts, asker), of, seen=seen(of, facts, asker))
    parts = tuple(_tested(part, facts, asker) for part in of.parts)
    verdicts = [part.fits for part in parts]
    return Tested(all(verdicts) if of.kind == "all" else any(verdicts), of, parts)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
