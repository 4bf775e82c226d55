"""One ticket with all that stands around it: conversation, properties, customer, composer."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from ventanilla.desk import shapes
from ventanilla.desk.links import link
from ventanilla.desk.present import (
    aside,
    composers,
    custom,
    held,
    messages,
    rows,
    search,
    time_spent,
)
from ventanilla.desk.present import events as sentences
from ventanilla.desk.present.around import (
    customer,
    incidents,
    other_tickets,
    participants,
    people_of,
    tasks,
    timers,
)
from ventanilla.desk.present.menus import menus
from ventanilla.desk.reader import reader
from ventanilla.events.models import Event
from ventanilla.lib.beside import beside
from ventanilla.mail.outgoing import Progress, progress
from ventanilla.people.models import Contact
from ventanilla.people.queries import configuration
from ventanilla.people.rights import Viewer
from ventanilla.tickets import queries
from ventanilla.tickets.choices import Choices, choices
from ventanilla.tickets.custom_queries import definitions
from ventanilla.tickets.models import Attachment, Delivery, Draft, Message, Ticket
from ventanilla.tickets.rating import rated
from ventanilla.tickets.writing import HeldReply

if TYPE_CHECKING:
    from ventanilla.desk.identity import Request


UNFOLDED = 200  # messages that come at once from behind the fold


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of one ticket's page."""

    ticket: Ticket
    messages: list[Message]
    files: list[Attachment]
    events: Sequence[Event]
    contacts: list[Contact]
    others: list[Ticket]
    choices: Choices
    drafts: list[Draft]
    delayed: dict[int, Progress] = field(default_factory=dict)  # by message: mail that waits
    held: list[HeldReply] = field(default_factory=list)  # sent, and not left yet


def load(request: Request, ticket: Ticket, *, drafts: bool) -> Loaded:
    """What a ticket's page shows. 6 statements; 1 more each for drafts and for held replies."""
    viewer = request.viewer
    shown = queries.ends(ticket)
    log = queries.events(ticket, sentences.SENTENCES)
    return Loaded(
        ticket=ticket,
        messages=shown,
        files=queries.files(shown, ticket, viewer),
        events=log,
        contacts=queries.around(ticket, viewer, named=list(sentences.named_contacts(log))),
        others=queries.others(ticket, viewer),
        choices=choices(
            ticket,
            agents=sentences.named_agents(log) | people_of(ticket),
            tags=sentences.named_tags(log),
        ),
        drafts=queries.drafts(ticket, viewer) if drafts else [],
        delayed=delayed(shown),
        held=queries.held(ticket),
    )


def delayed(shown: Iterable[Message]) -> dict[int, Progress]:
    """How the mail does that waits to be sent. 1 statement; none where nothing waits."""
    waiting = [one.pk for one in shown if one.delivery == Delivery.QUEUED]
    return progress(waiting) if waiting else {}


def ticket_view(
    request: Request,
    found: Loaded,
    *,
    here: str = "",
    forward: int | None = None,
    before: str = "",
    after: str = "",
) -> shapes.TicketView:
    """What the templates show of a ticket. Asks the database nothing."""
    ticket, viewer = found.ticket, request.viewer
    names = names_of(found)
    merged = bool(getattr(ticket, "merged", False))
    still = merged or ticket.aside is not None  # nothing is changed here
    hidden = max(0, ticket.message_count - len(found.messages))
    linked, earlier = other_tickets(found.others)
    who = customer(ticket, found.contacts)
    view = shapes.TicketView(
        ticket=ticket,
        entries=entries(found, names, viewer, folded=hidden > 0),
        held=[held.shown(one, found.files, viewer) for one in found.held],
        composer=None if still else composers.for_ticket(request, found, forward=forward),
        here=here,
        hidden=hidden,
        older=_older(found.messages, ticket) if hidden else "",
        last_message=found.messages[-1].pk if found.messages else 0,
        category_name=found.choices.path(ticket.category_id),
        tag_names=[found.choices.tags[pk] for pk in ticket.tags if pk in found.choices.tags],
        rated=_rated(ticket),
        fields=custom.props(ticket, request.act.when),
        customer=who,
        participants=participants(ticket, found.contacts),
        timers=timers(ticket),
        others=earlier,
        links=linked,
        tasks=tasks(ticket, names),
        spent=time_spent.entries(ticket, names, viewer),
        spent_by=time_spent.by_agent(ticket, names),
        spent_in_all=time_spent.in_all(ticket),
        incidents=incidents(ticket, found.others),
        why=whys(found.events, names),
        may_change=viewer.can("ticket.change") and not still,
        may_reply=viewer.can("ticket.reply") and not still,
        merged=merged,
        stay=aside.stay(ticket, viewer),
        laying=aside.laying(who.address if who else "", viewer),
        merged_into=getattr(ticket, "into", None),
        before=before,
        after=after,
        back=_list_of(request, here),
    )
    return replace(view, **menus(ticket, found.choices, viewer)) if view.may_change else view


