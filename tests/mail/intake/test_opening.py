"""A mail becomes a ticket: whose, with what, and in how many statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_9AM, make_agent, make_contact, make_inbox
from tests.mail.intake.mails import HOLA, TRUSTED, take, write
from ventanilla.events.models import Event
from ventanilla.lib import storage
from ventanilla.mail.intake import take_in
from ventanilla.mail.keep import keep
from ventanilla.mail.models import MailAccount, RawMail
from ventanilla.people.models import Contact, DeskSettings
from ventanilla.tickets.models import Aside, Message, Ticket

pytestmark = pytest.mark.django_db


def test_a_mail_of_somebody_unknown_opens_a_ticket_with_a_new_contact():
    row = take(write(message_id="<1@correo.example>"))

    ticket = Ticket.objects.get()
    message = ticket.messages.get()
    assert (row.state, row.outcome, row.ticket, row.message) == ("done", "opened", ticket, message)
    assert (ticket.subject, ticket.channel) == ("Cobro duplicado en el pedido 20931", "email")
    assert ticket.inbox == row.inbox
    assert ticket.team == row.inbox.team
    assert ticket.contact.identities.get().value == "elena.vidal@correo.example"
    assert (ticket.contact.name, ticket.language) == ("Elena Vidal", "es")
    assert ticket.created_at == ticket.waiting_since == MONDAY_9AM
    assert message.text.startswith("Ayer compré la mesa Roble")
    assert message.sender == "elena.vidal@correo.example"
    assert message.to == [{"name": "", "addr": HOLA}]
    assert message.message_id == "1@correo.example"
    assert (message.raw_digest, message.verified) == (row.digest, True)
    assert (row.sender, row.no_answer) == ("elena.vidal@correo.example", "")


def test_the_ticket_and_its_contact_are_events_by_the_customer():
    take(write())

    opened = Event.objects.get(kind="ticket.opened")
    made = Event.objects.get(kind="contact.created")
    contact = Contact.objects.get()
    assert (opened.actor_kind, opened.actor_id, opened.via) == ("contact", contact.pk, "mail")
    assert opened.data["message"] == Message.objects.get().pk
    assert made.data == {"contact": contact.pk}


def test_a_second_mail_of_the_same_person_is_a_ticket_of_the_same_contact():
    take(write(message_id="<1@x.example>"))
    take(write("Otra cosa", subject="Otra cosa", sender="ELENA.Vidal@Correo.example"))

    assert Ticket.objects.count() == 2
    assert Contact.objects.count() == 1


def test_a_contact_without_a_name_gets_the_one_in_the_mail():
    take(write(sender="elena.vidal@correo.example"))
    take(write("Otra"))

    assert Contact.objects.get().name == "Elena Vidal"


def test_the_language_of_the_words_is_the_contacts_and_the_tickets():
    take(write("Guten Tag, der Tisch ist gestern angekommen, aber ein Bein ist gebrochen."))

    ticket = Ticket.objects.get()
    assert ticket.language == ticket.contact.language == ticket.messages.get().language == "de"


def test_attachments_are_in_storage_and_on_the_message():
    take(write(files=(("factura.pdf", "application/pdf", b"%PDF-1.4 ..."),)))

    file = Message.objects.get().attachments.get()
    assert (file.filename, file.content_type, file.size) == ("factura.pdf", "application/pdf", 12)
    assert storage.read(file.digest) == b"%PDF-1.4 ..."


def test_what_the_mail_claims_as_its_date_is_only_shown():  # R10
    take(write(date="Mon, 02 Mar 2020 10:00:00 +0100"))

    message = Message.objects.get()
    assert message.occurred_at == MONDAY_9AM
    assert message.dated_at.year == 2020


def test_without_a_sender_there_is_a_ticket_that_nobody_is_answered_for():  # R10
    row = take(b"Subject: Hola\r\n\r\nSin remitente\r\n")

    assert (row.outcome, row.no_answer) == ("opened", "no_sender")
    assert Ticket.objects.get().contact is None


@pytest.mark.parametrize("raw", [b"", b"\0", b"\r\n\r\n", b"\xff\xfe\x00hola", b"From: \r\n\r\n"])
def test_hardly_a_mail_is_a_ticket_too(raw):  # R10
    assert take(raw).outcome == "opened"


def test_a_form_on_our_own_site_writes_for_the_one_in_reply_to():
    take(write(sender=HOLA, reply_to="Elena Vidal <elena.vidal@correo.example>"))

    assert Ticket.objects.get().contact.name == "Elena Vidal"
    assert RawMail.objects.get().no_answer == "own_mail"


def test_our_own_addresses_never_become_contacts():
    inbox = make_inbox()
    MailAccount.objects.create(inbox=inbox, aliases=["tienda@casaolmo.example"])

    row = take(
        write(
            sender="tienda@casaolmo.example",
            cc="hola+x@casaolmo.example, Luis <luis@correo.example>",
        )
    )

    assert row.outcome == "opened"
    assert Contact.objects.get().name == "Luis"


def test_whom_the_customer_copies_takes_part_agents_do_not():
    make_agent("Marta Ruiz")

    take(write(cc="Luis <luis@correo.example>, marta.ruiz@casaolmo.example"))

    assert [p.contact.name for p in Ticket.objects.get().participants.all()] == ["Luis"]


@pytest.mark.parametrize(
    ("blocked", "why"),
    [
        ("elena.vidal@correo.example", "address"),
        ("correo.example", "domain"),
        ("example", "contact"),
    ],
)
def test_mail_of_a_blocked_sender_is_quietly_spam(blocked, why):
    contact, sure = make_contact(), why == "contact"
    Contact.objects.filter(pk=contact.pk).update(blocked=sure)
    DeskSettings.objects.update(blocked_senders=[blocked])

    row = take(write())

    ticket = Ticket.objects.get()
    assert (row.outcome, row.ticket, row.no_answer) == ("opened", ticket, "spam")
    assert (ticket.aside, ticket.stays.get().why, ticket.due_at) == (Aside.SPAM, why, None)


def test_a_servers_word_makes_spam_of_a_strangers_mail_where_the_desk_heeds_it():
    take(write(x_spam_flag="YES"))
    assert Ticket.objects.get().aside == Aside.SPAM
    DeskSettings.objects.update(heed_spam_header=False)
    take(write("Otra cosa.", x_spam_flag="YES"))
    assert Ticket.objects.filter(aside=None).count() == 1


def test_a_mail_to_two_inboxes_opens_one_ticket_in_each():  # R2
    hola, pedidos = make_inbox(), make_inbox("pedidos@casaolmo.example", name="Pedidos")
    raw = write(to=f"{HOLA}, pedidos@casaolmo.example", message_id="<1@correo.example>")
    take(raw, inbox=hola)
    take(raw, inbox=pedidos)

    assert [t.inbox.name for t in Ticket.objects.order_by("id")] == ["Hola", "Pedidos"]
    assert Contact.objects.count() == 1


def test_an_agents_address_is_only_a_customer_who_is_marked():  # R15
    agent = make_agent("Marta Ruiz")

    take(write(sender="Marta Ruiz <marta.ruiz@casaolmo.example>"))

    message = Message.objects.get()
    assert (message.agent, message.contact.name) == (None, agent.user.name)
    assert "sender_address_of_agent" in message.defects


@pytest.mark.parametrize(
    ("sender", "mark"),
    [
        ('"hola@casaolmo.example" <x@evil.example>', "sender_name_has_address"),
        ("Еlena Vidal <x@evil.example>", "sender_name_mixes_scripts"),  # a Cyrillic Е
        ("marta ruiz <x@evil.example>", "sender_name_of_agent"),
        ("VENTANILLA <x@evil.example>", "sender_name_of_desk"),
    ],
)
def test_a_name_that_may_mislead_is_marked(sender, mark):  # R17
    make_agent("Marta Ruiz")

    take(write(sender=sender))

    assert Message.objects.get().defects[-1:] == [mark]


@pytest.mark.parametrize(
    ("trusted", "said", "expected"),
    [(TRUSTED, "pass", True), (TRUSTED, "fail", False), (TRUSTED, "none", None),
     ("other.example", "pass", None), ("", "pass", None)],
)  # fmt: skip
def test_only_the_trusted_server_says_who_is_authenticated(trusted, said, expected):  # R17
    MailAccount.objects.create(inbox=make_inbox(), trusted_authserv=trusted)

    take(write(dmarc=said))

    assert Message.objects.get().authenticated is expected


def test_a_verdict_about_another_domain_says_nothing():  # R17
    MailAccount.objects.create(inbox=make_inbox(), trusted_authserv=TRUSTED)

    take(write(authentication_results=f"{TRUSTED}; dmarc=pass header.from=evil.example"))

    assert Message.objects.get().authenticated is None


def test_above_twenty_mails_an_hour_the_rest_comes_in_quietly():  # R11
    for number in range(22):
        row = take(write(f"Mail {number}", subject=f"Mail {number}"))

    quiet = Event.objects.filter(kind="ticket.opened").order_by("id")
    assert [event.data["quiet"] for event in quiet] == [False] * 20 + [True] * 2
    assert row.no_answer == "storm"


def test_a_storm_ends_after_an_hour():  # R11
    for number in range(20):
        take(write(f"Mail {number}", subject=f"Mail {number}"))

    row = take(write("Otra"), when=MONDAY_9AM + timedelta(hours=1, minutes=1))

    assert row.no_answer == ""


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"precedence": "bulk"}, "precedence"),
        ({"list_id": "<novedades.example>"}, "list"),
        ({"auto_submitted": "auto-generated"}, "auto_submitted"),
        ({"x_auto_response_suppress": "All"}, "response_suppressed"),
        ({"sender": "noreply@correo.example"}, "no_reply_address"),
    ],
)
def test_what_nobody_expects_an_answer_to_says_so(headers, why):  # R11
    assert take(write(**headers)).no_answer == why


def test_a_null_sender_in_the_envelope_is_not_answered():  # R11
    assert take(write(), source="smtp", envelope_from="").no_answer == "null_sender"
    assert take(write("otra"), source="smtp", envelope_from="e@correo.example").no_answer == ""


def test_what_comes_a_day_late_is_not_acknowledged():
    row = take(write(), now=MONDAY_9AM + timedelta(hours=24, seconds=1))

    assert row.no_answer == "old"


def test_a_backfill_opens_tickets_without_reactions_and_after_what_is_fresh():
    inbox = make_inbox()
    old = keep(write("vieja"), inbox=inbox, source="imap", received_at=MONDAY_9AM, quiet=True).row
    new = keep(write("nueva"), inbox=inbox, source="imap", received_at=MONDAY_9AM).row

    assert take_in(1) == 1

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == ("kept", "done")
    assert take_in() == 1
    event = Event.objects.filter(kind="ticket.opened").latest("id")
    assert (event.data["quiet"], event.via) == (True, "import")


def statements(raw):
    """What working on one mail costs, without what is configuration (cached by the process)."""
    keep(raw, inbox=make_inbox(), source="pipe", received_at=MONDAY_9AM)
    with CaptureQueriesContext(connection) as captured:
        assert take_in(1) == 1
    sent = [query["sql"] for query in captured.captured_queries]
    frame = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    configuration = ("people_desksettings", "tickets_inbox", "people_calendar", "sla_policy")
    return [
        sql
        for sql in sent
        if not sql.startswith(frame)
        and not any(f'FROM "{name}"' in sql for name in configuration)
        and 'FROM "people_team"' not in sql
    ]


def test_a_new_ticket_costs_at_most_fifteen_statements_and_a_new_contact_three():
    file = ("factura.pdf", "application/pdf", b"%PDF-1.4")

    assert len(statements(write(message_id="<1@x.example>", files=(file,)))) <= 18
    assert len(statements(write("Otra", message_id="<2@x.example>", files=(file,)))) <= 15


def test_a_joining_mail_costs_no_more_for_many_references():
    take(write(message_id="<0@x.example>"))
    few = statements(write("Uno", message_id="<1@x.example>", in_reply_to="<0@x.example>"))
    references = " ".join(f"<{number}@x.example>" for number in range(80))
    many = statements(write("Dos", message_id="<2@x.example>", references=references))

    assert len(few) == len(many) <= 15
