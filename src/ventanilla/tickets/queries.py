"""Reading tickets: lists, counts, one ticket with all that stands around it.

Whatever lists, counts or finds tickets begins with `visible_to(viewer)`. Each docstring states the
number of SQL statements; tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from ventanilla.events.models import Event, EventText
from ventanilla.lib.literal import Literal
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Contact, Identity
from ventanilla.people.rights import Viewer
from ventanilla.tickets.counts import Counts as Counts
from ventanilla.tickets.counts import Figure
from ventanilla.tickets.counts import counts as counts
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import (
    DUE,
    LIVE,
    SECTION,
    Attachment,
    Draft,
    Message,
    Read,
    Status,
    Tag,
    Ticket,
    TicketLink,
    TicketQuerySet,
)
from ventanilla.tickets.paging import Page, in_pages
from ventanilla.tickets.views import Column, Order
from ventanilla.tickets.views_queries import Shelf, number_of, saved_view, tickets_of
from ventanilla.tickets.writing import HeldReply

LAST = 20  # messages shown at the end of a conversation, beside its first
OTHERS = 10  # further tickets of a customer
SECTIONS = tuple(map(Literal, (Status.OPEN, Status.PENDING, Status.ON_HOLD)))
VIEWS = ("mine", "unassigned", "due-today", "waiting", "all", "resolved")


# -- lists -------------------------------------------------------------------------------------
def in_view(view: str, viewer: Viewer, day: Day, shelf: Shelf | None = None) -> QuerySet[Ticket]:
    """The tickets of a standard view, a saved one ("view-7") or a team's queue ("team-3").

    1 statement for a saved view that is not on the shelf, else none. Raises NotFound.
    """
    saved = number_of(view)
    if saved is not None:
        known = shelf.saved.get(view) if shelf else None
        return tickets_of((known or saved_view(saved, viewer)).conditions, viewer, day)
    seen = _seen_by(viewer)
    if view == "mine":
        mine = seen.filter(assignee_id=viewer.user_id, status__lt=Literal(Status.CLOSED))
        return mine.filter(Q(status__lt=LIVE) | Q(resolved_at__gte=day.start))
    if view == "resolved":
        return seen.filter(status__gte=LIVE)
    live = seen.filter(status__lt=LIVE)
    if view == "all":
        return live
    if view == "unassigned":
        return live.filter(assignee=None)
    if view == "waiting":
        return live.alias(section=SECTION).filter(section__gte=Literal(Status.PENDING))
    if view == "due-today":
        # the section written out lets the index be asked for each of its parts
        due = live.alias(section=SECTION, due=DUE).filter(section__in=SECTIONS, due__lt=day.end)
        return due.filter(clock_paused=False)
    team = _team_of(view)
    if team is None or not may_see_team(viewer, team):
        raise NotFound(_("There is no such view, or it isn't yours to see."))
    return live.filter(team_id=team)


def may_see_team(viewer: Viewer, team_id: int) -> bool:
    """Whether a team's queue is shown: to its members, and to who sees all."""
    if viewer.visibility == "all":
        return True
    return viewer.visibility == "team" and team_id in viewer.teams


def page(
    view: str, viewer: Viewer, day: Day, *, after: str = "", shelf: Shelf | None = None
) -> Page:
    """A page of a view in the order that the agent wants it; by itself what is due first.

    shelf   the agent's views and choices; without it each view is as it is by itself
    Each ticket has `read_up_to` (a message id, None if never read), `has_draft` and
    `contact_address` of the looking agent. 1 statement. Raises NotFound, Invalid (`after`).
    """
    shelf = shelf or Shelf()
    tickets = for_rows(in_view(view, viewer, day, shelf), viewer, shelf.columns(view))
    return in_pages(tickets, Order(shelf.order(view)), after)


def row(
    view: str, number: int, viewer: Viewer, day: Day, columns: Sequence[str] = ()
) -> tuple[Ticket, bool]:
    """One ticket as `page` gives it, and whether it belongs to the view.

    1 statement, 2 for a saved view.
    """
    belongs = Exists(in_view(view, viewer, day).filter(pk=OuterRef("pk")))
    tickets = for_rows(_seen_by(viewer), viewer, columns).annotate(belongs=belongs)
    ticket = tickets.filter(number=number).first()
    if ticket is None:
        raise missing(number)
    return ticket, ticket.belongs


# What a row shows; the other half of a ticket's columns would be read for nothing.
ROW = (
    "number", "subject", "status", "priority", "channel", "language", "snippet", "created_at",
    "updated_at", "last_message_at", "last_message_id", "due_at", "due_metric", "due_warn_at",
    "clock_paused", "hold_until", "waiting_since", "contact__name",
)  # fmt: skip


