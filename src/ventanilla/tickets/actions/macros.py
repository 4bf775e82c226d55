"""Writing macros: anybody their own, a team's members the team's, set-up the desk's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.liquid import TemplateFault, check
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import Agent, Team
from ventanilla.people.rights import Viewer, all_rights, require
from ventanilla.tickets.changes import NOT_FIELDS, Change, read, targets
from ventanilla.tickets.custom import read as read_value
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.variables import EXAMPLE

LONGEST = 20_000  # characters
MOST_TEXTS = 20
FOLDER = "::"


@transactional
def save_macro(
    act: Act,
    *,
    name: str,
    texts: Mapping[str, str],
    changes: Iterable[str] = (),
    write_as: str = "",
    position: int = 0,
    team: Team | None = None,
    agent: Agent | None = None,
    archived: bool = False,
    macro: Macro | None = None,
) -> Macro:
    """Make a macro, or change `macro`. Of one agent, one team, or else of the desk.

    texts     by language; empty ones are left out
    changes   as `tickets.changes` writes them
    Archived ones are no longer offered; messages still name them. Raises NotAllowed, Invalid (no
    name; neither text nor change; a variable, tag or target that there is none of).
    """
    require(act, "ticket.note")
    rights = all_rights(act)
    if macro is not None:
        _require_place(rights, macro.team_id, macro.agent_id)
    _require_place(rights, team.pk if team else None, agent.pk if agent else None)
    name = tidy(name)
    texts = {language: text.strip() for language, text in texts.items() if text.strip()}
    _check(name, texts)
    wanted = read(changes)
    if not texts and not wanted:
        raise Invalid(_("Write a text, or choose what the macro changes."), field="texts")
    _check_targets(wanted, set(macro.changes) if macro else set())
    made = macro is None
    row = macro or Macro()
    old = {} if made else _values(row)
    row.name, row.texts, row.changes = name, texts, [one.code for one in wanted]
    row.write_as, row.position = write_as if texts else "", position
    row.team, row.agent, row.archived = team, agent, archived
    row.changed_at = act.when
    row.save()
    what = "macro.created" if made else "macro.changed"
    audit(what, act.when, user_id=act.actor.id, thing=f"macro:{row.pk}", old=old, new=_values(row))
    return row


def tidy(name: str) -> str:
    """Folders and name with one space between words, none around “::”."""
    parts = [" ".join(part.split()) for part in name.split(FOLDER)]
    return FOLDER.join(filter(None, parts))[:80]


def may_write(rights: Viewer, team_id: int | None, agent_id: int | None) -> bool:
    """Whether somebody may write the macros of this place. Pure."""
    if agent_id is not None:
        return agent_id == rights.user_id
    if rights.can("setup.desk"):
        return True
    return team_id is not None and team_id in rights.teams and rights.can("ticket.reply")


def _require_place(rights: Viewer, team_id: int | None, agent_id: int | None) -> None:
    if not may_write(rights, team_id, agent_id):
        raise NotAllowed(
            _("Write macros for yourself and your teams; the desk's are an administrator's.")
        )


def _check(name: str, texts: Mapping[str, str]) -> None:
    if not name:
        raise Invalid(_("A macro needs a name, to find it by."), field="name")
    if len(texts) > MOST_TEXTS:
        raise Invalid(_("A macro has 20 texts at most."), field="texts")
    for language, text in texts.items():
        field = f"text_{language}" if language else "text"
        if len(text) > LONGEST:
            raise Invalid(_("Write the text in at most 20,000 characters."), field=field)
        if faults := check(text, EXAMPLE):
            raise Invalid(str(TemplateFault(faults[0])), field=field)


def _check_targets(changes: list[Change], had: set[str]) -> None:
    """What is newly chosen must be there; what has gone since may stay until it is mended."""
    known = targets(changes)
    for change in changes:
        if change.code not in had and change.what == "field":
            _check_value(change)
        if change.code not in had and known.missing(change):
            raise Invalid(
                _("%(change)s: choose one that is in use.") % {"change": known.label(change)},
                field=change.what,
            )


def _check_value(change: Change) -> None:
    """A value must be one that its field takes. Raises Invalid."""
    key, typed = change.field
    one = defined(key)
    if one is None or one.kind in NOT_FIELDS:
        return  # there is none of it: told with the others
    try:
        read_value(one, typed)
    except ValueError as error:
        raise Invalid(f"{one.label}: {error}", field=f"field_{key}") from None


def _values(row: Macro) -> dict[str, object]:
    return {
        "name": row.name,
        "languages": sorted(row.texts),
        "changes": row.changes,
        "team": row.team_id,
        "agent": row.agent_id,
        "archived": row.archived,
    }
