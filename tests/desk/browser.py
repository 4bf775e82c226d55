"""A real Chromium that gets its pages from the templates, without a server: quick and exact."""

from __future__ import annotations

import json
import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, Route

from ventanilla.desk import jinja

STATIC = Path(jinja.__file__).parent / "static"
ORIGIN = "https://desk.test"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "frame-src 'self'; object-src 'none'; base-uri 'none'"
)


class Screen:
    """One page, what it has asked for, and what it complained about."""

    def __init__(self, page: Page, answers: dict[str, Any]):
        self.page = page
        self.answers = answers  # path: HTML, a dict (JSON), or (status, either)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.route("**/*", self._answer)

    def open(self, path: str) -> Screen:
        self.page.goto(ORIGIN + path)
        self.page.locator("[data-htmx-powered]").first.wait_for(state="attached")
        self.page.wait_for_function("Boolean(customElements.get('vt-composer'))")
        return self

    def posts(self, path: str) -> list[dict[str, str]]:
        return [fields for method, asked, fields in self.asked if (method, asked) == ("POST", path)]

    def gets(self, path: str) -> int:
        return sum((method, asked) == ("GET", path) for method, asked, _ in self.asked)

    def _answer(self, route: Route) -> None:
        request, path = route.request, urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return route.fulfill(body=file.read_bytes(), content_type=kind)
        if path == "/live":
            return None  # a stream that says nothing
        self.asked.append((request.method, path, _fields(request)))
        answer = self.answers.get(f"{request.method} {path}", self.answers.get(path, (204, "")))
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        is_json = isinstance(body, dict)
        return route.fulfill(
            status=status,
            body=json.dumps(body) if is_json else body,
            content_type="application/json" if is_json else "text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLICY},
        )

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


def _fields(request: Any) -> dict[str, str]:
    """What a form posted: urlencoded, or the simple parts of multipart."""
    body = request.post_data_buffer or b""
    kind = request.headers.get("content-type", "")
    if "multipart" not in kind:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    boundary = kind.partition("boundary=")[2].encode()
    found = {}
    for part in body.split(b"--" + boundary):
        head, _, value = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        if name and b"filename=" not in head:
            found[name] = value.removesuffix(b"\r\n").decode("utf-8", "replace")
    return found