class _Among(Func):
    """One value is in an array."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = BooleanField()


# What a column needs besides: the rows that are joined, and their columns.
JOINED = {
    Column.ASSIGNEE: ("assignee__user", "assignee__user__name"),
    Column.TEAM: ("team", "team__name"),
    Column.CATEGORY: ("category", "category__name"),
    Column.ORGANIZATION: ("organization", "organization__name"),
}


def for_rows(
    tickets: QuerySet[Ticket], viewer: Viewer, columns: Sequence[str] = ()
) -> QuerySet[Ticket]:
    """The tickets with what a row shows, and with what these columns do."""
    mine = {"agent_id": viewer.user_id, "ticket": OuterRef("pk")}
    joined = [JOINED[Column(one)] for one in columns if one in JOINED]
    if Column.TAGS in columns:
        names = Tag.objects.filter(_Among(F("pk"), OuterRef("tags"))).order_by("name")
        tickets = tickets.annotate(tag_names=ArraySubquery(names.values("name")))
    return (
        tickets.select_related("contact", *(table for table, _name in joined))
        .only(*ROW, *(name for _table, name in joined))
        .annotate(
            read_up_to=Subquery(Read.objects.filter(**mine).values("message_id")[:1]),
            has_draft=Exists(Draft.objects.filter(**mine)),
            contact_address=Subquery(_first_address(OuterRef("contact"))),
        )
    )


# -- one ticket --------------------------------------------------------------------------------
def get(number: int, viewer: Viewer) -> Ticket:
    """The ticket with the rows that it points at, and `has_held`: whether a reply waits to leave.

    1 statement. Raises NotFound.
    """
    tickets = _seen_by(viewer).select_related(
        "contact__organization", "organization", "team", "assignee__user", "category", "inbox"
    )
    waiting = Exists(HeldReply.objects.filter(ticket=OuterRef("pk")))
    ticket = tickets.annotate(has_held=waiting).filter(number=number).first()
    if ticket is None:
        raise missing(number)
    return ticket


def message(message_id: int, viewer: Viewer) -> Message:
    """One message of a ticket that may be seen, with its ticket. 1 statement. Raises NotFound."""
    seen = _seen_by(viewer).values("pk")
    found = Message.objects.select_related("ticket", "ticket__contact")
    one = found.filter(pk=message_id, ticket__in=seen).first()
    if one is None:
        raise NotFound(_("There is no such message, or it isn't yours to see."))
    return one


def attachment(attachment_id: int, viewer: Viewer) -> Attachment:
    """A file of a visible ticket's message, or one's own upload. 1 statement. Raises NotFound."""
    own = Q(message=None, uploaded_by_id=viewer.user_id)
    shown = Q(message__ticket__in=_seen_by(viewer).values("pk"))
    one = Attachment.objects.select_related("message").filter(own | shown, pk=attachment_id).first()
    if one is None:
        raise NotFound(_("There is no such file, or it isn't yours to see."))
    return one


def ends(ticket: Ticket) -> list[Message]:
    """The first message and the last 20, in order. 1 statement."""
    ids = Message.objects.filter(ticket=ticket).values("pk")
    first, last = ids.order_by("pk")[:1], ids.order_by("-pk")[:LAST]
    # one list of ids: with two, joined by OR, the database reads every message there is
    return _with_authors(Message.objects.filter(pk__in=first.union(last, all=True)))


def between(ticket: Ticket, after: int, before: int, limit: int = 50) -> list[Message]:
    """The last `limit` messages between two ids, in order. 1 statement."""
    inside = Message.objects.filter(ticket=ticket, pk__gt=after, pk__lt=before)
    return _with_authors(Message.objects.filter(pk__in=inside.order_by("-pk").values("pk")[:limit]))


def files(messages: Sequence[Message], ticket: Ticket, viewer: Viewer) -> list[Attachment]:
    """The files of these messages, and those that the agent has uploaded here. 1 statement."""
    unused = Q(ticket=ticket) | Q(ticket=None)
    waiting = Q(message=None, uploaded_by_id=viewer.user_id) & unused
    shown = Q(message__in=[one.pk for one in messages])
    return list(Attachment.objects.filter(shown | waiting).order_by("pk"))


def events(ticket: Ticket, kinds: Iterable[str], *, limit: int = 200) -> Sequence[Event]:
    """The newest events of these kinds, in order, each with `words`. 1 statement.

    words   its erasable texts: [{"field", "text"}]
    """
    texts = EventText.objects.filter(event=OuterRef("pk")).order_by("field")
    found = Event.objects.filter(ticket_id=ticket.pk, kind__in=list(kinds)).order_by("-seq")
    words = ArraySubquery(texts.values(one=JSONObject(field="field", text="text")))
    return list(found.annotate(words=words)[:limit])[::-1]


def drafts(ticket: Ticket | None, viewer: Viewer) -> list[Draft]:
    """What the agent has begun to write here. 1 statement."""
    return list(Draft.objects.filter(agent_id=viewer.user_id, ticket=ticket))


def uploads(ticket: Ticket | None, viewer: Viewer) -> list[Attachment]:
    """The agent's files that no message here has taken yet. 1 statement."""
    mine = Attachment.objects.filter(message=None, uploaded_by_id=viewer.user_id)
    return list(mine.filter(Q(ticket=ticket) | Q(ticket=None)).order_by("pk"))


