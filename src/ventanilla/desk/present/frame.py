"""What stands around every page: the sidebar with its views, teams and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ventanilla.desk.links import link
from ventanilla.desk.shapes import Frame, Place
from ventanilla.lib import clock
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Team
from ventanilla.people.rights import Viewer
from ventanilla.tickets import queries, views_queries
from ventanilla.tickets.choices import TeamChoice
from ventanilla.tickets.queries import Counts, Day
from ventanilla.tickets.views_queries import NO_CHOICE, Saved, Shelf

if TYPE_CHECKING:
    from ventanilla.desk.identity import Request

ICONS = {
    "mine": "user",
    "unassigned": "inbox",
    "due-today": "hourglass",
    "waiting": "pause",
    "all": "layers",
    "resolved": "circle-check",
    "spam": "ban",
    "trash": "trash-2",
}
NAMES: dict[str, Callable[[], str]] = {
    "mine": lambda: _("Assigned to me"),
    "unassigned": lambda: _("Unassigned"),
    "due-today": lambda: _("Due today"),
    "waiting": lambda: _("Waiting"),
    "all": lambda: _("All unresolved"),
    "resolved": lambda: _("Resolved"),
    "spam": lambda: pgettext("aside", "Spam"),
    "trash": lambda: pgettext("aside", "Trash"),
}
LAST = 10_000  # where a view stands that nobody has put anywhere
SET_UP = ("setup.people", "setup.inboxes", "setup.desk", "operate")


def today() -> Day:
    """This moment and the day around it, in the reader's zone."""
    now = clock.now()
    start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Day(now, start, start + timedelta(days=1))


def frame(request: Request, here: str = "") -> Frame:
    """The frame for who is signed in. 1 statement."""
    who, day, shelf = request.who, today(), request.who.shelf
    saved = [one for slug, one in shelf.saved.items() if _is_shown(slug, shelf, here)]
    counts = queries.counts(who.viewer, day, views_queries.figures(saved, who.viewer, day))
    standard = view_places(counts, who.viewer)
    views = [*standard, *(_saved_place(one, counts) for one in saved)]
    return Frame(
        desk_name=who.desk_name,
        me=who.agent,
        views=arranged(views, shelf, here),
        teams=arranged(team_places(counts.teams, who.viewer, counts), shelf, here),
        here=here,
        inbox_count=counts.views["mine"],
        last_event=who.last_event,
        notices=who.notices,
        new_url=link("desk:new_ticket") if who.viewer.can("ticket.create") else "",
        search_url=link("desk:search"),
        may_change=who.viewer.can("ticket.change"),
        views_url=link("desk:views"),
        new_view_url=link("desk:new_view"),
        customers_url=link("desk:customers"),
        settings_url=link("desk:settings") if any(map(who.viewer.can, SET_UP)) else "",
        setup_url=link("desk:setup") if who.viewer.can("setup.desk") else "",
        me_url=link("desk:me"),
        availability_url=link("desk:availability"),
        notice_list_url=link("desk:notice_list"),
        notices_url=link("desk:notices"),
        logout_url=link("desk:logout"),
        demo=who.demo,
    )


def bare_frame(desk_name: str = "Ventanilla") -> Frame:
    """For pages without sign-in and for when the database is away."""
    return Frame(desk_name=desk_name)


def view_places(counts: Counts, viewer: Viewer) -> list[Place]:
    """The standard views that the viewer may see."""
    return [
        _place(view, counts, ICONS[view], None, name_of(view))
        for view in queries.VIEWS
        if queries.may_see_place(viewer, view)
    ]


def team_places(teams: Iterable[TeamChoice], viewer: Viewer, counts: Counts) -> list[Place]:
    """The queues of the teams that the viewer may see."""
    seen = (team for team in teams if queries.may_see_team(viewer, team.id))
    return [_place(f"team-{team.id}", counts, "users", team.hue, team.name) for team in seen]


def every_place(request: Request) -> tuple[list[Place], list[Place]]:
    """All views and all teams of the agent in their order, hidden ones too; without counts."""
    shelf, nothing = request.who.shelf, Counts({}, frozenset())
    standard = view_places(nothing, request.viewer)
    views = [*standard, *(_saved_place(one, nothing) for one in shelf.saved.values())]
    teams = team_places(all_teams(), request.viewer, nothing)
    return _in_order(views, shelf), _in_order(teams, shelf)


def arranged(places: Iterable[Place], shelf: Shelf, here: str = "") -> list[Place]:
    """In the agent's order, without what they have hidden; where they are is always there."""
    return _in_order([one for one in places if _is_shown(one.slug, shelf, here)], shelf)


def _in_order(places: Iterable[Place], shelf: Shelf) -> list[Place]:
    def position(place: Place) -> int:
        chosen = shelf.choices.get(place.slug, NO_CHOICE).position
        return LAST if chosen is None else chosen

    return sorted(places, key=position)


def _is_shown(slug: str, shelf: Shelf, here: str) -> bool:
    return slug == here or not shelf.choices.get(slug, NO_CHOICE).hidden


def _saved_place(view: Saved, counts: Counts) -> Place:
    return Place(
        slug=view.slug,
        name=view.name,
        url=link("desk:inbox", view.slug),
        icon="bookmark",
        count=counts.views.get(view.slug),
    )


def place_of(view: str, frame: Frame) -> Place:
    """The sidebar's entry of a view. Raises NotFound where there is none."""
    for place in (*frame.views, *frame.teams):
        if place.slug == view:
            return place
    raise NotFound(_("There is no such view, or it isn't yours to see."))


def name_of(view: str) -> str:
    return NAMES[view]()


def all_teams() -> list[TeamChoice]:
    """Every team in use. 1 statement."""
    rows = Team.objects.filter(archived=False).order_by("name").values_list("pk", "name", "hue")
    return [TeamChoice(pk, name, hue) for pk, name, hue in rows]


def _place(view: str, counts: Counts, icon: str, hue: int | None, name: str) -> Place:
    return Place(
        slug=view,
        name=name,
        url=link("desk:inbox", view),
        icon=icon,
        hue=hue,
        count=None if view in views_queries.DONE else counts.views.get(view, 0),
        hot=view in counts.hot,
    )
