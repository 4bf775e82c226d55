"""Two customers who are one person: everything changes hands, and comes back exactly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Invalid, NotAllowed
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.actions.customer import add_point, change_contact
from ventanilla.people.models import AuditEntry, Contact, Organization
from ventanilla.tickets import actions, contact_merging
from ventanilla.tickets.actions.merge_contacts import (
    CantPart,
    follow,
    merge_contacts,
    organization_follows,
    part,
)
from ventanilla.tickets.models import Message, Participant, Ticket

pytestmark = pytest.mark.django_db
LATER = MONDAY_9AM + timedelta(hours=1)
TABLES = (
    "people.Contact", "people.Identity", "tickets.Ticket", "tickets.Message",
    "tickets.Participant",
)  # fmt: skip


@pytest.fixture
def agent():
    return make_agent()


@pytest.fixture
def both():
    """Elena writes from work and, with notes on her, from home."""
    work = make_contact("Elena Vidal", "elena@firma.example")
    home = make_contact("E. V.", "e@casa.example")
    firm = Organization.objects.create(name="Firma", domains=["firma.example"])
    Contact.objects.filter(pk=work.pk).update(organization=firm, vip=True)
    Contact.objects.filter(pk=home.pk).update(notes="Solo tardes.", language="")
    return Contact.objects.get(pk=work.pk), Contact.objects.get(pk=home.pk)


def rows():
    """All that a merge may touch, to the last column."""
    return {
        table: {row["id"]: row for row in apps.get_model(table).objects.values()}
        for table in TABLES
    }


def test_all_that_was_the_sources_is_the_survivors(agent, both):
    work, home = both
    ticket = make_ticket("Desde el trabajo", contact=work)

    merge_contacts(work, act(agent, when=LATER), into=home)

    ticket.refresh_from_db()
    home.refresh_from_db()
    work.refresh_from_db()
    assert ticket.contact == home
    assert ticket.organization == home.organization == Organization.objects.get()
    assert (home.name, home.notes, home.vip) == ("E. V.", "Solo tardes.", True)
    assert {one.value for one in home.identities.all()} == {"elena@firma.example", "e@casa.example"}
    assert set(Message.objects.values_list("contact", flat=True)) == {home.pk}
    assert work.merged_into == home
    assert find_or_make(act(agent), kind="email", value="elena@firma.example") == home
    event = Event.objects.get(kind="contact.merged")
    assert event.data == {"contact": home.pk, "source": work.pk, "tickets": 1}
    assert AuditEntry.objects.filter(what="contact.merged", thing=f"contact:{home.pk}").exists()


def test_nobody_stands_beside_a_ticket_twice_or_beside_their_own(agent, both):
    work, home = both
    mine = make_ticket("De ella", contact=work)
    others = make_ticket("De otro", contact=make_contact("Pau"))
    actions.set_participants(mine, act(agent), add=[home], remove=[])
    actions.set_participants(others, act(agent), add=[home, work], remove=[])

    merge_contacts(work, act(agent, when=LATER), into=home)

    assert list(Participant.objects.values_list("ticket", "contact")) == [(others.pk, home.pk)]


@given(
    tickets=st.lists(st.sampled_from(["work", "home", "other"]), max_size=4),
    beside=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["work", "home"])), max_size=4),
    into_work=st.booleans(),
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_undone_every_row_is_as_it_was(agent, both, tickets, beside, into_work):
    who = dict(zip(("work", "home"), both, strict=True)) | {"other": make_contact("Pau")}
    made = [make_ticket(f"Asunto {each}", contact=who[each]) for each in tickets]
    for at, each in beside:
        if at < len(made):
            actions.set_participants(made[at], act(agent), add=[who[each]], remove=[])
    before = rows()
    source, into = both if not into_work else both[::-1]

    merge = merge_contacts(source, act(agent, when=LATER), into=into)
    after = rows()
    part(merge, act(agent, when=LATER))

    assert after["people.Identity"] != before["people.Identity"]
    assert not any(row["contact_id"] == source.pk for row in after["tickets.Ticket"].values())
    assert rows() == before
    Ticket.objects.all().delete()


def test_what_came_since_from_an_address_goes_back_with_it(agent, both):
    work, home = both
    merge = merge_contacts(work, act(agent, when=LATER), into=home)
    newer = LATER + timedelta(hours=1)
    mine, theirs = (make_ticket(at, contact=home, when=newer) for at in ("De casa", "Del trabajo"))
    Message.objects.filter(ticket=mine).update(sender="e@casa.example")
    Message.objects.filter(ticket=theirs).update(sender="elena@firma.example")

    part(merge, act(agent, when=newer))

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.contact, theirs.contact) == (home, work)


def test_what_was_changed_since_stays_changed(agent, both):
    work, home = both
    ticket, other = make_ticket(contact=work), make_contact("Pau")
    merge = merge_contacts(work, act(agent, when=LATER), into=home)
    actions.set_contact(ticket, act(agent, when=LATER), to=other)
    Contact.objects.filter(pk=home.pk).update(notes="Ahora por la mañana.")

    part(merge, act(agent, when=LATER))

    ticket.refresh_from_db()
    home.refresh_from_db()
    assert ticket.contact == other
    assert home.notes == "Ahora por la mañana."


def test_a_ticket_that_was_opened_in_the_same_moment_follows(agent, both):
    work, home = both
    merge = merge_contacts(work, act(agent, when=LATER), into=home)
    late = make_ticket("A la vez", contact=work)

    assert follow(work.pk) == 1
    assert follow(work.pk) == 0

    late.refresh_from_db()
    assert late.contact == home
    merge.refresh_from_db()
    part(merge, act(agent, when=LATER))
    late.refresh_from_db()
    assert late.contact == work


def test_what_cannot_be_is_refused(agent, both):
    work, home = both
    with pytest.raises(Invalid):
        merge_contacts(work, act(agent), into=work)
    with pytest.raises(NotAllowed):
        merge_contacts(work, act(make_agent("Luz Rey", role="light")), into=home)
    third = make_contact("Pau")
    merge = merge_contacts(work, act(agent, when=LATER), into=home)
    assert merge_contacts(work, act(agent, when=LATER), into=home) is None
    with pytest.raises(Conflict):
        merge_contacts(work, act(agent, when=LATER), into=third)
    further = merge_contacts(home, act(agent, when=LATER), into=third)
    assert contact_merging.end_of(work.pk) == third.pk
    with pytest.raises(CantPart, match="merged meanwhile"):
        part(merge, act(agent, when=LATER))
    part(further, act(agent, when=LATER))
    with pytest.raises(CantPart, match="30 days"):
        part(merge, act(agent, when=LATER + timedelta(days=31)))
    assert part(merge, act(agent, when=LATER)) is not None
    assert part(merge, act(agent, when=LATER)) is None


def test_tickets_go_along_to_another_organization(agent, both):
    work, _home = both
    ticket = make_ticket(contact=work)
    other = Organization.objects.create(name="Otra")

    change_contact(
        work, act(agent), name=work.name, notes="", vip=True, blocked=False, organization=other
    )
    organization_follows(Event.objects.get(kind="contact.changed"))

    ticket.refresh_from_db()
    assert ticket.organization == other


def test_an_address_belongs_to_one_customer(agent, both):
    work, home = both

    assert add_point(home, act(agent), kind="phone", value="+34 600-123 456") is not None
    assert add_point(home, act(agent), kind="phone", value="+34600123456") is None
    with pytest.raises(Conflict) as refusal:
        add_point(work, act(agent), kind="phone", value="+34 600 123 456")

    assert refusal.value.owner == home.pk
    for kind, value in (("email", "no es"), ("phone", "12"), ("phone", "llámame")):
        with pytest.raises(Invalid):
            add_point(work, act(agent), kind=kind, value=value)
