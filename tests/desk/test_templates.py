"""Templates hold to the content policy, use what exists, and render with what they ask for."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.shortcuts import render
from django.test import RequestFactory
from django.utils import timezone, translation

from tests.desk import samples
from ventanilla.desk import jinja
from ventanilla.desk.shapes import Banner, Frame
from ventanilla.lib import clock

DESK = Path(jinja.__file__).parent
# mail.html is the sandboxed page of a customer's mail: it has a policy of its own.
SOURCES = sorted(set((DESK / "templates").rglob("*.html")) - {DESK / "templates/desk/mail.html"})
SPRITE = (DESK / "static/desk/icons.svg").read_text()
SYMBOLS = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))

FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "event handler": r"""\son[a-z]+\s*=\s*["']""",
    "hx-on": r"\shx-on",
    "inline script": r"<script(?![^>]*\ssrc=)",
    "style element": r"<style",
    "javascript in an attribute": r"""=["']\s*(?:js|javascript):""",
    "trigger filter": r'hx-trigger="[^"]*\[',
    "import map": r"importmap",
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(DESK)))
def test_no_template_breaks_the_content_policy(source):
    text = re.sub(r"{#.*?#}", "", source.read_text(), flags=re.DOTALL)
    assert [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(DESK)))
def test_every_template_says_what_it_needs(source):
    assert re.match(r"{#.*\b([Nn]eeds?|Needs?)\b.*?#}", source.read_text(), re.DOTALL)


def test_every_icon_that_is_named_exists():
    text = "".join(path.read_text() for path in SOURCES)
    named = set(re.findall(r"""\bicon\(\s*["']([a-z0-9-]+)["']""", text))
    named |= set(re.findall(r"""\bicon=["']([a-z0-9-]+)["']""", text))
    scripts = (DESK / "static/desk/js").glob("*.js")
    named |= set(re.findall(r'ICONS = {.*?"([a-z-]+)"', "".join(p.read_text() for p in scripts)))
    named |= set(jinja.CHANNEL_ICONS.values())
    assert {name for name in named if f"i-{name}" not in SYMBOLS} == set()
    assert {*jinja.STATUS_SIGNS, *jinja.PRIORITY_SIGNS} <= SYMBOLS


PAGES = {
    "inbox": ("inbox/page.html", lambda: inbox(samples.ticket_view())),
    "inbox without a ticket": ("inbox/page.html", lambda: inbox(None)),
    "empty inbox": ("inbox/page.html", lambda: inbox(None) | {"groups": []}),
    "ticket": ("ticket/page.html", lambda: page(tv=samples.ticket_view(here=""))),
    "awkward ticket": ("ticket/page.html", lambda: page(tv=awkward())),
    "no right to write": ("ticket/page.html", lambda: page(tv=read_only())),
    "changes": ("ticket/_changes.html", lambda: page(tv=samples.ticket_view(), fresh=True)),
    "counts": ("inbox/_counts.html", lambda: page()),
    "sign-in": ("login.html", lambda: login()),
    "not allowed": ("problems/page.html", lambda: problem(403)),
    "server error": ("problems/page.html", lambda: problem(500) | {"frame": Frame("Casa Olmo")}),
    "refused": ("problems/_banner.html", lambda: {"banner": Banner("No.", kind="bad")}),
    "database away": ("problems/unavailable.html", dict),
    "new mail": ("ticket/new.html", lambda: new("mail")),
    "held mail": ("ticket/held.html", lambda: page(mail=samples.held())),
    "new ticket": ("ticket/new.html", lambda: new("customer")),
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_render_and_hold_to_the_policy(name, language):
    html = rendered(name, language)

    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, html)] == []
    assert set(re.findall(r'href="[^"]*icons[^"#]*\.svg#([^"]+)"', html)) <= SYMBOLS
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids)), "ids are unique, or morphing mixes elements up"


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("changes", "counts")])
def test_pages_have_one_first_heading(name):
    html = rendered(name, "es")
    if "<html" in html:
        assert html.count("<h1") == 1


