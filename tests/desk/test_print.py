"""A ticket on paper: all of it, or a line that says what is missing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from django.template.loader import get_template
from playwright.sync_api import expect

from tests.browser import chromium
from tests.desk import samples
from tests.desk.browser import Screen
from tests.desk.test_templates import inbox, shown
from tests.desk.world import PARTIAL
from tests.factories import MONDAY_9AM
from ventanilla.desk.present.ticket import UNFOLDED
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import receive
from ventanilla.tickets.content import Content

URL = "/inbox/mine/48213/"
OLDER = "/tickets/48213/messages"


@pytest.mark.django_db
def test_a_fold_behind_the_fold_leads_to_every_message(world):
    client = world.client("own")
    for index in range(UNFOLDED + 40):
        receive(
            world.ticket,
            Act.of_contact(world.contact.pk, MONDAY_9AM + timedelta(minutes=index)),
            content=Content(text=f"Mensaje {index:04}."),
            channel="email",
            contact=world.contact,
        )

    text, folds = client.get(f"/tickets/{world.number}/").text, 0
    while fold := re.search(r'class="fold"[^>]*hx-get="([^"]+)"', text.replace("\n", " ")):
        folds += 1
        text = text.replace('class="fold"', "", 1)
        text += client.get(unescape(fold[1]), headers=PARTIAL).text

    assert folds == 2
    assert set(re.findall(r"Mensaje (\d{4})\.", text)) == {
        f"{index:04}" for index in range(UNFOLDED + 40)
    }


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def screen(browser):
    """A ticket whose middle is folded twice; printing is only counted."""
    tab = browser.new_page(locale="es-ES")
    tab.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; };")
    view = replace(samples.ticket_view(), hidden=4, older=f"{OLDER}?part=1")
    screen = Screen(tab, {URL: shown("inbox/page.html", inbox(view))})
    answers = iter([older("Del medio", f"{OLDER}?part=2"), older("Del principio", "")])
    tab.route(f"**{OLDER}*", lambda route: route.fulfill(body=next(answers)))
    yield screen.open(URL)
    tab.close()
    assert screen.complaints == []


def older(words, url):
    entry = samples.ticket_view().entries[0]
    entry = replace(entry, bubble=replace(entry.bubble, id=abs(hash(words)), body=words))
    return get_template("desk/ticket/_older.html").render({"entries": [entry], "older": url})


@pytest.mark.browser
def test_ctrl_p_unfolds_everything_before_it_prints(screen):
    page = screen.page
    page.wait_for_selector("link[href*=writing]", state="attached")  # its scripts are there

    page.keyboard.press("Control+p")

    page.wait_for_function("() => window.printed === 1")
    expect(page.locator(".msg", has_text="Del medio")).to_be_visible()
    expect(page.locator(".msg", has_text="Del principio")).to_be_visible()
    expect(page.locator(".fold")).to_have_count(0)


@pytest.mark.browser
def test_the_button_prints_the_same(screen):
    screen.page.wait_for_selector("link[href*=writing]", state="attached")

    screen.page.get_by_role("button", name="Imprimir toda la conversación").click()

    screen.page.wait_for_function("() => window.printed === 1")
    expect(screen.page.locator(".msg", has_text="Del principio")).to_be_visible()


@pytest.mark.browser
def test_paper_is_black_on_white_and_says_what_it_leaves_out(screen):
    page = screen.page
    expect(page.locator(".left-out")).to_be_hidden()

    page.emulate_media(media="print", color_scheme="dark")

    expect(page.locator(".left-out")).to_be_visible()
    expect(page.locator("vt-composer")).to_be_hidden()
    expect(page.locator(".pane-list")).to_be_hidden()
    colors = page.locator(".msg-body").first.evaluate(
        "one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"
    )
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
