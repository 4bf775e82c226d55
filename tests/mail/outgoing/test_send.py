"""Mails leave by real servers that fail at every stage; nothing is lost, nothing doubles unseen."""

import socket
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_9AM, act, make_agent, make_inbox, make_team, make_ticket
from tests.mail.outgoing.cast import ELENA, make_account, make_reply, parsed, queue
from tests.mail.outgoing.sink import free_port, scripted, sink, talk_until_content
from ventanilla.events.models import Event
from ventanilla.lib import metrics, storage
from ventanilla.lib.clock import frozen
from ventanilla.mail import health, outlets, smtp
from ventanilla.mail.actions import save_inbox
from ventanilla.mail.conversation import Conversation
from ventanilla.mail.models import MailAccount, OutgoingMail, Outlet
from ventanilla.mail.postmen import outlets_due
from ventanilla.mail.send import drain
from ventanilla.tickets.actions import resend
from ventanilla.tickets.content import File
from ventanilla.tickets.models import Status

pytestmark = [pytest.mark.django_db, pytest.mark.servers]
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _patient_enough(settings):
    settings.SMTP_TIMEOUT = timedelta(seconds=20)
    settings.SMTP_URL = settings.MAIL_FOLDER = ""


def send(when=MONDAY_9AM, *, account=None):
    with frozen(when):
        return drain(outlets.key_of((account or MailAccount.objects.get()).inbox))


def kinds(message):
    events = Event.objects.filter(ticket_id=message.ticket_id, data__message=message.pk)
    return [event.kind for event in events.order_by("seq")]


def test_a_reply_arrives_and_its_ticket_knows():
    with sink() as box:
        account = make_account(box.port)
        message = make_reply()

        assert send(account=account) == 1

    message.refresh_from_db()
    assert (message.delivery, message.delivered_at) == ("sent", MONDAY_9AM)
    assert kinds(message) == ["message.replied", "message.sent"]
    [mail] = box.mails
    assert mail.recipients == [ELENA]
    assert parsed(mail.content)["Message-ID"] == f"<{message.message_id}>"
    row = OutgoingMail.objects.get()
    assert (row.state, row.attempts, row.unsure, row.accepted) == ("sent", 1, False, [ELENA])
    account.refresh_from_db()
    assert (account.sent_at, account.send_error) == (MONDAY_9AM, "")


def test_what_arrives_is_what_was_kept_byte_for_byte():
    with sink() as box:
        make_account(box.port)
        make_reply(html="", text=".\n..\nFrom here\n" + "ñandú " * 400)

        send()

    assert box.mails[0].content == storage.read(OutgoingMail.objects.get().digest)


def test_a_server_that_refuses_connections_only_delays():  # R52
    account = make_account(free_port())
    first, second = make_reply(), make_reply()

    send()

    first.refresh_from_db()
    assert first.delivery == "queued"
    tried, waiting = OutgoingMail.objects.order_by("pk")
    assert (tried.state, tried.attempts) == ("waiting", 1)
    assert "rechaza las conexiones" in tried.error
    assert waiting.attempts == 0  # one mail tries the server, the others wait for it
    account.refresh_from_db()
    assert account.send_error == tried.error
    assert send() == 0  # it rests
    outlet = Outlet.objects.get()
    assert MONDAY_9AM + 0.8 * MINUTE < outlet.rests_until < MONDAY_9AM + 1.2 * MINUTE
    with frozen(outlet.rests_until - timedelta(seconds=1)):
        assert outlets_due() == []
    with frozen(outlet.rests_until):
        assert outlets_due() == [outlet.key]

    with sink() as box:  # it is back
        make_account(box.port)
        assert send(MONDAY_9AM + 2 * MINUTE) == 2

    assert len(box.mails) == 2
    for message in (first, second):
        message.refresh_from_db()
        assert message.delivery == "sent"
    account.refresh_from_db()
    assert account.send_error == ""
    assert Outlet.objects.get().failures == 0


def no_greeting(connection):
    connection.recv(1)


def cut_after_greeting(connection):
    connection.sendall(b"220 hello\r\n")


def unwelcome(connection):
    connection.sendall(b"554 no service for you\r\n")


def closing_at_recipient(connection):
    lines = connection.makefile("rb")
    connection.sendall(b"220 hello\r\n")
    for line in lines:
        done = line.upper().startswith(b"RCPT")
        connection.sendall(b"421 shutting down\r\n" if done else b"250 ok\r\n")
        if done:
            return


