"""Saving views, sharing them, and how each agent wants their own sidebar and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import Team
from ventanilla.people.rights import Viewer
from ventanilla.tickets.conditions import read, written
from ventanilla.tickets.custom import check_conditions
from ventanilla.tickets.custom_queries import definitions
from ventanilla.tickets.search.as_view import tsquery
from ventanilla.tickets.views import Column, Display, Grouping, Order, SavedView, ViewChoice

SHARE = "setup.people"  # who may make views for others
MOST_OWN = 30
ME, TEAM, DESK = "me", "team", "desk"


def may_change(view: SavedView, viewer: Viewer) -> bool:
    """One's own, and shared ones with the right to share."""
    if view.agent_id is not None:
        return view.agent_id == viewer.user_id
    return may_share(viewer, view.team_id)


def may_share(viewer: Viewer, team_id: int | None) -> bool:
    """With the whole desk (None), or a team that one sees."""
    if not viewer.can(SHARE):
        return False
    return team_id is None or viewer.visibility == "all" or team_id in viewer.teams


@transaction.atomic
def save_view(
    act: Act,
    viewer: Viewer,
    *,
    name: str,
    conditions: Any,
    order: str = Order.DUE,
    group: str = Grouping.DUE,
    columns: Sequence[str] = (),
    display: str = Display.LIST,
    query: str = "",
    share: str = ME,
    team: Team | None = None,
    view: SavedView | None = None,
) -> SavedView:
    """Make a view, or change `view`. `share` says whose it is: "me", "team" (then `team`), "desk".

    query   words that its tickets hold besides, as one types them into the search
    Raises Invalid (no name, bad conditions, too many), NotAllowed (not theirs to share or change).
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise Invalid(_("A view needs a name."), field="name")
    if share == TEAM and team is None:
        raise Invalid(_("Choose the team that the view is for."), field="team")
    _check_rights(viewer, view, share, team)
    if view is None and share == ME:
        _check_room(viewer)
    row = view or SavedView(created_by_id=viewer.user_id or None)
    row.name, row.order, row.group = name, Order(order), Grouping(group)
    row.display = Display(display)
    row.query = " ".join(query.split())
    row.words = tsquery(row.query, act.when)
    asked = read(conditions)
    check_conditions(asked, definitions())
    row.conditions = written(asked)
    row.columns = [column for column in Column.values if column in columns]
    row.agent_id = viewer.user_id if share == ME else None
    row.team = team if share == TEAM else None
    row.changed_at = act.when
    row.save()
    if share != ME:
        thing = f"view:{row.pk}"
        new = {"name": name, "team": row.team_id, "conditions": row.conditions}
        new |= {"query": row.query} if row.query else {}
        audit("view.saved", act.when, user_id=act.actor.id, thing=thing, new=new)
    return row


def _check_rights(viewer: Viewer, view: SavedView | None, share: str, team: Team | None) -> None:
    shared = share == ME or may_share(viewer, team.pk if share == TEAM and team else None)
    if not shared or (view is not None and not may_change(view, viewer)):
        raise NotAllowed(
            _("Views of a team or of the whole desk are made by who may set up agents and teams.")
        )


def _check_room(viewer: Viewer) -> None:
    if SavedView.objects.filter(agent=viewer.user_id).count() >= MOST_OWN:
        raise Invalid(_("You have %(most)s views. Remove one first.") % {"most": MOST_OWN})


@transaction.atomic
def remove_view(act: Act, viewer: Viewer, view: SavedView) -> None:
    """Raises NotAllowed."""
    _check_rights(viewer, view, ME, None)
    if view.agent_id is None:
        old = {"name": view.name, "team": view.team_id, "conditions": view.conditions}
        audit("view.removed", act.when, user_id=act.actor.id, thing=f"view:{view.pk}", old=old)
    ViewChoice.objects.filter(slug=view.slug).delete()
    view.delete()


# -- what an agent decides for themselves: nobody else sees it, so there are no events -----------
def arrange(agent_id: int, slugs: Sequence[str], hidden: Sequence[str] = ()) -> None:
    """Put the agent's views into this order; some are not shown in the sidebar. 1 statement."""
    rows = [
        ViewChoice(agent_id=agent_id, slug=slug, position=at, hidden=slug in hidden)
        for at, slug in enumerate(slugs)
    ]
    _keep(rows, ["position", "hidden"])


def choose_look(
    agent_id: int,
    slug: str,
    *,
    order: str = "",
    group: str = "",
    columns: Sequence[str] | None = None,
) -> None:
    """How the agent wants one view's list; empty and None: as the view says. 1 statement."""
    kept = None if columns is None else [one for one in Column.values if one in columns]
    row = ViewChoice(agent_id=agent_id, slug=slug, order=order, group=group, columns=kept)
    _keep([row], ["order", "group", "columns"])


def _keep(rows: list[ViewChoice], fields: list[str]) -> None:
    ViewChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["agent", "slug"], update_fields=fields
    )
