"""Views: one is made of conditions by keyboard, and looked at as a board whose cards are moved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE
from tests.journeys.letters import letter

pytestmark = [pytest.mark.servers, pytest.mark.browser]


@pytest.fixture
def subject(desk):
    """Of a ticket that nobody has touched."""
    customer = desk.someone()
    found = f"Biombo de {customer.partition('@')[0]}"
    raw, message_id = letter("Hola.\n", sender=f"Eva Lago <{customer}>", subject=found)
    desk.deliver(raw)
    desk.outcome_of(message_id)
    desk.sent_to(customer)  # what reacts to a new ticket has reacted
    return found


def test_a_view_is_made_by_keyboard_with_what_fits_beside_it(subject, sign_in):
    page = sign_in("marta@casaolmo.example").page
    page.goto("/views/new/")
    page.get_by_label("Nombre", exact=True).fill("Biombos")

    page.get_by_role("button", name="Condición", exact=True).focus()
    page.keyboard.press("Enter")
    line = page.locator("#vw-0\\.0")
    expect(line.locator(".vw-field")).to_be_focused()
    line.locator(".vw-field").select_option("subject")
    expect(line.locator("input.vw-value")).to_be_visible()
    expect(page.locator("#view-found")).to_contain_text("En cuanto todas las condiciones")
    line.locator("input.vw-value").fill(subject)

    expect(page.locator(".vw-count")).to_have_text("1 ticket")
    expect(page.locator(".vw-first")).to_contain_text(subject)
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/inbox/view-\d+/"))
    expect(page.locator(".tl-row")).to_have_count(1)
    expect(page.locator(".side a[aria-current]")).to_contain_text("Biombos")


def test_a_card_is_moved_taken_back_and_moved_by_a_colleague(subject, sign_in):
    page = sign_in("marta@casaolmo.example").page
    page.goto("/inbox/all/?display=board")
    card = page.locator(".bd-card", has_text=subject)
    lane = card.locator("xpath=ancestor::section")
    expect(lane).to_have_attribute("data-lane", "0")

    card.locator("a").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("vt-toast")).to_contain_text("Estado: En proceso")
    expect(lane).to_have_attribute("data-lane", "1")
    expect(card.locator("a")).to_be_focused()
    page.keyboard.press("z")
    expect(lane).to_have_attribute("data-lane", "0")

    # on a phone, one column at a time; from the menu
    phone = sign_in("marta@casaolmo.example", viewport=PHONE).page
    phone.goto("/inbox/all/?display=board")
    other = phone.locator(".bd-card", has_text=subject)
    expect(phone.locator("#lane-2")).not_to_be_in_viewport()
    other.locator(".bd-do").click()
    phone.get_by_role("menuitem", name="Espera al cliente").click()
    phone.locator(".bd-tabs a", has_text="Espera al cliente").click()
    expect(phone.locator("#lane-2")).to_be_in_viewport()
    expect(other).to_be_visible()

    # who looks at the same board sees it go
    expect(lane).to_have_attribute("data-lane", "2")
