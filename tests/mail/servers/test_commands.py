"""Mail handed in by a program: what it prints and how it ends."""

import json

import pytest

from tests.factories import make_inbox
from tests.mail.intake.mails import HOLA, write
from ventanilla.mail.models import RawMail
from ventanilla.tickets.models import Ticket

pytestmark = [
    pytest.mark.servers,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_a_mail_from_a_pipe_is_kept_and_worked_on_later(ventanilla):
    make_inbox()

    done = ventanilla("mail", "ingest", stdin=write())

    assert (done.returncode, done.stderr) == (0, "")
    row = RawMail.objects.get()
    assert (row.state, row.source, row.inbox.address) == ("kept", "pipe", HOLA)


def test_wait_tells_what_became_of_it_and_show_prints_the_ticket(ventanilla, tmp_path):
    make_inbox()
    file = tmp_path / "mail.eml"
    file.write_bytes(write())

    first = ventanilla("mail", "ingest", "--wait", "--json", str(file))
    second = ventanilla("mail", "ingest", "--wait", "--json", str(file))

    ticket = Ticket.objects.get()
    told = json.loads(first.stdout)
    assert told == {
        "outcome": "opened",
        "ticket": ticket.number,
        "message": ticket.messages.get().pk,
        "why": "no_evidence",
    }
    assert json.loads(second.stdout) == told | {"outcome": "duplicate", "why": "same_bytes"}

    shown = json.loads(ventanilla("ticket", "show", str(ticket.number), "--json").stdout)
    assert shown["subject"] == ticket.subject
    assert shown["contact"]["identities"] == ["elena.vidal@correo.example"]
    assert [message["kind"] for message in shown["messages"]] == ["inbound"]
    opened = shown["events"][0]
    assert (opened["kind"], opened["actor"]["kind"], opened["cause"]) == (
        "ticket.opened",
        "contact",
        None,
    )


def test_the_inbox_is_the_one_that_the_mail_was_addressed_to(ventanilla):
    make_inbox()
    make_inbox("pedidos@casaolmo.example", name="Pedidos")

    ventanilla("mail", "ingest", stdin=write(to="pedidos+x@casaolmo.example"))
    ventanilla("mail", "ingest", stdin=write(), RECIPIENT="pedidos@casaolmo.example")
    ventanilla("mail", "ingest", "--inbox", "pedidos@casaolmo.example", stdin=write("Otra"))
    ventanilla("mail", "ingest", stdin=write(to="nadie@casaolmo.example"))

    names = RawMail.objects.order_by("pk").values_list("inbox__name", flat=True)
    assert list(names) == ["Pedidos", "Pedidos", "Pedidos", "Hola"]


def test_what_cannot_be_kept_now_is_asked_for_again(ventanilla):  # R1
    no_inbox = ventanilla("mail", "ingest", stdin=write())
    no_database = ventanilla(
        "mail", "ingest", stdin=write(), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )

    assert no_inbox.returncode == no_database.returncode == 75
    assert "There is no mail inbox yet" in no_inbox.stderr
    assert "Traceback" not in no_inbox.stderr + no_database.stderr


def test_an_inbox_that_is_none_is_refused_for_good(ventanilla):
    make_inbox()

    done = ventanilla("mail", "ingest", "--inbox", "nadie@x.example", stdin=write())

    assert done.returncode == 67
    assert "nadie@x.example" in done.stderr


def test_a_ticket_that_is_none_is_one_sentence(ventanilla):
    done = ventanilla("ticket", "show", "99", "--json")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "ventanilla: There is no ticket #99.\n"


def test_parse_prints_a_mail_and_many(ventanilla, tmp_path):
    (tmp_path / "one.eml").write_bytes(write())
    (tmp_path / "two.eml").write_bytes(b"\0\xff")
    paths = f"{tmp_path}/one.eml\n{tmp_path}/two.eml\n{tmp_path}/none.eml\n"

    one = ventanilla("mail", "parse", str(tmp_path / "one.eml"), "--json")
    many = ventanilla("mail", "parse", "--jsonl", stdin=paths.encode())

    assert json.loads(one.stdout)["from"][0]["addr"] == "elena.vidal@correo.example"
    assert len(many.stdout.splitlines()) == 3
    assert (one.returncode, many.returncode) == (0, 0)


def test_retry_works_on_parked_mail_at_once(ventanilla):
    make_inbox()
    ventanilla("mail", "ingest", stdin=write())
    RawMail.objects.update(state="parked", outcome="quarantined", why="a bug of before")

    done = ventanilla("mail", "retry", "--all")

    assert done.returncode == 0
    assert "1: opened #" in done.stdout.replace(str(RawMail.objects.get().pk), "1", 1)
    assert RawMail.objects.get().state == "done"
