"""Builds the demonstration desk and lives its last sixty days in virtual time.

Everything goes through the real actions and reactions; only the network is left out: replies count
as sent, nothing leaves. All of it commits at once, so no worker ever sees half of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from ventanilla import wiring
from ventanilla.automation.actions import save_rule
from ventanilla.demo import cast
from ventanilla.demo.pictures import NAMES, picture
from ventanilla.demo.plan import SEED, Customer, Inquiry, Step, plan
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.relay import relay
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock, storage
from ventanilla.lib.html import text_to_html
from ventanilla.notifications.models import Notification
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import (
    Agent,
    Contact,
    DeskSettings,
    Organization,
    Role,
    Team,
    User,
)
from ventanilla.tickets import actions
from ventanilla.tickets.actions.fields import tag_ids
from ventanilla.tickets.actions.macros import save_macro
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import (
    Category,
    Inbox,
    Message,
    MessageKind,
    Priority,
    Read,
    Status,
    Ticket,
    Type,
)

ENDS = {
    "resolved": Status.RESOLVED,
    "pending": Status.PENDING,
    "open": Status.OPEN,
    "on_hold": Status.ON_HOLD,
}
RECENT = timedelta(days=2)  # how far back notices stay unread


@dataclass
class Built:
    """Rows that the days to come refer to, by name."""

    inbox: Inbox
    teams: dict[str, Team]
    agents: dict[int, Agent]
    categories: dict[tuple[str, str], Category]
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311


@transaction.atomic
def seed(
    now: datetime, *, tickets: int = 300, told: Callable[[int, int], None] | None = None
) -> int:
    """Fill an empty desk; returns how many tickets there are. `told` hears of the progress."""
    built = build(now)
    _rules(built, now)
    inquiries = plan(now, tickets=tickets)
    live(built, inquiries, now, told)
    DeskSettings.objects.filter(pk=1).update(demo=True)
    Notification.objects.filter(created_at__lt=now - RECENT).update(read_at=now)
    _mark_read()
    configuration_changed()
    return len(inquiries)


# -- the desk ----------------------------------------------------------------------------------
def build(now: datetime) -> Built:
    """Teams, agents, categories and the inbox, with the shop's name."""
    DeskSettings.objects.filter(pk=1).update(name=cast.COMPANY, language="es")
    teams = {
        name: Team.objects.create(name=name, hue=hue, routing=routing)
        for name, (hue, routing) in cast.TEAMS.items()
    }
    agents = {agent.pk: agent for agent in map(_agent, cast.AGENTS)}
    for agent, row in zip(agents.values(), cast.AGENTS, strict=True):
        agent.teams.set(teams[name] for name in row[2])
    categories = {}
    for parent, children in cast.CATEGORIES.items():
        above = Category.objects.create(name=parent)
        for child in children:
            categories[parent, child] = Category.objects.create(name=child, parent=above)
    inbox = Inbox.objects.create(
        name=cast.COMPANY, address=cast.ADDRESS, team=teams["Producto"], language="es"
    )
    _macros(now, {child: one.pk for (_parent, child), one in categories.items()})
    configuration_changed()
    return Built(inbox, teams, agents, categories)


def _macros(now: datetime, categories: dict[str, int]) -> None:
    act = Act.of_system(now)
    for position, (name, (texts, changes)) in enumerate(cast.MACROS.items()):
        written = (change.partition("=") for change in changes)
        named = [f"{what}={_id_of(what, value, categories)}" for what, _sign, value in written]
        save_macro(act, name=name, texts=texts, changes=named, position=position)


def _rules(built: Built, now: datetime) -> None:
    """Before its days begin, so that they act in them. By an administrator, as on any desk."""
    admin = next(one for one in built.agents.values() if one.role.key == "administrator")
    for name, (said, active) in cast.RULES.items():
        written = (change.partition("=") for change in said["changes"])
        changes = [f"{what}={_id_of(what, value, {})}" for what, _sign, value in written]
        save_rule(
            Act.of_agent(admin.pk, now), name=name, said=said | {"changes": changes}, active=active
        )


