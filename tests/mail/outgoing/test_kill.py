"""Workers killed for real while they send: nothing is lost, what went twice is counted (R52)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from tests.factories import MONDAY_9AM
from tests.mail.outgoing.cast import make_account, make_reply, parsed
from tests.mail.outgoing.sink import sink
from tests.mail.servers.conftest import database_url
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.mail import health, outages
from ventanilla.mail.models import OutgoingMail
from ventanilla.mail.send import drain
from ventanilla.tickets.models import Message, Ticket

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
WORKER = """
import sys, django
from datetime import timedelta
django.setup()
from ventanilla.lib import clock
from ventanilla.mail.send import drain
clock.shift(timedelta(seconds=int(sys.argv[2])))
drain(sys.argv[1])
"""


def start_worker(outlet: str, *, later: int) -> subprocess.Popen:
    """A process that empties an outlet, its clock so many seconds ahead."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "ventanilla.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, outlet, str(later)], env=environment, stderr=sys.stderr
    )


def wait_until(true, seconds=60.0):
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not true():
        assert time.monotonic() < until, "it never happened"
        pause.wait(0.02)


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_killed_between_the_servers_answer_and_the_commit():  # R52
    with sink() as box:
        account = make_account(box.port)
        message = make_reply(when=clock.now())
        outlet = f"inbox:{account.pk}"
        with transaction.atomic():
            Ticket.objects.select_for_update().get(pk=message.ticket_id)  # the commit has to wait
            worker = start_worker(outlet, later=0)
            wait_until(lambda: box.mails and somebody_waits_for_a_lock())
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)

        row = OutgoingMail.objects.get()
        assert (row.state, row.unsure) == ("sending", True)
        message.refresh_from_db()
        assert message.delivery == "queued"  # nothing is said that isn't known

        assert start_worker(outlet, later=60).wait(60) == 0

    first, second = (parsed(mail.content)["Message-ID"] for mail in box.mails)
    assert first == second
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert Event.objects.get(kind="message.sent").data["doubled"] is True
    assert health.sending(clock.now()).doubled == 1


def test_killed_again_and_again_at_other_moments():  # R52, R59
    """Nine replies, four kills: at a recipient, inside contents and just after they were taken."""
    moments = iter([("rcpt", 2), ("data", 3), ("data", 5), ("rcpt", 8)])
    upcoming = [next(moments)]
    worker: list[subprocess.Popen] = []

    def perhaps_kill(stage: str, count: int) -> None:
        if upcoming and upcoming[0][0] == stage and count >= upcoming[0][1]:
            upcoming[:] = [moment] if (moment := next(moments, None)) else []
            worker[0].send_signal(signal.SIGKILL)
            worker[0].wait(30)

    with sink() as box:
        box.on_rcpt = lambda: perhaps_kill("rcpt", box.tries)
        box.on_data = lambda: perhaps_kill("data", len(box.mails))
        account = make_account(box.port)
        messages = [make_reply(when=clock.now()) for _ in range(9)]
        kills = rounds = 0
        while OutgoingMail.objects.exclude(state="sent").exists():
            worker[:] = [start_worker(f"inbox:{account.pk}", later=60 * rounds)]
            kills += worker[0].wait(60) == -signal.SIGKILL
            rounds += 1
            assert rounds < 10

    assert kills == 4
    ids = Counter(str(parsed(mail.content)["Message-ID"]) for mail in box.mails)
    assert len(ids) == len(messages)  # each arrived
    doubled = sum(count - 1 for count in ids.values())
    assert doubled <= kills
    assert set(Message.objects.filter(pk__in=[m.pk for m in messages]).values_list("delivery")) == {
        ("sent",)
    }
    counted = Event.objects.filter(kind="message.sent", data__doubled=True).count()
    assert doubled <= counted == health.sending(MONDAY_9AM + timedelta(days=1)).doubled <= kills


def test_a_database_that_drops_us_while_we_talk_costs_no_second_copy(monkeypatch):  # R49, R52
    monkeypatch.setattr(outages, "PAUSE", 0.05)

    def cut_the_connection() -> None:
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [backend])

    with sink() as box:
        account = make_account(box.port)
        message = make_reply(when=clock.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = cursor.fetchone()[0]
        box.on_data = cut_the_connection

        drain(f"inbox:{account.pk}")
        drain(f"inbox:{account.pk}")

    assert len(box.mails) == 1
    message.refresh_from_db()
    assert message.delivery == "sent"
    assert Event.objects.get(kind="message.sent").data["doubled"] is False
