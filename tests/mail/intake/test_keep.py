"""What is kept survives; what can't be kept is not acknowledged."""

import pytest
from django.db import OperationalError, transaction

from tests.at_once import at_once
from tests.factories import MONDAY_9AM, make_inbox
from ventanilla.lib import storage
from ventanilla.mail import keep as keeping
from ventanilla.mail.keep import Arrival, CantKeepNow, TooLarge, keep, keep_all
from ventanilla.mail.models import RawMail

MAIL = b"From: elena@correo.example\r\nSubject: Hola\r\n\r\nBuenos d\xc3\xadas\r\n"


@pytest.mark.django_db
def test_a_kept_mail_has_its_bytes_its_envelope_and_its_place():  # R1
    inbox = make_inbox()

    kept = keep(
        MAIL,
        inbox=inbox,
        source="smtp",
        received_at=MONDAY_9AM,
        envelope_from="elena@correo.example",
        envelope_to=["hola@casaolmo.example"],
        position="17",
    )

    row = RawMail.objects.get()
    assert (kept.row, kept.new) == (row, True)
    assert storage.read(row.digest) == MAIL
    assert (row.size, row.source, row.position) == (len(MAIL), "smtp", "17")
    assert (row.envelope_from, row.envelope_to) == (
        "elena@correo.example",
        ["hola@casaolmo.example"],
    )
    assert (row.state, row.received_at, row.quiet) == ("kept", MONDAY_9AM, False)


@pytest.mark.django_db
def test_the_same_bytes_again_are_a_copy_and_in_another_inbox_a_mail():  # R2
    hola, pedidos = make_inbox(), make_inbox("pedidos@casaolmo.example")
    for _ in range(3):
        keep(MAIL, inbox=hola, source="imap", received_at=MONDAY_9AM)

    other = keep(MAIL, inbox=pedidos, source="imap", received_at=MONDAY_9AM)

    assert other.new
    assert list(RawMail.objects.order_by("id").values_list("inbox", "copies")) == [
        (hola.pk, 2),
        (pedidos.pk, 0),
    ]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_mail_delivered_five_times_at_once_is_kept_once():  # R2
    inbox = make_inbox()

    def deliver(_number):
        return keep(MAIL, inbox=inbox.pk, source="smtp", received_at=MONDAY_9AM).new

    new = at_once(5, deliver)

    assert sorted(new) == [False] * 4 + [True]
    assert RawMail.objects.get().copies == 4


@pytest.mark.django_db
def test_a_batch_answers_in_its_order_and_knows_twins_within():
    inbox = make_inbox()
    mails = [MAIL, MAIL + b"2", MAIL]

    with transaction.atomic():
        kept = keep_all([Arrival(m, MONDAY_9AM) for m in mails], inbox=inbox, source="imap")

    assert [(storage.read(k.row.digest), k.new) for k in kept] == [
        (MAIL, True),
        (MAIL + b"2", True),
        (MAIL, False),
    ]


@pytest.mark.django_db
def test_a_mail_beyond_the_limit_is_refused(monkeypatch):  # R7
    monkeypatch.setattr(keeping, "LARGEST", 100)

    with pytest.raises(TooLarge):
        keep(b"x" * 101, inbox=make_inbox(), source="smtp", received_at=MONDAY_9AM)

    assert not RawMail.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("obstacle", [OSError(28, "No space left on device"), OperationalError()])
def test_a_full_disk_and_a_database_that_is_down_ask_for_another_try(monkeypatch, obstacle):  # R50
    def refuse(*_unused):
        raise obstacle

    inbox = make_inbox()
    where = storage if isinstance(obstacle, OSError) else keeping
    monkeypatch.setattr(where, "put" if where is storage else "_insert", refuse)

    with pytest.raises(CantKeepNow):
        keep(MAIL, inbox=inbox, source="smtp", received_at=MONDAY_9AM)


@pytest.mark.django_db
def test_an_envelope_with_anything_in_it_is_kept():  # R10
    keep(
        MAIL,
        inbox=make_inbox(),
        source="smtp",
        received_at=MONDAY_9AM,
        envelope_from="a\0b\udcff@x" + "y" * 400,
        envelope_to=["\0\ud800"],
    )

    row = RawMail.objects.get()
    assert row.envelope_from.startswith("ab?@x")
    assert row.envelope_to == ["?"]
