"""A mailbox is fetched from a real Dovecot, whatever happens to it meanwhile."""

import itertools
import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import translation

from tests.factories import make_inbox
from tests.mail.intake.mails import write
from ventanilla.lib import clock, storage
from ventanilla.mail import imap, poller, role
from ventanilla.mail.imap import Mailbox
from ventanilla.mail.imap_check import check
from ventanilla.mail.intake import take_in
from ventanilla.mail.keep import CantKeepNow
from ventanilla.mail.models import Cursor, MailAccount, RawMail
from ventanilla.mail.poller import Poller, place_cursor, take_new
from ventanilla.tickets.models import Ticket

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
users = (f"buzon{number}" for number in itertools.count())


def mail(number, **more):
    return write(f"Mail {number}", subject=f"Mail {number}", message_id=f"<{number}@x>", **more)


@pytest.fixture
def account(dovecot):
    """An inbox fetched from a mailbox of its own, empty as yet."""
    return MailAccount.objects.create(
        inbox=make_inbox(),
        imap_host="127.0.0.1",
        imap_port=dovecot.port,
        imap_security="none",
        imap_user=next(users),
        imap_password=dovecot.password,
    )


def fetch(account):
    """One visit to the mailbox, as after a restart. Returns how many mails were fetched."""
    with Mailbox(account) as box:
        folder = box.open(account.imap_folder, writable=account.after_fetch != "leave")
        cursor = place_cursor(box, folder, account, clock.now())
        return take_new(box, account, cursor)


def subjects():
    """What was kept, in its order, by the subject's number."""
    raws = [storage.read(row.digest) for row in RawMail.objects.order_by("pk")]
    return [int(raw.partition(b"Subject: Mail ")[2].split()[0]) for raw in raws]


def test_a_new_inbox_begins_now_and_leaves_old_mail_alone(account, dovecot):  # R3
    dovecot.append(account.imap_user, mail(1), mail(2))

    assert fetch(account) == 0
    dovecot.append(account.imap_user, mail(3))
    assert fetch(account) == 1

    assert subjects() == [3]


def test_what_came_between_the_set_up_and_the_first_connection_is_fetched(account, dovecot):  # R3
    now = clock.now()
    account.fetched_since = now - timedelta(hours=1)
    account.save()
    dovecot.append(account.imap_user, mail(1), when=now - timedelta(hours=2))
    dovecot.append(account.imap_user, mail(2), when=now - timedelta(minutes=59))

    fetch(account)

    assert subjects() == [2]
    assert not RawMail.objects.get().quiet


def test_what_is_fetched_is_the_same_bytes_with_its_time_and_place(account, dovecot):  # R1
    fetch(account)
    raw = mail(1) + b"\xff\xfe \r\n" + b"x" * 100_000 + b"\r\n"
    received = clock.now() - timedelta(hours=3)
    dovecot.append(account.imap_user, raw, when=received)

    fetch(account)

    row = RawMail.objects.get()
    assert storage.read(row.digest) == raw
    assert abs(row.received_at - received) < timedelta(seconds=2)
    assert row.position == f"INBOX:{Cursor.objects.get().uidvalidity}:1"
    assert (row.source, row.quiet) == ("imap", False)


def test_mail_that_was_read_or_flagged_elsewhere_is_fetched_all_the_same(account, dovecot):  # R3
    fetch(account)
    dovecot.append(account.imap_user, mail(1), mail(2))
    dovecot.do(account.imap_user, ("STORE", "1:*", "+FLAGS", r"(\Seen \Flagged)"))

    assert fetch(account) == 2

    unread = dovecot.do(account.imap_user, ("SEARCH", "UNSEEN"))
    assert unread[0][1] == [b""]


def test_mail_moved_in_from_another_folder_is_fetched_however_old(account, dovecot):  # R3
    old = clock.now() - timedelta(days=400)
    dovecot.append(account.imap_user, mail(1), folder="Otra", when=old)
    fetch(account)

    dovecot.do(account.imap_user, ("MOVE", "1", "INBOX"), folder="Otra")

    assert fetch(account) == 1


def test_a_forty_day_outage_is_backfilled(account, dovecot):  # R3
    fetch(account)
    for days in (40, 20, 1):
        dovecot.append(account.imap_user, mail(days), when=clock.now() - timedelta(days=days))

    assert fetch(account) == 3
    assert subjects() == [40, 20, 1]


def test_nothing_new_fetches_nothing_and_mail_that_was_expunged_is_no_gap(account, dovecot):  # R6
    fetch(account)
    dovecot.append(account.imap_user, mail(1), mail(2), mail(3))
    dovecot.do(account.imap_user, ("STORE", "3", "+FLAGS", r"(\Deleted)"), ("EXPUNGE", "3"))

    assert [fetch(account), fetch(account)] == [2, 0]
    dovecot.append(account.imap_user, mail(4))
    assert fetch(account) == 1


