"""A plan in words, for the terminal and the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.configuration.apply import Outcome
from ventanilla.configuration.plan import Change
from ventanilla.configuration.text import scalar

MARKS = {"added": "+", "changed": "~", "retired": "-", "extra": "="}
LONGEST = 400  # characters of a value that is shown


@dataclass(frozen=True)
class Line:
    """One field: before and after, as the file writes them; None: there was none."""

    field: str
    before: str | None
    after: str


def lines(change: Change) -> list[Line]:
    """An added entry shows what it holds; nothing of what it leaves empty."""
    if change.kind == "added":
        return [Line(name, None, shown(new)) for name, _old, new in change.fields if _says(new)]
    return [Line(name, shown(old), shown(new)) for name, old, new in change.fields]


def _says(value: Any) -> bool:
    return value not in (None, "", [], {})


def shown(value: Any) -> str:
    if isinstance(value, dict):
        text = ", ".join(f"{name}: {shown(each)}" for name, each in value.items())
        text = f"{{{text}}}"
    elif isinstance(value, list):
        text = f"[{', '.join(map(shown, value))}]"
    else:
        text = value if isinstance(value, str) and "\n" in value else scalar(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def what_happens(change: Change) -> str:
    if change.kind == "retired":
        return {
            "agents": _("deactivated"),
            "inboxes": _("deactivated"),
            "promises": _("deactivated"),
            "fields": _("deactivated"),
            "views": _("removed"),
        }.get(change.section, _("archived"))
    words = {"added": _("new"), "changed": _("changed"), "extra": _("only in the desk: stays")}
    return words[change.kind]


def summary(outcome: Outcome, *, trial: bool) -> str:
    counts = dict.fromkeys(MARKS, 0)
    for change in outcome.plan:
        counts[change.kind] += 1
    if not outcome.changes:
        return _("Nothing changes: the desk is as the file says.")
    text = _("%(added)s new, %(changed)s changed, %(retired)s taken out of use.") % counts
    return f"{text} {_('Nothing has been applied.')}" if trial else text


def as_text(outcome: Outcome, *, trial: bool) -> str:
    found: list[str] = []
    for change in outcome.plan:
        mark = MARKS[change.kind]
        found.append(f"{mark} {change.section} {change.title}: {what_happens(change)}".rstrip())
        for line in lines(change):
            before = "" if line.before is None else f"{_flat(line.before)} -> "
            found.append(f"    {line.field}: {before}{_flat(line.after)}")
    found += [f"! {hint}" for hint in outcome.hints]
    return "\n".join([*found, summary(outcome, trial=trial)])


def _flat(text: str) -> str:
    return text.replace("\n", "\n        ")
