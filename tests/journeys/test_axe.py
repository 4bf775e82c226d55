"""No page breaks a rule of WCAG 2.2 AA that axe-core can check: both themes, desktop and phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import DESKTOP, PHONE, Person, chromium
from tests.installation import installed
from tests.journeys.screen import fits
from tests.pages import AGENT, PAGES, TICKETS, VISITOR

pytestmark = [pytest.mark.servers, pytest.mark.browser]

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.js"
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
RUN = """async (runOnly) => {
    const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
    return violations.map(({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes.slice(0, 4).map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}"""
# The theme changes colours alone: a size is looked at with every rule once, then for its colours.
LOOKS = [
    (theme, size, asked)
    for size in (DESKTOP, PHONE)
    for theme, asked in (("light", ALL), ("dark", COLOURS))
]


@pytest.fixture(scope="module")
def demo():
    with installed() as product, chromium() as browser:
        product.command("seed", "--tickets", "80")
        yield product, browser


@pytest.mark.parametrize("email", PAGES, ids=lambda email: email.partition("@")[0] or "visitor")
def test_no_page_has_a_violation(demo, email):
    product, browser = demo
    numbers = {name: product.value(sql, AGENT) for name, sql in TICKETS.items()}
    person = Person(browser, product, reduced_motion="reduce", bypass_csp=True)
    if email != VISITOR:
        person.sign_in(email, {})
    page, found = person.page, []

    for name, path in PAGES[email].items():
        page.goto(path.format(**numbers))
        page.evaluate(AXE.read_text())
        for theme, size, asked in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=theme)
            wrong = page.evaluate(RUN, asked)
            found += [f"{name}, {theme}, {size['width']}: {what}" for what in wrong]
            if not fits(page):
                found.append(f"{name}, {size['width']}: wider than the window")
    person.close()

    assert not found, "\n".join(found)
    assert person.troubles == []
