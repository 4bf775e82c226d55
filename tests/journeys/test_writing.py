"""Writing and sending with one's hands: taking back, prepared texts, colleagues, no connection."""

from __future__ import annotations

import os
import re
import signal
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.journeys.letters import letter, plain
from tests.journeys.screen import Inbox, Ticket

pytestmark = [pytest.mark.servers, pytest.mark.browser]
MARTA = "marta@casaolmo.example"


@pytest.fixture
def waiting(desk):
    """A ticket that nobody has touched: its number and customer."""
    customer = desk.someone()
    raw, message_id = letter(
        "Hola, ¿tienen la lámpara Ártico en blanco?\n\nGracias,\nNuria Lago",
        sender=f"Nuria Lago <{customer}>",
        subject=f"Una lámpara para {customer.partition('@')[0]}",
    )
    desk.deliver(raw)
    number = desk.outcome_of(message_id)["number"]
    desk.sent_to(customer)  # what reacts to a new ticket has reacted
    return number, customer


@pytest.fixture
def open_ticket(waiting, sign_in):
    def show(email=MARTA, **options) -> Ticket:
        page = sign_in(email, **options).page
        page.goto(f"/tickets/{waiting[0]}/")
        return Ticket(page)

    return show


@pytest.fixture
def away(desk, sign_in, waiting):
    """Marta at the ticket, and a way to take the server away; her browser may say so."""
    person = sign_in(MARTA)
    person.page.goto(f"/tickets/{waiting[0]}/")

    @contextmanager
    def gone():
        desk.product.stop()
        try:
            yield
        finally:
            desk.product.start()

    yield Ticket(person.page), gone
    said = ("net::", "Failed to fetch", "503")
    person.troubles[:] = [one for one in person.troubles if not any(map(one.__contains__, said))]


@pytest.fixture
def undo(desk):
    """Let sent replies wait as on a new desk; afterwards they leave at once again."""
    change = "UPDATE people_desksettings SET undo_seconds = %s RETURNING id"
    desk.product.rows(change, 10)
    yield
    desk.product.rows(change, 0)


def test_undo_brings_words_recipients_and_files_back_and_then_it_leaves_once(
    desk, open_ticket, waiting, undo
):
    ticket = open_ticket()
    ticket.write("La tenemos en ", "{Control+b}", "blanco")
    ticket.composer.locator(".composer-to").click()
    copy = ticket.composer.get_by_label("Cc", exact=True)
    copy.fill("compras@correo.example")
    copy.press("Enter")
    ticket.attach("medidas.txt", "text/plain", b"20 x 40")
    ticket.editor.click()
    ticket.send()

    held = ticket.page.locator(".msg-held")
    expect(held).to_contain_text("La tenemos en blanco")
    expect(held).to_contain_text(re.compile(r"Sale en \d+ s"))
    expect(ticket.page.locator(".toast")).to_contain_text("Respuesta enviada")
    ticket.page.keyboard.press("Escape")
    ticket.page.keyboard.press("z")

    expect(held).to_have_count(0)
    expect(ticket.editor).to_be_focused()
    expect(ticket.composer.locator(".file", has_text="medidas.txt")).to_be_visible()
    ticket.write(".")
    expect(ticket.editor.locator("b")).to_have_text(re.compile("^blanco"))
    expect(ticket.composer.locator("[name=cc]")).to_have_value(re.compile("compras@"))
    assert not [mail for mail in desk.mails_to(waiting[1]) if b"blanco" in mail.content]

    ticket.send()
    expect(held).to_be_visible()
    mail = desk.sent_to(waiting[1], lambda mail: "en blanco" in plain(mail))
    assert len(desk.copies_of(mail)) == 1
    assert "compras@correo.example" in mail["Cc"]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["medidas.txt"]
    expect(held).to_have_count(0, timeout=20_000)
    expect(ticket.message("La tenemos en blanco")).to_be_visible()


