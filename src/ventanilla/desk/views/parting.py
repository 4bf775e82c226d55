"""Splitting a ticket, and moving messages to another: a page to choose, to confirm, and to undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.forms import StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.links import link
from ventanilla.desk.present.frame import frame
from ventanilla.desk.present.messages import author
from ventanilla.desk.views.answers import SeeOther, posted, shown
from ventanilla.desk.views.merging import other_ticket
from ventanilla.desk.views.problems import is_partial
from ventanilla.lib.fold import snippet
from ventanilla.lib.problems import Invalid, NotFound, Problem
from ventanilla.tickets import actions, lookup, moving_queries, queries
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.moving import WITHIN, Transfer

MOST = 500  # that are moved at once


class MessagesField(forms.TypedMultipleChoiceField):
    """Ids of messages; whether they are the ticket's the action checks."""

    def __init__(self) -> None:
        super().__init__(coerce=int, required=False, label=gettext_lazy("Messages"))

    def valid_value(self, value: str) -> bool:
        return value.isdecimal() and len(value) < 19


class PartingForm(StrictForm):
    messages = MessagesField()
    other = forms.IntegerField(min_value=1, required=False, label=gettext_lazy("Ticket"))
    subject = forms.CharField(max_length=400, required=False, label=gettext_lazy("Subject"))
    join = forms.BooleanField(required=False)


@dataclass(frozen=True, slots=True)
class Line:
    """A message to be ticked."""

    id: int
    author: str
    at: datetime
    kind: int
    text: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A split or a move as its page shows it."""

    number: int  # of the other ticket
    subject: str
    words: str
    undo: str  # URL; empty when it is too late, or not theirs


@require_http_methods(["GET", "HEAD", "POST"])
def parting(request: Request, number: int) -> HttpResponse:
    ticket = queries.get(number, request.viewer)
    if request.method == "POST":
        return _part(request, ticket)
    return _page(request, ticket, _ticked(request, ticket))


def _part(request: Request, ticket: Ticket) -> HttpResponse:
    values = posted(request, PartingForm)
    messages = values["messages"][:MOST]
    try:
        if values["other"]:
            to = other_ticket(request, values["other"])
            made = actions.move_messages(
                ticket, request.act, messages=messages, to=to, join=values["join"]
            )
        else:
            made = actions.split(
                ticket,
                request.act,
                messages=messages,
                subject=values["subject"],
                join=values["join"],
            )
    except Problem as problem:
        if problem.status not in (409, 422):
            raise
        return _page(request, ticket, messages, problem, other=values["other"])
    return SeeOther(f"{link('desk:ticket', made.target.number)}?parted={made.pk}")


def just_parted(request: Request) -> dict[str, object]:
    """What the page says of the messages that it just got: a toast with Undo, or nothing."""
    given = request.GET.get("parted", "")
    known = given.isdecimal() and len(given) < 19
    found = moving_queries.transfer(int(given), request.viewer) if known else None
    if found is None or found.undone_at is not None or not _can_undo(request, found):
        return {}
    count = len(found.kept["messages"])
    told = ngettext(
        "%(count)s message came from #%(number)s", "%(count)s messages came from #%(number)s", count
    ) % {"count": count, "number": found.source.number}
    undo = {"label": _("Undo"), "post": link("desk:parting_undo", found.pk), "key": "Z"}
    return {"told": told, "told_action": undo}


@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Undo a split or a move; then the ticket is shown that has its messages again."""
    posted(request, StrictForm)
    found = moving_queries.transfer(pk, request.viewer)
    if found is None:
        raise NotFound(_("There is no such move, or you may not see its tickets."))
    actions.give_back(found, request.act)
    url = link("desk:ticket", found.source.number)
    if is_partial(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return SeeOther(url)


# -- the page ----------------------------------------------------------------------------------
def _ticked(request: Request, ticket: Ticket) -> list[int]:
    """The messages that the address names; with `following`, and all after the first."""
    given = [one for one in request.GET.getlist("messages") if one.isdecimal() and len(one) < 19]
    ids = [int(one) for one in given][:MOST]
    if ids and "following" in request.GET:
        later = ticket.messages.filter(pk__gt=min(ids)).order_by("pk")
        ids = [min(ids), *later.values_list("pk", flat=True)[:MOST]]
    return ids


def _page(
    request: Request,
    ticket: Ticket,
    ticked: Sequence[int],
    problem: Problem | None = None,
    *,
    other: int | None = None,
) -> HttpResponse:
    asked = request.GET if request.method != "POST" else {}
    words = str(asked.get("q", "")).replace("\0", "")[:200].strip()
    into = str(asked.get("into", ""))
    target = None
    if into.isdecimal() and len(into) < 16:
        try:
            target = other_ticket(request, int(into))
        except Invalid as refusal:
            problem = refusal
    if into and not ticked:
        problem = Invalid(_("No message is ticked. Choose at least one."), field="messages")
    found = lookup.tickets(words, request.viewer) if words else _likely(request, ticket)
    standing = moving_queries.standing(ticket, request.viewer)
    confirm = bool(ticked) and not problem and (target is not None or into == "new")
    return shown(
        request,
        "ticket/parting.html",
        problem.status if problem else 200,
        frame=frame(request),
        ticket=ticket,
        lines=_lines(ticket, ticked),
        ticked=ticked,
        first=min(ticked, default=None),
        query=urlencode({"messages": list(ticked)}, doseq=True),
        words=words,
        found=[one for one in found if one.number != ticket.number],
        confirm=confirm,
        other=target,
        made=[_shown(request, one, ticket) for one in standing],
        may=request.viewer.can("ticket.change"),
        merged=bool(getattr(ticket, "merged", False)),
        problem=problem,
    )


def _likely(request: Request, ticket: Ticket) -> list[lookup.Found]:
    """The linked tickets, and the same customer's."""
    name = ticket.contact.name if ticket.contact else ""
    others = [one for one in queries.others(ticket, request.viewer) if one.is_unresolved]
    return [lookup.Found(one.number, one.subject, one.status, name) for one in others]


def _lines(ticket: Ticket, ticked: Sequence[int]) -> list[Line]:
    """The messages to choose from, in order. 1 statement."""
    return [
        Line(
            id=one.pk,
            author=author(one),
            at=one.occurred_at,
            kind=one.kind,
            text=snippet(one.reply or one.subject, 160),
            ticked=one.pk in ticked,
        )
        for one in moving_queries.to_choose(ticket, ticked)
    ]


def _shown(request: Request, made: Transfer, ticket: Ticket) -> Shown:
    left = made.source_id == ticket.pk
    other, count = made.target if left else made.source, len(made.kept["messages"])
    if left:
        words = ngettext("%(count)s message went to", "%(count)s messages went to", count)
    else:
        words = ngettext("%(count)s message came from", "%(count)s messages came from", count)
    undo = link("desk:parting_undo", made.pk) if _can_undo(request, made) else ""
    return Shown(other.number, other.subject, words % {"count": count}, undo)


def _can_undo(request: Request, made: Transfer) -> bool:
    return request.act.when - made.moved_at <= WITHIN and request.viewer.can("ticket.change")
