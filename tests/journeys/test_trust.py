"""Who may speak in which ticket, and what must never leave (R13, R9, R10, R52)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.letters import answer, bare, bounce, letter, plain
from tests.journeys.screen import Inbox, Ticket

pytestmark = [pytest.mark.servers, pytest.mark.browser]


@pytest.fixture
def answered(desk, sign_in):
    """A ticket that Marta has answered: her screen, the customer's address, the sent reply."""
    customer = desk.someone()
    page = sign_in("marta@casaolmo.example").page
    inbox = Inbox(page, "all")
    subject = f"Pedido de {customer.partition('@')[0]}"
    question, question_id = letter(
        "Hola, ¿cuándo llega mi pedido? Gracias, Ainhoa",
        sender=f"Ainhoa Peña <{customer}>",
        subject=subject,
    )
    desk.deliver(question)
    inbox.announced(subject)
    ticket = inbox.open(subject)
    ticket.write("El viernes por la tarde.")
    ticket.send()
    reply = desk.sent_to(customer, lambda mail: "viernes" in plain(mail))
    expect(ticket.message("El viernes").locator(".msg-state")).to_contain_text("Enviado")
    return ticket, customer, question_id, reply


def test_a_stranger_who_knows_the_number_gets_a_ticket_of_their_own(desk, answered):  # R13
    ticket, _customer, _question_id, _reply = answered
    stranger = desk.someone()
    guess, guess_id = letter(
        "Envíenme el pedido a esta otra dirección.",
        sender=stranger,
        subject=f"Re: Pedido #{ticket.number} [#{ticket.number}]",
    )

    desk.deliver(guess)

    outcome = desk.outcome_of(guess_id)
    assert (outcome["outcome"], outcome["number"] != ticket.number) == ("opened", True)
    opened = desk.product.ticket(outcome["number"])
    assert {"ticket": ticket.number, "how": "perhaps"} in [
        {"ticket": link["ticket"], "how": link["how"]} for link in opened["links"]
    ]
    assert len(desk.product.ticket(ticket.number)["messages"]) == 3


def test_a_stranger_who_quotes_the_customers_message_id_opens_a_ticket(desk, answered):  # R13
    ticket, _customer, question_id, _reply = answered
    stolen, stolen_id = letter(
        "¿Y lo mío?",
        sender=desk.someone(),
        subject="Re: Pedido",
        in_reply_to=f"<{question_id}>",
        references=f"<{question_id}>",
    )

    desk.deliver(stolen)

    outcome = desk.outcome_of(stolen_id)
    assert (outcome["outcome"], outcome["number"] != ticket.number) == ("opened", True)


def test_a_stranger_with_our_message_id_joins_in_red_until_an_agent_accepts(desk, answered):  # R13
    ticket, _customer, _question_id, reply = answered
    stranger = desk.someone()
    stolen, _stolen_id = letter(
        "Soy su vecino, me lo pueden dejar a mí.",
        sender=f"Vecino <{stranger}>",
        subject=f"Re: {reply['Subject']}",
        in_reply_to=reply["Message-ID"],
    )

    desk.deliver(stolen)

    bubble = ticket.message("Soy su vecino")
    expect(bubble.locator(".msg-warn")).to_contain_text(stranger)
    assert desk.product.ticket(ticket.number)["status"] == "pending"  # it reopens nothing

    bubble.get_by_role("button", name="Aceptar").click()

    expect(bubble).to_be_visible()
    expect(bubble.locator(".msg-warn")).to_have_count(0)
    assert desk.mails_to(stranger) == []


def test_a_bounce_marks_the_reply_that_did_not_arrive(desk, answered):
    ticket, customer, _question_id, reply = answered
    envelope = desk.mails_to(customer)[-1].sender
    assert envelope.startswith("hola+t")

    desk.deliver(bounce(reply, customer, envelope))

    returned = ticket.message("El viernes por la tarde").locator(".banner-bad")
    expect(returned).to_contain_text("Devuelto")
    expect(returned).to_contain_text(f"El buzón {customer} no existe")
    expect(returned.get_by_role("button", name="Reintentar")).to_be_visible()
    kept = desk.product.ticket(ticket.number)
    assert kept["messages"][2]["delivery"] == "bounced"
    assert desk.mails_to("mailer-daemon@correo.example") == []  # R11


def test_a_reply_sent_again_is_the_same_mail(desk, answered):
    ticket, customer, _question_id, reply = answered
    desk.deliver(bounce(reply, customer, desk.mails_to(customer)[-1].sender))
    banner = ticket.message("El viernes por la tarde").locator(".banner-bad")

    banner.get_by_role("button", name="Reintentar").click()

    desk.product.wait_for(lambda: len(desk.copies_of(reply)) == 2, "the second try")
    expect(ticket.message("El viernes").locator(".msg-state")).to_contain_text("Enviado")


