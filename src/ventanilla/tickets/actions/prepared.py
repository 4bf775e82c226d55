"""Writing prepared replies: anybody their own, a team's members the team's, set-up the desk's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.liquid import TemplateFault, check
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import Agent, Team
from ventanilla.people.rights import Viewer, all_rights, require
from ventanilla.tickets.prepared import EXAMPLE
from ventanilla.tickets.writing import PreparedReply

LONGEST = 20_000  # characters


@transactional
def save_prepared(
    act: Act,
    *,
    name: str,
    body: str,
    language: str = "",
    team: Team | None = None,
    agent: Agent | None = None,
    archived: bool = False,
    prepared: PreparedReply | None = None,
) -> PreparedReply:
    """Make a prepared reply, or change `prepared`. Of one agent, one team, or else of the desk.

    Archived ones are no longer offered; messages still name them.
    Raises NotAllowed, Invalid (no name or text; a variable or tag that there is none of).
    """
    require(act, "ticket.note")
    rights = all_rights(act)
    if prepared is not None:
        _require_place(rights, prepared.team_id, prepared.agent_id)
    _require_place(rights, team.pk if team else None, agent.pk if agent else None)
    name, body = " ".join(name.split())[:80], body.strip()
    _check(name, body)
    made = prepared is None
    row = prepared or PreparedReply()
    old = {} if made else _values(row)
    row.name, row.body, row.language = name, body, language
    row.team, row.agent, row.archived = team, agent, archived
    row.changed_at = act.when
    row.save()
    what = "prepared.created" if made else "prepared.changed"
    thing = f"prepared:{row.pk}"
    audit(what, act.when, user_id=act.actor.id, thing=thing, old=old, new=_values(row))
    return row


def may_write(rights: Viewer, team_id: int | None, agent_id: int | None) -> bool:
    """Whether somebody may write the texts of this place. Pure."""
    if agent_id is not None:
        return agent_id == rights.user_id
    if rights.can("setup.desk"):
        return True
    return team_id is not None and team_id in rights.teams and rights.can("ticket.reply")


def _require_place(rights: Viewer, team_id: int | None, agent_id: int | None) -> None:
    if not may_write(rights, team_id, agent_id):
        raise NotAllowed(
            _("You can write texts for yourself and your teams. The desk's are an administrator's.")
        )


def _check(name: str, body: str) -> None:
    if not name:
        raise Invalid(_("A prepared reply needs a name, to find it by."), field="name")
    if not body or len(body) > LONGEST:
        raise Invalid(_("Write the text, in at most 20,000 characters."), field="body")
    faults = check(body, EXAMPLE)
    if faults:
        raise Invalid(str(TemplateFault(faults[0])), field="body")


def _values(row: PreparedReply) -> dict[str, object]:
    return {
        "name": row.name,
        "language": row.language,
        "team": row.team_id,
        "agent": row.agent_id,
        "archived": row.archived,
    }