def cut_in_content(connection):
    lines = connection.makefile("rb")
    connection.sendall(b"220 hello\r\n")
    for line in lines:
        data = line.upper().startswith(b"DATA")
        connection.sendall(b"354 go on\r\n" if data else b"250 ok\r\n")
        if data:
            connection.recv(10)
            return


@pytest.mark.parametrize(
    ("script", "timeout"),
    [(no_greeting, 0.3), (cut_after_greeting, 20), (unwelcome, 20), (closing_at_recipient, 20)],
)
def test_a_server_in_trouble_only_delays(script, timeout, settings):  # R52
    settings.SMTP_TIMEOUT = timedelta(seconds=timeout)
    with scripted(script) as port:
        make_account(port)
        message = make_reply()
        send()

    message.refresh_from_db()
    row = OutgoingMail.objects.get()
    assert (message.delivery, row.state, row.unsure) == ("queued", "waiting", False)
    assert row.error
    assert row.next_try_at == Outlet.objects.get().rests_until


def test_cut_off_in_the_middle_of_a_long_mail_is_no_doubt():  # R52
    with scripted(cut_in_content) as port:
        make_account(port)
        big = b"0123456789abcdef" * 500_000
        make_reply(files=[File(storage.put(big), "grande.bin", "application/zip", len(big))])
        send()

    row = OutgoingMail.objects.get()
    assert (row.state, row.unsure) == ("waiting", False)


def test_cut_off_after_the_dot_is_told_as_perhaps_doubled():  # R52
    taken = []
    with scripted(lambda connection: taken.append(talk_until_content(connection))) as port:
        make_account(port)
        message = make_reply()
        send()

    row = OutgoingMail.objects.get()
    assert (row.state, row.unsure) == ("waiting", True)
    with sink() as box:
        make_account(box.port)
        send(MONDAY_9AM + 2 * MINUTE)

    row.refresh_from_db()
    message.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    first, second = parsed(taken[0]), parsed(box.mails[0].content)
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.message_id}>"
    sent = Event.objects.get(kind="message.sent")
    assert sent.data == {"message": message.pk, "attempts": 2, "doubled": True}
    assert health.sending(MONDAY_9AM).doubled == 1


def test_starttls_is_not_given_up_when_the_server_has_none():  # R52
    with sink() as box:
        account = make_account(box.port, smtp_security="starttls")
        make_reply()
        send()

    assert box.mails == []
    account.refresh_from_db()
    assert "STARTTLS" in account.send_error
    assert OutgoingMail.objects.get().state == "waiting"


def test_a_wrong_password_delays_and_shows_on_the_inbox():  # R52
    with sink(users={"hola": "right"}) as box:
        signed_in = {"smtp_sign_in": "password", "smtp_user": "hola"}
        account = make_account(box.port, smtp_password="wrong", **signed_in)
        make_reply()
        send()
        account.refresh_from_db()
        assert "hola" in account.send_error
        assert "wrong" not in account.send_error.replace("wrong password", "")
        assert box.mails == []

        make_account(box.port, smtp_password="right", **signed_in)
        outlets.wake_up(account.inbox)
        send(MONDAY_9AM + 2 * MINUTE)

    assert box.mails[0].user == "hola"
    account.refresh_from_db()
    assert account.send_error == ""


def test_a_recipient_refused_for_good_fails_at_once_and_tells_why():  # R52
    with sink() as box:
        box.rcpt[ELENA] = "550 5.1.1 no such user"
        make_account(box.port)
        message = make_reply()
        send()

    message.refresh_from_db()
    assert (message.delivery, message.delivery_reason) == ("failed", "550 5.1.1 no such user")
    assert kinds(message) == ["message.replied", "message.failed"]
    ticket = message.ticket
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN  # somebody has to look at it
    row = OutgoingMail.objects.get()
    assert (row.state, row.failure) == ("failed", "refused")
    assert Outlet.objects.get().failures == 0  # the server is well


