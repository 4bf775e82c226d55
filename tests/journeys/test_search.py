"""Searching: what has just come is found within seconds, marked, and opens beside the list."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import expect

from tests.journeys.letters import letter

pytestmark = [pytest.mark.servers, pytest.mark.browser]

SOON = 5_000  # milliseconds: two are promised, the rest is for a busy machine
MARKED = """(mark) => getComputedStyle(mark).backgroundColor
    !== getComputedStyle(mark.parentElement).backgroundColor"""


def test_a_new_mail_is_found_marked_and_opened_beside_the_list(desk, sign_in):
    marta = sign_in("marta@casaolmo.example")
    mail, message_id = letter(
        "El baldaquino llegó astillado.",
        sender=f"Ximena Úbeda <{desk.someone()}>",
        subject="Baldaquinos rotos",
    )
    desk.deliver(mail)
    number = desk.outcome_of(message_id)["number"]
    known, page = monotonic(), marta.page

    # typed into the box beside every page, without accents and in another ending
    page.goto("/inbox/mine/")
    page.locator(".side-search input, .search-in input").first.focus()
    page.goto("/search/?q=baldaquino+ubeda")
    row = page.locator(f"#t{number}")
    while not row.is_visible() and (monotonic() - known) * 1000 < SOON:
        page.reload()
    expect(row).to_be_visible()

    # the words are marked, and seen to be
    expect(row.locator("mark").first).to_have_text("Úbeda")
    expect(row.locator(".tl-subject mark")).to_have_text("Baldaquinos")
    assert row.locator("mark").first.evaluate(MARKED)

    # it opens beside the list; the address says what is on screen
    row.locator(".tl-item").click()
    expect(page).to_have_url(re.compile(rf"/search/{number}/\?q=baldaquino"))
    expect(page.locator(f"#conv-{number}")).to_contain_text("astillado")
    expect(row).to_be_visible()
    page.reload()
    expect(page.locator(f"#conv-{number}")).to_contain_text("astillado")
    expect(row.locator(".tl-item")).to_have_attribute("aria-current", "true")

    # a typing mistake leads to what was meant
    field = page.locator(".search-in input")
    field.fill("baldakino")
    field.press("Enter")
    page.get_by_role("link", name="baldaquino").click()
    expect(page.locator(f"#t{number}")).to_be_visible()
