"""An agent's day by keyboard alone: no pointer touches these pages."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.letters import HELLO, HOLA, letter, plain
from tests.journeys.screen import Inbox, Ticket

pytestmark = [pytest.mark.servers, pytest.mark.browser]

WORDS = {
    "es": {"to": HOLA, "high": "Alta", "resolved": "Resuelto", "mine": "Asignados a mí",
           "note": "Llamo al almacén", "reply": "Hola: sale mañana.", "snoozed": "Aplazado hasta",
           "snooze": "Mañana", "status": "estado resuelto", "who": "Marta Ruiz"},
    "en": {"to": HELLO, "high": "High", "resolved": "Resolved", "mine": "Assigned to me",
           "note": "Calling the warehouse", "reply": "Hello: it leaves tomorrow.",
           "snoozed": "Snoozed until", "snooze": "Tomorrow", "status": "status resolved",
           "who": "Ben Hart"},
}  # fmt: skip
INSIDE = """(pane) => document.activeElement.closest(
    ".composer, .pane-conv, .pane-list, .side, .pane-ctx")?.matches(pane)"""
AGENTS = {"es": "marta@casaolmo.example", "en": "ben@casaolmo.example"}


@pytest.fixture
def three(desk):
    """Three tickets that nobody has touched: their subjects and customers, by language."""

    def arrive(language: str) -> list[tuple[str, str]]:
        found = []
        for what in ("A", "B", "C"):
            customer = desk.someone()
            subject = f"Pedido {what} {customer.partition('@')[0]} {language}"
            raw, message_id = letter(
                "Hola, ¿cuándo llega?", sender=f"Nuria Lago <{customer}>", subject=subject,
                to=WORDS[language]["to"],
            )  # fmt: skip
            desk.deliver(raw, WORDS[language]["to"])
            desk.outcome_of(message_id)
            found.append((subject, customer))
        for _subject, customer in found:
            desk.sent_to(customer)  # what reacts to a new ticket has reacted
        return found

    return arrive


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_by_keys(page: Page, subject: str) -> Ticket:
    """Go down the list, then up again, until a ticket is open."""
    page.locator("body").press("Escape")
    rows = page.locator(".tl-item").count()
    current = page.locator(".tl-item[aria-current]")
    for key in ["j"] * rows + ["k"] * rows:
        if current.count() and subject in current.inner_text():
            break
        press(page, key)
        expect(current).to_have_count(1)
    expect(page.locator(".conv-title")).to_contain_text(subject)
    return Ticket(page)


def choose(page: Page, key: str, words: str) -> None:
    press(page, key)
    expect(page.locator("vt-menu:popover-open")).to_be_visible()
    page.keyboard.type(words)
    option = page.locator("vt-menu:popover-open [role=option]:not([hidden])").first
    expect(option).to_contain_text(words)
    press(page, "ArrowDown", "Enter")
    expect(page.locator("vt-menu:popover-open")).to_have_count(0)


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_day_without_a_mouse(language, desk, sign_in, three):
    say = WORDS[language]
    (first, customer), (second, _), (third, _) = three(language)
    locale = {"es": "es-ES", "en": "en-GB"}[language]
    page = sign_in(AGENTS[language], locale=locale).page
    inbox = Inbox(page, "unassigned")
    head, ctx = page.locator(".conv-head"), page.locator("#ctx")

    # triage: open, priority, take it
    ticket = open_by_keys(page, first)
    choose(page, "p", say["high"])
    expect(ctx).to_contain_text(say["high"])
    press(page, "i")
    expect(ctx).to_contain_text(say["who"])

    # a note, then the answer, sent and resolved in one
    press(page, "n")
    expect(ticket.editor).to_be_focused()
    page.keyboard.type(say["note"])
    press(page, "Control+Enter")
    expect(ticket.message(say["note"])).to_be_visible()
    press(page, "Escape", "r")
    expect(ticket.editor).to_be_focused()
    page.keyboard.type(say["reply"])
    press(page, "Control+Shift+Enter")

    # the next ticket of the view is open, and the answer leaves
    expect(page.locator(".conv-title")).not_to_contain_text(first)
    desk.sent_to(customer, lambda mail: say["reply"] in plain(mail))
    desk.product.wait_for(
        lambda: desk.product.ticket(ticket.number)["status"] == "resolved", "the resolved ticket"
    )

    # resolve another by its key: the next one opens again
    open_by_keys(page, second)
    press(page, "e")
    expect(page.locator(".conv-title")).not_to_contain_text(second)

    # put the third away, then resolve it by the palette
    other = open_by_keys(page, third)
    choose(page, "h", say["snooze"])
    expect(head).to_contain_text(say["snoozed"])
    assert desk.product.ticket(other.number)["hold_until"]
    press(page, "Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type(say["status"])
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text(say["resolved"])
    press(page, "Enter")
    desk.product.wait_for(
        lambda: desk.product.ticket(other.number)["status"] == "resolved", "the third ticket"
    )
    assert inbox.stays

    # and off to another view, and to a customer
    press(page, "Escape", "Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type(say["mine"].lower().replace("í", "i"))
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text(say["mine"])
    press(page, "Enter")
    page.wait_for_url("**/inbox/mine/")


def test_the_palette_finds_tickets_and_customers(desk, sign_in, three):
    (subject, customer), *_ = three("es")
    page = sign_in().page
    page.goto("/me/")
    name = customer.partition("@")[0]

    press(page, "Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type(name)
    group = page.locator("#palette-found")
    expect(group).to_contain_text(subject)
    expect(group).to_contain_text(customer)
    expect(page.locator("#palette input")).to_have_attribute(
        "aria-activedescendant", re.compile(".")
    )
    press(page, "Enter")

    page.wait_for_url("**/tickets/*/")
    expect(page.locator(".conv-title")).to_contain_text(subject)
    press(page, "Control+k")
    recent = page.locator("#palette [data-group=recent] [role=option]:not([hidden])").first
    expect(recent).to_contain_text(subject)
    press(page, "Escape")
    expect(page.locator("#palette[open]")).to_have_count(0)


def test_f6_goes_round_the_panes_and_nothing_holds_tab(sign_in, three):
    (subject, _), *_ = three("es")
    page = sign_in().page
    Inbox(page, "unassigned")
    open_by_keys(page, subject)
    page.evaluate("document.querySelector('.side a').focus()")

    for pane in (".pane-list", ".pane-conv", ".composer", ".pane-ctx", ".side"):
        press(page, "F6")
        page.wait_for_function(INSIDE, arg=pane)
    press(page, "Shift+F6")
    page.wait_for_function(INSIDE, arg=".pane-ctx")

    # Tab leaves the editor, also from within a list
    press(page, "r")
    editor = page.locator("div.composer-body")
    expect(editor).to_be_focused()
    page.keyboard.type("uno")
    press(page, "Control+Shift+8", "Home", "Tab")
    expect(editor).not_to_be_focused()


def test_own_keys_work_and_switched_off_ones_do_not(sign_in, three):
    (subject, _), *_ = three("es")
    page = sign_in("ada@casaolmo.example").page
    page.goto("/me/")
    page.locator("#shortcuts summary").press("Enter")
    field = page.locator("#id_snooze")
    field.press("Control+a")
    field.press("q")
    expect(field).to_have_value("Q")
    page.locator("#id_letter_keys").focus()
    field.press("Enter")
    page.wait_for_url("**done=keys")

    Inbox(page, "unassigned")
    open_by_keys(page, subject)
    press(page, "q")
    expect(page.locator("vt-menu:popover-open")).to_be_visible()
    press(page, "Escape", "h")
    expect(page.locator("vt-menu:popover-open")).to_have_count(0)

    page.goto("/me/")
    page.locator("#shortcuts summary").press("Enter")
    page.locator("#id_letter_keys").press(" ")
    page.locator("#id_snooze").press("Enter")
    page.wait_for_url("**done=keys")
    press(page, "g", "b")
    press(page, "Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    assert "/me/" in page.url
    press(page, "Escape")
    page.locator("#shortcuts summary").press("Enter")
    page.locator("#shortcuts button[name=restore]").press("Enter")
    page.wait_for_url("**done=keys")


def test_what_a_live_change_has_redrawn_can_still_be_pressed(desk, sign_in, three):
    """Click after morph, for each part of inbox and ticket that live changes redraw."""
    (subject, _), *_ = three("es")
    page = sign_in().page
    Inbox(page, "unassigned")
    ticket = open_by_keys(page, subject)
    page.evaluate("""() => ["head", "menus", "ctx"].forEach((name) => {
        const part = document.querySelector(`[id^=${name}-]`);
        part.dataset.mark = "same";
    })""")
    elsewhere = sign_in("ada@casaolmo.example").page
    elsewhere.goto(f"/tickets/{ticket.number}/")
    Ticket(elsewhere).choose("p", "Urgente")
    expect(page.locator(".conv-head")).to_contain_text("Urgente")
    expect(page.locator(f"#t{ticket.number} .pr-urgent")).to_have_count(1)

    # head, menus, context, row, views: each still does what it says
    page.locator(".conv-head [data-act=status]").click()
    menu = page.locator("vt-menu:popover-open")
    menu.get_by_role("option", name="Espera al cliente").click()
    expect(page.locator(".conv-head")).to_contain_text("Espera al cliente")
    page.locator("#ctx [data-act=priority]").click()
    menu.get_by_role("option", name="Baja").click()
    expect(page.locator("#ctx")).to_contain_text("Baja")
    page.locator(".conv-head [data-act=snooze]").click()
    menu.get_by_role("option", name="Hasta que escriba").click()
    expect(page.locator(".conv-head")).to_contain_text("En pausa")
    page.locator(f"#t{ticket.number} .tl-item").click()
    expect(page.locator(".conv-title")).to_contain_text(subject)
    page.locator("#views a", has_text="En espera").click()
    page.wait_for_url("**/inbox/waiting/")
