"""Whoever has mail to send gets somebody who sends it, server by server."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_9AM, make_inbox, make_team, make_ticket
from tests.mail.outgoing.cast import make_account, make_reply
from ventanilla.lib.clock import frozen
from ventanilla.mail import outlets, postmen
from ventanilla.mail.models import MailAccount, OutgoingMail, Outlet
from ventanilla.mail.postmen import MOST, Postmen, outlets_due
from ventanilla.mail.send import claim
from ventanilla.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def due(at=MONDAY_9AM):
    with frozen(at):
        return outlets_due()


def test_nothing_is_asked_of_the_servers_when_nothing_waits():
    make_account(25)
    with CaptureQueriesContext(connection) as statements:
        assert due() == []
    assert len(statements) == 1


def test_each_server_with_mail_is_due_once():
    account = make_account(25)
    shipping = make_inbox("envios@casaolmo.example", team=make_team("Envíos"), name="Envíos")
    MailAccount.objects.create(inbox=shipping)  # sends by the desk's server
    make_reply()
    make_reply()
    ticket = make_ticket()
    Ticket.objects.filter(pk=ticket.pk).update(inbox=shipping)
    make_reply(Ticket.objects.get(pk=ticket.pk))

    assert due() == ["desk", outlets.key_of(account.inbox)]


def test_a_retry_is_due_when_its_time_has_come():
    make_account(25)
    make_reply()
    OutgoingMail.objects.update(next_try_at=MONDAY_9AM + timedelta(minutes=4), attempts=1)

    assert due() == []
    assert len(due(MONDAY_9AM + timedelta(minutes=4))) == 1


def test_a_server_that_somebody_talks_to_or_that_rests_is_left_alone():
    key = outlets.key_of(make_account(25).inbox)
    make_reply()
    outlet = Outlet.objects.create(key=key, leased_until=MONDAY_9AM + timedelta(seconds=30))
    assert due() == []

    outlet.leased_until, outlet.rests_until = None, MONDAY_9AM + timedelta(minutes=1)
    outlet.save()
    assert due() == []
    assert due(MONDAY_9AM + timedelta(minutes=1)) == [key]


def test_what_a_killed_sender_had_claimed_is_due_again():
    key = outlets.key_of(make_account(25).inbox)
    make_reply()
    claim(key, MONDAY_9AM)

    assert due() == []
    assert due(MONDAY_9AM + outlets.LEASE) == [key]


def test_servers_are_served_side_by_side_each_by_one(monkeypatch):
    going, gate, back = [], threading.Event(), threading.Event()

    def talk(key):
        going.append(key)
        started.release()
        assert gate.wait(20)
        return 1

    started = threading.Semaphore(0)
    keys = [f"inbox:{number}" for number in range(MOST + 2)]
    monkeypatch.setattr(postmen, "drain", talk)
    monkeypatch.setattr(postmen, "outlets_due", lambda: keys)
    men = Postmen(came_back=back.set)
    men.step()
    men.step()
    for _man in range(MOST):
        assert started.acquire(timeout=20)
    assert sorted(going) == keys[:MOST]

    gate.set()
    assert back.wait(20)
    men.end(20)


def test_one_that_fails_does_not_keep_the_others_from_going(monkeypatch):
    sent, both = [], threading.Event()

    def talk(key):
        if key == "desk":
            raise RuntimeError("broken")
        sent.append(key)
        return 1

    monkeypatch.setattr(postmen, "drain", talk)
    monkeypatch.setattr(postmen, "outlets_due", lambda: ["desk", "inbox:1"])
    men = Postmen(came_back=both.set)
    men.step()
    assert both.wait(20)
    men.end(20)

    assert sent == ["inbox:1"]
