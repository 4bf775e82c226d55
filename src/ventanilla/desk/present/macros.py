"""Macros as they are shown: what one would change here, from what to what, and what it can't."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from ventanilla.desk.links import link
from ventanilla.desk.present import safe
from ventanilla.desk.shapes import NOTHING
from ventanilla.lib.fold import snippet
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets import operations_queries as operations
from ventanilla.tickets.actions.undo import can_undo
from ventanilla.tickets.changes import Change, Targets, is_so, now_of, read, targets
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.macros_queries import filled_in, text_for
from ventanilla.tickets.models import Ticket

FILLED = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of a macro at a ticket."""

    code: str  # posted as `also`
    label: str  # "Status: Waiting for customer"
    old: str  # what the ticket has now; empty where there is nothing to tell
    problem: str  # why it will be left out; empty when it won't be
    same: bool  # the ticket is so already


@dataclass(frozen=True, slots=True)
class MacroView:
    """A macro at a ticket, before it is run."""

    macro: Macro
    folder: str
    name: str
    text: Markup  # filled in; empty without a text
    changes: Sequence[ChangeView]


def at_ticket(
    macro: Macro, ticket: Ticket, viewer: Viewer, agent: Agent, desk_name: str, language: str
) -> MacroView:
    """How it reads and what it changes at a ticket. Raises TemplateFault.

    language   the desk's own, where the macro has no text in the customer's
    """
    body = text_for(macro.texts, ticket, language)
    text = filled_in(body, ticket, agent, desk_name) if body else ""
    folder, name = parted(macro.name)
    return MacroView(
        macro=macro,
        folder=folder,
        name=name,
        text=safe.from_text(text) if text else NOTHING,
        changes=changes_at(macro.changes, ticket, viewer),
    )


def changes_at(codes: Iterable[str], ticket: Ticket, viewer: Viewer) -> list[ChangeView]:
    """Each change at this ticket. A statement for each kind of thing that is named."""
    wanted = read(codes)
    known = targets(wanted, ticket=ticket)
    return [
        ChangeView(
            code=one.code,
            label=known.label(one),
            old=now_of(one, ticket, known),
            problem=_problem(one, ticket, viewer, known),
            same=is_so(one, ticket, viewer.user_id),
        )
        for one in wanted
    ]


def _problem(change: Change, ticket: Ticket, viewer: Viewer, known: Targets) -> str:
    if known.gone(change):
        return _("It is no longer there, so it is left out.")
    other = change.what == "assignee" and change.id != viewer.user_id and change.value != "me"
    if not viewer.can("ticket.assign" if other else "ticket.change"):
        return _("Your role does not include this, so it is left out.")
    return ""


def toast(operation_id: int, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What a macro did at one ticket, what it left out, and its undoing. 2 statements."""
    operation = operations.operation(operation_id, viewer)
    name = {"name": parted(operation.change.get("name", ""))[1]}
    if operation.skipped:
        return {"text": _("“%(name)s”: everything was so already") % name, "action": None}
    text = _("“%(name)s” applied") % name
    if left_out := operations.left_out(operation):
        text = f"{text}. {_('Left out: %(what)s') % {'what': left_out}}"
    undo = {"label": _("Undo"), "post": link("desk:operation_undo", operation.pk), "key": "Z"}
    return {"text": text, "action": undo if can_undo(operation, now) else None}


def labels(macros: Sequence[Macro]) -> dict[int, list[str]]:
    """What each macro changes, in words. Up to 4 statements for all of them."""
    wanted = {one.pk: read(one.changes) for one in macros}
    known = targets(change for changes in wanted.values() for change in changes)
    return {pk: [known.label(one) for one in changes] for pk, changes in wanted.items()}


def beginning(text: str) -> str:
    """The first words of a text, with … for what is filled in. Pure."""
    return snippet(FILLED.sub("…", text), 80)


def parted(name: str) -> tuple[str, str]:
    """Folder and name: "Facturas::Duplicado" is in "Facturas". Pure."""
    folder, _sign, own = name.rpartition("::")
    return folder.replace("::", " › "), own
