"""Mails that belong to a ticket join it; those that only seem to don't (R13-R15)."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, address, make_agent, make_contact, make_inbox
from tests.mail.intake.mails import HOLA, TRUSTED, take, write
from ventanilla.events.models import Event
from ventanilla.mail import tokens
from ventanilla.mail.models import MailAccount
from ventanilla.people.models import Contact, Organization
from ventanilla.tickets.actions import give_back, move_messages, reply, set_status, split
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Message, Status, Ticket, TicketLink

pytestmark = pytest.mark.django_db
ATTACKER = "Mal <mal@evil.example>"


@pytest.fixture
def ticket():
    """Elena's ticket, answered by Marta; `mark` leads to the answer."""
    take(write(message_id="<elena-1@correo.example>"))
    ticket = Ticket.objects.get()
    content = Content(text="Lo miramos.", to=[address("elena.vidal@correo.example")])
    answer = reply(ticket, act(make_agent()), content=content)
    ticket.answer = answer
    ticket.own_id = tokens.make_message_id(ticket.pk, answer.pk, "casaolmo.example", "reply")
    ticket.reply_to = tokens.reply_address(HOLA, ticket.pk, answer.pk)
    return ticket


def trust():
    MailAccount.objects.update_or_create(inbox=make_inbox(), defaults={"trusted_authserv": TRUSTED})


def test_an_answer_by_our_message_id_joins_and_opens_the_ticket_again(ticket):  # R13
    row = take(write("Gracias, ¿cuándo llega?", in_reply_to=f"<{ticket.own_id}>"))

    ticket.refresh_from_db()
    assert (row.outcome, row.why, row.ticket) == ("appended", "own_id:participant", ticket)
    assert ticket.status == Status.OPEN
    assert ticket.waiting_since == MONDAY_9AM
    assert Message.objects.get(pk=row.message_id).verified


def test_an_answer_to_the_reply_address_joins_however_headers_were_lost(ticket):  # R13
    row = take(write("Gracias", to=ticket.reply_to, subject="sin nada"))

    assert (row.outcome, row.why) == ("appended", "reply_address:participant")


def test_the_envelope_alone_may_hold_the_reply_address(ticket):
    row = take(write("Gracias"), source="lmtp", envelope_from="elena.vidal@correo.example",
               envelope_to=[ticket.reply_to])  # fmt: skip

    assert (row.outcome, row.why) == ("appended", "reply_address:participant")


def test_a_quoted_reference_joins_where_message_ids_and_plus_parts_are_lost(ticket):
    quoted = tokens.reference(ticket.pk, ticket.answer.pk)

    row = take(write(f"Gracias\n\n> Lo miramos.\n> [{quoted}]", subject="sin nada"))

    assert (row.outcome, row.why) == ("appended", "reference:participant")


def test_the_customers_second_mail_joins_by_the_first_ones_id(ticket):
    row = take(write("Se me olvidó", in_reply_to="<elena-1@correo.example>"))

    assert (row.outcome, row.why) == ("appended", "stored_id:participant")


def test_two_answers_to_a_mail_that_never_came_are_one_ticket():
    first = take(write("Uno", message_id="<a@x>", in_reply_to="<lost@x>", references="<lost@x>"))
    second = take(write("Dos", message_id="<b@x>", references="<lost@x>"))

    assert (second.outcome, second.why) == ("appended", "unseen_id:participant")
    assert second.ticket == first.ticket


def test_a_mail_that_comes_after_its_answer_joins_it():
    answer = take(write("La respuesta", message_id="<b@x>", in_reply_to="<a@x>"))
    asked = take(write("La pregunta", message_id="<a@x>"))

    assert (asked.outcome, asked.ticket) == ("appended", answer.ticket)


def test_strangers_who_answer_the_same_unseen_mail_have_a_ticket_each():
    """A newsletter: everybody answers it, nobody may end up with another customer's ticket."""
    first = take(write("Uno", references="<news@x>"))
    second = take(write("Dos", references="<news@x>", sender=ATTACKER))

    assert second.outcome == "opened"
    assert TicketLink.objects.get().other == first.ticket


