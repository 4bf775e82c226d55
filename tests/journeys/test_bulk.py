"""Many tickets at once, by keyboard: tick, change, take back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.letters import letter
from tests.journeys.screen import Inbox

GONE = re.compile(r"\bis-gone\b")
pytestmark = [pytest.mark.servers, pytest.mark.browser]


@pytest.fixture
def three(desk):
    """Subjects of three tickets that nobody has touched."""
    subjects = []
    for name in ("roja", "verde", "azul"):
        customer = desk.someone()
        subjects.append(f"Silla {name} de {customer.partition('@')[0]}")
        raw, message_id = letter(
            "Hola, ¿cuándo llega?\n", sender=f"Eva Lago <{customer}>", subject=subjects[-1]
        )
        desk.deliver(raw)
        desk.outcome_of(message_id)
        desk.sent_to(customer)  # what reacts to a new ticket has reacted
    return subjects


def test_tickets_are_ticked_resolved_and_brought_back_by_keyboard(three, sign_in):
    inbox = Inbox(sign_in("marta@casaolmo.example").page, "all")
    page = inbox.page
    shown = [text for text in page.locator(".tl-subject").all_inner_texts() if "Silla" in text]
    inbox.open(shown[0].split(":")[-1].strip())

    page.keyboard.press("x")
    expect(page.locator(".bulk-n b")).to_have_text("1 elegido")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".tl-item[aria-current]")).to_contain_text(shown[2].split(":")[-1].strip())
    page.keyboard.press("Shift+X")
    expect(page.locator(".bulk-n b")).to_have_text("3 elegidos")
    page.locator(".bulk").get_by_role("button", name="Resolver").click()

    for subject in three:
        expect(inbox.row(subject)).to_have_class(GONE)
    expect(page.locator("vt-toast")).to_contain_text("Estado: Resuelto")
    expect(page.locator("#bulk")).to_be_hidden()

    page.keyboard.press("z")

    for subject in three:
        expect(inbox.row(subject)).not_to_have_class(GONE)
    expect(page.locator("vt-toast").last).to_contain_text("Deshecho: Estado: Resuelto")
    assert inbox.stays
