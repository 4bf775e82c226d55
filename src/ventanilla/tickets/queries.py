"""Reading tickets: lists, counts, one ticket with all that stands around it.

Whatever lists, counts or finds tickets begins with `visible_to(viewer)`. Each docstring states the
number of SQL statements; tests hold them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from ventanilla.events.models import Event, EventText
from ventanilla.lib.arrays import Among, Unseen
from ventanilla.lib.compiled import Compiled, Given, compiled
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Contact, Identity
from ventanilla.people.rights import Viewer, any_viewer
from ventanilla.tickets.counts import Counts as Counts
from ventanilla.tickets.counts import Figure
from ventanilla.tickets.counts import counts as counts
from ventanilla.tickets.day import Day as Day
from ventanilla.tickets.lists import VIEWS as VIEWS
from ventanilla.tickets.lists import for_rows as for_rows
from ventanilla.tickets.lists import in_view as in_view
from ventanilla.tickets.lists import may_see_place as may_see_place
from ventanilla.tickets.lists import may_see_team as may_see_team
from ventanilla.tickets.lists import missing
from ventanilla.tickets.lists import page as page
from ventanilla.tickets.lists import row as row
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import (
    LIVE,
    Attachment,
    Draft,
    Message,
    Participant,
    Status,
    Ticket,
    TicketLink,
    TicketQuerySet,
)
from ventanilla.tickets.writing import HeldMail, HeldReply

LAST = 20  # messages shown at the end of a conversation, beside its first
# What is shown of a message; of who wrote it, the name.
SHOWN = (
    "ticket", "kind", "channel", "author_name", "subject", "html", "text", "reply", "sender", "to",
    "cc", "bcc", "language", "auto", "verified", "defects", "raw_digest", "occurred_at",
    "delivery", "delivery_reason", "delivered_at", "forwarded",
)  # fmt: skip
SAID = ("kind", "actor_kind", "actor_id", "data", "occurred_at")  # what sentences need
OTHERS = 10  # further tickets of a customer
OTHER = ("number", "subject", "status", "last_message_at", "created_at")  # shown of each


# -- one ticket --------------------------------------------------------------------------------
def get(number: int, viewer: Viewer) -> Ticket:
    """The ticket with the rows that it points at. 1 statement. Raises NotFound.

    has_held      whether a reply waits to leave
    merged, into  whether it has gone into another, and that one's number where it may be seen
    """
    ticket = _ticket(viewer.sight).first(number=number, **viewer.given)
    if ticket is None:
        raise missing(number)
    return ticket


@cache
def _ticket(sight: str) -> Compiled[Ticket]:
    @compiled
    def asked() -> QuerySet[Ticket]:
        tickets = _reached_by(any_viewer(sight)).select_related(
            "contact__organization", "organization", "team", "assignee__user", "category", "inbox"
        )
        waiting = Exists(HeldReply.objects.filter(ticket=OuterRef("pk")))
        gone = Merge.objects.filter(source=OuterRef("pk"), undone_at=None)
        seen = gone.filter(survivor__in=_seen_by(any_viewer(sight)))
        return tickets.annotate(
            has_held=waiting,
            merged=Exists(gone),
            into=Subquery(seen.values("survivor__number")[:1]),
        ).filter(number=Given("number"))

    return asked


def message(message_id: int, viewer: Viewer) -> Message:
    """One message of a ticket that may be seen, with its ticket. 1 statement. Raises NotFound."""
    seen = _reached_by(viewer).values("pk")
    found = Message.objects.select_related("ticket", "ticket__contact")
    one = found.filter(pk=message_id, ticket__in=seen).first()
    if one is None:
        raise NotFound(_("There is no such message, or it isn't yours to see."))
    return one


def attachment(attachment_id: int, viewer: Viewer) -> Attachment:
    """A file of a visible ticket's message, or one's own upload. 1 statement. Raises NotFound."""
    own = Q(message=None, uploaded_by_id=viewer.user_id)
    shown = Q(message__ticket__in=_reached_by(viewer).values("pk"))
    one = Attachment.objects.select_related("message").filter(own | shown, pk=attachment_id).first()
    if one is None:
        raise NotFound(_("There is no such file, or it isn't yours to see."))
    return one


def ends(ticket: Ticket) -> list[Message]:
    """The first message and the last 20, in order, shared with other pages. 1 statement."""
    return _ends.shared(ticket=ticket.pk)


@compiled
def _ends() -> QuerySet[Message]:
    ids = Message.objects.filter(ticket=Given("ticket")).values("pk")
    first, last = ids.order_by("pk")[:1], ids.order_by("-pk")[:LAST]
    # one list of ids: with two, joined by OR, the database reads every message there is
    return _with_authors(Message.objects.filter(pk__in=first.union(last, all=True)))


def between(ticket: Ticket, after: int, before: int, limit: int = 50) -> list[Message]:
    """The last `limit` messages between two ids, in order. 1 statement."""
    inside = Message.objects.filter(ticket=ticket, pk__gt=after, pk__lt=before)
    last = inside.order_by("-pk").values("pk")[:limit]
    return list(_with_authors(Message.objects.filter(pk__in=last)))


def files(messages: Sequence[Message], ticket: Ticket, viewer: Viewer) -> list[Attachment]:
    """The files of these messages, and what the agent has uploaded here; shared. 1 statement."""
    shown = [one.pk for one in messages]
    return _files.shared(messages=shown, ticket=ticket.pk, me=viewer.user_id)


@compiled
def _files() -> QuerySet[Attachment]:
    unused = Q(ticket=Given("ticket")) | Q(ticket=None)
    waiting = Q(message=None, uploaded_by_id=Given("me")) & unused
    shown = Q(Among("message_id", Given("messages")))
    return Attachment.objects.filter(shown | waiting).order_by("pk")


def events(ticket: Ticket, kinds: Iterable[str], *, limit: int = 200) -> Sequence[Event]:
    """The newest events of these kinds, in order, each with `words`; shared. 1 statement.

    words   its erasable texts: [{"field", "text"}]
    """
    return _events(limit).shared(ticket=ticket.pk, kinds=list(kinds))[::-1]


@cache
def _events(limit: int) -> Compiled[Event]:
    @compiled
    def asked() -> QuerySet[Event]:
        texts = EventText.objects.filter(event=OuterRef("pk")).order_by("field")
        found = Event.objects.filter(Among("kind", Given("kinds")), ticket_id=Given("ticket"))
        words = ArraySubquery(texts.values(one=JSONObject(field="field", text="text")))
        return found.only(*SAID).order_by("-seq").annotate(words=words)[:limit]

    return asked


def drafts(ticket: Ticket | None, viewer: Viewer) -> list[Draft]:
    """What the agent has begun to write here. 1 statement."""
    if ticket is None:
        return list(Draft.objects.filter(agent_id=viewer.user_id, ticket=None))
    return _drafts.all(me=viewer.user_id, ticket=ticket.pk)


@compiled
def _drafts() -> QuerySet[Draft]:
    return Draft.objects.filter(agent_id=Given("me"), ticket=Given("ticket"))


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
    given = [pk for pk in (ticket.contact_id, *named) if pk]
    return _around(viewer.sight).all(ticket=ticket.pk, named=given, **viewer.given)


@cache
def _around(sight: str) -> Compiled[Contact]:
    taking_part = Participant.objects.filter(ticket=Given("ticket"))
    theirs = _seen_by(any_viewer(sight)).filter(contact=OuterRef("pk"))
    identities = Identity.objects.filter(contact=OuterRef("pk")).order_by("pk")

    @compiled
    def asked() -> QuerySet[Contact]:
        named = Contact.objects.filter(Among("pk", Unseen(Given("named")))).values("pk")
        wanted = taking_part.values("contact").union(named, all=True)
        return Contact.objects.filter(pk__in=wanted).annotate(
            identities_shown=ArraySubquery(
                identities.values(one=JSONObject(kind="kind", value="value"))
            ),
            takes_part=Exists(taking_part.filter(contact=OuterRef("pk"))),
            tickets_seen=Figure(theirs),
            tickets_live=Figure(theirs.filter(status__lt=LIVE)),
        )

    return asked


def others(ticket: Ticket, viewer: Viewer) -> list[Ticket]:
    """The customer's other tickets and the linked ones, newest first, each with `how`. 1 statement.

    how         a `TicketLink.How`; None: only the same customer
    links_here  the id of the ticket that the link points to
    """
    asked = _others(viewer.sight)
    return asked.all(ticket=ticket.pk, contact=ticket.contact_id, **viewer.given)


@cache
def _others(sight: str) -> Compiled[Ticket]:
    here = Given("ticket")

    @compiled
    def asked() -> QuerySet[Ticket]:
        ids = TicketLink.objects.filter(ticket=here).values("other")
        theirs = Ticket.objects.filter(contact=Given("contact")).order_by("-id")
        ids = ids.union(
            TicketLink.objects.filter(other=here).values("ticket"),
            theirs.values("pk")[: OTHERS + 1],
            all=True,
        )
        how = TicketLink.objects.filter(
            Q(ticket=here, other=OuterRef("pk")) | Q(other=here, ticket=OuterRef("pk"))
        ).order_by("pk")
        seen = _reached_by(any_viewer(sight)).filter(pk__in=ids).exclude(pk=here)
        # what is linked stays so in the trash: a follow-up says of what
        found = seen.filter(Q(aside=None) | Exists(how)).annotate(
            how=Subquery(how.values("how")[:1]),
            links_here=Subquery(how.values("other_id")[:1]),
        )
        return found.only(*OTHER).order_by("-id")[: OTHERS * 2]

    return asked


def open_incidents(ticket: Ticket, viewer: Viewer) -> TicketQuerySet:
    """A problem's incidents that nobody has resolved."""
    ids = TicketLink.objects.filter(other=ticket, how=TicketLink.How.INCIDENT).values("ticket")
    return _seen_by(viewer).filter(pk__in=ids, status__lt=Status.RESOLVED)


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
    seen = _reached_by(viewer).values("pk")
    return own.filter(ticket__in=seen).select_related("ticket").first()


def held_mails(viewer: Viewer) -> list[HeldMail]:
    """The viewer's own mails that wait to leave and begin a ticket. 1 statement."""
    own = HeldMail.objects.filter(agent_id=viewer.user_id, ticket=None)
    return list(own.select_related("agent__user").order_by("due_at"))


def held_mail(pk: int, viewer: Viewer) -> HeldMail | None:
    """A mail of the viewer's own that waits, or has left as `ticket` lately. 1 statement."""
    own = HeldMail.objects.filter(pk=pk, agent_id=viewer.user_id)
    return own.select_related("agent__user", "ticket").first()


# -- parts -------------------------------------------------------------------------------------
def _seen_by(viewer: Viewer) -> TicketQuerySet:
    return Ticket.objects.visible_to(viewer)


def _reached_by(viewer: Viewer) -> TicketQuerySet:
    """With what is spam or in the trash: by its number one still comes to it."""
    return Ticket.objects.visible_to(viewer, anywhere=True)


def _with_authors(messages: QuerySet[Message]) -> QuerySet[Message]:
    shown = messages.only(*SHOWN, "agent__user__name", "contact__name")
    return shown.select_related("agent__user", "contact").order_by("pk")