def test_what_the_customer_writes_meanwhile_keeps_the_reply_here(desk, open_ticket, waiting, undo):
    ticket = open_ticket()
    ticket.write("Sale mañana.")
    ticket.send()
    held = ticket.page.locator(".msg-held")
    expect(held).to_be_visible()
    raw, _id = letter(
        "Ya no la quiero.",
        sender=f"Nuria Lago <{waiting[1]}>",
        subject="Re: lámpara",
        in_reply_to=desk.sent_to(waiting[1])["Message-ID"],
    )
    desk.deliver(raw)

    expect(ticket.message("Ya no la quiero")).to_be_visible()
    expect(held).to_contain_text("No se ha enviado", timeout=20_000)
    held.get_by_role("button", name="Editarla").click()
    expect(held).to_have_count(0)
    ticket.write(" De acuerdo, la anulamos.")
    expect(ticket.editor).to_contain_text("Sale mañana. De acuerdo")
    assert not [mail for mail in desk.mails_to(waiting[1]) if b"Sale ma" in mail.content]


def test_a_worker_killed_while_it_waits_lets_it_leave_once(desk, open_ticket, waiting, undo):
    ticket = open_ticket()
    ticket.write("Llega el jueves.")
    ticket.send()
    expect(ticket.page.locator(".msg-held")).to_be_visible()
    worker = desk.product.pid_of("worker")
    assert worker is not None

    os.kill(worker, signal.SIGKILL)

    mail = desk.sent_to(waiting[1], lambda mail: "jueves" in plain(mail))
    expect(ticket.message("jueves").locator(".msg-state")).to_contain_text("Enviado")
    assert len(desk.copies_of(mail)) == 1


def test_a_macro_by_a_slash_with_one_change_taken_off_and_taken_back(
    desk, open_ticket, waiting, sign_in, undo
):
    page = sign_in(MARTA).page
    page.goto("/settings/macros/0/")
    page.get_by_label("Nombre").fill("Plazo de entrega")
    page.get_by_label("Texto", exact=True).fill("Hola, :\n\nLa entrega tarda tres días.")
    page.get_by_label("Texto", exact=True).evaluate("text => text.setSelectionRange(6, 6)")
    page.get_by_role("button", name="{{ contact.first_name }}", exact=True).click()
    page.get_by_label("Prioridad").select_option("Alta")
    page.get_by_label("Poner etiquetas").fill("plazo")
    expect(page.locator("#macro-preview")).to_contain_text("La entrega tarda tres días.")
    expect(page.locator("#macro-preview")).to_contain_text("Prioridad: Alta")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("table")).to_contain_text("Plazo de entrega")

    ticket = open_ticket()
    ticket.write("Buenas. /plazo")
    option = ticket.page.get_by_role("option", name="Plazo de entrega")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(ticket.page.locator(".offer-look")).to_contain_text("Hola, Nuria:")
    ticket.page.keyboard.press("Enter")
    expect(ticket.editor).to_contain_text("Buenas. Hola, Nuria:")
    expect(ticket.editor).not_to_contain_text("/plazo")
    ticket.page.keyboard.type(" Saludos.")
    ticks = ticket.composer.locator(".also")
    ticks.filter(has_text="Alta").get_by_role("checkbox").uncheck()
    ticket.send()
    ticket.page.locator(".toast").get_by_role("button", name="Deshacer").click()
    expect(ticks).to_have_text(["Etiqueta: plazo"])
    expect(ticket.editor).to_contain_text("tres días. Saludos.")
    assert not _tagged(desk, waiting[0])
    ticket.editor.click()
    ticket.send()

    mail = desk.sent_to(waiting[1], lambda mail: "tres días. Saludos." in plain(mail))
    assert "Hola, Nuria:" in plain(mail)
    kept = desk.product.rows(
        "SELECT template FROM tickets_message WHERE text LIKE %s", "%días. Saludos.%"
    )
    assert kept[0]["template"].startswith("macro:")
    assert _tagged(desk, waiting[0])
    sql = "SELECT priority FROM tickets_ticket WHERE number = %s"
    assert desk.product.rows(sql, waiting[0])[0]["priority"] == 1


