"""The built-in receiver on a real port, spoken to by a real client."""

import asyncio
import smtplib
import socket
import subprocess
import threading
from contextlib import contextmanager

import pytest
from django.db import OperationalError

from tests.factories import make_inbox
from tests.mail.intake.mails import HOLA, write
from ventanilla.lib import storage
from ventanilla.lib.env import BadSetting
from ventanilla.mail import inboxes, receiver
from ventanilla.mail import keep as keeping
from ventanilla.mail.listen import Place, place
from ventanilla.mail.models import MailAccount, RawMail
from ventanilla.mail.receiver import Receiver, tls_context

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
ELENA = "elena.vidal@correo.example"


@contextmanager
def listening(where, *, lmtp=False, tls=None):
    """A receiver on a loop of its own thread. Yields where it listens."""
    loop, ours = asyncio.new_event_loop(), Receiver("mx.casaolmo.example", tls)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work):
        return asyncio.run_coroutine_threadsafe(work, loop).result(10)

    server = run(where.serve(lambda: ours.protocol(lmtp=lmtp)))
    try:
        yield where.path or server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        ours._threads.submit(close_connection).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        ours.close()


def close_connection():
    """Threads of the pool keep database connections, which the test database must not have."""
    from django.db import connections

    connections.close_all()


@pytest.fixture
def smtp(monkeypatch):
    monkeypatch.setattr(receiver, "THREADS", 1)
    make_inbox()
    with (
        listening(Place("127.0.0.1", 0)) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
    ):
        yield client


def test_a_mail_is_kept_before_it_is_acknowledged(smtp):  # R1
    raw = write(message_id="<1@x>")

    assert smtp.sendmail(ELENA, [HOLA], raw) == {}

    row = RawMail.objects.get()
    assert storage.read(row.digest) == raw
    assert (row.source, row.envelope_from, row.envelope_to) == ("smtp", ELENA, [HOLA])


def test_bytes_arrive_as_they_were_sent(smtp):
    raw = "Subject: ñandú\r\n\r\n.punto\r\n\xe1\r\n".encode() + b"x" * 200_000 + b"\r\n\xff\0\r\n"

    smtp.sendmail(ELENA, [HOLA], raw, mail_options=["BODY=8BITMIME", "SMTPUTF8"])

    assert storage.read(RawMail.objects.get().digest) == raw


@pytest.mark.parametrize(
    "recipient",
    ["hola+tabc@casaolmo.example", "HOLA@Casaolmo.example", "tienda@casaolmo.example"],
)
def test_plus_addresses_aliases_and_any_case_are_ours(smtp, recipient):
    MailAccount.objects.create(inbox=make_inbox(), aliases=["tienda@casaolmo.example"])

    smtp.sendmail(ELENA, [recipient], write())

    assert RawMail.objects.get().envelope_to == [recipient]