def test_a_recipient_put_off_is_tried_again_until_it_is_given_up():  # R52
    with sink() as box:
        box.rcpt[ELENA] = "451 4.7.1 greylisted, come back"
        make_account(box.port)
        message = make_reply()
        OutgoingMail.objects.update(give_up_at=MONDAY_9AM + timedelta(hours=5))
        when, waits = MONDAY_9AM, []
        while (row := OutgoingMail.objects.get()).state == "waiting":
            when = max(when, row.next_try_at)
            send(when)
            waits.append((OutgoingMail.objects.get().next_try_at - when) / MINUTE)

    for waited, planned in zip(waits, [1, 2, 5, 10, 30, 60, 60], strict=False):
        assert 0.9 * planned <= waited <= 1.1 * planned
    assert timedelta(hours=3, minutes=30) < when - MONDAY_9AM <= timedelta(hours=5)
    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "greylisted" in message.delivery_reason
    assert OutgoingMail.objects.get().failure == "late"
    assert box.mails == []


def test_one_of_two_recipients_refused_reaches_the_other_and_names_the_one():
    with sink() as box:
        box.rcpt["no@correo.example"] = "550 unknown"
        make_account(box.port)
        message = make_reply(to=[ELENA, "no@correo.example"])
        send()

    assert box.mails[0].recipients == [ELENA]
    row = OutgoingMail.objects.get()
    assert (row.state, row.accepted) == ("sent", [ELENA])
    assert row.refused == {"no@correo.example": "550 unknown"}
    message.refresh_from_db()
    assert message.delivery == "bounced"
    assert "no@correo.example" in message.delivery_reason
    assert kinds(message) == ["message.replied", "message.sent", "message.bounced"]


def test_one_of_two_recipients_put_off_gets_it_later_the_other_once():
    with sink() as box:
        box.rcpt["later@correo.example"] = "450 busy"
        make_account(box.port)
        message = make_reply(to=[ELENA, "later@correo.example"])
        send()
        message.refresh_from_db()
        assert message.delivery == "sent"
        box.rcpt.clear()
        send(MONDAY_9AM + 2 * MINUTE)

    assert [mail.recipients for mail in box.mails] == [[ELENA], ["later@correo.example"]]
    assert kinds(message) == ["message.replied", "message.sent"]
    assert OutgoingMail.objects.get().state == "sent"


@pytest.mark.parametrize(
    ("answer", "state", "delivery"),
    [("451 try later", "waiting", "queued"), ("554 looks like spam", "failed", "failed")],
)
def test_the_verdict_on_the_content(answer, state, delivery):  # R52
    with sink() as box:
        box.data = answer
        make_account(box.port)
        message = make_reply()
        send()

    message.refresh_from_db()
    row = OutgoingMail.objects.get()
    assert (row.state, row.unsure, message.delivery) == (state, False, delivery)
    assert answer in row.error


def test_a_mail_over_the_servers_limit_is_not_even_tried():
    with sink(data_size_limit=2000) as box:
        make_account(box.port)
        message = make_reply(text="larga " * 1000, html="")
        send()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "limit of 2000" in message.delivery_reason


def test_a_sender_that_the_provider_insists_on_replaces_ours():
    with sink() as box:
        make_account(box.port)
        make_reply()
        row = OutgoingMail.objects.get()
        box.mail_from[row.envelope_from] = "553 not your address"
        send()

    assert "+t" in row.envelope_from
    assert box.mails[0].sender == "hola@casaolmo.example"


def test_a_dead_server_of_one_inbox_does_not_delay_the_other():  # R52
    dead = make_account(free_port())
    with sink() as box:
        other = make_inbox("ventas@casaolmo.example", name="Ventas")
        alive = make_account(box.port, inbox=other)
        make_reply()
        ticket = make_ticket("Otra")
        ticket.inbox = other
        ticket.save()
        make_reply(ticket)
        send(account=dead)
        assert send(account=alive) == 1

    assert len(box.mails) == 1
    assert parsed(box.mails[0].content)["From"] == '"Marta Ruiz (Ventas)" <ventas@casaolmo.example>'


def test_many_mails_share_one_connection():
    with sink() as box:
        make_account(box.port)
        for _ in range(5):
            make_reply()
        assert send() == 5

    assert (len(box.mails), box.connections) == (5, 1)


def test_a_mail_waits_for_the_first_try_of_the_one_before_it_and_no_longer():
    with sink() as box:
        box.rcpt["later@correo.example"] = "450 busy"
        make_account(box.port)
        ticket = make_ticket()
        make_reply(ticket, to=["later@correo.example"])
        make_reply(ticket)
        OutgoingMail.objects.filter(recipients=["later@correo.example"]).update(
            next_try_at=MONDAY_9AM + MINUTE
        )
        assert send() == 0  # the second may not overtake the first
        OutgoingMail.objects.update(next_try_at=MONDAY_9AM)
        assert send() == 2  # nor wait for more than its first try

    assert [mail.recipients for mail in box.mails] == [[ELENA]]


