"""New customers belong to the organization whose domain their address has."""

import pytest

from tests.factories import make_contact, make_ticket, system
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def olmo():
    return Organization.objects.create(name="Hotel Olmo", domains=["olmo.example", "olmo.org"])


@pytest.mark.parametrize(
    "address", ["ana@olmo.example", "ANA@Olmo.Example", "ana@mail.olmo.example", "ana@olmo.org"]
)
def test_an_address_of_its_domain_joins_the_organization(address, olmo):
    contact = make_contact("Ana Rey", address)

    assert contact.organization_id == olmo.pk
    assert make_ticket(contact=contact).organization_id == olmo.pk


@pytest.mark.parametrize("address", ["ana@example", "ana@molmo.example", "ana@olmo.example.net"])
def test_others_belong_to_nobody(address, olmo):
    assert make_contact("Ana Rey", address).organization_id is None


def test_the_nearest_domain_counts(olmo):
    part = Organization.objects.create(name="Olmo Norte", domains=["norte.olmo.example"])

    assert make_contact("Ana Rey", "ana@norte.olmo.example").organization_id == part.pk
    assert make_contact("Pau Rey", "pau@sur.olmo.example").organization_id == olmo.pk


def test_a_phone_number_joins_nobody(olmo):
    contact = find_or_make(system(), kind="phone", value="+34600000000", name="Ana")

    assert contact.organization_id is None


def test_who_is_known_stays_where_they_are(olmo):
    contact = make_contact("Ana Rey", "ana@olmo.example")
    contact.organization = None
    contact.save()

    assert make_contact("Ana Rey", "ana@olmo.example").organization_id is None
