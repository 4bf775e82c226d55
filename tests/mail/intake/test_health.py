"""A mailbox that falls silent and mail that waits are seen (R5)."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import MONDAY_9AM, make_agent, make_inbox
from tests.mail.intake.mails import write
from tests.mail.outgoing.cast import parsed, part
from ventanilla.lib import clock, metrics, storage
from ventanilla.mail import jobs
from ventanilla.mail.intake_health import fetching, intake
from ventanilla.mail.keep import keep
from ventanilla.mail.models import MailAccount, OutgoingMail, RawMail
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


def test_administrators_are_told_by_mail_once_until_it_works_again(account):
    ada, _marta = make_agent("Ada Sanz", role="administrator"), make_agent("Marta Ruiz")

    for _number in range(5):
        note_failure(account.pk, ConnectionRefusedError("refused"))
    work_off("tell_not_fetched")

    mail = OutgoingMail.objects.get()
    assert mail.recipients == [ada.user.email]
    text = part(parsed(storage.read(mail.digest)), "text/plain")
    assert f"/settings/inboxes/{account.pk}/" in text
    assert "imap.example" in text

    note_success(MailAccount.objects.get())
    for _number in range(3):
        note_failure(account.pk, ConnectionRefusedError("refused"))
    work_off("tell_not_fetched")
    assert OutgoingMail.objects.count() == 2


def test_nobody_is_told_of_what_works_again_by_then(account):
    make_agent("Ada Sanz", role="administrator")
    for _number in range(3):
        note_failure(account.pk, ConnectionRefusedError("refused"))
    note_success(MailAccount.objects.get())

    work_off("tell_not_fetched")

    assert not OutgoingMail.objects.exists()


def work_off(name):
    """Run the waiting jobs of this name here."""
    waiting = ProcrastinateJob.objects.filter(task_name=f"ventanilla.mail.jobs.{name}")
    rows = list(waiting.order_by("pk"))
    connection.cursor().execute(
        "DELETE FROM procrastinate_jobs WHERE task_name = %s", [f"ventanilla.mail.jobs.{name}"]
    )
    for row in rows:
        getattr(jobs, name)(**row.args)


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