def addresses(words: str, viewer: Viewer) -> list[dict[str, str]]:
    """At most ten e-mail addresses of customers by parts of name or address. 1 statement.

    Of customers whose tickets the viewer may see, or who have none.
    """
    seen = _seen_by(viewer).filter(contact=OuterRef("contact"))
    any_ticket = Ticket.objects.filter(contact=OuterRef("contact"))
    named = Q(value__icontains=words) | Q(contact__name__icontains=words)
    found = Identity.objects.filter(named, Exists(seen) | ~Exists(any_ticket), kind="email")
    rows = found.order_by("contact__name", "value").values_list("contact__name", "value")
    return [{"name": name, "addr": address} for name, address in rows[:10]]


def around(ticket: Ticket, viewer: Viewer, *, named: Sequence[int] = ()) -> list[Contact]:
    """The contact, the participants, and contacts by id. 1 statement.

    Each has `identities_shown` ([{"kind", "value"}]), `takes_part`, and `tickets_seen` and
    `tickets_live`: how many of their tickets the viewer may see, CAP + 1 at most.
    """
    takes_part = Exists(ticket.participants.filter(contact=OuterRef("pk")))
    theirs = _seen_by(viewer).filter(contact=OuterRef("pk"))
    identities = Identity.objects.filter(contact=OuterRef("pk")).order_by("pk")
    given = [pk for pk in (ticket.contact_id, *named) if pk]
    wanted = ticket.participants.values("contact")
    wanted = wanted.union(Contact.objects.filter(pk__in=given).values("pk"), all=True)
    contacts = Contact.objects.filter(pk__in=wanted)
    return list(
        contacts.annotate(
            identities_shown=ArraySubquery(
                identities.values(one=JSONObject(kind="kind", value="value"))
            ),
            takes_part=takes_part,
            tickets_seen=Figure(theirs),
            tickets_live=Figure(theirs.filter(status__lt=LIVE)),
        )
    )


def others(ticket: Ticket, viewer: Viewer) -> list[Ticket]:
    """The customer's other tickets and the linked ones, newest first, each with `how`. 1 statement.

    how   "perhaps", "follow_up" or "related" as in `TicketLink`; None: only the same customer
    """
    here = TicketLink.objects.filter(ticket=ticket)
    there = TicketLink.objects.filter(other=ticket)
    ids = here.values("other").union(there.values("ticket"), all=True)
    if ticket.contact_id:
        theirs = Ticket.objects.filter(contact=ticket.contact_id).order_by("-id")
        ids = ids.union(theirs.values("pk")[: OTHERS + 1], all=True)
    how = TicketLink.objects.filter(
        Q(ticket=ticket, other=OuterRef("pk")) | Q(other=ticket, ticket=OuterRef("pk"))
    )
    seen = _seen_by(viewer).filter(pk__in=ids).exclude(pk=ticket.pk)
    return list(seen.annotate(how=Subquery(how.values("how")[:1])).order_by("-id")[: OTHERS * 2])


def held(ticket: Ticket) -> list[HeldReply]:
    """Replies that wait to leave, each with its author. 1 statement; none where `has_held` says so.

    Whoever sees the ticket sees them: nobody answers twice.
    """
    if not getattr(ticket, "has_held", True):
        return []
    waiting = HeldReply.objects.filter(ticket=ticket).select_related("agent__user")
    return list(waiting.order_by("pk"))


def held_reply(pk: int, viewer: Viewer) -> HeldReply | None:
    """A reply of the viewer's own that waits, with its ticket. 1 statement."""
    own = HeldReply.objects.filter(pk=pk, agent_id=viewer.user_id)
    return own.filter(ticket__in=_seen_by(viewer).values("pk")).select_related("ticket").first()


def missing(number: int) -> NotFound:
    return NotFound(
        _("There is no ticket #%(number)s, or it isn't yours to see.") % {"number": number}
    )


# -- parts -------------------------------------------------------------------------------------
def _seen_by(viewer: Viewer) -> TicketQuerySet:
    return Ticket.objects.visible_to(viewer)


def _with_authors(messages: QuerySet[Message]) -> list[Message]:
    return list(messages.select_related("agent__user", "contact").order_by("pk"))


def _first_address(contact: OuterRef) -> QuerySet[Any]:
    addresses = Identity.objects.filter(contact=contact).order_by("pk")
    return addresses.values("value")[:1]


def _team_of(view: str) -> int | None:
    key, _dash, number = view.partition("-")
    return int(number) if key == "team" and number.isdecimal() and len(number) < 10 else None
