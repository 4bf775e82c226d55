"""What a role shows, whatever the role, the teams, the ticket: everywhere the same (R28, R31)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk.world import stored
from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, system
from ventanilla.automation.routing import candidates
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import NotAllowed, NotFound
from ventanilla.people.actions.roles import save_role
from ventanilla.people.models import Agent, Role, Team
from ventanilla.people.queries import forget_configuration
from ventanilla.people.rights import Viewer, may, viewer
from ventanilla.tickets import lookup, queries
from ventanilla.tickets.actions import categorise, open_ticket
from ventanilla.tickets.actions.configure import hide_branch, save_category
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Attachment, Category, Ticket
from ventanilla.tickets.queries import Day
from ventanilla.tickets.search import build, find

pytestmark = pytest.mark.django_db
DAY = Day(MONDAY_9AM, MONDAY_9AM - timedelta(hours=9), MONDAY_9AM + timedelta(hours=15))
TEAMS = ("Facturación", "Envíos", "Tienda")
SEVERAL = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Case:
    """A ticket: its team and category by place (0: no category), whether the viewer has it."""

    team: int
    category: int
    mine: bool


@dataclass(frozen=True)
class Sight:
    """A role and its holder, in the same places."""

    visibility: str
    teams: frozenset[int]
    hidden: frozenset[int]

    def covers(self, case: Case) -> bool:
        """In words: one's own; else what isn't hidden, of one's teams or of all."""
        if case.mine:
            return True
        if case.category in self.hidden:
            return False
        return self.visibility == "all" or (self.visibility == "team" and case.team in self.teams)


CASES = st.lists(
    st.builds(Case, st.integers(0, 2), st.integers(0, 2), st.booleans()), min_size=1, max_size=5
)
SIGHTS = st.builds(
    Sight,
    st.sampled_from(Role.Visibility.values),
    st.frozensets(st.integers(0, 2)),
    st.frozensets(st.integers(1, 2)),
)


@SEVERAL
@given(cases=CASES, sight=SIGHTS)
def test_every_way_to_a_ticket_gives_the_same_verdict(cases, sight):  # R28, R31
    with transaction.atomic():
        agent, tickets = _desk(cases, sight)
        who = viewer(agent.pk)
        expected = {ticket.number for ticket, case in tickets if sight.covers(case)}

        found = _ways(agent, who, [ticket for ticket, _case in tickets])

        assert found == dict.fromkeys(found, expected)
        transaction.set_rollback(True)
    forget_configuration()


def _desk(cases: list[Case], sight: Sight) -> tuple[Agent, list[tuple[Ticket, Case]]]:
    teams = [make_team(name, routing="manual") for name in TEAMS]
    categories = [None, *(Category.objects.create(name=name) for name in ("Nóminas", "Legal"))]
    role = save_role(
        system(),
        name="Alguna",
        visibility=sight.visibility,
        permissions=["ticket.note"],
        hidden=[categories[place].pk for place in sight.hidden],
    )
    agent = make_agent("Noa Gil", role=role.key, team=teams[0])
    agent.teams.set([teams[place] for place in sight.teams])
    contact = make_contact()
    tickets = [
        (_opened(teams[case.team], categories[case.category], agent, contact, case), case)
        for case in cases
    ]
    build.build([ticket.pk for ticket, _case in tickets])
    return agent, tickets


def _opened(team, category, agent, contact, case: Case) -> Ticket:
    picture = stored(b"1;2;3", "cuentas.csv", "text/csv")
    return open_ticket(
        Act.of_contact(contact.pk, MONDAY_9AM),
        subject="La mesa de roble",
        channel="email",
        team=team,
        category=category,
        assignee=agent if case.mine else None,
        contact=contact,
        content=Content(text="Se mueve.", author_name="Elena", files=[picture]),
    )


