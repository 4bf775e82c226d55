"""The main job: a mail becomes a ticket on screen, an agent answers, the customer writes back."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.desk.world import picture
from tests.journeys.letters import HELLO, answer, bare, html, letter, plain
from tests.journeys.screen import Inbox

pytestmark = [pytest.mark.servers, pytest.mark.browser]

INVOICE = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def test_a_mail_is_answered_and_the_answer_comes_back_to_its_ticket(desk, sign_in):
    elena = desk.someone()
    marta = sign_in("marta@casaolmo.example")
    inbox = Inbox(marta.page, "unassigned")
    question, question_id = letter(
        "Hola:\n\nAyer compré la mesa Roble y me aparecen dos cargos de 389,00 €.\n\nElena Vidal",
        sender=f"Elena Vidal <{elena}>",
        subject="Dos cargos en el pedido 20931",
    )

    desk.deliver(question)

    # it is announced in the open list, nothing having been loaded again
    row = inbox.announced("Dos cargos en el pedido 20931")
    expect(row).to_contain_text("Elena Vidal")

    # the acknowledgement is in the customer's language and holds none of a stranger's words
    receipt = desk.sent_to(elena)
    assert receipt["Content-Language"] == "es"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert bare(receipt["In-Reply-To"]) == question_id
    assert "Hemos recibido" in receipt["Subject"]
    assert "20931" not in receipt["Subject"] + plain(receipt)

    # Marta answers with rich text, a file and a pasted picture
    ticket = inbox.open("Dos cargos en el pedido 20931")
    expect(ticket.message("dos cargos de 389,00 €")).to_be_visible()
    ticket.write("Hola, Elena:", "{Enter}", "Anulamos ", "{Control+b}", "un cargo", "{Control+b}")
    ticket.attach("factura.pdf", "application/pdf", INVOICE)
    ticket.paste("captura.png", "image/png", picture())
    ticket.send()

    # it leaves by SMTP, and the screen tells
    reply = desk.sent_to(elena, lambda mail: "Anulamos" in plain(mail))
    expect(ticket.message("Anulamos un cargo").locator(".msg-state")).to_contain_text("Enviado")
    assert_a_proper_reply(reply, question_id, elena)
    assert ticket.composer.locator(".file").count() == 0

    # Elena answers it, and it stands in the same conversation at once
    thanks, _thanks_id = answer(
        reply, "Perfecto, ¡muchas gracias por la rapidez!", sender=f"Elena Vidal <{elena}>"
    )
    desk.deliver(thanks)
    bubble = ticket.message("muchas gracias por la rapidez")
    expect(bubble).to_be_visible()
    expect(bubble.locator(".msg-warn")).to_have_count(0)
    assert inbox.stays

    # and so it is kept: three messages and the receipt, every change an event without a gap
    kept = desk.product.ticket(ticket.number)
    kinds = [message["kind"] for message in kept["messages"]]
    assert kinds == ["inbound", "system", "reply", "inbound"]
    assert kept["status"] == "open"
    assert kept["messages"][3]["reply"].strip() == "Perfecto, ¡muchas gracias por la rapidez!"
    assert [event["seq"] for event in kept["events"]] == list(range(1, len(kept["events"]) + 1))


def assert_a_proper_reply(mail: EmailMessage, question_id: str, recipient: str) -> None:
    assert mail["To"] == f"Elena Vidal <{recipient}>" or recipient in mail["To"]
    assert mail["Subject"] == "Re: Dos cargos en el pedido 20931"
    assert bare(mail["In-Reply-To"]) == question_id
    assert f"<{question_id}>" in mail["References"]
    assert mail["Message-ID"].endswith("@casaolmo.example>")
    assert mail["Reply-To"].startswith("Casa Olmo <hola+t")
    assert "Auto-Submitted" not in mail

    assert "Anulamos un cargo" in plain(mail).replace("*", "")
    assert "<b>un cargo</b>" in html(mail) or "<strong>un cargo</strong>" in html(mail)
    assert "Atención al cliente" in plain(mail)
    assert "Atención al cliente" in html(mail)

    files = {part.get_filename(): part for part in mail.walk() if part.get_filename()}
    assert files["factura.pdf"].get_content() == INVOICE
    assert files["factura.pdf"].get_content_disposition() == "attachment"
    shown = files["captura.png"]
    assert shown.get_content_type() == "image/png"
    assert f'src="cid:{bare(shown["Content-ID"])}"' in html(mail)


def test_the_same_in_english(desk, sign_in):
    emma = desk.someone()
    ben = sign_in("ben@casaolmo.example", locale="en-GB")
    inbox = Inbox(ben.page, "unassigned")
    question, question_id = letter(
        "Hello,\n\nThe lamp I ordered last week arrived with a broken shade. "
        "Could you please send me another one?\n\nBest regards,\nEmma Clarke",
        sender=f"Emma Clarke <{emma}>",
        subject="Broken lamp shade",
        to=HELLO,
    )

    desk.deliver(question, HELLO)
    inbox.announced("Broken lamp shade")
    receipt = desk.sent_to(emma)
    ticket = inbox.open("Broken lamp shade")
    ticket.write("Hello Emma,", "{Enter}", "A new shade is on its way.")
    ticket.send()
    reply = desk.sent_to(emma, lambda mail: "new shade" in plain(mail))
    expect(ticket.message("A new shade").locator(".msg-state")).to_contain_text("Sent")

    assert receipt["Content-Language"] == "en"
    assert receipt["From"] == f"Casa Olmo <{HELLO}>"
    assert bare(reply["In-Reply-To"]) == question_id
    assert reply["Reply-To"].startswith("Casa Olmo <hello+t")
    assert ben.page.locator("html").get_attribute("lang") == "en"
    assert inbox.stays