def test_what_has_no_page_has_no_entry():
    html = rendered("inbox", "es")
    bare = shown(
        "inbox/page.html", inbox(None) | {"frame": samples.frame(settings_url="", search_url="")}
    )

    assert "/settings/" in html
    assert 'role="search"' in html
    assert "/settings/" not in bare
    assert 'role="search"' not in bare


def test_what_customers_write_is_text_until_it_was_cleaned():
    hostile = samples.ticket_view(
        ticket=samples.ticket(1, "<b>Eve</b>", "<script>alert(1)</script>", ""),
        customer=None,
        tag_names=['"><img src=x>'],
    )

    html = shown("ticket/page.html", page(tv=hostile))

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<img src=x>" not in html


def test_theme_and_density_are_on_the_first_byte():
    html = shown(
        "inbox/page.html",
        inbox(None) | {"frame": samples.frame(me=samples.agent(theme="dark", density="compact"))},
    )
    assert re.search(r'<html lang="es"[^>]* data-theme="dark" data-density="compact"', html)


def test_fifty_rows_fit_their_budget():
    import gzip

    rows = [
        samples.row(
            n, f"Cliente {n}", f"Pedido {n * 7919} sin llegar", f"Hola, {n}", **samples.due(n)
        )
        for n in range(1000, 1050)
    ]
    html = shown(
        "inbox/page.html",
        inbox(samples.ticket_view()) | {"groups": [samples.Group("Hoy", rows, 50)]},
    )
    assert len(gzip.compress(html.encode(), 6)) <= 25_000


def test_static_names_exist():
    text = "".join(path.read_text() for path in SOURCES)
    names = set(re.findall(r"""static\(["']([^"']+)["']\)""", text))
    assert [name for name in names if finders.find(name) is None] == []


# -- what the pages need -------------------------------------------------------------------------
def page(**context):
    return {"frame": samples.frame()} | context


def inbox(tv):
    around = samples.frame()
    return {
        "frame": around,
        "place": around.views[0],
        "groups": samples.groups(),
        "more_url": "/inbox/mine/?after=x",
        "next_due": samples.at(9, 30, -1),
        "tv": tv,
    }


def awkward():
    drafts = {"reply": samples.draft(), "note": samples.draft()}
    return samples.ticket_view(
        here="",
        entries=samples.awkward_entries(),
        composer=samples.composer(drafts=drafts),
        hidden=12,
        older="/tickets/48213/messages",
        links=samples.ticket_view().others,
    )


def read_only():
    return samples.ticket_view(here="", may_change=False, composer=None, customer=None)


def new(purpose):
    composer = samples.composer(id="new", mode="new", kind="new", to=[])
    pairs = [("1", "Uno")]
    return page(
        purpose=purpose,
        waiting=[samples.held()],
        values={},
        errors={"subject": "Falta el asunto."},
        composer=composer,
        teams=pairs,
        channels=pairs,
        priorities=pairs,
        types=pairs,
        categories=pairs,
        inputs=[samples.own_input("choices"), samples.own_input("text", error="Falta.")],
    )


def login():
    return {
        "frame": Frame("Casa Olmo"),
        "email": "",
        "error": "No.",
        "next": "/",
        "reset_url": "/x/",
        "language_url": "/language/",
        "languages": [("es", "Español", True), ("en", "English", False)],
    }


def problem(status):
    return page(status=status, title="No", text="Marta puede.", reference="7c41")


def rendered(name, language):
    template, context = PAGES[name]
    return shown(template, context(), language)


def shown(template, context, language="es"):
    request = RequestFactory().get("/")
    with (
        translation.override(language),
        timezone.override("Europe/Madrid"),
        clock.frozen(samples.NOW),
    ):
        return render(request, f"desk/{template}", context).content.decode()
