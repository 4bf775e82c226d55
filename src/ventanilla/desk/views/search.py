"""Search: what was found stands in the inbox's panes; each query is a URL."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import rows
from ventanilla.desk.present import search as present
from ventanilla.desk.present.frame import frame
from ventanilla.desk.present.ticket import load, ticket_view
from ventanilla.desk.shapes import Place
from ventanilla.desk.views.answers import opened, shown, target
from ventanilla.lib import clock
from ventanilla.tickets import queries
from ventanilla.tickets.search import find
from ventanilla.tickets.search.find import Found
from ventanilla.tickets.search.marking import pattern
from ventanilla.tickets.search.own import operators
from ventanilla.tickets.search.parse import parse
from ventanilla.tickets.search.understand import understand


@require_GET
def search(request: Request) -> HttpResponse:
    """What was found; its next page as a fragment. It announces no news."""
    part, words = target(request), present.words_of(request)
    if part == "news":
        return HttpResponse(status=204)
    query = parse(words, _today(), operators())
    missing = None
    if query.straight and query.number is not None:
        if not part and find.number_seen(query.number, request.viewer):
            return redirect("desk:ticket", query.number)
        missing = query.number
    found = _found(request, words)
    if part == "more" and found is not None:
        more, url = present.groups(found, words), present.more_url(words, found)
        return shown(request, "inbox/_more.html", more=more, more_url=url, tv=opened(request))
    context = _list(words, found, missing)
    if part == "list":
        return shown(request, "search/_list.html", **context, tv=opened(request))
    around = frame(request, rows.SEARCH)
    return shown(request, "search/page.html", **context, tv=None, frame=around)


@require_GET
def with_ticket(request: Request, number: int) -> HttpResponse:
    """A ticket beside what was found; for a click on a row, the ticket alone."""
    words = present.words_of(request)
    ticket = queries.get(number, request.viewer)
    loaded = load(request, ticket, drafts=True)
    if target(request) == "conv":
        tv = ticket_view(request, loaded, here=rows.SEARCH)
        return shown(request, "inbox/_open.html", tv=tv, frame=None)
    found = _found(request, words)
    context = _list(words, found, None)
    urls = {one.number: one.url for group in context["groups"] for one in group.rows}
    before, after = _neighbours(urls, number)
    tv = ticket_view(request, loaded, here=rows.SEARCH, before=before, after=after)
    around = frame(request, rows.SEARCH)
    return shown(request, "search/page.html", **context, tv=tv, frame=around)


@require_GET
def row(request: Request, number: int) -> HttpResponse:
    """One row of what was found, with the words marked."""
    words, today = present.words_of(request), _today()
    understood = understand(parse(words, today, operators()), request.viewer, today)
    ticket = find.one(number, request.viewer, understood.rank)
    if ticket is None:
        raise queries.missing(number)
    shape = present.row(ticket, words, pattern(understood))
    return shown(request, "inbox/_row.html", row=shape, tv=opened(request))


def _found(request: Request, words: str) -> Found | None:
    """What the words find; None where nothing was asked. 3 statements."""
    if not words:
        return None
    after = request.GET.get("after", "")[:100]
    return find.search(words, request.viewer, _today(), after=after)


def _list(words: str, found: Found | None, missing: int | None) -> dict[str, Any]:
    title = _("Results for “%(words)s”") % {"words": words} if words else _("Search")
    understood = found.understood if found else None
    return {
        "place": Place(rows.SEARCH, title, present.page_url(words), "search"),
        "words": words,
        "found": found,
        "groups": present.groups(found, words) if found else [],
        "count": present.count_of(found.count) if found and found.count else "",
        "instead": [
            (one, present.page_url(one.text), present.count_of(one.count)) for one in found.instead
        ]
        if found
        else [],
        "troubles": present.troubles(understood, missing) if understood else [],
        "customers": understood.customers if understood else [],
        "wider": present.without_operators(understood) if understood else "",
        "examples": present.examples(),
        "more_url": present.more_url(words, found) if found else "",
        "next_due": None,
    }


def _neighbours(urls: dict[int, str], number: int) -> tuple[str, str]:
    numbers = list(urls)
    if number not in urls:
        return "", ""
    at = numbers.index(number)
    before = urls[numbers[at - 1]] if at else ""
    return before, urls[numbers[at + 1]] if at + 1 < len(numbers) else ""


def _today() -> Any:
    return timezone.localtime(clock.now()).date()
