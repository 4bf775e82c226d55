"""The desk's pages as an agent uses them."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Locator, Page, expect

PASTE = """(element, { data, name, type }) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const files = new DataTransfer();
    files.items.add(new File([bytes], name, { type }));
    element.dispatchEvent(new ClipboardEvent("paste", {
        clipboardData: files, bubbles: true, cancelable: true }));
}"""

# As a browser tells it: over the form again and again until it shows that it takes the file.
DROP = """async (composer, { data, name, type }) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([data], name, { type }));
    const tell = (what) => composer.firstElementChild.dispatchEvent(
        new DragEvent(what, { dataTransfer, bubbles: true, cancelable: true }));
    tell("dragenter");
    while (tell("dragover")) await new Promise(requestAnimationFrame);
    tell("drop");
}"""


class Inbox:
    """An open view. It is never loaded again: `stays` holds the proof."""

    def __init__(self, page: Page, view: str):
        self.page = page
        page.goto(f"/inbox/{view}/")
        page.evaluate("window.loadedOnce = true")

    @property
    def stays(self) -> bool:
        return bool(self.page.evaluate("window.loadedOnce === true"))

    def row(self, subject: str) -> Locator:
        return self.page.locator(".tl-row", has_text=subject)

    def announced(self, subject: str) -> Locator:
        """The row of a ticket that came after the page: the bar tells, a click shows."""
        self.page.locator(".tl-new").click()
        row = self.row(subject)
        expect(row).to_be_visible()
        return row

    def open(self, subject: str) -> Ticket:
        self.row(subject).locator(".tl-item").click()
        expect(self.page.locator(".conv-title")).to_contain_text(subject)
        return Ticket(self.page)


class Ticket:
    """An open conversation with its composer, in the inbox or alone."""

    def __init__(self, page: Page):
        self.page = page
        self.number = int(page.locator(".conv-head").get_attribute("data-number") or 0)

    def message(self, text: str) -> Locator:
        return self.page.locator(".msg", has_text=text)

    @property
    def composer(self) -> Locator:
        return self.page.locator("vt-composer")

    @property
    def editor(self) -> Locator:
        return self.composer.locator("div.composer-body")

    @property
    def problem(self) -> Locator:
        return self.composer.locator(".composer-problem")

    def write(self, *keys: str, kind: str = "reply") -> None:
        """Open the editor and press or type: a word in braces is a key, such as {Control+b}."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("r" if kind == "reply" else "n")
        expect(self.editor).to_be_focused()
        for each in keys:
            if each.startswith("{"):
                self.page.keyboard.press(each.strip("{}"))
            else:
                self.page.keyboard.type(each)

    def attach(self, name: str, kind: str, content: bytes) -> None:
        field: Any = {"name": name, "mimeType": kind, "buffer": content}
        self.composer.locator("input[type=file]").first.set_input_files(field)
        self.uploaded(name)

    def paste(self, name: str, kind: str, content: bytes) -> None:
        data = {"data": base64.b64encode(content).decode(), "name": name, "type": kind}
        self.editor.evaluate(PASTE, data)
        self.uploaded(name)

    def drop(self, name: str, kind: str, words: str) -> None:
        self.composer.evaluate(DROP, {"data": words, "name": name, "type": kind})
        self.uploaded(name)

    def uploaded(self, name: str) -> None:
        file = self.composer.locator(".file", has_text=name)
        expect(file.locator("input[name=attachments]")).to_have_count(1)

    def send(self) -> None:
        """Send what must be taken: an empty composer comes in its place."""
        self.try_to_send()
        expect(self.editor).to_have_count(0)

    def try_to_send(self) -> None:
        self.page.keyboard.press("Control+Enter")

    def choose(self, what: str, option: str) -> None:
        """Change a property by its key and menu, such as ("s", "Resuelto")."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press(what)
        menu = self.page.locator("vt-menu:popover-open")
        menu.locator("input[type=text]").fill(option)
        menu.get_by_role("option", name=option).first.click()


def fits(page: Page) -> bool:
    """Whether nothing stands out of the window sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