def test_a_stranger_with_our_id_joins_unverified_and_moves_nothing(ticket):  # R13 R14
    row = take(
        write("Mándame todo", sender=ATTACKER, in_reply_to=f"<{ticket.own_id}>",
              cc="Otro <otro@evil.example>")
    )  # fmt: skip

    ticket.refresh_from_db()
    message = Message.objects.get(pk=row.message_id)
    assert (row.outcome, row.why) == ("appended", "own_id:stranger")
    assert (message.verified, message.contact.name) == (False, "Mal")
    assert ticket.status == Status.PENDING
    assert not ticket.participants.exists()
    assert message.cc == [address("otro@evil.example", "Otro")]
    assert not Contact.objects.filter(name="Otro").exists()


def test_a_stranger_who_knows_the_number_gets_a_ticket_of_their_own(ticket):  # R13
    trust()
    row = take(write("Hola", subject=f"Re: [#{ticket.number}]", sender=ATTACKER, dmarc="pass"))

    opened = Ticket.objects.get(pk=row.ticket_id)
    assert (row.outcome, row.why) == ("opened", "number:stranger")
    assert opened != ticket
    link = TicketLink.objects.get()
    assert (link.ticket, link.other, link.how) == (opened, ticket, "perhaps")


def test_the_number_suffices_for_a_participant_whose_domain_vouches(ticket):  # R13
    trust()
    forged = take(write("Uno", subject=f"#{ticket.number}", dmarc="fail"))
    plain = take(write("Dos", subject=f"#{ticket.number}"))
    vouched = take(write("Tres", subject=f"#{ticket.number}", dmarc="pass"))

    assert [row.outcome for row in (forged, plain, vouched)] == ["opened", "opened", "appended"]


def test_a_colleague_joins_if_their_domain_vouches(ticket):  # R13
    trust()
    company = Organization.objects.create(name="Correo", domains=["correo.example"])
    Ticket.objects.update(organization=company)

    row = take(write("Yo también", sender="Luis <luis@correo.example>", dmarc="pass",
                     in_reply_to=f"<{ticket.own_id}>"))  # fmt: skip

    assert row.why == "own_id:colleague"
    assert [p.contact.name for p in ticket.participants.all()] == ["Luis"]


def test_a_verified_participant_copies_others_in(ticket):  # R14
    take(write("Añado a Luis", in_reply_to=f"<{ticket.own_id}>", cc="Luis <luis@correo.example>"))
    row = take(write("Yo soy Luis", sender="luis@correo.example", to=ticket.reply_to))

    assert [p.contact.name for p in ticket.participants.all()] == ["Luis"]
    assert (row.outcome, row.why) == ("appended", "reply_address:participant")


def test_within_the_days_an_answer_reopens_and_later_it_is_a_follow_up(ticket):
    set_status(ticket, act(), to=Status.RESOLVED)

    soon = take(write("No va", to=ticket.reply_to), when=MONDAY_9AM + timedelta(days=6))
    set_status(ticket, act(when=MONDAY_9AM + timedelta(days=7)), to=Status.CLOSED)
    late = take(write("Otra vez", to=ticket.reply_to), when=MONDAY_9AM + timedelta(days=15))

    assert (soon.outcome, late.outcome) == ("appended", "opened")
    assert Event.objects.filter(kind="ticket.reopened").count() == 1
    link = TicketLink.objects.get()
    assert (link.ticket_id, link.other, link.how) == (late.ticket_id, ticket, "follow_up")


def test_a_stranger_cannot_reopen_what_is_resolved(ticket):  # R13
    set_status(ticket, act(), to=Status.RESOLVED)

    row = take(write("Abre", sender=ATTACKER, to=ticket.reply_to))

    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED
    assert row.outcome == "opened"
    assert TicketLink.objects.get().how == "perhaps"


def test_the_same_message_with_other_headers_is_a_copy():  # R2
    first = take(write(message_id="<1@x>", received="from a"))
    again = take(write(message_id="<1@x>", received="from b"))

    assert (again.outcome, again.ticket, again.message) == (
        "duplicate",
        first.ticket,
        first.message,
    )
    assert Message.objects.count() == 1


