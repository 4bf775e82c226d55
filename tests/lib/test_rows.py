"""A row written by `insert` is the row that the ORM would have written."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_9AM, make_contact, make_team, make_ticket
from ventanilla.lib.rows import columns, insert, lock, read, update
from ventanilla.people.models import Contact, Identity
from ventanilla.tickets.models import Message, MessageKind, Ticket

pytestmark = pytest.mark.django_db


def message(ticket, **fields):
    return Message(
        ticket=ticket, origin_ticket=ticket, kind=MessageKind.INBOUND, channel="email",
        text="Hola «¿qué tal?» \\ %s {}", to=[{"name": "Ñ", "addr": "a@b.example"}],
        defects=["no_date", 'with "quotes", and a comma'], occurred_at=MONDAY_9AM, **fields,
    )  # fmt: skip


def test_every_column_arrives_and_what_the_database_sets_comes_back():
    ticket = make_ticket()
    by_orm, by_us = message(ticket), message(ticket)
    by_orm.save(force_insert=True)

    with CaptureQueriesContext(connection) as statements:
        insert(by_us)

    assert len(statements) == 1
    assert by_us.pk is not None
    kept, theirs = (Message.objects.get(pk=row.pk) for row in (by_us, by_orm))
    assert by_us.recorded_at == kept.recorded_at
    assert fields_of(kept) == fields_of(theirs)


def test_a_row_is_read_as_the_orm_reads_it():
    kept = make_ticket().messages.get()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns(Message)} FROM tickets_message")
        row = read(Message, cursor.fetchone())

    assert row == kept
    assert fields_of(row) == fields_of(kept)


def test_a_locked_row_is_read_anew_and_forgets_what_it_had_loaded():
    ticket = make_ticket()
    same = Ticket.objects.select_related("team").get(pk=ticket.pk)
    other = make_team("Otra")
    Ticket.objects.filter(pk=ticket.pk).update(subject="Cambiado", team=other, tags=[1, 2])

    lock(same)

    assert (same.subject, same.tags, same.team) == ("Cambiado", [1, 2], other)


def test_a_row_that_is_gone_is_no_row_to_lock():
    with pytest.raises(Ticket.DoesNotExist):
        lock(Ticket(pk=-1))


def fields_of(row):
    return model_to_dict(row, exclude=["id", "recorded_at"])


def test_a_key_that_is_there_is_kept_and_the_row_counts_as_saved():
    contact = Contact(pk=4711, name="Elena", language="es", created_at=MONDAY_9AM)

    insert(contact)
    contact.name = "Elena Vidal"
    contact.save()

    assert Contact.objects.get(pk=4711).name == "Elena Vidal"


def test_constraints_hold():
    contact = make_contact()
    taken = Identity.objects.filter(contact=contact)[0]

    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Identity(contact=contact, kind=taken.kind, value=taken.value))


def test_an_update_writes_what_it_names_and_nothing_else():
    ticket = make_ticket()
    ticket.subject, ticket.tags, ticket.snippet = "Otro", [4], "nothing of this"

    with CaptureQueriesContext(connection) as statements:
        update(ticket, "subject", "tags")

    assert len(statements) == 1
    kept = Ticket.objects.get(pk=ticket.pk)
    assert (kept.subject, kept.tags) == ("Otro", [4])
    assert kept.snippet != "nothing of this"


def test_a_foreign_key_is_updated_by_its_name():
    ticket, other = make_ticket(), make_team("Otra")
    ticket.team = other
    update(ticket, "team")
    assert Ticket.objects.get(pk=ticket.pk).team_id == other.pk


def test_a_row_that_is_gone_can_not_be_updated():
    ticket = make_ticket()
    gone = Message(pk=0, ticket=ticket, origin_ticket=ticket, kind=0, occurred_at=MONDAY_9AM)
    with pytest.raises(Message.DoesNotExist):
        update(gone, "kind")
