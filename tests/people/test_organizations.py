"""Customers' organizations: their domains, who joins them, putting two together."""

import pytest

from tests.factories import act, make_agent, make_contact, make_ticket, system
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Invalid, NotAllowed
from ventanilla.people.actions.organizations import (
    join_by_domain,
    merge_organizations,
    save_organization,
)
from ventanilla.people.models import Contact, Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return make_agent()


def test_customers_of_a_domain_join_it_but_nobody_is_taken_from_another(agent):
    ana, pau = (
        make_contact("Ana", "ana@mail.olmo.example"),
        make_contact("Pau", "pau@polmo.example"),
    )
    tied = make_contact("Luz", "luz@olmo.example")
    other = Organization.objects.create(name="Otra")
    Contact.objects.filter(pk=tied.pk).update(organization=other)

    made = save_organization(
        act(agent), name=" Hotel  Olmo ", domains=["@Olmo.example", "olmo.example"]
    )
    assert join_by_domain(made.pk, system()) == 1
    assert join_by_domain(made.pk, system()) == 0

    assert made.domains == ["olmo.example"]
    found = {one.name: one.organization_id for one in Contact.objects.all()}
    assert found == {"Ana": made.pk, "Pau": None, "Luz": other.pk}
    assert Event.objects.get(kind="contact.changed").data["contact"] == ana.pk
    assert pau.organization_id is None


@pytest.mark.parametrize(
    "domain", ["gmail.com", "olmo", "ol mo.example", "-olmo.example", "a" * 300]
)
def test_what_tells_no_organization_is_refused(domain, agent):
    with pytest.raises(Invalid) as refusal:
        save_organization(act(agent), name="Olmo", domains=[domain])
    assert refusal.value.field == "domains"


def test_names_and_domains_belong_to_one(agent):
    olmo = save_organization(act(agent), name="Olmo", domains=["olmo.example"])
    with pytest.raises(Invalid):
        save_organization(act(agent), name="OLMO")
    with pytest.raises(Conflict):
        save_organization(act(agent), name="Otra", domains=["olmo.example"])
    with pytest.raises(NotAllowed):
        save_organization(act(make_agent("Luz Rey", role="light")), name="Nueva")
    same = save_organization(act(agent), name="Olmo", domains=["olmo.example"], organization=olmo)
    assert same == olmo
    assert Event.objects.filter(kind="organization.saved").count() == 1  # nothing happened


def test_two_entries_become_one(agent):
    stays = save_organization(act(agent), name="Olmo", domains=["olmo.example"])
    gone = save_organization(
        act(agent), name="Olmo SL", domains=["olmo.org"], vip=True, notes="B12"
    )
    ticket = make_ticket(contact=make_contact("Ana", "ana@olmo.org"))

    assert merge_organizations(gone, act(agent), into=stays) == 1

    stays.refresh_from_db()
    assert (stays.domains, stays.vip, stays.notes) == (["olmo.example", "olmo.org"], True, "B12")
    assert Contact.objects.get(name="Ana").organization == stays
    assert not Organization.objects.filter(name="Olmo SL").exists()
    event = Event.objects.get(kind="organization.merged")
    assert event.data["contacts"] == [ticket.contact_id]
    with pytest.raises(Invalid):
        merge_organizations(stays, act(agent), into=stays)