def test_a_note_stays_inside(desk, answered):
    ticket, customer, _question_id, _reply = answered

    ticket.write("Ojo: es un cliente muy impaciente.", kind="note")
    ticket.send()
    expect(ticket.message("Ojo: es un cliente").locator(".msg-head")).to_contain_text("nota")
    ticket.write("Sale hoy mismo.")
    ticket.send()

    desk.sent_to(customer, lambda mail: "Sale hoy mismo" in plain(mail))
    assert not [mail for mail in desk.out.mails if b"impaciente" in mail.content]


def test_broken_mail_is_read_and_answered_in_its_language(desk, sign_in):  # R10
    customer = desk.someone()
    page = sign_in("marta@casaolmo.example").page
    inbox = Inbox(page, "all")

    desk.deliver(broken(customer))

    row = inbox.announced("Avería en la lámpara")
    expect(row).to_contain_text("Íñigo Muñoz")
    ticket = inbox.open("Avería en la lámpara")
    expect(ticket.message("La lámpara se apaga sola")).to_be_visible()
    receipt = desk.sent_to(customer)
    assert receipt["Content-Language"] == "es"
    kept = desk.product.ticket(ticket.number)["messages"][0]
    assert kept["dated_at"] is None
    assert kept["defects"]
    assert "más de una semana" in kept["text"]

    ticket.write("La cambiamos por otra.")
    ticket.send()
    reply = desk.sent_to(customer, lambda mail: "cambiamos" in plain(mail))
    back, back_id = answer(reply, "Estupendo, quedo a la espera.", sender=customer)
    desk.deliver(back)
    expect(ticket.message("quedo a la espera")).to_be_visible()
    assert desk.outcome_of(back_id)["number"] == ticket.number
    assert bare(reply["In-Reply-To"]) == f"averia-{customer}"


def broken(sender: str) -> bytes:
    """No Date, raw 8-bit headers, an unknown charset, and a multipart that never ends."""
    head = (
        f"From: Íñigo Muñoz <{sender}>\n"
        "To: hola@casaolmo.example\n"
        "Subject: Avería en la lámpara\n"
        f"Message-ID: <averia-{sender}>\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="nunca"\n'
        "\n"
        "--nunca\n"
        "Content-Type: text/plain; charset=x-desconocido\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "Buenos días:\n\nLa lámpara se apaga sola desde hace más de una semana y no sé qué hacer.\n"
        "\n--nunca\n"
        "Content-Type: image/png; name=foto.png\n"
        "Content-Transfer-Encoding: base64\n"
        "\n"
        "esto no es base64 %%%\n"
    )
    return head.replace("\n", "\r\n").encode("latin-1")


def test_two_people_at_one_ticket_see_what_the_other_does(desk, answered, sign_in):
    ticket, _customer, _question_id, _reply = answered
    ben = sign_in("ben@casaolmo.example", locale="en-GB")
    ben.page.goto(f"/tickets/{ticket.number}/")
    ben.page.evaluate("window.loadedOnce = true")
    same = Ticket(ben.page)

    ticket.choose("s", "En pausa")
    expect(ben.page.locator(".conv-head")).to_contain_text("On hold")
    same.choose("a", "Ben Hart")
    expect(ticket.page.locator("#ctx")).to_contain_text("Ben Hart")
    same.write("He is a neighbour of mine.", kind="note")
    same.send()
    expect(ticket.message("He is a neighbour of mine")).to_be_visible()

    assert ben.page.evaluate("window.loadedOnce") is True
    assert ticket.page.evaluate("window.loadedOnce") is True


def test_whoever_answers_second_reads_the_first_answer_before(desk, answered, sign_in):
    ticket, customer, _question_id, _reply = answered
    ben = sign_in("ben@casaolmo.example", locale="en-GB")
    ben.page.goto(f"/tickets/{ticket.number}/")
    same = Ticket(ben.page)
    same.write("It comes on Monday.")

    ticket.write("Al final llega el sábado.")
    ticket.send()
    desk.sent_to(customer, lambda mail: "sábado" in plain(mail))
    expect(same.message("Al final llega el sábado")).to_be_visible()
    same.try_to_send()

    expect(same.problem).to_contain_text("Marta Ruiz")
    expect(same.editor).to_contain_text("It comes on Monday.")
    same.problem.get_by_role("button", name="Send mine anyway").click()
    desk.sent_to(customer, lambda mail: "It comes on Monday" in plain(mail))
