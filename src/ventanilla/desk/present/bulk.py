"""Bulk changes in words, and the menus of the bar that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from ventanilla.desk.formats import hue, initials, number, when
from ventanilla.desk.links import link
from ventanilla.desk.present import aside, custom
from ventanilla.desk.present.menus import categories, priorities, snoozes, status_option
from ventanilla.desk.shapes import Option
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.actions.undo import UNDO, can_undo
from ventanilla.tickets.choices import Choices
from ventanilla.tickets.custom import read
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.custom_words import in_words
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Priority, Status
from ventanilla.tickets.operations import Operation, OperationItem
from ventanilla.tickets.operations_queries import Result

OFFERED = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.RESOLVED)
ANY = -1  # chosen: none of them, since the tickets differ


@dataclass(frozen=True, slots=True)
class BulkMenus:
    """What can be done to many tickets."""

    statuses: Sequence[Option]
    priorities: Sequence[Option]
    teams: Sequence[Option]
    assignees: Sequence[Option]
    categories: Sequence[Option]
    tags: Sequence[Option]
    snoozes: Sequence[Option]
    macros: Sequence[Option] = ()  # what they change, without their texts
    fields: Sequence[Option] = ()  # answers of the desk's own


def _hint(macro: Macro) -> str:
    return _("without its text") if macro.texts else ""


@dataclass(frozen=True, slots=True)
class ResultLine:
    text: str
    reason: str
    outcome: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class OperationView:
    """An operation as its page, its line in the list and its toast show it."""

    id: int
    title: str
    summary: str
    at: datetime
    total: int
    seen: int
    done: int
    running: bool
    url: str
    undo_url: str = ""  # empty: it can't be undone (any more)
    undone_url: str = ""  # of the operation that took it back
    mixed: bool = False  # not all were done
    results: Sequence[ResultLine] = field(default_factory=tuple)
    more: int = 0  # results that are not listed


def menus(
    choices: Choices, agents: Sequence[Agent], viewer: Viewer, macros: Sequence[Macro]
) -> BulkMenus:
    return BulkMenus(
        statuses=[status_option(status) for status in OFFERED],
        priorities=priorities(ANY, get_language()),
        teams=[
            Option(str(team.id), team.name, hue=team.hue)
            for team in choices.teams.values()
            if not team.archived
        ],
        assignees=_assignees(agents, viewer),
        categories=categories(ANY, choices, get_language()),
        tags=[Option(name, name) for name in sorted(choices.tags.values())],
        macros=[
            Option(str(one.pk), one.name.replace("::", " › "), icon="i-zap", hint=_hint(one))
            for one in macros
        ],
        snoozes=snoozes(),
        fields=custom.to_choose_from(),
    )


def _assignees(agents: Sequence[Agent], viewer: Viewer) -> list[Option]:
    """Oneself first, then by name, then nobody."""
    ordered = sorted(agents, key=lambda one: (one.pk != viewer.user_id, one.user.name))
    options = [
        Option(
            str(one.pk),
            one.user.name,
            hint=_("you") if one.pk == viewer.user_id else "",
            initials=initials(one.user.name),
            hue=hue(one.user.name),
        )
        for one in ordered
    ]
    if viewer.can("ticket.assign"):
        options.append(Option("", _("Nobody"), icon="i-x"))
    return options


def operation_view(
    operation: Operation,
    now: datetime,
    choices: Choices,
    results: Sequence[Result] = (),
) -> OperationView:
    """`choices` names what it set; `results` are for its page."""
    undone = getattr(operation, "undone_by", None)
    return OperationView(
        id=operation.pk,
        title=title(operation, choices),
        summary=summary(operation),
        at=operation.created_at,
        total=operation.total,
        seen=operation.seen,
        done=operation.done,
        running=operation.finished_at is None,
        url=link("desk:operation", operation.pk),
        undo_url=link("desk:operation_undo", operation.pk) if can_undo(operation, now) else "",
        undone_url=link("desk:operation", undone.pk) if undone else "",
        mixed=operation.finished_at is not None and operation.done < operation.total,
        results=[_line(one) for one in results],
        more=max(0, operation.total - len(results)) if results else 0,
    )


def _line(result: Result) -> ResultLine:
    words = str(OperationItem.Outcome(result.outcome).label)
    why = REASONS[result.reason]() if result.reason in REASONS else ""
    if result.number is None:
        return ResultLine(_("A ticket that isn't yours to see"), why or words, result.outcome)
    url = link("desk:ticket", result.number)
    text = f"#{result.number} {result.subject or _('(no subject)')}"
    return ResultLine(text, why or words, result.outcome, url)


REASONS: dict[str, Callable[[], str]] = {
    "same": lambda: _("It was so already"),
    "changed": lambda: _("Somebody has changed it since"),
    "partly": lambda: _("Done in part: somebody has changed the rest since"),
    "left_out": lambda: _("Done in part: the ticket's history says what was left out"),
    "nothing_done": lambda: _("None of its changes can be made there"),
    "not_found": lambda: _("It is gone, or no longer yours to see"),
    "not_allowed": lambda: _("Your role does not include this"),
    "assignee_not_in_team": lambda: _("They are not in the ticket's team"),
    "fields_missing": lambda: _("A field that it needs to be resolved is empty"),
    "fields_refused": lambda: _("That field can't have this value there"),
    "impossible": lambda: _("This can't be undone"),
    "is_merged": lambda: _("It was merged into another ticket"),
    "is_set_aside": lambda: _("It is spam, or in the trash"),
    "not_set_aside": lambda: _("It is in use: put it into the trash first"),
}


def title(operation: Operation, choices: Choices) -> str:
    """What it does: "Priority: High"; "Undone: Priority: High"."""
    if operation.what == UNDO and operation.undoes:
        return _("Undone: %(what)s") % {"what": title(operation.undoes, choices)}
    return TITLES[operation.what](operation, choices)


def _status(operation: Operation, choices: Choices) -> str:
    return _("Status: %(value)s") % {"value": Status(operation.change["to"]).label}


def _priority(operation: Operation, choices: Choices) -> str:
    return _("Priority: %(value)s") % {"value": Priority(operation.change["to"]).label}


def _team(operation: Operation, choices: Choices) -> str:
    team = choices.teams.get(operation.change["to"])
    return _("Team: %(value)s") % {"value": team.name if team else "…"}


def _assignee(operation: Operation, choices: Choices) -> str:
    pk = operation.change["to"]
    agent = choices.agents.get(pk) if pk else None
    name = agent.name if agent else _("a former agent")
    return _("Assignee: %(value)s") % {"value": name if pk else _("Nobody")}


def _category(operation: Operation, choices: Choices) -> str:
    return _("Category: %(value)s") % {"value": choices.path(operation.change["to"]) or _("None")}


def _tags(operation: Operation, choices: Choices) -> str:
    add, remove = operation.change.get("add", []), operation.change.get("remove", [])
    parts = []
    if add:
        words = ngettext("Tag added: %(tags)s", "Tags added: %(tags)s", len(add))
        parts.append(words % {"tags": ", ".join(add)})
    if remove:
        words = ngettext("Tag removed: %(tags)s", "Tags removed: %(tags)s", len(remove))
        parts.append(words % {"tags": ", ".join(remove)})
    return " · ".join(parts)


def _snooze(operation: Operation, choices: Choices) -> str:
    until = operation.change["until"]
    if until is None:
        return _("Snoozed until the customer writes")
    return _("Snoozed until %(when)s") % {"when": when(datetime.fromisoformat(until), "message")}


def _field(operation: Operation, choices: Choices) -> str:
    key, to = operation.change["field"], operation.change["to"]
    one = defined(key)
    if one is None:
        return f"{key}: {to}"
    try:
        value = in_words(one, read(one, to))
    except ValueError:  # no longer offered
        value = str(to)
    return f"{one.label}: {value or _('None')}"


def _laid(operation: Operation, choices: Choices) -> str:
    title = aside.TITLES[operation.what]()
    if operation.change.get("blocked"):
        return f"{title} · " + _("%(sender)s is blocked") % {"sender": operation.change["block"]}
    return title


TITLES: dict[str, Callable[[Operation, Choices], str]] = {
    **dict.fromkeys(aside.TITLES, _laid),
    "status": _status,
    "priority": _priority,
    "team": _team,
    "assignee": _assignee,
    "category": _category,
    "tags": _tags,
    "snooze": _snooze,
    "field": _field,
    "answer": lambda operation, choices: _("Answered and resolved"),
    "macro": lambda operation, choices: _("Macro: %(name)s") % {"name": operation.change["name"]},
}


def summary(operation: Operation) -> str:
    """How far it is, and what became of the tickets: "12 tickets · 2 left as they were"."""
    parts = [_("%(done)s of %(all)s tickets") % _figures(operation)]
    if operation.finished_at is not None and operation.done == operation.total:
        words = ngettext("%(done)s ticket", "%(done)s tickets", operation.total)
        parts = [words % _figures(operation)]
    if operation.skipped:
        words = ngettext(
            "%(skipped)s left as it was", "%(skipped)s left as they were", operation.skipped
        )
        parts.append(words % _figures(operation))
    if operation.refused:
        parts.append(_("%(refused)s not possible") % _figures(operation))
    return " · ".join(parts)


def _figures(operation: Operation) -> dict[str, str]:
    names = ("done", "skipped", "refused")
    figures = {name: number(getattr(operation, name)) for name in names}
    return figures | {"all": number(operation.total)}