def test_nobody_elses_mail_is_taken(smtp):
    make_inbox("apagado@casaolmo.example", name="Apagado", active=False)

    for other in ("victima@elsewhere.example", "apagado@casaolmo.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            smtp.sendmail(ELENA, [other], write())
        assert refused.value.recipients[other][0] == 550

    assert not RawMail.objects.exists()


def test_a_null_sender_is_one(smtp):
    smtp.sendmail("", [HOLA], write())

    assert RawMail.objects.get().envelope_from == ""


def test_a_mail_for_two_inboxes_is_kept_in_both(smtp):  # R2
    make_inbox("pedidos@casaolmo.example", name="Pedidos")

    smtp.sendmail(ELENA, [HOLA, "pedidos@casaolmo.example", "hola+x@casaolmo.example"], write())

    names = RawMail.objects.order_by("pk").values_list("inbox__name", "copies")
    assert list(names) == [("Hola", 0), ("Pedidos", 0)]


@pytest.mark.parametrize(
    ("obstacle", "code"), [(OSError(28, "No space left on device"), 452), (OperationalError(), 451)]
)
def test_what_cannot_be_kept_now_is_asked_for_again(smtp, monkeypatch, obstacle, code):  # R49 R50
    def refuse(*_unused):
        raise obstacle

    where = storage if code == 452 else keeping
    monkeypatch.setattr(where, "put" if code == 452 else "_insert", refuse)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail(ELENA, [HOLA], write())

    assert refused.value.smtp_code == code


def test_without_a_database_no_recipient_is_refused_for_good(smtp, monkeypatch):  # R49
    def away():
        raise OperationalError("connection refused")

    monkeypatch.setattr(inboxes, "load", away)

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.sendmail(ELENA, [HOLA], write())

    assert refused.value.recipients[HOLA][0] == 451


def test_a_mistake_of_ours_costs_no_mail(smtp, monkeypatch):
    def stumble(*_unused):
        raise ZeroDivisionError

    monkeypatch.setattr(receiver, "_keep", stumble)

    with pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail(ELENA, [HOLA], write())

    assert refused.value.smtp_code == 451


def test_what_is_too_large_is_refused_for_good(monkeypatch):  # R7
    monkeypatch.setattr(receiver, "LARGEST", 5000)
    make_inbox()
    with (
        listening(Place("127.0.0.1", 0)) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
    ):
        with pytest.raises(smtplib.SMTPException) as announced:
            client.sendmail(ELENA, [HOLA], b"x" * 6000)
        client.rset()
        client.mail(ELENA)
        client.rcpt(HOLA)
        code, _words = client.data(b"y\r\n" * 3000)

    assert announced.value.smtp_code == code == 552
    assert not RawMail.objects.exists()


def test_beyond_the_most_connections_clients_are_told_to_come_back(monkeypatch):
    monkeypatch.setattr(receiver, "MOST_CONNECTIONS", 1)
    with (
        listening(Place("127.0.0.1", 0)) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=20),
        pytest.raises(smtplib.SMTPConnectError) as refused,
    ):
        smtplib.SMTP("127.0.0.1", port, timeout=20)

    assert refused.value.smtp_code == 421


def test_lmtp_answers_for_each_recipient(tmp_path, monkeypatch):
    monkeypatch.setattr(receiver, "THREADS", 1)
    hola, pedidos = make_inbox(), make_inbox("pedidos@casaolmo.example", name="Pedidos")
    kept = receiver.keep

    def keep(raw, *, inbox, **more):
        if inbox == pedidos.pk:
            raise keeping.CantKeepNow("full") from OSError(28, "full")
        return kept(raw, inbox=inbox, **more)

    monkeypatch.setattr(receiver, "keep", keep)
    with listening(Place(path=str(tmp_path / "lmtp")), lmtp=True) as path:
        talk = socket.socket(socket.AF_UNIX)
        talk.connect(path)
        with talk, talk.makefile("rwb") as line:

            def say(words, answers=1):
                line.write(words + b"\r\n")
                line.flush()
                found = []
                while len(found) < answers:
                    text = line.readline()
                    if text[3:4] == b" ":
                        found.append(text)
                return found

            line.readline()
            say(b"LHLO mta")
            say(b"MAIL FROM:<>")
            for address in (HOLA, pedidos.address, "hola+x@casaolmo.example"):
                say(f"RCPT TO:<{address}>".encode())
            say(b"DATA")
            told = say(write().rstrip(b"\r\n") + b"\r\n.", answers=3)

    assert [answer[:3] for answer in told] == [b"250", b"452", b"250"]
    row = RawMail.objects.get()
    assert (row.inbox, row.source) == (hola, "lmtp")


def test_starttls_is_offered_with_a_certificate(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
         "-days", "2", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    with (
        listening(Place("127.0.0.1", 0), tls=tls_context(str(certificate), str(key))) as port,
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
    ):
        client.starttls()
        client.ehlo()

        assert not client.has_extn("starttls")
        assert not client.has_extn("auth")


def test_where_to_listen_is_read_strictly():
    assert place("X", "127.0.0.1:2525") == Place("127.0.0.1", 2525)
    assert place("X", "[::1]:25") == Place("::1", 25)
    assert place("X", "/run/lmtp", sockets=True) == Place(path="/run/lmtp")
    assert place("X", "") is None
    for wrong in ("2525", ":2525", "localhost", "host:x", "host:99999", "/run/smtp"):
        with pytest.raises(BadSetting, match="X="):
            place("X", wrong)