def _id_of(what: str, value: str, categories: dict[str, int]) -> int | str:
    if what == "add":
        return tag_ids([value], make=True)[0]
    return categories[value] if what == "category" else value


def _agent(row: tuple[str, str, tuple[str, ...], tuple[str, ...], int]) -> Agent:
    name, role, _teams, languages, capacity = row
    first, last = (_ascii(part) for part in name.split()[:2])
    user = User(email=f"{first}.{last}@casaolmo.example", name=name, language="es")
    user.set_unusable_password()
    user.save()
    return Agent.objects.create(
        user=user,
        role=Role.objects.get(key=role),
        capacity=capacity,
        languages=list(languages),
        signature=text_to_html(f"{name}\n{cast.COMPANY}"),
    )


def _ascii(name: str) -> str:
    return name.lower().translate(str.maketrans("áéíóúüñ", "aeiouun"))


# -- its days ----------------------------------------------------------------------------------
@dataclass(order=True)
class Turn:
    at: datetime
    order: int
    inquiry: Inquiry = field(compare=False)
    step: int = field(compare=False)


def live(
    built: Built,
    inquiries: list[Inquiry],
    now: datetime,
    told: Callable[[int, int], None] | None = None,
) -> None:
    """Let every turn happen at its time, with all that follows from it, in order."""
    turns = [
        Turn(step.at, order * 100 + n, inquiry, n)
        for order, inquiry in enumerate(inquiries)
        for n, step in enumerate(inquiry.steps)
    ]
    heapq.heapify(turns)
    total = len(turns)
    tickets: dict[int, Ticket] = {}
    while turns:
        turn = heapq.heappop(turns)
        _timers_until(turn.at)
        with clock.frozen(turn.at):
            key = id(turn.inquiry)
            tickets[key] = _happen(built, turn.inquiry, turn.step, tickets.get(key))
            _react()
        if told and not len(turns) % 50:
            told(total - len(turns), total)
    _timers_until(now)


def _timers_until(at: datetime) -> None:
    """Fire what falls due before `at`, each timer at its own time."""
    while (timer := Timer.objects.filter(due_at__lt=at).order_by("due_at").first()) is not None:
        with clock.frozen(timer.due_at):
            fire_due(timer.due_at)
            _react()


def _react() -> None:
    while relay(after=AFTER):
        pass


def _deliver(event: Event) -> None:
    """Stands where the mail goes out: the message counts as sent."""
    message = Message.objects.select_related("ticket").get(pk=event.data["message"])
    if message.delivery == "queued":
        actions.mark_sent(message, Act.of_system(clock.now()).because_of(event), attempts=1)


def _without_mail() -> dict[str, list[Callable[[Event], None]]]:
    """The house's reactions, but for those that reach the network."""
    kept = {
        kind: [consumer for consumer in consumers if ".mail." not in consumer.__module__]
        for kind, consumers in wiring.AFTER.items()
    }
    for kind in ("message.replied", "message.automatic"):
        kept[kind] = [*kept.get(kind, []), _deliver]
    return kept


AFTER = _without_mail()


# -- what happens ------------------------------------------------------------------------------
def _happen(built: Built, inquiry: Inquiry, n: int, ticket: Ticket | None) -> Ticket:
    step = inquiry.steps[n]
    if ticket is None:
        return _open(built, inquiry, step)
    ticket.refresh_from_db()
    if step.who == "C":
        return _customer_writes(inquiry, step, ticket)
    agent = _whoever_has_it(built, ticket, step.at)
    act = Act.of_agent(agent.pk, step.at)
    if step.who == "N":
        actions.note(ticket, act, content=Content(html=text_to_html(step.text)))
        if step.status == "resolved":
            actions.set_status(ticket, act, to=Status.RESOLVED)
        return ticket
    _sort(built, inquiry, ticket, act)
    actions.reply(
        ticket,
        act,
        content=Content(
            html=text_to_html(step.text),
            to=[{"name": inquiry.customer.name, "addr": inquiry.customer.email}],
            begun_at=step.at - timedelta(minutes=4),
            composing=90 + built.random.randrange(240),
        ),
        status=ENDS[step.status],
    )
    return ticket


