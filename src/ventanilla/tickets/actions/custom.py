"""Values of the desk's own fields: set, and asked for before a ticket is opened or resolved.

People are asked for what is required; nobody else could answer. So a mail opens its ticket anyway,
which then shows what is missing; a rule may resolve it, and time closes it; but whoever resolves it
by hand is asked, by button, key, in bulk or with a reply.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ventanilla.events.acts import Act
from ventanilla.events.kinds import FieldChanged
from ventanilla.events.models import Event, EventText
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import UNSET, Unset, change, check_unchanged, first_act
from ventanilla.tickets.custom import CODED, Definition, Value, Verdict, decide, row_facts
from ventanilla.tickets.custom_queries import asker, defined, definitions
from ventanilla.tickets.custom_words import in_words
from ventanilla.tickets.models import Status, Ticket


class FieldsRefused(Invalid):
    """Values of the desk's own fields can't be accepted as they are, or some are missing."""

    code = "fields_refused"

    def __init__(self, message: str, verdict: Verdict, *, field: str):
        super().__init__(message, field=field)
        self.verdict = verdict


class FieldsMissing(FieldsRefused):
    """What must be known before a ticket is resolved is not."""

    code = "fields_missing"


@transactional
def set_fields(
    ticket: Ticket, act: Act, *, values: Mapping[str, Any], was: Mapping[str, Any] | Unset = UNSET
) -> list[Event]:
    """Set the desk's own fields by their keys; nothing clears one. Others' keys stay as they are.

    values  as they are stored, or as somebody typed them
    was     what the caller saw of them
    Returns an event for each that changed. Raises FieldsRefused, FieldChanged.
    """
    ticket.lock()
    require(act, "ticket.change", ticket)
    verdict = decide(
        definitions(), row_facts(ticket), values, moment="change", asker=asker(act.when)
    )
    if verdict.faults:
        raise _refused(verdict)
    for key, (old, new) in verdict.changed.items():
        seen = was if isinstance(was, Unset) else was.get(key, UNSET)
        check_unchanged(seen, old, new, _shown(key, old))
    events = [set_value(ticket, act, key, old, new) for key, (old, new) in verdict.changed.items()]
    if events:
        first_act(ticket, act, events[0])
    return events


def set_value(ticket: Ticket, act: Act, key: str, old: Value | None, new: Value | None) -> Event:
    """Set one value on the locked ticket and record it. 2 statements, 3 of what people type."""
    values = {name: value for name, value in ticket.custom.items() if name != key}
    if new is not None:
        values[key] = new
    happening, texts = told(key, old, new)
    return change(ticket, act, happening, texts=texts, custom=values)


def told(
    key: str, old: Value | None, new: Value | None
) -> tuple[FieldChanged, dict[str, str] | None]:
    """A change as an event; what people typed stands in its texts, which can be erased."""
    if _is_coded(key):
        return FieldChanged(field=key, before=_code(old), after=_code(new)), None
    given = {"old": old, "new": new}
    texts = {name: json.dumps(value) for name, value in given.items() if value is not None}
    return FieldChanged(field=key, typed=True), texts


def values_of(event: Event) -> tuple[Value | None, Value | None] | None:
    """What a change was from and to; None when the words are erased. 1 statement where typed."""
    if not event.data["typed"]:
        return event.data["before"], event.data["after"]
    texts = dict(EventText.objects.filter(event=event).values_list("field", "text"))
    if not texts:
        return None
    found = {name: json.loads(text) for name, text in texts.items()}
    return found.get("old"), found.get("new")


def as_codes(values: Mapping[str, Value]) -> tuple[tuple[str, Any], ...]:
    """What a new ticket has, without what was typed."""
    return tuple((key, _code(value)) for key, value in values.items() if _is_coded(key))


def as_texts(values: Mapping[str, Value]) -> dict[str, str]:
    """What was typed of it."""
    typed = {key: value for key, value in values.items() if not _is_coded(key)}
    return {f"custom.{key}": json.dumps(value) for key, value in typed.items()}


def _is_coded(key: str) -> bool:
    one = defined(key)
    return one is not None and one.kind in CODED


def _code(value: Value | None) -> Any:
    return tuple(value) if isinstance(value, list) else value


# -- what is required ----------------------------------------------------------------------------
def check_new(ticket: Ticket, act: Act, values: Mapping[str, Any]) -> dict[str, Value]:
    """The values that a ticket which somebody opens by hand gets. Raises FieldsRefused."""
    verdict = decide(
        definitions(), row_facts(ticket), values, moment="create", asker=asker(act.when)
    )
    if verdict.faults:
        raise _refused(verdict)
    return verdict.values


def check_ready(ticket: Ticket, act: Act, to: int | None) -> None:
    """Whether a person may set the ticket to this status. Raises FieldsMissing."""
    if to is not None and to >= Status.RESOLVED > ticket.status:
        check_filled(ticket, act, to)


def check_filled(ticket: Ticket, act: Act, to: int) -> None:
    """Raises FieldsMissing when a person leaves out what is required. Others can't be asked."""
    if act.actor.kind != "agent":
        return
    verdict = lacking(ticket, act, to)
    if verdict.missing:
        raise FieldsMissing(_asked_for(verdict.missing), verdict, field=verdict.missing[0].key)


def lacking(ticket: Ticket, act: Act, to: int = Status.RESOLVED) -> Verdict:
    """What the ticket would show, and lack, with another status."""
    of = replace(row_facts(ticket), status=int(to))
    return decide(definitions(), of, {}, moment="resolve", asker=asker(act.when))


def _asked_for(missing: Iterable[Definition]) -> str:
    names = [one.label for one in missing]
    words = ngettext(
        "Fill in this field before it is resolved: %(names)s.",
        "Fill in these fields before it is resolved: %(names)s.",
        len(names),
    )
    return words % {"names": ", ".join(names)}


def _refused(verdict: Verdict) -> FieldsRefused:
    message = " ".join(fault.message for fault in verdict.faults)
    return FieldsRefused(message, verdict, field=verdict.faults[0].key)


def _shown(key: str, value: Value | None) -> str:
    one = defined(key)
    return (in_words(one, value) if one else "") or _("Nothing")
