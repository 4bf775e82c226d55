"""Merging a ticket into another: a page that finds it, says what will happen, and undoes it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.tickets import actions, lookup, queries
from ventanilla.tickets.merging import WITHIN, Merge
from ventanilla.tickets.models import Ticket


class MergeForm(StrictForm):
    other = forms.IntegerField(min_value=1, label=gettext_lazy("Ticket"))
    join = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """A merge as its page shows it."""

    number: int
    subject: str
    outwards: bool  # this ticket went into that one
    undo: str  # URL; empty when it is too late, or not theirs


@require_http_methods(["GET", "HEAD", "POST"])
def merging(request: Request, number: int) -> HttpResponse:
    ticket = queries.get(number, request.viewer)
    if request.method == "POST":
        return _merge(request, ticket)
    return _page(request, ticket)


def _merge(request: Request, ticket: Ticket) -> HttpResponse:
    try:
        values = posted(request, MergeForm)
        other = other_ticket(request, values["other"])
        made = actions.merge(ticket, request.act, into=other, join=values["join"])
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _page(request, ticket, problem)
    told = f"?merged={made.pk}" if made else ""
    return SeeOther(link("desk:ticket", other.number) + told)


def just_merged(request: Request) -> dict[str, object]:
    """What the survivor's page says of the merge that led to it: a toast with Undo, or nothing."""
    given = request.GET.get("merged", "")
    found = _merge_seen(request, int(given)) if given.isdecimal() and len(given) < 19 else None
    if found is None or found.undone_at is not None or not _can_undo(request, found):
        return {}
    told = _("#%(number)s was merged into this ticket") % {"number": found.source.number}
    undo = {"label": _("Undo"), "post": link("desk:merge_undo", found.pk), "key": "Z"}
    return {"told": told, "told_action": undo}


def _merge_seen(request: Request, pk: int) -> Merge | None:
    seen = Ticket.objects.visible_to(request.viewer)
    asked = Merge.objects.filter(pk=pk, source__in=seen, survivor__in=seen)
    return asked.select_related("source", "survivor").first()


def other_ticket(request: Request, number: int) -> Ticket:
    """A ticket that is named in a form. Raises Invalid where it may not be seen."""
    try:
        return queries.get(number, request.viewer)
    except NotFound:
        raise Invalid(
            _("There is no ticket #%(number)s that you may see.") % {"number": number},
            field="other",
        ) from None


def _page(request: Request, ticket: Ticket, problem: Problem | None = None) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "")[:200].strip()
    given = request.GET.get("other", "")
    other = None
    if given.isdecimal() and len(given) < 16 and int(given) != ticket.number:
        try:
            other = other_ticket(request, int(given))
        except Invalid as refusal:
            problem = refusal
    found = lookup.tickets(words, request.viewer) if words else _likely(request, ticket)
    return shown(
        request,
        "ticket/merging.html",
        problem.status if problem else 200,
        frame=frame(request),
        ticket=ticket,
        words=words,
        found=[one for one in found if one.number != ticket.number],
        other=other,
        merges=_merges(request, ticket),
        may=request.viewer.can("ticket.change"),
        problem=problem,
    )


def _likely(request: Request, ticket: Ticket) -> list[lookup.Found]:
    """The same customer's unresolved tickets, and the linked ones."""
    name = ticket.contact.name if ticket.contact else ""
    others = [one for one in queries.others(ticket, request.viewer) if one.is_unresolved]
    return [lookup.Found(one.number, one.subject, one.status, name) for one in others]


def _merges(request: Request, ticket: Ticket) -> list[Shown]:
    """Merges that stand, of this ticket into another and of others into it; only those seen."""
    standing = Merge.objects.filter(undone_at=None).select_related("source", "survivor")
    seen = Ticket.objects.visible_to(request.viewer)
    into = standing.filter(source=ticket, survivor__in=seen)
    out = standing.filter(survivor=ticket, source__in=seen)
    return [
        Shown(
            number=(one.survivor if one.source_id == ticket.pk else one.source).number,
            subject=(one.survivor if one.source_id == ticket.pk else one.source).subject,
            outwards=one.source_id == ticket.pk,
            undo=link("desk:merge_undo", one.pk) if _can_undo(request, one) else "",
        )
        for one in [*into, *out.order_by("-pk")]
    ]


def _can_undo(request: Request, merge: Merge) -> bool:
    fresh = request.act.when - merge.merged_at <= WITHIN and not merge.undoes_split
    return fresh and request.viewer.can("ticket.change")


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Undo a merge; then the ticket that is itself again is shown."""
    posted(request, StrictForm)
    merge = _merge_seen(request, pk)
    if merge is None:
        raise NotFound(_("There is no such merge, or you may not see its tickets."))
    actions.unmerge(merge, request.act)
    url = link("desk:ticket", merge.source.number)
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)
