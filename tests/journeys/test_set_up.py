"""From an empty installation to a desk that answers its first customer, all of it on screen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Person, chromium
from tests.installation import installed
from tests.journeys.conftest import Desk
from tests.journeys.letters import letter, plain
from tests.journeys.screen import Inbox
from tests.mail.outgoing.sink import sink
from tests.mail.servers import dovecot
from tests.needs import program

pytestmark = [pytest.mark.servers, pytest.mark.browser]

ADA, LEO = "ada@tejado.example", "leo@tejado.example"
INBOX = "hola@tejado.example"


@pytest.fixture(scope="module")
def empty():
    """An installation in which nothing is set up yet, its mail servers, and a browser."""
    program("dovecot")
    with (
        dovecot.running() as imap,
        sink() as out,
        installed() as product,
        chromium() as browser,
    ):
        yield Desk(product, imap, out), browser


def test_a_desk_is_set_up_on_screen(empty):
    desk, browser = empty
    ada = Person(browser, desk.product)
    page = ada.page

    make_the_first_administrator(page)
    connect_the_inbox(page, desk)
    invite(page)
    leo = accept_the_invitation(Person(browser, desk.product), desk)
    answer_the_first_customer(leo.page, desk)
    forget_and_choose_a_new_password(Person(browser, desk.product), desk)

    assert ada.troubles + leo.troubles == []


def make_the_first_administrator(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/first/$"))
    page.locator("[name=name]").fill("Ada Sanz")
    page.locator("[name=email]").fill(ADA)
    page.locator("[name=password]").fill("1234567890")
    page.keyboard.press("Enter")
    expect(page.locator(".err")).to_be_visible()
    expect(page.locator("[name=email]")).to_have_value(ADA)  # what was right is still there

    page.locator("[name=password]").fill("un tejado de pizarra")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/setup/$"))
    expect(page.locator(".step.is-now")).to_have_count(1)


def connect_the_inbox(page: Page, desk: Desk) -> None:
    page.goto("/settings/inboxes/new/")
    page.locator("[name=address]").fill("esto no es una dirección")
    fill(page, name="Tejado", imap_host="127.0.0.1", smtp_host="127.0.0.1")
    fill(page, imap_port=str(desk.imap.port), smtp_port=str(desk.out.port))
    choose(page, imap_security="none", smtp_security="none", smtp_sign_in="none")
    fill(page, imap_user=INBOX, imap_password="la contraseña de ayer")
    save(page)
    expect(page.locator("[name=address]:invalid")).to_have_count(1)  # the browser names the field

    page.locator("[name=address]").fill(INBOX)
    save(page)
    page.goto("/settings/inboxes/")
    page.get_by_role("link", name="Tejado").click()
    try_both_directions(page)
    failed = page.locator("#test-result .step.is-bad")
    expect(failed).to_have_count(1)
    expect(failed.locator("p")).not_to_be_empty()  # what to do, in words

    fill(page, imap_password=desk.imap.password)
    save(page)
    page.goto("/settings/inboxes/")
    page.get_by_role("link", name="Tejado").click()
    try_both_directions(page)
    expect(page.locator("#test-result .step.is-done").first).to_be_visible()
    expect(page.locator("#test-result .step.is-bad")).to_have_count(0)


def try_both_directions(page: Page) -> None:
    page.locator("#test form button").click()
    expect(page.locator("#test-result .step").first).to_be_visible(timeout=60_000)


def invite(page: Page) -> None:
    page.goto("/settings/people/new/")
    fill(page, name="Leo Tejero", email=LEO)
    page.locator("[name=role]").select_option(index=2)
    page.locator("[name=teams]").first.check()
    save(page)
    expect(page).to_have_url(re.compile("/settings/people/"))
    expect(page.locator("table")).to_contain_text("Leo Tejero")


def accept_the_invitation(leo: Person, desk: Desk) -> Person:
    leo.page.goto(link_in(desk, LEO))
    leo.page.locator("[name=password]").fill("el gato del vecino")
    leo.page.keyboard.press("Enter")
    expect(leo.page).to_have_url(re.compile("/inbox/"))
    return leo


def answer_the_first_customer(page: Page, desk: Desk) -> None:
    customer = desk.someone()
    inbox = Inbox(page, "all")
    raw, _message_id = letter(
        "Hola, ¿reparan tejados de pizarra? Gracias, Rocío",
        sender=f"Rocío Galán <{customer}>",
        subject="Goteras",
        to=INBOX,
    )
    desk.deliver(raw, INBOX)

    inbox.announced("Goteras")
    ticket = inbox.open("Goteras")
    ticket.write("Sí, los reparamos.")
    ticket.send()

    reply = desk.sent_to(customer, lambda mail: "los reparamos" in plain(mail))
    assert reply["From"].endswith(f"<{INBOX}>")


def forget_and_choose_a_new_password(ada: Person, desk: Desk) -> None:
    page = ada.page
    page.goto("/login/")
    fill(page, email=ADA, password="no la recuerdo")
    page.keyboard.press("Enter")
    expect(page.locator(".err")).to_be_visible()
    expect(page.locator("[name=email]")).to_have_value(ADA)

    page.goto("/password/")
    fill(page, email=ADA)
    page.keyboard.press("Enter")
    page.goto(link_in(desk, ADA))
    page.locator("[name=password]").fill("otro tejado, de teja")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ahora no").click()  # a second step, within two weeks

    expect(page).to_have_url(re.compile("/inbox/"))
    assert ada.troubles == []


def link_in(desk: Desk, address: str) -> str:
    """Return the one-time link of the newest mail to somebody."""
    text = plain(desk.sent_to(address, lambda mail: "/link/" in plain(mail)))
    return re.findall(r"http://\S+/link/\S+/", text)[0]


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        unfold(page, name).fill(value)


def choose(page: Page, **values: str) -> None:
    for name, value in values.items():
        unfold(page, name).select_option(value)


def unfold(page: Page, name: str):
    """Return a field, once the part of the form that holds it is open."""
    field = page.locator(f"[name={name}]")
    if not field.is_visible():
        page.locator("details", has=field).locator("summary").click()
    return field


def save(page: Page) -> None:
    page.locator("form.form .form-foot .btn-primary").click()
