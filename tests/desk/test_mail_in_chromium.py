"""Hostile mails in a real Chromium: nothing runs, nothing leaves (R19, R20)."""

from __future__ import annotations

import mimetypes
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.browser import chromium
from tests.desk.browser import ORIGIN, STATIC
from tests.factories import MONDAY_9AM
from ventanilla.events.acts import Act
from ventanilla.tickets.actions import receive
from ventanilla.tickets.content import Content

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

RUN = "top.pwned=1;window.pwned=1;document.title='pwned'"
VECTORS = [
    f"<script>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<img src=x onerror=\"{RUN}\">",
    f"<img src='x' onerror = {RUN}//>",
    f"<svg onload=\"{RUN}\"><script>{RUN}</script></svg>",
    f"<svg><a xlink:href=\"javascript:{RUN}\"><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><!--</style>"
    f"<img title=\"--&gt;&lt;img src=1 onerror={RUN}&gt;\">",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror=\"{RUN}\">",
    f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"<xmp><p title=\"</xmp><img src=x onerror={RUN}>\"></xmp>",
    f"<!--><img src=x onerror=\"{RUN}\">-->",
    f"<![CDATA[><img src=x onerror=\"{RUN}\">]]>",
    "<style>@import 'https://evil.test/x.css';</style><p>x</p>",
    "<p style=\"background:url(https://evil.test/a.png)\">x</p>",
    "<p style=\"background-image:url('https://evil.test/b.png');width:expression(1)\">x</p>",
    "<table background=\"https://evil.test/c.png\"><tr><td>x</td></tr></table>",
    "<img src=https://evil.test/p.gif><img srcset='https://evil.test/q.gif 1x'>",
    "<picture><source srcset=https://evil.test/r.gif><img src=//evil.test/s.gif></picture>",
    "<video src=https://evil.test/v.mp4 autoplay poster=https://evil.test/p.png></video>",
    "<audio src=https://evil.test/a.mp3 autoplay></audio><embed src=https://evil.test/e>",
    f"<iframe srcdoc=\"<script>{RUN}</script>\"></iframe><iframe src=https://evil.test/></iframe>",
    f"<object data=\"data:text/html,<script>{RUN}</script>\"></object>",
    f"<meta http-equiv=refresh content=\"0;url=javascript:{RUN}\">",
    "<meta http-equiv=refresh content='0;url=https://evil.test/'><base href=https://evil.test/>",
    "<link rel=stylesheet href=https://evil.test/x.css><link rel=prefetch href=https://evil.test/y>",
    f"<a href=\"javascript:{RUN}\" id=vt-offline name=token>javascript</a>",
    f"<a href=\"java\tscript:{RUN}\">tab</a><a href=\" &#1; javascript:{RUN}\">entity</a>",
    f"<a href=\"data:text/html,<script>{RUN}</script>\">data</a>",
    f"<body onload=\"{RUN}\"><p onmouseover=\"{RUN}\">x</p></body>",
    f"<details open ontoggle=\"{RUN}\"><summary>x</summary></details>",
    f"<p hx-get=\"/tickets/1/\" hx-trigger=load hx-on:click=\"{RUN}\" data-hx-get=/x>htmx</p>",
    "<vt-composer data-draft=/x><form action=https://evil.test/>"
    f"<input name=a autofocus onfocus={RUN}>",
    f"<textarea><img src=x onerror={RUN}></textarea><select><option><img src=x onerror={RUN}>",
    f"<template><script>{RUN}</script></template><slot onslotchange={RUN}></slot>",
    f"</div></article></main><script>{RUN}</script>",
    f"<p title='\"><img src=x onerror={RUN}>'>title</p>",
    f"<font color='\"><script>{RUN}</script>'>x</font>",
    f"<plaintext><script>{RUN}</script>",
]  # fmt: skip


def test_no_hostile_mail_runs_or_calls_home(world):  # R19, R20
    answers = collect(world, VECTORS)

    with chromium() as browser:
        for path in answers:
            asked = visit(browser, path, answers, policy=path.startswith("/tickets/"))
            assert not [url for url in asked if not url.startswith(ORIGIN)], path
            allowed = ("/static/", "/pictures/", "/messages/", "/live", "/tickets/", "/uploads")
            assert not [url for url in asked if not urlsplit(url).path.startswith(allowed)], path


def collect(world, vectors):
    """What the desk answers for two tickets full of these mails, and for each mail alone."""
    client, answers = world.client("own"), {}
    for index, vector in enumerate(vectors):
        message = receive(
            world.ticket,
            Act.of_contact(world.contact.pk, MONDAY_9AM),
            content=Content(html=f"<p>Hola {index}</p>{vector}", author_name="Elena"),
            channel="email",
            contact=world.contact,
        )
        keep(client, answers, reverse("desk:message_html", args=[message.pk]))
        if index % 20 == 19 or index + 1 == len(vectors):
            page = client.get(reverse("desk:ticket", args=[world.number]))
            answers[f"/tickets/{index}/"] = page.content, dict(page.headers)
    return answers


def keep(client, answers, path):
    page = client.get(path)
    assert page.status_code == 200
    answers[path] = page.content, dict(page.headers)


def visit(browser, path, answers, *, policy):
    """Load a page and its frames; fail if a script ran. Returns whatever was asked for.

    Without our policy the cleaner stands alone: it has to hold by itself.
    """
    context = browser.new_context()
    tab, asked = context.new_page(), []

    def answer(route):
        url = route.request.url
        asked.append(url)
        place = urlsplit(url).path
        if place in answers and url.startswith(ORIGIN):
            body, headers = answers[place]
            if not policy:
                headers = {"Content-Type": headers["Content-Type"]}
            return route.fulfill(body=body, headers=headers)
        file = STATIC / place.removeprefix("/static/")
        if url.startswith(f"{ORIGIN}/static/") and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return route.fulfill(body=file.read_bytes(), content_type=kind)
        return route.fulfill(status=204)

    tab.route("**/*", answer)
    tab.goto(ORIGIN + path)
    tab.wait_for_load_state("load")
    for frame in tab.query_selector_all("iframe"):
        frame.scroll_into_view_if_needed()
    for link in tab.query_selector_all(".msg-body a"):
        assert not (link.get_attribute("href") or "").lower().startswith(("java", "data")), path
    for frame in tab.frames:
        assert frame.evaluate("window.pwned") is None, path
    assert tab.evaluate("top.pwned") is None, path
    assert "pwned" not in tab.title()
    context.close()
    return asked
