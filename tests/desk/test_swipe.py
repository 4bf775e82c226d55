"""Rows under a finger: snoozed to the left, resolved to the right, and by their button."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, chromium
from tests.desk.browser import Screen
from tests.desk.test_templates import inbox, shown
from tests.desk.world import PARTIAL
from ventanilla.desk.present.menus import snoozes
from ventanilla.tickets.models import Status

URL, MENU, OPERATIONS = "/inbox/mine/", "/inbox/mine/48213/row/menu", "/operations/"


@pytest.mark.django_db
def test_a_rows_menu_resolves_and_can_be_undone(world):
    client = world.client("own")
    menu = client.get(f"/inbox/all/{world.number}/row/menu", headers=PARTIAL).text
    assert f'name="n" value="{world.number}"' in menu
    assert 'name="until" value="customer"' in menu

    answer = client.post(
        OPERATIONS, {"n": world.number, "status": "4", "view": "all"}, headers=PARTIAL
    )

    world.ticket.refresh_from_db()
    assert world.ticket.status == Status.RESOLVED
    assert 'data-act="undo"' in answer.text


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="es-ES")
    tab = context.new_page()
    row = {"number": 48213, "view": "mine", "snoozes": snoozes(), "laid": "", "may_delete": False}
    menu = shown("inbox/_row_menu.html", row)
    context_of = inbox(None)
    context_of["frame"] = replace(context_of["frame"], may_change=True)
    screen = Screen(tab, {URL: shown("inbox/page.html", context_of), MENU: menu})
    tab.set_default_timeout(6_000)
    yield Finger(screen.open(URL), context.new_cdp_session(tab))
    context.close()
    assert screen.complaints == []


class Finger:
    def __init__(self, screen, session):
        self.screen, self.page, self.session = screen, screen.page, session
        box = self.page.locator("#t48213 .tl-item").bounding_box()
        self.x, self.y = box["x"] + 180, box["y"] + 40

    def swipe(self, x=0, y=0, *, lift="touchEnd"):
        """Put the finger on the row, wait for the script that it loads, move, and lift it."""
        self.tell("touchStart", 0, 0)
        self.page.wait_for_selector("link[href*='swipe.css']", state="attached")
        for step in range(1, 9):
            self.tell("touchMove", x * step / 8, y * step / 8)
        if lift:
            self.lift(lift)

    def lift(self, how="touchEnd"):
        self.session.send("Input.dispatchTouchEvent", {"type": how, "touchPoints": []})

    def tell(self, kind, x, y):
        points = [{"x": self.x + x, "y": self.y + y}]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    @property
    def hint(self):
        return self.page.locator("#t48213 > .swipe")


@pytest.mark.browser
def test_to_the_right_resolves(phone):
    phone.swipe(150, lift="")
    expect(phone.hint.get_by_text("Resolver")).to_be_visible()
    expect(phone.hint.get_by_text("Aplazar")).to_be_hidden()
    assert phone.screen.posts(OPERATIONS) == []

    with phone.page.expect_response(f"**{OPERATIONS}") as asked:
        phone.lift()

    headers = asked.value.request.headers
    assert headers["hx-request-type"] == "partial"  # else a page comes, without Undo
    posted = phone.screen.posts(OPERATIONS)
    assert [(one["n"], one["status"], one["view"]) for one in posted] == [("48213", "4", "mine")]
    expect(phone.hint).to_have_count(0)


@pytest.mark.browser
def test_to_the_left_opens_the_choices_to_snooze(phone):
    phone.swipe(-150, lift="")
    expect(phone.hint.get_by_text("Aplazar")).to_be_visible()
    phone.lift()

    menu = phone.page.locator("#row-menu")
    expect(menu).to_be_visible()
    with phone.page.expect_response(f"**{OPERATIONS}"):
        menu.get_by_text("Hasta que escriba").click()
    assert phone.screen.posts(OPERATIONS)[-1]["until"] == "customer"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("x", "y", "lift"), [(60, 0, "touchEnd"), (150, 0, "touchCancel"), (20, -150, "touchEnd")]
)
def test_what_is_not_meant_changes_nothing(phone, x, y, lift):
    """Let go too early; taken back by the browser; scrolled."""
    phone.swipe(x, y, lift=lift)

    expect(phone.hint).to_have_count(0)
    assert not phone.page.locator("#t48213 .tl-item").evaluate("one => one.style.transform")
    assert phone.screen.posts(OPERATIONS) == []
    assert phone.screen.gets(MENU) == 0
    assert phone.screen.gets("/inbox/mine/48213/") == 0


@pytest.mark.browser
def test_the_button_of_a_row_needs_no_gesture(phone):
    phone.page.locator("#t48213 .tl-do").click()

    menu = phone.page.locator("#row-menu")
    with phone.page.expect_response(f"**{OPERATIONS}"):
        menu.get_by_role("button", name="Resolver").click()
    assert phone.screen.posts(OPERATIONS)[-1]["status"] == "4"


@pytest.mark.browser
def test_a_tap_opens_the_ticket(phone):
    with phone.page.expect_request("**/inbox/mine/48213/"):
        phone.page.locator("#t48213 .tl-item").tap()
