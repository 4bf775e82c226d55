"""What agents do with their hands: fields, menus, mistakes, drafts, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.journeys.letters import HOLA, letter, plain
from tests.journeys.screen import Inbox, Ticket, fits

pytestmark = [pytest.mark.servers, pytest.mark.browser]


@pytest.fixture
def waiting(desk):
    """A ticket that nobody has touched: its number, subject and customer."""
    customer = desk.someone()
    subject = f"Una lámpara para {customer.partition('@')[0]}"
    raw, message_id = letter(
        "Hola, ¿tienen la lámpara Ártico en blanco?\n\nGracias,\nNuria Lago",
        sender=f"Nuria Lago <{customer}>",
        subject=subject,
    )
    desk.deliver(raw)
    number = desk.outcome_of(message_id)["number"]
    desk.sent_to(customer)  # what reacts to a new ticket has reacted
    return number, subject, customer


@pytest.fixture
def open_ticket(waiting, sign_in):
    def show(email="marta@casaolmo.example", **options) -> Ticket:
        page = sign_in(email, **options).page
        page.goto(f"/tickets/{waiting[0]}/")
        return Ticket(page)

    return show


def test_an_empty_reply_is_refused_in_place(desk, open_ticket, waiting):
    ticket = open_ticket()
    ticket.write("algo", "{Control+a}", "{Delete}")

    ticket.try_to_send()

    expect(ticket.problem).not_to_be_empty()
    expect(ticket.problem.locator("[role=alert]")).to_be_visible()
    ticket.write("Sí, en blanco y en negro.")
    ticket.send()
    desk.sent_to(waiting[2], lambda mail: "en negro" in plain(mail))


def test_spam_leaves_with_a_key_and_comes_back_with_another(open_ticket, waiting):
    page = open_ticket().page
    page.keyboard.press("!")
    page.wait_for_url("**/inbox/mine/?laid=*")
    expect(page.locator("vt-toast")).to_contain_text(f"#{waiting[0]}")

    page.keyboard.press("z")
    expect(page.locator("vt-toast").filter(has_text="Deshecho")).to_be_visible()

    page.goto(f"/tickets/{waiting[0]}/")
    expect(page.locator("vt-composer")).to_be_visible()


def test_a_wrong_address_is_marked_and_the_text_stays(desk, open_ticket, waiting):
    ticket = open_ticket()
    ticket.write("Sí, la tenemos en blanco.")
    ticket.composer.locator(".composer-to").click()
    copy = ticket.composer.get_by_label("Cc", exact=True)
    copy.fill("esto no es una dirección")
    copy.press("Enter")

    ticket.editor.click()
    ticket.try_to_send()

    expect(ticket.composer.locator(".chip.is-bad")).to_be_visible()
    expect(ticket.editor).to_contain_text("Sí, la tenemos en blanco.")
    assert desk.product.ticket(waiting[0])["status"] == "new"

    ticket.composer.locator(".chip.is-bad .chip-x").click()
    copy.fill("compras@correo.example")
    copy.press("Enter")
    ticket.editor.click()
    ticket.send()

    mail = desk.sent_to(waiting[2], lambda mail: "en blanco" in plain(mail))
    assert "compras@correo.example" in mail["Cc"]
    assert desk.copies_of(mail)[0].recipients == [waiting[2], "compras@correo.example"]


def test_a_draft_waits_on_the_server_for_its_author(open_ticket, sign_in, waiting):
    ticket = open_ticket()
    ticket.write("Empiezo ahora y sigo")
    expect(ticket.composer.locator(".saved")).to_contain_text("guardado")

    elsewhere = sign_in("marta@casaolmo.example").page
    elsewhere.goto(f"/tickets/{waiting[0]}/")
    again = Ticket(elsewhere)
    again.write(" más tarde.")

    expect(again.editor).to_contain_text("Empiezo ahora y sigo más tarde.")


def test_fields_are_changed_in_place(desk, open_ticket, waiting):
    ticket = open_ticket()
    ctx = ticket.page.locator("#ctx")

    ticket.choose("p", "Alta")
    expect(ctx).to_contain_text("Alta")
    ticket.page.keyboard.press("i")
    expect(ctx).to_contain_text("Marta Ruiz")
    ticket.page.keyboard.press("l")
    menu = ticket.page.locator("vt-menu:popover-open")
    menu.locator("input[type=text]").fill("lámparas")
    menu.get_by_role("option", name="lámparas").click()
    expect(ctx).to_contain_text("lámparas")
    ticket.page.keyboard.press("Escape")
    ticket.choose("s", "Resuelto")
    expect(ticket.page.locator(".conv-head")).to_contain_text("Resuelto")

    kept = desk.product.ticket(waiting[0])
    assert (kept["status"], kept["priority"], kept["tags"]) == ("resolved", "high", ["lámparas"])
    assert kept["assignee"] == "marta@casaolmo.example"
    kinds = [event["kind"] for event in kept["events"] if event["actor"]["kind"] == "agent"]
    assert {"ticket.priority_changed", "ticket.assigned", "ticket.tags_changed"} <= set(kinds)


def test_what_is_typed_into_a_menu_outlives_a_change_elsewhere(open_ticket):
    ticket = open_ticket()
    ctx = ticket.page.locator("#ctx")
    ticket.page.keyboard.press("l")
    menu = ticket.page.locator("vt-menu:popover-open")
    menu.locator("input[type=text]").fill("taller nuevo")

    ticket.page.evaluate("document.querySelector('[data-act=mine]').click()")
    expect(ctx).to_contain_text("Marta Ruiz")
    menu.get_by_role("option", name="taller nuevo").click()

    expect(ctx).to_contain_text("taller nuevo")


def test_a_message_is_forwarded_to_somebody_else(desk, open_ticket, waiting):
    workshop = desk.someone()
    ticket = open_ticket()
    bubble = ticket.message("la lámpara Ártico en blanco").first
    bubble.locator(".msg-more").click()
    ticket.page.get_by_text("Reenviar", exact=True).click()
    to = ticket.composer.get_by_label("Para", exact=True)
    to.fill(workshop)
    to.press("Enter")
    ticket.editor.or_(ticket.composer.locator("textarea")).first.click()
    expect(ticket.editor).to_be_visible()
    ticket.page.keyboard.type("¿Os queda alguna?")
    ticket.send()

    mail = desk.sent_to(workshop)
    assert "¿Os queda alguna?" in plain(mail)
    assert "lámpara Ártico en blanco" in plain(mail)
    assert mail["Subject"].startswith(("Fwd:", "RV:", "Rv:"))


def test_enter_in_a_field_sends_nothing_even_before_its_script_has_come(desk, open_ticket, waiting):
    workshop = desk.someone()
    ticket = open_ticket()
    held = []
    ticket.page.route("**/vt-recipients*.js", lambda route: held.append(route))
    ticket.message("la lámpara Ártico en blanco").first.locator(".msg-more").click()
    ticket.page.get_by_text("Reenviar", exact=True).click()
    to = ticket.composer.get_by_label("Para", exact=True)
    to.fill(workshop)
    to.press("Enter")
    held[0].continue_()
    expect(ticket.composer.locator(".chip")).to_have_text(workshop)

    ticket.composer.get_by_label("Asunto").press("Enter")
    ticket.composer.locator("textarea").click()
    expect(ticket.editor).to_be_focused()
    ticket.page.keyboard.type("Con estas palabras")
    ticket.send()

    assert "Con estas palabras" in plain(desk.sent_to(workshop))
    assert len(desk.mails_to(workshop)) == 1


def test_a_file_is_dropped_on_a_composer_that_nobody_has_opened(open_ticket, desk, waiting):
    _, _, customer = waiting
    ticket = open_ticket()
    ticket.drop("medidas.txt", "text/plain", "61 x 40 cm")
    ticket.write("Aquí están las medidas.")
    ticket.send()

    mail = desk.sent_to(customer, lambda one: "medidas" in plain(one))
    (file,) = mail.iter_attachments()
    assert file.get_filename() == "medidas.txt"
    assert file.get_payload(decode=True) == b"61 x 40 cm"


def test_a_mail_of_our_own_begins_a_ticket(desk, sign_in):
    customer = desk.someone()
    page = sign_in("marta@casaolmo.example").page
    page.goto("/tickets/new/?purpose=mail")
    to = page.get_by_label("Para", exact=True)
    to.fill(f"Elena Vidal <{customer}>")
    to.press("Enter")
    page.get_by_label("Asunto").fill("Su mesa está lista")
    page.locator("vt-composer textarea").click()
    expect(page.locator("vt-composer div.composer-body")).to_be_focused()
    page.keyboard.type("Puede recogerla mañana.")
    page.keyboard.press("Control+Enter")

    mail = desk.sent_to(customer)
    assert mail["Subject"] == "Su mesa está lista"
    assert mail["From"].endswith(f"<{HOLA}>")
    assert mail["In-Reply-To"] is None
    page.wait_for_url("**/tickets/*/")
    expect(page.locator(".msg", has_text="Puede recogerla")).to_be_visible()


def test_a_colleague_hears_of_what_is_assigned_to_them(open_ticket, sign_in):
    marta = open_ticket()
    ben = sign_in("ben@casaolmo.example", locale="en-GB").page
    ben.goto("/inbox/mine/")
    unread = int((re.match(r"\((\d+)\)", ben.title()) or ["", "0"])[1])

    marta.choose("a", "Ben Hart")

    expect(ben).to_have_title(re.compile(rf"^\({unread + 1}\) "))
    expect(ben.locator(".tl-new")).to_be_visible()


def test_a_phone_shows_one_pane_at_a_time(desk, waiting, sign_in):
    page = sign_in("marta@casaolmo.example", viewport=PHONE, has_touch=True, is_mobile=True).page
    inbox = Inbox(page, "unassigned")
    assert fits(page)
    expect(page.locator("#conv")).not_to_be_visible()

    ticket = inbox.open(waiting[1])
    expect(page.locator("vt-list")).not_to_be_visible()
    assert fits(page)
    ticket.composer.locator("textarea").tap()
    expect(ticket.editor).to_be_focused()
    page.keyboard.type("Sí, mañana la tiene.")
    assert fits(page)
    ticket.composer.get_by_role("button", name="Enviar", exact=False).first.tap()
    desk.sent_to(waiting[2], lambda mail: "mañana la tiene" in plain(mail))

    page.locator(".ctx-open").tap()
    expect(page.locator("#ctx")).to_contain_text("Nuria Lago")
    assert fits(page)
    page.locator("#ctx .only-m .btn-icon").tap()
    page.locator("[data-act=back]").tap()
    expect(page.locator("vt-list")).to_be_visible()


def test_enter_chooses_only_what_is_seen(open_ticket):
    ticket = open_ticket()
    ctx = ticket.page.locator("#ctx")

    ticket.page.keyboard.press("p")
    menu = ticket.page.locator("vt-menu:popover-open")
    expect(menu.locator("input[type=text]")).to_be_focused()
    ticket.page.keyboard.press("Enter")  # nothing is chosen yet
    expect(menu).to_be_visible()
    expect(ctx).to_contain_text("Normal")

    ticket.page.keyboard.type("Alta")
    ticket.page.keyboard.press("Enter")
    expect(ctx).to_contain_text("Alta")