def _open(built: Built, inquiry: Inquiry, step: Step) -> Ticket:
    story, contact = inquiry.story, _contact(inquiry.customer, step.at)
    act = Act.of_contact(contact.pk, step.at, "mail")
    if story.channel == "phone":
        team = built.teams[story.team]
        act = Act.of_agent(team.members.order_by("pk")[0].pk, step.at)
    return actions.open_ticket(
        act,
        subject=inquiry.subject,
        channel=story.channel,
        team=built.teams[story.team],
        inbox=built.inbox if story.channel == "email" else None,
        contact=contact,
        language=story.language if story.language in ("es", "en") else "es",
        type=Type(story.type),
        content=Content(
            text=step.text,
            subject=inquiry.subject,
            sender=inquiry.customer.email,
            author_name=inquiry.customer.name,
            to=[{"name": cast.COMPANY, "addr": cast.ADDRESS}],
            language=story.language,
            files=[_photo(story.picture)] if story.picture else [],
            authenticated=True,
        ),
    )


def _customer_writes(inquiry: Inquiry, step: Step, ticket: Ticket) -> Ticket:
    act = Act.of_contact(ticket.contact_id, step.at, "mail")
    actions.receive(
        ticket,
        act,
        content=Content(
            text=step.text,
            sender=inquiry.customer.email,
            author_name=inquiry.customer.name,
            to=[{"name": cast.COMPANY, "addr": cast.ADDRESS}],
            language=inquiry.story.language,
            authenticated=True,
        ),
        channel=ticket.channel,
        contact=ticket.contact,
    )
    if step.status == "resolved" and ticket.assignee_id:
        close = Act.of_agent(ticket.assignee_id, step.at + timedelta(minutes=6))
        actions.set_status(ticket, close, to=Status.RESOLVED)
    return ticket


def _sort(built: Built, inquiry: Inquiry, ticket: Ticket, act: Act) -> None:
    """What an agent does before the first answer: category, priority, tags."""
    if ticket.first_replied_at is not None:
        return
    story = inquiry.story
    category = built.categories.get((story.team, story.category))
    actions.categorise(ticket, act, to=category)
    if story.priority != Priority.NORMAL:
        actions.set_priority(ticket, act, to=Priority(story.priority))
    if story.tags:
        actions.set_tags(ticket, act, add=story.tags)


def _whoever_has_it(built: Built, ticket: Ticket, at: datetime) -> Agent:
    if ticket.assignee_id is not None:
        return built.agents[ticket.assignee_id]
    members = list(ticket.team.members.exclude(role__key="light").order_by("pk"))
    agent = built.random.choice(members)
    actions.assign(ticket, Act.of_agent(agent.pk, at), to=agent)
    return agent


def _contact(customer: Customer, at: datetime) -> Contact:
    contact = find_or_make(
        Act.of_system(at),
        kind="email",
        value=customer.email,
        name=customer.name,
        language=customer.language if customer.language in ("es", "en") else "es",
    )
    if customer.organization and contact.organization_id is None:
        firm, _made = Organization.objects.get_or_create(
            name=customer.organization,
            defaults={"domains": [cast.ORGANIZATIONS[customer.organization]], "vip": True},
        )
        contact.organization = firm
        contact.save(update_fields=["organization"])
    return contact


def _photo(kind: str) -> File:
    data, (name, content_type) = picture(kind), NAMES[kind]
    return File(storage.put(data), name, content_type, len(data))


def _mark_read() -> None:
    """Agents have seen what they have answered; what came after is bold."""
    rows = []
    tickets = Ticket.objects.exclude(assignee=None).values_list(
        "pk", "assignee_id", "last_message_id", "last_message_kind"
    )
    for pk, agent, message, kind in tickets:
        seen = 0 if kind == MessageKind.INBOUND else message or 0
        rows.append(Read(agent_id=agent, ticket_id=pk, message_id=seen))
    Read.objects.bulk_create(rows)