def test_when_the_uids_count_anew_known_mail_is_known(account, dovecot):  # R3
    dovecot.append(account.imap_user, mail(0), when=clock.now() - timedelta(days=9))
    fetch(account)
    dovecot.append(account.imap_user, mail(1), mail(2))
    fetch(account)
    before = Cursor.objects.get().uidvalidity
    take_in()
    Ticket.objects.all()[0].messages.all()

    dovecot.count_anew(account.imap_user)
    dovecot.append(account.imap_user, mail(3))
    fetch(account)

    assert Cursor.objects.get().uidvalidity != before
    assert subjects() == [1, 2, 3]
    assert list(RawMail.objects.order_by("pk").values_list("copies", flat=True)) == [1, 1, 0]


def test_a_start_some_days_back_takes_what_came_since_quietly(account, dovecot):
    now = clock.now()
    for days in (30, 9, 2):
        dovecot.append(account.imap_user, mail(days), when=now - timedelta(days=days))
    account.start_at = now - timedelta(days=10)
    account.save()

    fetch(account)
    dovecot.append(account.imap_user, mail(100))
    fetch(account)

    assert subjects() == [9, 2, 100]
    assert list(RawMail.objects.order_by("pk").values_list("quiet", flat=True)) == [
        True,
        True,
        False,
    ]


def test_an_earlier_start_set_later_fetches_what_lies_between(account, dovecot):
    now = clock.now()
    dovecot.append(account.imap_user, mail(5), when=now - timedelta(days=5))
    fetch(account)
    account.start_at = now - timedelta(days=10)
    account.save()

    assert [fetch(account), fetch(account)] == [1, 0]
    assert RawMail.objects.get().quiet


def test_the_cursor_moves_with_each_batch(account, dovecot, monkeypatch):  # R1
    """A kill between two batches repeats nothing and loses nothing."""
    monkeypatch.setattr(imap, "BATCH", 2)
    fetch(account)
    dovecot.append(account.imap_user, *[mail(number) for number in range(5)])

    with Mailbox(account) as box:
        cursor = place_cursor(box, box.open("INBOX"), account, clock.now())
        assert take_new(box, account, cursor, stop=lambda: True) == 2
    assert (Cursor.objects.get().last_uid, RawMail.objects.count()) == (2, 2)

    assert fetch(account) == 3
    assert subjects() == [0, 1, 2, 3, 4]


def test_a_mail_that_cannot_be_kept_leaves_the_cursor_where_it_was(account, dovecot, monkeypatch):
    fetch(account)
    dovecot.append(account.imap_user, mail(1))

    def full(_raw):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "put", full)
        with pytest.raises(CantKeepNow):
            fetch(account)

    assert Cursor.objects.get().last_uid == 0
    assert fetch(account) == 1


def test_a_mail_beyond_the_limit_is_kept_by_its_beginning(account, dovecot, monkeypatch):  # R7
    fetch(account)
    dovecot.append(account.imap_user, mail(1) + b"largo\r\n" * 1000, mail(2))
    monkeypatch.setattr(imap, "LARGEST", 2000)
    monkeypatch.setattr(imap, "CUT", 500)
    monkeypatch.setattr("ventanilla.mail.content.LARGEST", 2000)

    assert fetch(account) == 2
    take_in()

    cut = RawMail.objects.order_by("pk").first()
    assert cut.size > 7000
    assert len(storage.read(cut.digest)) == 500
    assert cut.message.subject == "Mail 1"
    assert "mail_cut" in cut.message.defects


@pytest.mark.parametrize("after", ["seen", "move"])
def test_taken_mail_is_marked_or_moved_afterwards(account, dovecot, after):
    fetch(account)
    dovecot.append(account.imap_user, mail(0), folder="Hecho")
    account.after_fetch, account.done_folder = after, "Hecho"
    account.save()
    dovecot.append(account.imap_user, mail(1))

    fetch(account)

    ((_kind, here),) = dovecot.do(
        account.imap_user, ("SEARCH", "SEEN" if after == "seen" else "ALL")
    )
    assert here == [b"1" if after == "seen" else b""]
    assert subjects() == [1]


@pytest.fixture
def polling(account, monkeypatch):
    """A running poller; ended with the test."""
    monkeypatch.setattr(poller, "LOOK_EVERY", 30.0)
    started = []

    def start():
        thread = Poller(account.pk)
        started.append(thread)
        thread.start()
        return thread

    yield start
    for thread in started:
        thread.end()
        thread.join(20)


