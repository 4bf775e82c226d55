"""A real browser: Debian's Chromium, driven by Playwright, and who sits in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.installation import Installation
from tests.needs import program

OPTIONS = [
    "--no-sandbox",  # as root it has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 20_000  # milliseconds
expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = program("chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=OPTIONS)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser of their own. `sign_in` uses a one-time link, once for each person."""

    def __init__(self, browser: Browser, desk: Installation, **options: Any):
        self.desk = desk
        usual = {"viewport": DESKTOP, "locale": "es-ES", "timezone_id": "Europe/Madrid"}
        self.context: BrowserContext = browser.new_context(base_url=desk.url(""), **usual | options)
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.watch(self.page)

    def sign_in(self, email: str, sessions: dict[str, Any]) -> None:
        """Go on with the session that this person has, or begin one."""
        if email in sessions:
            self.context.add_cookies(sessions[email])
            return
        self.page.goto(self.desk.command("signin-link", email).strip())
        self.page.locator("form button.btn-primary").click()
        self.page.wait_for_url(lambda url: "/link/" not in url)
        sessions[email] = self.context.cookies()

    def watch(self, page: Page) -> None:
        """Remember whatever the page complains of: a script's error, a refused resource."""
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("console", self._said)
        page.on(
            "response",
            lambda answer: (
                self.troubles.append(f"{answer.status} {answer.url}")
                if answer.status >= 500
                else None
            ),
        )

    def _said(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def close(self) -> None:
        self.context.close()
