"""A mailbox that falls silent and mail that waits are seen (R5)."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, make_inbox
from tests.mail.intake.mails import write
from ventanilla.lib import clock, metrics
from ventanilla.mail.intake_health import fetching, intake
from ventanilla.mail.keep import keep
from ventanilla.mail.models import MailAccount, RawMail
from ventanilla.mail.poller import note_failure, note_success

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return MailAccount.objects.create(inbox=make_inbox(), imap_host="imap.example")


def is_red(at=MONDAY_9AM):
    return fetching(at)[0].red


def test_a_mailbox_is_red_after_three_failures_and_well_again_after_one_success(account):
    for number in range(1, 4):
        note_failure(account.pk, ConnectionRefusedError("refused"))
        assert is_red() is (number == 3)
    assert "imap.example" in fetching(MONDAY_9AM)[0].words

    with clock.frozen(MONDAY_9AM):
        note_success(MailAccount.objects.get())

    assert not is_red()
    assert MailAccount.objects.get().fetch_error == ""


def test_a_mailbox_that_nobody_looks_into_is_red_after_three_minutes(account):
    with clock.frozen(MONDAY_9AM):
        note_success(account)

    assert not is_red(MONDAY_9AM + timedelta(minutes=3))
    assert is_red(MONDAY_9AM + timedelta(minutes=3, seconds=1))


def test_inboxes_without_a_mailbox_or_switched_off_are_not_looked_at(account):
    MailAccount.objects.create(inbox=make_inbox("smtp@casaolmo.example", name="SMTP"))
    account.inbox.active = False
    account.inbox.save()

    assert fetching(MONDAY_9AM) == []


def test_what_waits_and_what_is_parked_is_counted_and_measured():
    inbox = make_inbox()
    for number in range(3):
        keep(write(str(number)), inbox=inbox, source="smtp", received_at=MONDAY_9AM)
    RawMail.objects.filter(pk=RawMail.objects.first().pk).update(state="parked")

    found = intake()

    assert (found.waiting, found.waiting_since, found.parked) == (2, MONDAY_9AM, 1)
    with clock.frozen(MONDAY_9AM + timedelta(seconds=90)):
        shown = metrics.expose().decode()
    assert 'ventanilla_incoming_mails{state="parked"} 1.0' in shown
    assert "ventanilla_incoming_lag_seconds 90.0" in shown
