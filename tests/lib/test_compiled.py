"""A compiled query finds what the same query finds when the ORM writes it each time."""

import pytest
from django.db import connection
from django.db.models import Count, F
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from tests.at_once import at_once
from tests.factories import make_contact, make_ticket
from ventanilla.lib.compiled import LONGEST, Given, compiled
from ventanilla.people.models import Contact
from ventanilla.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@compiled
def of_contact():
    theirs = Ticket.objects.filter(contact=Given("contact"), status__lt=Given("below"))
    return theirs.select_related("contact", "team__calendar").order_by("-pk")


@compiled
def subjects():
    return Ticket.objects.filter(contact=Given("contact")).order_by("pk").values_list(
        "number", "subject"
    )  # fmt: skip


@compiled
def numbers():
    return Ticket.objects.filter(contact=Given("contact")).values_list("number", flat=True)


@compiled
def with_counts():
    return Ticket.objects.annotate(said=Count("messages")).annotate(twice=F("said") * 2)


def test_instances_come_with_what_is_selected_along_in_one_statement():
    contact = make_contact("Elena", "elena@correo.example")
    first, second = (make_ticket(contact=contact) for _ in range(2))
    make_ticket(contact=make_contact("Otra", "otra@correo.example"))

    with CaptureQueriesContext(connection) as statements:
        found = of_contact.all(contact=contact.pk, below=4)
        teams = [each.team.name for each in found]
        customers = {each.contact.name for each in found}

    assert len(statements) == 1
    assert [each.pk for each in found] == [second.pk, first.pk]
    assert customers == {"Elena"} and len(teams) == 2
    assert found[0].team.calendar is None
    assert not found[0]._state.adding


def test_every_field_is_as_the_orm_reads_it():
    ticket = make_ticket()
    Ticket.objects.update(tags=[3, 5], pinned=["priority"])

    (found,) = of_contact.all(contact=ticket.contact_id, below=9)

    theirs = Ticket.objects.get(pk=ticket.pk)
    names = [field.attname for field in Ticket._meta.concrete_fields]
    assert {n: getattr(found, n) for n in names} == {n: getattr(theirs, n) for n in names}


def test_rows_of_values_are_tuples_or_plain_when_flat():
    ticket = make_ticket()
    assert subjects.all(contact=ticket.contact_id) == [(ticket.number, ticket.subject)]
    assert numbers.all(contact=ticket.contact_id) == [ticket.number]
    assert numbers.first(contact=ticket.contact_id) == ticket.number


def test_annotations_are_set():
    make_ticket()
    found = with_counts.first()
    assert (found.said, found.twice) == (1, 2)


def test_one_or_none_or_an_error():
    ticket = make_ticket()
    assert of_contact.get(contact=ticket.contact_id, below=4) == ticket
    assert of_contact.first(contact=ticket.contact_id, below=0) is None
    assert of_contact.exists(contact=ticket.contact_id, below=4)
    assert not of_contact.exists(contact=ticket.contact_id, below=0)
    with pytest.raises(Ticket.DoesNotExist):
        of_contact.get(contact=ticket.contact_id, below=0)


def test_a_value_that_is_missing_is_a_mistake_and_not_null():
    with pytest.raises(KeyError):
        of_contact.all(contact=1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_threads_ask_by_their_own_connections():
    contact = Contact.objects.create(name="Ana", created_at="2026-03-02T09:00Z")

    @compiled
    def named():
        return Contact.objects.filter(name=Given("name"))

    found = at_once(3, lambda _: named.get(name="Ana").pk)

    assert found == [contact.pk] * 3


# -- instances -------------------------------------------------------------------------------------
def test_what_was_left_out_is_loaded_when_asked_for():
    kept = make_ticket(subject="Mesa coja")
    few = compiled(lambda: Ticket.objects.only("number").filter(pk=Given("pk")))

    found = few.get(pk=kept.pk)

    assert found.get_deferred_fields() >= {"subject", "contact_id"}
    assert found.subject == "Mesa coja"


def test_an_instance_is_one_that_can_be_changed_and_saved():
    ticket, other = make_ticket(), make_contact("Otra", "otra@correo.example")
    found = of_contact.get(contact=ticket.contact_id, below=4)

    found.contact_id = other.pk  # forgets the contact that came along
    found.save()

    assert found.contact == other
    assert Ticket.objects.get(pk=ticket.pk).contact == other


def test_who_listens_for_instances_hears_of_each(request):
    heard = []
    hear = lambda instance, **_: heard.append(instance)  # noqa: E731
    post_init.connect(hear, sender=Contact)
    request.addfinalizer(lambda: post_init.disconnect(hear, sender=Contact))
    make_ticket()

    found = compiled(lambda: Ticket.objects.select_related("contact")).first()

    assert heard[-1] is found.contact


def test_the_same_row_is_the_same_instance_and_a_changed_one_another():
    contact = make_contact()
    make_ticket(contact=contact)
    Ticket.objects.update(tags=[3, 4])
    (first,) = of_contact.shared(contact=contact.pk, below=6)

    (again,) = of_contact.shared(contact=contact.pk, below=6)
    Ticket.objects.update(tags=[4])
    (changed,) = of_contact.shared(contact=contact.pk, below=6)

    assert again is first
    assert first.tags == [3, 4] and first.contact == contact
    assert changed is not first and changed.tags == [4]


def test_a_long_row_is_not_kept():
    contact = make_contact()
    Contact.objects.update(notes="x" * LONGEST)

    @compiled
    def whole():
        return Contact.objects.filter(pk=Given("pk"))

    (kept,) = whole.shared(pk=contact.pk)
    Contact.objects.update(notes="x" * (LONGEST + 1))
    (long,) = whole.shared(pk=contact.pk)

    assert whole.shared(pk=contact.pk)[0] is not long
    assert len(long.notes) == LONGEST + 1 and kept.notes == "x" * LONGEST