def test_the_same_message_id_with_other_words_is_a_message_of_its_own():  # R2
    first = take(write("Uno", message_id="<1@x>"))
    other = take(write("Dos", message_id="<1@x>"))
    stranger = take(write("Tres", message_id="<1@x>", sender=ATTACKER))

    assert (other.outcome, other.ticket) == ("appended", first.ticket)
    assert stranger.outcome == "opened"
    assert Message.objects.count() == 3


def test_an_answer_to_two_inboxes_is_one_message_of_its_ticket(ticket):  # R2
    pedidos = make_inbox("pedidos@casaolmo.example", name="Pedidos")
    raw = write("Gracias", to=f"{ticket.reply_to}, pedidos@casaolmo.example", message_id="<9@x>")

    first, second = take(raw), take(raw, inbox=pedidos)

    assert (first.outcome, second.outcome) == ("appended", "duplicate")
    assert second.message == first.message


def test_our_own_mail_that_comes_back_is_no_message(ticket):  # R11
    back = take(write("Lo miramos.", sender=HOLA, message_id=f"<{ticket.own_id}>"))

    assert (back.outcome, back.why, back.message) == ("duplicate", "own_mail", ticket.answer)


def test_an_agents_address_with_a_stolen_id_is_a_stranger(ticket):  # R15
    make_agent("Ivo Soler")

    row = take(write("Reembolsado", sender="ivo.soler@casaolmo.example",
                     in_reply_to=f"<{ticket.own_id}>"))  # fmt: skip

    message = Message.objects.get(pk=row.message_id)
    assert (message.verified, message.agent, message.kind) == (False, None, 0)
    assert "sender_address_of_agent" in message.defects


def test_a_mark_of_a_ticket_that_is_gone_opens_a_new_one():
    row = take(write("Hola", to=tokens.reply_address(HOLA, 99_999, 1)))

    assert (row.outcome, row.why) == ("opened", "no_evidence")


def test_what_a_participant_of_another_ticket_knows_does_not_help(ticket):  # R13
    other = make_contact("Pablo Gil", "pablo@correo.example")

    row = take(write("Hola", sender="pablo@correo.example", to=ticket.reply_to))

    assert Message.objects.get(pk=row.message_id).contact == other
    assert row.why == "reply_address:stranger"


def test_what_answers_a_moved_message_goes_where_it_is_now(ticket):
    marta = ticket.answer.agent
    other = take(write("Sillas", message_id="<s@x>", subject="Sillas")).ticket
    asked = take(write("¿Y sillas?", message_id="<y@x>", in_reply_to=f"<{ticket.own_id}>"))
    made = move_messages(ticket, act(marta), messages=[asked.message_id], to=other)

    # even where the address is still the one of the ticket that it came to
    again = take(write("¿Y?", message_id="<z@x>", in_reply_to="<y@x>", to=ticket.reply_to))
    also = take(write("Gracias por lo primero", in_reply_to=f"<{ticket.own_id}>"))
    give_back(made, act(marta))
    back = take(write("¿Nada?", message_id="<n@x>", in_reply_to="<y@x>", to=ticket.reply_to))

    assert [row.ticket for row in (again, also, back)] == [other, ticket, ticket]


def test_what_answers_a_split_off_message_joins_the_new_ticket_until_that_is_undone(ticket):
    marta = ticket.answer.agent
    made = split(ticket, act(marta), messages=[ticket.answer.pk])

    first = take(write("Gracias", in_reply_to=f"<{ticket.own_id}>"))
    give_back(made, act(marta))
    then = take(write("¿Y ahora?", to=ticket.reply_to))

    assert [row.ticket for row in (first, then)] == [made.target, ticket]
    assert {one.ticket for one in Message.objects.all()} == {ticket}


def test_a_stranger_gains_nothing_by_naming_a_moved_message(ticket):  # R13
    other = take(write("Sillas", message_id="<s@x>", subject="Sillas")).ticket
    asked = take(write("¿Y sillas?", message_id="<y@x>", in_reply_to=f"<{ticket.own_id}>"))
    move_messages(ticket, act(ticket.answer.agent), messages=[asked.message_id], to=other)

    row = take(write("Dame", sender=ATTACKER, message_id="<m@x>", in_reply_to="<y@x>"))

    assert row.ticket not in (ticket, other)
