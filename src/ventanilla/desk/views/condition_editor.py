"""Conditions as lines that a page lets one add, change and remove: of views and of rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ventanilla.desk.identity import Request
from ventanilla.desk.present import view_rows as lines
from ventanilla.desk.present.views import Offer, names

ROWS = "view-rows"  # the fragment that holds the lines


@dataclass(slots=True, kw_only=True)
class ConditionEditor:
    """What `components/view_rows.html` draws. `focus`: the line just added or changed."""

    request: Request
    offer: Offer
    block: lines.Block
    focus: str = ""
    conditions: dict[str, Any] = field(default_factory=dict)

    units = staticmethod(lambda: lines.UNIT_WORDS.items())
    was = staticmethod(lines.was)

    def groups(self) -> Any:
        return lines.groups(self.block)

    def operators(self, line: lines.Line) -> list[tuple[str, lines.Words]]:
        return lines.operators_of(line.field)

    def read(self) -> bool:
        """Whether every line can be asked; what is wrong is told at each."""
        self.conditions = lines.conditions(self.block, names(self.request.viewer))
        return not self.block.wrong