def until(condition):
    """Wait for what another thread does; at most 20 s."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


def test_idle_brings_a_mail_at_once(account, dovecot, polling):
    polling()
    until(Cursor.objects.exists)
    until(lambda: MailAccount.objects.get().fetched_at)

    for number in range(3):  # each long before the next look
        dovecot.append(account.imap_user, mail(number))
        until(lambda number=number: RawMail.objects.count() == number + 1)

    assert MailAccount.objects.get().fetch_error == ""


def test_a_server_without_idle_is_asked_again_and_again(account, dovecot, polling, monkeypatch):
    monkeypatch.setattr(Mailbox, "can_idle", False)
    monkeypatch.setattr(poller, "POLL_EVERY", 0.1)
    polling()
    until(Cursor.objects.exists)

    dovecot.append(account.imap_user, mail(1))

    until(RawMail.objects.exists)


def test_one_inbox_is_fetched_by_one_poller_at_a_time(account, dovecot, polling, monkeypatch):  # R2
    monkeypatch.setattr(poller, "ELSEWHERE", 0.1)
    first = polling()
    until(lambda: MailAccount.objects.get().fetched_at)
    second = polling()
    dovecot.append(account.imap_user, mail(1))
    until(RawMail.objects.exists)

    first.end()
    first.join(20)
    dovecot.append(account.imap_user, mail(2))
    until(lambda: RawMail.objects.count() == 2)

    assert second.is_alive()
    assert not RawMail.objects.exclude(copies=0).exists()


def test_a_wrong_password_is_told_in_words_and_a_right_one_mends_it(account, dovecot, polling):
    """R5; the process notices the change by itself."""
    account.imap_password = "falso"
    account.save()
    thread = polling()
    until(lambda: MailAccount.objects.get().fetch_failures)

    failed = MailAccount.objects.get()
    assert account.imap_user in failed.fetch_error
    assert "falso" not in failed.fetch_error
    thread.end()
    thread.join(20)

    failed.imap_password = dovecot.password
    failed.save()
    polling()
    until(lambda: MailAccount.objects.get().fetch_error == "")
    assert MailAccount.objects.get().fetch_failures == 0


def test_a_server_that_goes_away_is_found_again(account, dovecot, polling, monkeypatch):  # R5
    monkeypatch.setattr(poller, "SOON", 0.1)
    polling()
    until(lambda: MailAccount.objects.get().fetched_at)
    kicked = threading.Event()
    original = Mailbox.after

    def broken(self, uid):
        if not kicked.is_set():
            kicked.set()
            raise ConnectionResetError("gone")
        return original(self, uid)

    monkeypatch.setattr(Mailbox, "after", broken)
    dovecot.append(account.imap_user, mail(1))

    until(RawMail.objects.exists)
    assert kicked.is_set()


def test_the_process_follows_what_is_set_up(account, dovecot, monkeypatch):
    monkeypatch.setattr(role, "LOOK_EVERY", 0.1)
    pollers = role.Pollers()
    pollers.start()
    try:
        until(lambda: account.pk in pollers.running)
        first = pollers.running[account.pk][1]
        until(lambda: MailAccount.objects.get().fetched_at)

        MailAccount.objects.update(imap_user=next(users))
        until(lambda: pollers.running.get(account.pk, (0, first))[1] is not first)
        assert not first.is_alive()

        account.inbox.active = False
        account.inbox.save()
        until(lambda: not pollers.running)
    finally:
        pollers.end()
        pollers.join(20)
    connection.close()


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def steps(account):
    return [(step.name, step.ok) for step in check(account)]


def test_the_check_walks_through_and_takes_nothing_in(account, dovecot, english):
    dovecot.append(account.imap_user, mail(1))

    assert steps(account) == [
        ("Connection", True),
        ("Sign-in", True),
        ("Folder", True),
        ("New mail", True),
    ]
    assert not RawMail.objects.exists()
    assert not Cursor.objects.exists()


@pytest.mark.parametrize(
    ("settings", "failed", "words"),
    [
        (
            {"imap_host": "no.such.invalid", "imap_security": "tls"},
            "Connection",
            "no server called no.such.invalid",
        ),
        ({"imap_port": 1}, "Connection", "Nothing listens on port 1"),
        ({"imap_host": "imap.example.net"}, "Connection", "Without encryption a password"),
        ({"imap_password": "falso"}, "Sign-in", "did not accept the user"),
        ({"imap_folder": "Ninguna"}, "Folder", "does not open the folder “Ninguna”"),
        ({"after_fetch": "move", "done_folder": "Nada"}, "Folder", "“Nada”, where"),
        ({"imap_security": "tls"}, "Connection", "does not speak TLS"),
    ],
)
def test_the_check_says_what_failed_and_what_to_do(account, english, settings, failed, words):  # R5
    for name, value in settings.items():
        setattr(account, name, value)

    last = check(account)[-1]

    assert (last.name, last.ok) == (failed, False)
    assert words in last.message


def test_a_server_that_accepts_and_never_answers_is_given_up(account, english, monkeypatch):  # R5
    monkeypatch.setattr("ventanilla.mail.imap_check.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        account.imap_port = silent.getsockname()[1]

        last = check(account)[-1]

    assert (last.name, last.ok) == ("Connection", False)
    assert "does not answer" in last.message


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_is_checked(account, dovecot, english, monkeypatch, security):
    account.imap_host, account.imap_security = "localhost", security
    account.imap_port = dovecot.tls_port if security == "tls" else dovecot.port

    distrusted = check(account)[-1]
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))

    assert "can't be trusted" in distrusted.message
    assert all(step.ok for step in check(account))


def test_a_password_beyond_ascii_signs_in_or_is_refused_in_words(account, english):
    account.imap_password = "contraseña"

    assert "did not accept the user" in check(account)[-1].message