def _tagged(desk, number):
    sql = """SELECT 1 FROM tickets_ticket JOIN tickets_tag AS tag ON tag.id = ANY(tags)
        WHERE number = %s AND tag.name = 'plazo'"""
    return bool(desk.product.rows(sql, number))


def test_a_mention_goes_from_a_reply_to_a_note_and_tells_a_colleague(open_ticket, sign_in):
    ben = sign_in("ben@casaolmo.example", locale="en-GB").page
    ben.goto("/notices/")
    ticket = open_ticket()
    ticket.write("Mira esto @be")
    ticket.composer.get_by_role("option").first.click()
    expect(ticket.composer.locator("form.is-note")).to_be_visible()
    ticket.composer.get_by_role("option", name="Ben Hart").click()
    expect(ticket.editor).to_contain_text("Mira esto @Ben Hart")
    ticket.send()

    expect(ticket.message("Mira esto @Ben Hart")).to_contain_text("nota interna")
    expect(ben).to_have_title(re.compile(r"^\(\d+\) "))
    ben.reload()
    expect(ben.locator("main")).to_contain_text("You were mentioned in a note")


def test_two_at_one_ticket_see_each_other_and_who_writes(open_ticket):
    marta, ben = open_ticket(), open_ticket("ben@casaolmo.example", locale="en-GB")
    seen, sees = marta.page.locator(".presence"), ben.page.locator(".presence")
    expect(sees).to_contain_text("Marta Ruiz is looking at this too")
    expect(seen).to_contain_text("Ben Hart también lo está viendo")

    ben.write("I am on it")
    expect(seen).to_contain_text("Ben Hart está escribiendo")

    ben.page.goto("/inbox/mine/")
    expect(seen).to_be_empty()


def test_a_list_shows_live_who_is_at_a_ticket_and_who_writes(open_ticket, sign_in, waiting):
    ben = Inbox(sign_in("ben@casaolmo.example", locale="en-GB").page, "all")
    there = ben.page.locator(f"#t{waiting[0]} .tl-there")
    expect(there).to_have_count(0)

    ben.page.locator(f"#t{waiting[0]}").scroll_into_view_if_needed()  # what is off screen rests
    marta = open_ticket()
    expect(there).to_have_attribute("title", "Marta Ruiz is looking at this")
    marta.write("Ahora mismo")
    expect(there).to_have_attribute("title", "Marta Ruiz is writing")

    marta.page.goto("/inbox/mine/")
    expect(there).to_have_count(0)
    assert ben.stays


