"""Two tickets become one, one becomes two, and both are undone: by keys, in either language."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.letters import HELLO, HOLA, letter
from tests.journeys.screen import Ticket

pytestmark = [pytest.mark.servers, pytest.mark.browser]


WORDS = {
    "es": {
        "who": "marta@casaolmo.example", "locale": "es-ES", "to": HOLA, "undo": "Deshacer",
        "merge": "Unir al n.º {}", "merged": "#{} se unió a este ticket",
        "menu": "Separar o mover…", "new": "A un ticket nuevo", "split": "Separar",
    },
    "en": {
        "who": "ben@casaolmo.example", "locale": "en-GB", "to": HELLO, "undo": "Undo",
        "merge": "Merge into #{}", "merged": "#{} was merged into this ticket",
        "menu": "Split off or move…", "new": "Into a new ticket", "split": "Split off",
    },
}  # fmt: skip


@pytest.fixture(params=["es", "en"])
def say(request):
    return WORDS[request.param]


def written(desk, say, customer, subject, text):
    """A customer's mail as a ticket: its number."""
    raw, message_id = letter(text, sender=customer, subject=subject, to=say["to"])
    desk.deliver(raw, say["to"])
    return desk.outcome_of(message_id)["number"]


def test_two_mails_of_a_customer_are_merged_and_come_apart_by_z(desk, sign_in, say):
    customer = desk.someone()
    survivor = written(desk, say, customer, "Mesa coja", "La mesa cojea.")
    source = written(desk, say, customer, "Otra vez la mesa", "¿Nadie me contesta?")
    page = sign_in(say["who"], locale=say["locale"]).page

    page.goto(f"/tickets/{source}/")
    page.keyboard.press("Shift+M")
    page.locator(".mini-row", has_text=f"#{survivor}").click()
    page.get_by_role("button", name=say["merge"].format(survivor)).click()
    expect(page.locator(".msg", has_text="¿Nadie me contesta?")).to_be_visible()
    expect(page.locator("vt-toast", has_text=say["merged"].format(source))).to_contain_text(
        say["undo"]
    )
    assert Ticket(page).number == survivor

    page.keyboard.press("z")
    page.wait_for_url(f"**/tickets/{source}/")
    expect(page.locator(".msg", has_text="¿Nadie me contesta?")).to_be_visible()
    expect(page.locator("vt-composer")).to_be_visible()
    page.goto(f"/tickets/{survivor}/")
    expect(page.locator(".msg", has_text="La mesa cojea.")).to_be_visible()
    expect(page.locator(".msg", has_text="¿Nadie me contesta?")).to_have_count(0)


def test_a_second_question_becomes_a_ticket_and_returns_by_z(desk, sign_in, say):
    customer = desk.someone()
    number = written(desk, say, customer, "Mesa coja", "La mesa cojea.")
    page = sign_in(say["who"], locale=say["locale"]).page
    page.goto(f"/tickets/{number}/")
    ticket = Ticket(page)
    ticket.write("¿Y las sillas?", kind="note")
    ticket.send()

    asked = ticket.message("¿Y las sillas?")
    asked.locator(".msg-more").click()
    asked.get_by_text(say["menu"]).click()
    page.get_by_role("button", name=say["new"]).click()
    page.get_by_role("button", name=say["split"], exact=True).click()
    page.wait_for_url("**/?parted=*")
    split_off = Ticket(page)
    assert split_off.number != number
    expect(page.locator(".msg")).to_have_count(1)
    expect(split_off.message("¿Y las sillas?")).to_be_visible()

    page.keyboard.press("z")
    page.wait_for_url(f"**/tickets/{number}/")
    expect(ticket.message("¿Y las sillas?")).to_be_visible()
    page.goto(f"/tickets/{split_off.number}/")
    expect(page.locator(".banner a", has_not_text="…").first).to_have_attribute(
        "href", f"/tickets/{number}/"
    )