def test_while_one_worker_talks_another_keeps_out():  # R55
    with sink() as box:
        account = make_account(box.port)
        make_reply()
        with frozen(MONDAY_9AM), outlets.leased(outlets.key_of(account.inbox)) as mine:
            assert mine
            assert send() == 0
        assert send() == 1
        assert send() == 0  # the job runs twice: nothing is left to do

    assert len(box.mails) == 1


def test_what_a_killed_worker_had_claimed_is_taken_back_when_its_lease_ends():  # R52
    with sink() as box:
        account = make_account(box.port)
        make_reply()
        key = outlets.key_of(account.inbox)
        Outlet.objects.create(key=key, holder="gone", leased_until=MONDAY_9AM + outlets.LEASE)
        OutgoingMail.objects.update(state="sending", attempts=1, unsure=True)

        assert send(MONDAY_9AM + timedelta(seconds=29)) == 0
        assert send(MONDAY_9AM + timedelta(seconds=31)) == 1

    sent = Event.objects.get(kind="message.sent")
    assert sent.data["doubled"] is True


def test_without_any_server_it_fails_in_words():
    make_account()
    message = make_reply()
    send()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "no tiene servidor de salida" in message.delivery_reason
    assert OutgoingMail.objects.get().failure == "no_server"


def test_sent_again_by_hand_it_is_the_same_mail_for_who_lacks_it():
    with sink() as box:
        box.rcpt["no@correo.example"] = "550 full"
        make_account(box.port)
        message = make_reply(to=[ELENA, "no@correo.example"])
        send()
        box.rcpt.clear()
        message.refresh_from_db()
        resend(message, act(make_team().members.first(), when=MONDAY_9AM + MINUTE))
        queue(message, when=MONDAY_9AM + MINUTE)
        send(MONDAY_9AM + MINUTE)

    assert [mail.recipients for mail in box.mails] == [[ELENA], ["no@correo.example"]]
    assert box.mails[0].content == box.mails[1].content
    message.refresh_from_db()
    assert message.delivery == "sent"


def test_statements_of_sending():
    with sink() as box:
        make_account(box.port)
        for _ in range(3):
            make_reply()
        with CaptureQueriesContext(connection) as done:
            send()

    assert len(box.mails) == 3
    statements = [each for each in done.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(statements) <= 10 + 3 * 11


def test_without_a_server_a_folder_can_take_its_place(settings, tmp_path):
    settings.MAIL_FOLDER = str(tmp_path / "outbox")
    make_account()
    message = make_reply()

    send()

    message.refresh_from_db()
    assert message.delivery == "sent"
    [file] = (tmp_path / "outbox").iterdir()
    assert parsed(file.read_bytes())["To"] == ELENA


def test_a_folder_that_cannot_be_written_only_delays(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MAIL_FOLDER = str(tmp_path / "file" / "outbox")
    make_account()
    make_reply()

    send()

    assert OutgoingMail.objects.get().state == "waiting"


def test_settings_that_are_saved_end_the_rest_of_a_server():
    account = make_account(free_port())
    make_reply()
    send()
    assert Outlet.objects.get().failures == 1

    save_inbox(
        act(make_agent("Ada Gil", role="administrator")),
        inbox=account.inbox, name="Hola", address="hola@casaolmo.example", team=make_team(),
        language="es", smtp_port=free_port(),
    )  # fmt: skip

    assert Outlet.objects.get().rests_until is None


def test_the_metrics_tell_how_sending_does():
    with scripted(talk_until_content) as port:
        make_account(port)
        make_reply()
        send()

    with frozen(MONDAY_9AM):
        figures = metrics.expose().decode()

    assert 'ventanilla_outgoing_mails{state="waiting"} 1.0' in figures
    assert 'ventanilla_outgoing_mails{state="perhaps_doubled"} 0.0' in figures


def test_small_pieces_leave_at_once():
    with sink() as box:
        account = make_account(box.port)
        with Conversation(smtp.server_of(account), 20) as talk:
            assert talk._smtp.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