def test_a_grouped_list_stays_grouped_under_its_address(sign_in, waiting):
    page = sign_in("marta@casaolmo.example").page
    Inbox(page, "all")
    row = page.locator(f"#t{waiting[0]}")
    page.get_by_role("button", name="Orden, grupos y columnas").click()
    page.locator("#look").get_by_label("Prioridad", exact=True).check()
    page.locator("#look").get_by_role("button", name="Aplicar").click()
    expect(page).to_have_url(re.compile(r"/inbox/all/\?group=priority$"))
    heading = page.locator(".tl-group", has_text="Normal")
    expect(heading).to_be_visible()

    row.locator(".tl-item").click()
    expect(page.locator(".conv-title")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/inbox/all/{waiting[0]}/\?group=priority$"))
    page.keyboard.press("e")

    expect(page).not_to_have_url(re.compile(rf"/{waiting[0]}/"))
    page.reload()
    expect(heading).to_be_visible()
    expect(row).to_have_count(0)


def test_a_live_change_waits_for_what_is_being_sent(open_ticket):
    ticket = open_ticket()
    ticket.write("Lo miro yo.", kind="note")
    asked, meanwhile = [], []
    ticket.page.on("request", lambda one: asked.append(one.url))

    def answer_late(route):
        answer = route.fetch()
        asked.clear()
        ticket.page.evaluate(
            """document.querySelector(".conv-head").dispatchEvent(new CustomEvent("live"))"""
        )
        ticket.page.evaluate("new Promise(requestAnimationFrame)")
        meanwhile.extend(one for one in asked if "/conversation" in one)
        route.fulfill(response=answer)

    ticket.page.route("**/tickets/*/messages", answer_late)
    with ticket.page.expect_request("**/conversation?*"):
        ticket.page.keyboard.press("Control+Enter")

    expect(ticket.message("Lo miro yo.")).to_be_visible()
    expect(ticket.composer.locator("textarea")).to_be_visible()  # the next one, still empty
    assert not meanwhile


def test_what_is_written_and_sent_without_a_server_leaves_once_it_is_back(desk, away, waiting):
    ticket, gone = away
    ticket.write("Primera frase.")
    expect(ticket.composer.locator(".saved")).to_contain_text("guardado")
    with gone():
        ticket.page.keyboard.type(" Segunda frase, sin servidor.")
        expect(ticket.composer.locator(".saved")).to_contain_text("en este navegador")
        ticket.try_to_send()
        expect(ticket.problem).to_contain_text("Se enviará al volver")
        expect(ticket.editor).to_contain_text("sin servidor")

    mail = desk.sent_to(waiting[1], lambda mail: "sin servidor" in plain(mail))
    assert "Primera frase." in plain(mail)
    expect(ticket.message("Segunda frase, sin servidor")).to_be_visible()
    expect(ticket.editor).to_have_count(0)
    assert len(desk.copies_of(mail)) == 1
    counted = "SELECT count(*) FROM tickets_message WHERE kind = 1 AND text LIKE %s"
    assert desk.product.value(counted, "%Segunda frase, sin servidor.%") == 1


def test_what_is_saved_while_the_next_page_is_on_its_way_is_not_lost(open_ticket):
    ticket = open_ticket()
    ticket.write("Antes.")
    expect(ticket.composer.locator(".saved")).to_contain_text("guardado")

    def draw_then_save(route):
        answer = route.fetch()
        with ticket.page.expect_response("**/drafts/reply/*"):
            ticket.page.keyboard.type(" Durante.")
        route.fulfill(response=answer)

    ticket.page.route("**/tickets/*/", draw_then_save)
    ticket.page.reload()

    expect(ticket.editor).to_contain_text("Antes. Durante.")


def test_a_draft_that_is_on_its_way_does_not_come_back_after_sending(open_ticket):
    ticket, drafts = open_ticket(), "**/drafts/reply/*"
    on_its_way = []
    ticket.page.route(drafts, lambda route: on_its_way.append(route))
    with ticket.page.expect_request(drafts):
        ticket.write("Sale hoy.")

    ticket.try_to_send()
    with ticket.page.expect_response(drafts):
        on_its_way[0].continue_()
    expect(ticket.editor).to_have_count(0)

    ticket.page.reload()
    expect(ticket.message("Sale hoy.")).to_be_visible()
    expect(ticket.composer.locator("textarea")).to_have_value("")


def test_what_is_written_without_a_server_is_there_on_the_next_page(away):
    ticket, gone = away
    ticket.write("Antes.")
    expect(ticket.composer.locator(".saved")).to_contain_text("guardado")
    with gone():
        ticket.page.keyboard.type(" Durante.")
        expect(ticket.composer.locator(".saved")).to_contain_text("en este navegador")

    ticket.page.reload()

    expect(ticket.editor).to_contain_text("Antes. Durante.")
    expect(ticket.composer.locator(".saved")).to_contain_text("guardado")