def _ways(agent: Agent, who: Viewer, tickets: list[Ticket]) -> dict[str, set[int]]:
    """The numbers that each way to tickets gives."""
    browser = Client()
    browser.force_login(agent.user)
    counted = queries.counts(who, DAY).views
    teams = Team.objects.in_bulk()
    every = {ticket.number for ticket in Ticket.objects.visible_to(who)}
    found = {
        "filter": every,
        "list": {one.number for one in queries.page("all", who, DAY).tickets},
        "count": every if counted["all"] == len(every) else {-counted["all"]},
        "search": {one.number for one in find.search("mesa", who, DAY.now.date()).tickets},
        "palette": {one.number for one in lookup.tickets("mesa", who)},
        "row": _without(NotFound, tickets, lambda one: queries.row("all", one.number, who, DAY)),
        "ticket": _without(NotFound, tickets, lambda one: queries.get(one.number, who)),
        "file": _without(NotFound, tickets, lambda one: queries.attachment(_file(one).pk, who)),
        "permission": {
            one.number
            for one in tickets
            if may(Act.of_agent(agent.pk, DAY.now), "ticket.note", one)
        },
        "live": {
            event.ticket_number
            for event in Event.objects.filter(ticket_id__in=[one.pk for one in tickets])
            if who.sees(teams=event.teams, people=event.people, categories=event.categories)
        },
        "page": {one.number for one in tickets if _opens(browser, "ticket", one.number)},
        "download": {
            one.number for one in tickets if _opens(browser, "attachment", _file(one).pk, "x.csv")
        },
    }
    for team in [pk for pk in teams if f"team-{pk}" in counted]:
        of_team = {one.number for one in tickets if one.team_id == team and one.number in every}
        slug = f"team-{team}"
        assert {one.number for one in queries.page(slug, who, DAY).tickets} == of_team
        assert counted[slug] == len(of_team)
    return found


def _without(refusal: type[Exception], tickets: list[Ticket], look) -> set[int]:
    seen = set()
    for ticket in tickets:
        try:
            look(ticket)
        except refusal:
            continue
        seen.add(ticket.number)
    return seen


def _file(ticket: Ticket) -> Attachment:
    return Attachment.objects.get(message__ticket=ticket)


def _opens(browser: Client, name: str, *args) -> bool:
    return browser.get(reverse(f"desk:{name}", args=args)).status_code == 200


# -- hidden categories -------------------------------------------------------------------------
@pytest.fixture
def payroll(db) -> Category:
    above = save_category(system(), name="Personal")
    return save_category(system(), name="Nóminas", parent=above)


def test_what_stands_below_a_hidden_category_is_hidden(payroll):
    role = Role.objects.get(key="agent")
    hide_branch(system(), payroll.parent, roles=[role])

    later = save_category(system(), name="Finiquitos", parent=payroll.parent)

    role.refresh_from_db()
    assert set(role.hidden) == {payroll.parent_id, payroll.pk, later.pk}


def test_a_category_that_is_shown_again_shows_its_branch(payroll):
    role = Role.objects.get(key="agent")
    hide_branch(system(), payroll.parent, roles=[role])

    hide_branch(system(), payroll.parent, roles=[])

    role.refresh_from_db()
    assert role.hidden == []


def test_a_ticket_that_goes_into_hiding_leaves_the_screens_of_who_saw_it(payroll):  # R31
    marta = make_agent()
    hide_branch(system(), payroll, roles=[marta.role])
    ticket = open_ticket(
        system(), subject="Mi nómina", channel="email", team=make_team(),
        contact=make_contact(), content=Content(text="Falta dinero."),
    )  # fmt: skip
    who = viewer(marta.pk)

    into = categorise(ticket, system(), to=payroll)
    then = Event.objects.create(
        kind="ticket.priority_changed", ticket_id=ticket.pk, ticket_number=ticket.number,
        seq=99, actor_kind="system", via="web", data={}, teams=[ticket.team_id],
        categories=[payroll.pk], occurred_at=MONDAY_9AM,
    )  # fmt: skip

    def hears(event: Event) -> bool:
        return who.sees(teams=event.teams, people=event.people, categories=event.categories)

    assert hears(into)
    assert not hears(then)


def test_who_may_not_see_a_category_is_given_none_of_its_tickets(payroll):
    marta = make_agent()
    assert [one.agent_id for one in candidates(make_team(), payroll.pk)] == [marta.pk]

    hide_branch(system(), payroll, roles=[marta.role])

    assert candidates(make_team(), payroll.pk) == []
    assert [one.agent_id for one in candidates(make_team())] == [marta.pk]


def test_agents_hide_nothing(payroll):  # R30
    with pytest.raises(NotAllowed):
        hide_branch(act(make_agent()), payroll, roles=[Role.objects.get(key="light")])
