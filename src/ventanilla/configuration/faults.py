"""What is wrong with a file, and where."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Invalid


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Lines and columns count from 1. `path` is the field, such as `teams[Envíos].routing`."""

    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        where = _("line %(line)s, column %(column)s") % {"line": self.line, "column": self.column}
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class Faulty(Invalid):
    """The file can't be applied as it is. `faults` has every reason, in order of lines."""

    code = "faulty_configuration"

    def __init__(self, faults: list[Fault]):
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)), field="file")
