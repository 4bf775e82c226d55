"""The command palette: where one can go, and the tickets and customers that a few letters find.

What one can do stands on the page already: js/palette.js takes it from the sheet of shortcuts and
the ticket's own menus.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import ICONS, SET_UP, all_teams, name_of
from ventanilla.desk.shapes import Place
from ventanilla.desk.views.answers import shown
from ventanilla.desk.views.settings.page import SECTIONS, titles
from ventanilla.people.rights import Viewer
from ventanilla.tickets import lookup, queries
from ventanilla.tickets.views_queries import Shelf

LONGEST = 80  # characters of what is looked for
MOST_RECENT = 8  # tickets opened lately


@require_GET
def palette(request: Request) -> HttpResponse:
    """Without `q` the palette itself, with `recent` tickets by number; with `q` what it finds.

    3 statements without recent tickets, 4 with them or with `q`: two of them say who asks.
    """
    words = " ".join(request.GET.get("q", "")[:LONGEST].replace("\0", "").split())
    if words:
        return shown(
            request,
            "palette/_found.html",
            tickets=lookup.tickets(words, request.viewer),
            customers=lookup.customers(words, request.viewer),
        )
    return shown(
        request,
        "palette/_palette.html",
        views=_views(request.who.shelf, request.viewer),
        pages=_pages(request.viewer),
        teams=[team for team in all_teams() if queries.may_see_team(request.viewer, team.id)],
        recent=_recent(request),
    )


def _recent(request: Request) -> list[lookup.Found]:
    """Those of the numbers given that may be seen, in the order given."""
    given = request.GET.get("recent", "").split(",")[:MOST_RECENT]
    numbers = [int(one) for one in given if one.isdecimal() and len(one) < 16]
    found = {one.number: one for one in lookup.numbered(numbers, request.viewer)}
    return [found[number] for number in numbers if number in found]


def _views(shelf: Shelf, viewer: Viewer) -> list[Place]:
    """The standard views and the saved ones, also those that the sidebar hides."""
    seen = [view for view in queries.VIEWS if queries.may_see_place(viewer, view)]
    standard = [(view, name_of(view), ICONS[view]) for view in seen]
    saved = [(slug, one.name, "bookmark") for slug, one in shelf.saved.items()]
    return [
        Place(slug, name, reverse("desk:inbox", args=[slug]), icon)
        for slug, name, icon in [*standard, *saved]
    ]


def _pages(viewer: Viewer) -> list[Place]:
    """The pages that a person with these rights may open."""
    pages = [
        ("desk:notice_list", _("Notices"), "bell", True),
        ("desk:customers", _("Customers"), "users", True),
        ("desk:me", _("Preferences"), "user", True),
        ("desk:setup", _("Set-up"), "flag", viewer.can("setup.desk")),
        ("desk:settings", _("Settings"), "settings", any(map(viewer.can, SET_UP))),
    ]
    names = titles()
    sections = [
        (url, _("Settings: %(name)s") % {"name": names[section]}, "settings", viewer.can(needed))
        for section, (url, needed) in SECTIONS.items()
    ]
    return [
        Place(url, name, reverse(url), icon) for url, name, icon, may in [*pages, *sections] if may
    ]
