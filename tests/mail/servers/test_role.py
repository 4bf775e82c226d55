"""The mail process as it is run: it receives, fetches, waits out the database and ends cleanly."""

import os
import signal
import smtplib
import subprocess
import sys
import time

import pytest

from tests.factories import make_inbox
from tests.mail.intake.mails import HOLA, write
from tests.mail.servers.conftest import database_url
from tests.mail.servers.dovecot import free_port, wait_for
from ventanilla.mail.models import Cursor, MailAccount, RawMail

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


@pytest.fixture
def start(transactional_db):
    """Start `ventanilla mail`; returns the process. Killed with the test if it still runs."""
    running = []

    def run(port, **environment):
        process = subprocess.Popen(
            [sys.executable, "-m", "ventanilla", "mail"],
            env=os.environ
            | {"DATABASE_URL": database_url(), "VENTANILLA_SMTP_LISTEN": f"127.0.0.1:{port}"}
            | environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


def until(condition):
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)


def test_the_process_receives_and_fetches_and_ends_when_told(start, dovecot):
    port = free_port()
    MailAccount.objects.create(
        inbox=make_inbox(),
        imap_host="127.0.0.1",
        imap_port=dovecot.port,
        imap_security="none",
        imap_user="proceso",
        imap_password=dovecot.password,
    )
    process = start(port)
    wait_for(port)
    until(Cursor.objects.exists)

    dovecot.append("proceso", write("por imap"))
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("elena@correo.example", [HOLA], write("por smtp"))
    until(lambda: RawMail.objects.count() == 2)
    process.send_signal(signal.SIGTERM)

    assert process.wait(20) == 0
    assert {row.source for row in RawMail.objects.all()} == {"smtp", "imap"}


def test_killed_and_started_again_it_goes_on_where_it_was(start, dovecot):  # R1
    port = free_port()
    MailAccount.objects.create(
        inbox=make_inbox(),
        imap_host="127.0.0.1",
        imap_port=dovecot.port,
        imap_security="none",
        imap_user="matado",
        imap_password=dovecot.password,
    )
    process = start(port)
    until(Cursor.objects.exists)
    process.kill()
    process.wait(20)
    dovecot.append("matado", write("mientras tanto"))

    start(port)

    until(RawMail.objects.exists)


def test_without_a_database_mail_is_asked_for_again(start):  # R49
    port = free_port()
    start(
        port,
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        VENTANILLA_SUPERVISED="1",
    )
    wait_for(port)

    with (
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        client.sendmail("elena@correo.example", [HOLA], write())

    assert refused.value.recipients[HOLA][0] == 451


@pytest.mark.parametrize("wrong", ["2525", "192.0.2.1:2525"])
def test_a_place_that_cannot_be_had_is_one_sentence(start, wrong):
    process = start(0, VENTANILLA_SMTP_LISTEN=wrong)

    _out, said = process.communicate(timeout=60)

    assert process.returncode == 78
    assert "VENTANILLA_SMTP_LISTEN" in said
    assert "Traceback" not in said