def _rated(ticket: Ticket) -> str:
    to = rated(ticket, configuration().priority_matrix)
    return str(to.label) if to is not None and to != ticket.priority else ""


def names_of(found: Loaded) -> sentences.Names:
    return sentences.Names(
        choices=found.choices,
        contacts={one.pk: one.name or _address(one) for one in found.contacts},
        tickets={one.pk: one.number for one in found.others},
    )


def entries(
    found: Loaded, names: sentences.Names, viewer: Viewer, *, folded: bool = False
) -> list[shapes.Entry]:
    """Messages, and between them what happened. Behind a fold stand the events, too."""
    waiting = deque(_lines(found.events, names))
    shown: list[shapes.Entry] = []
    for index, bubble in enumerate(_bubbles(found, viewer)):
        earlier = []
        while waiting and waiting[0].at < bubble.at:
            earlier.append(waiting.popleft())
        if earlier and not (folded and index == 1):
            shown.append(shapes.Entry(events=earlier))
        shown.append(shapes.Entry(bubble=bubble))
    if waiting:
        shown.append(shapes.Entry(events=list(waiting)))
    return shown


# Messages and events are shared by pages (`queries.ends`, `queries.events`), so what is made of one
# is made once for as long as it, and what it is shown with, stay the same.
def _lines(log: Sequence[Event], names: sentences.Names) -> Iterable[shapes.EventLine]:
    who = reader()
    given = names, who.language, who.zone, who.today, definitions()
    lines = (beside(one, "line", given, partial(sentences.line, one, names)) for one in log)
    return (line for line in lines if line is not None)


WHAT_IS_SHOWN = attrgetter("pk", "filename", "size", "content_type", "cid", "inline", "digest")


def _bubbles(found: Loaded, viewer: Viewer) -> list[shapes.Bubble]:
    ticket, language = found.ticket, reader().language
    may = messages.May(
        part=viewer.can("ticket.change")
        and not getattr(ticket, "merged", False)
        and ticket.aside is None,
        forward=viewer.can("ticket.reply") and ticket.aside is None,
        redact=viewer.can("ticket.redact"),
    )
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for one in found.files:
        files[one.message_id].append(one)
    shown = []
    for message in found.messages:
        own, mail = files.get(message.pk, ()), found.delayed.get(message.pk)
        given = tuple(map(WHAT_IS_SHOWN, own)), ticket.number, ticket.subject, mail, may, language
        make = partial(messages.bubble, message, own, ticket, may, mail)
        shown.append(beside(message, "bubble", given, make))
    return shown


def older_entries(
    request: Request, ticket: Ticket, after: int, before: int
) -> tuple[list[shapes.Entry], str]:
    """The messages behind the fold, with what happened between them; where still older ones are.

    4 statements.
    """
    hidden = queries.between(ticket, after, before, limit=UNFOLDED + 1)
    if not hidden:
        return [], ""
    further, hidden = len(hidden) > UNFOLDED, hidden[-UNFOLDED:]
    start, end = hidden[0].occurred_at, hidden[-1].occurred_at
    log = [
        event
        for event in queries.events(ticket, sentences.SENTENCES, limit=1000)
        if start <= event.occurred_at <= end
    ]
    known = choices(ticket, agents=sentences.named_agents(log), tags=sentences.named_tags(log))
    found = Loaded(ticket, hidden, queries.files(hidden, ticket, request.viewer), log,
                   [], [], known, [])  # fmt: skip
    url = _behind(ticket, after, hidden[0].pk) if further else ""
    return entries(found, names_of(found), request.viewer), url


FIELDS = {
    "ticket.priority_changed": "priority",
    "ticket.team_changed": "team",
    "ticket.assigned": "assignee",
    "ticket.category_changed": "category",
    "ticket.status_changed": "status",
}


def whys(log: Iterable[Event], names: sentences.Names) -> dict[str, str]:
    """For each field that was not set by hand: what set it, by its last event."""
    last = {FIELDS[event.kind]: event for event in log if event.kind in FIELDS}
    return {
        field: why
        for field, event in last.items()
        if event.actor_kind != "agent" and (why := sentences.why(event))
    }


def _list_of(request: Request, here: str) -> str:
    """The list beside which the ticket stands, or the first one."""
    if here == rows.SEARCH:
        return search.page_url(search.words_of(request))
    return link("desk:inbox", here) if here else link("desk:home")


def _older(shown: Sequence[Message], ticket: Ticket) -> str:
    return _behind(ticket, shown[0].pk, shown[1].pk if len(shown) > 1 else shown[0].pk)


def _behind(ticket: Ticket, after: int, before: int) -> str:
    url = link("desk:messages", ticket.number)
    return f"{url}?after={after}&before={before}"


def _address(contact: Contact) -> str:
    shown: list[dict[str, str]] = contact.identities_shown  # type: ignore[attr-defined]
    return shown[0]["value"] if shown else _("a customer")
