"""Rights and sign-ins as people meet them in a browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Person
from ventanilla.lib import totp

pytestmark = [pytest.mark.servers, pytest.mark.browser]
ADA, BEN = "ada@casaolmo.example", "ben@casaolmo.example"


@pytest.fixture
def just_in(browser, desk):
    """Seat somebody who has signed in just now, in a session of its own."""
    people: list[Person] = []

    def seat(email: str) -> Page:
        people.append(Person(browser, desk.product))
        people[-1].sign_in(email, {})
        return people[-1].page

    yield seat
    troubles = [trouble for person in people for trouble in person.troubles]
    for person in people:
        person.close()
    desk.sessions.pop(BEN, None)
    assert not troubles


def test_a_second_step_is_set_up_and_asked_for(just_in, desk, browser):
    page = just_in(BEN)
    page.goto("/me/two-steps/")
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator("svg.qr")).to_be_visible()
    drawn = page.locator("svg.qr path").evaluate("(path) => path.getBBox().width")
    assert drawn > 20  # squares
    secret = page.locator(".typed").inner_text().replace(" ", "")

    page.locator("[name=code]").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".err")).to_be_visible()
    page.locator("[name=code]").fill(totp.code(secret, totp.step_of(datetime.now(UTC))))
    page.keyboard.press("Enter")
    codes = page.locator(".codes code")
    expect(codes).to_have_count(10)
    kept = codes.nth(4).inner_text()

    other = Person(browser, desk.product)
    other.page.goto(desk.product.command("signin-link", BEN).strip())
    other.page.locator("form button.btn-primary").click()
    expect(other.page).to_have_url(re.compile("/login/step/"))
    other.page.locator("[name=code]").fill(kept.upper())
    other.page.keyboard.press("Enter")
    expect(other.page).to_have_url(re.compile("/inbox/"))
    other.close()

    page.goto("/me/two-steps/")
    expect(page.locator("main")).to_contain_text("9 recovery codes are left")
    page.get_by_role("button", name="Switch it off").click()
    expect(page.locator("main")).to_contain_text("your password alone")


def test_who_is_signed_out_hears_nothing_more_and_signs_in_again(just_in, desk):
    ben, ada = just_in(BEN), just_in(ADA)
    ben.goto("/inbox/all/")
    ada.goto("/settings/people/")
    ada.get_by_role("link", name="Ben Hart").click()
    expect(ada.locator("main")).to_contain_text("Chrome")

    with ben.expect_response(lambda answer: "/live" in answer.url and answer.status == 401):
        ada.get_by_role("button", name="Cerrar sus sesiones en todas partes").click()
    ben.goto("/inbox/all/")

    expect(ben).to_have_url(re.compile("/login/"))


def test_a_role_is_copied_limited_and_taken_away_again(just_in):
    ada = just_in(ADA)
    ada.goto("/settings/roles/")
    ada.locator("tr", has_text="Agente").last.get_by_role("link", name="Copiar").click()
    ada.locator("[name=name]").fill("Prácticas")
    ada.get_by_text("Sus tickets").click()
    ada.get_by_role("button", name="Guardar").click()
    row = ada.locator("tr", has_text="Prácticas")
    expect(row).to_contain_text("Sus tickets")

    row.get_by_role("link", name="Prácticas").click()
    ada.get_by_role("button", name="Quitar").click()

    expect(ada.locator("tbody tr")).to_have_count(4)
