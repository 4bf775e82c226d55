"""The desk's scripts in a real Chromium, with the clock in our hands."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.desk import samples
from tests.desk.browser import Screen
from tests.desk.test_templates import inbox, page, shown
from ventanilla.desk import formats
from ventanilla.desk.shapes import Banner, Bubble, Entry

pytestmark = pytest.mark.browser

INBOX = "/inbox/mine/48213/"
SAVED = {"saved_at": samples.at(10, 26).isoformat()}


@pytest.fixture(scope="module")
def browser():
    with chromium() as running:
        yield running


@pytest.fixture
def screen(browser):
    """The inbox with one ticket open, at 10:43 on a Saturday; time passes only when told to."""
    context = browser.new_context(timezone_id="Europe/Madrid", locale="es-ES")
    tab = context.new_page()
    tab.clock.install(time=samples.NOW - timedelta(minutes=1))
    answers = {
        INBOX: shown("inbox/page.html", inbox(samples.ticket_view())),
        "/drafts/reply/48213": SAVED,
        "/drafts/note/48213": SAVED,
    }
    screen = Screen(tab, answers)
    screen.open(INBOX)
    tab.clock.pause_at(samples.NOW)
    yield screen
    context.close()
    assert screen.complaints == []


def write(screen, text):
    """Type into the editor, which comes on the first focus."""
    screen.page.locator("textarea.composer-body").focus()
    screen.page.locator("div.composer-body").wait_for()
    screen.page.keyboard.type(text)


def editor(screen):
    return screen.page.locator("div.composer-body")


def test_a_deadline_counts_down_and_turns_late(screen):
    chip = screen.page.locator("#t48213 vt-sla")

    expect(chip).to_have_text("18 min")
    screen.page.clock.run_for(60_000)
    expect(chip).to_have_text("17 min")
    screen.page.clock.run_for(17 * 60_000 + 31_500)
    expect(chip).to_have_class(re.compile("sla-late"))
    expect(chip).to_have_text("−1 s")


def test_times_and_sizes_read_as_the_server_writes_them(screen):
    words = "import('/static/desk/js/words.js')"
    for seconds in (0, 59, 119, 120, 3599, 7200, 22_320, 169_260, 172_800):
        for exact in (False, True):
            script = f"{words}.then(w => w.duration({seconds * 1000}, {str(exact).lower()}))"
            expected = formats.duration(timedelta(seconds=seconds), exact=exact)
            assert screen.page.evaluate(script) == expected
    with_comma = screen.page.evaluate(f"{words}.then(w => w.size(1240000))")
    assert with_comma == "1,2 MB"


def test_what_is_typed_is_saved_after_a_pause(screen):
    write(screen, "Hola, Elena")

    assert screen.posts("/drafts/reply/48213") == []
    screen.page.clock.run_for(800)
    expect(screen.page.locator(".saved")).to_have_text("Borrador guardado 10:26")
    draft = screen.posts("/drafts/reply/48213")[-1]
    assert draft["html"] == "<p>Hola, Elena</p>"
    assert draft["to"] == "Elena Vidal <elena.vidal@correo.example>"


def test_what_the_server_did_not_get_comes_back(screen):
    screen.answers["/drafts/reply/48213"] = (503, "")
    write(screen, "No se pierde")
    screen.page.clock.run_for(800)
    expect(screen.page.locator(".saved")).to_contain_text("Guardado en este navegador")

    screen.answers["/drafts/reply/48213"] = SAVED
    screen.page.reload()

    expect(editor(screen)).to_have_text("No se pierde")
    screen.page.clock.run_for(800)
    expect(screen.page.locator(".saved")).to_have_text("Borrador guardado 10:26")


def test_a_note_cannot_be_taken_for_a_reply(screen):
    write(screen, "Para ella")
    screen.page.locator(".tab-note").click()

    expect(screen.page.get_by_role("button", name="Guardar nota")).to_be_visible()
    expect(screen.page.locator("button", has_text="Enviar").first).to_be_hidden()
    expect(editor(screen)).to_have_text("")
    screen.page.keyboard.type("Solo nosotros")
    screen.page.keyboard.press("Control+Enter")
    sent = wait_for_post(screen, "/tickets/48213/messages")
    assert (sent["kind"], sent["html"]) == ("note", "<p>Solo nosotros</p>")

    screen.page.locator("label.tab").first.click()
    expect(editor(screen)).to_have_text("Para ella")


def test_sending_posts_the_words_their_text_and_the_status(screen):
    write(screen, "Hecho")
    screen.page.keyboard.press("Control+Shift+Enter")

    sent = wait_for_post(screen, "/tickets/48213/messages")

    assert sent["html"] == "<p>Hecho</p>"
    assert sent["body"] == "Hecho"
    assert sent["status"] == "4"
    assert sent["seen"] == "3"


def test_live_changes_leave_the_words_and_the_caret(screen):
    write(screen, "Hola, Elena")
    screen.page.keyboard.press("ArrowLeft")
    more = samples.ticket_view(
        entries=[*samples.entries(), Entry(Bubble(9, "inbound", "Elena Vidal", samples.at(10, 42)))]
    )
    screen.answers["/tickets/48213/conversation"] = shown("ticket/_changes.html", page(tv=more))

    screen.page.evaluate(
        "import('/static/desk/js/refresh.js').then(r => r.refresh('ticket-48213'))"
    )

    expect(screen.page.locator("#m9")).to_be_visible()
    screen.page.keyboard.type("X")
    expect(editor(screen)).to_have_text("Hola, ElenXa")


def test_live_fetches_are_two_at_once_and_then_two_a_second(screen):
    count = (
        "document.addEventListener('live', () => { window.seen = (window.seen ?? 0) + 1 }, true)"
    )
    screen.page.evaluate(count)

    screen.page.evaluate("import('/static/desk/js/refresh.js').then(r => r.refreshAll())")

    assert screen.page.evaluate("window.seen") == 2
    screen.page.clock.run_for(1_000)
    assert screen.page.evaluate("window.seen") == 4


def test_a_menu_is_chosen_from_by_typing(screen):
    screen.page.keyboard.press("s")
    expect(screen.page.locator("#status-48213")).to_be_visible()
    screen.page.keyboard.type("PAUSA")
    expect(screen.page.locator("#status-48213 [role=option]:visible")).to_have_count(1)
    screen.page.locator("#status-48213 [data-combobox-option-default]").wait_for()
    screen.page.keyboard.press("Enter")

    assert wait_for_post(screen, "/tickets/48213/status")["status"] == "3"
    expect(screen.page.locator("#status-48213")).to_be_hidden()


def test_a_new_tag_is_made_by_typing_it(screen):
    screen.page.keyboard.press("l")
    screen.page.keyboard.type("urgencias")
    screen.page.get_by_text("Crear «urgencias»").click()

    assert wait_for_post(screen, "/tickets/48213/tags")["create"] == "urgencias"


def test_keys_do_nothing_while_somebody_types(screen):
    write(screen, "s p l e r n")

    expect(screen.page.locator("vt-menu:popover-open")).to_have_count(0)
    expect(editor(screen)).to_have_text("s p l e r n")


def test_pasted_html_loses_its_scripts_styles_and_foreign_pictures(screen):
    write(screen, "")
    screen.page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/html", '<p class="MsoNormal">Uno <b>dos</b>' +
            '<img src="https://evil.example/x.png"></p><script>alert(1)</script>');
          data.setData("text/plain", "Uno dos");
          document.querySelector("div.composer-body").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )

    expect(editor(screen)).to_have_text("Uno dos")
    assert editor(screen).inner_html() == "<p>Uno <b>dos</b></p>"


def test_a_file_is_uploaded_at_once_and_goes_along(screen):
    answer = {"id": 77, "name": "a.pdf", "size": 2000, "content_type": "application/pdf"}
    screen.answers["POST /uploads"] = (201, answer | {"url": "/attachments/77/a.pdf"})
    file = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2000}
    write(screen, "Va adjunto")

    screen.page.locator(".is-attach input").set_input_files(files=[file])
    screen.page.locator("[name=attachments]").wait_for(state="attached")
    screen.page.keyboard.press("Control+Enter")

    assert wait_for_post(screen, "/tickets/48213/messages")["attachments"] == "77"


def test_a_file_that_is_too_large_is_refused_before_it_travels(screen):
    screen.page.evaluate("document.querySelector('vt-composer').dataset.max = '10'")
    file = {"name": "enorme.zip", "mimeType": "application/zip", "buffer": b"x" * 11}

    screen.page.locator(".is-attach input").set_input_files(files=[file])

    expect(screen.page.locator(".composer-problem")).to_contain_text(
        "enorme.zip es demasiado grande"
    )
    assert screen.posts("/uploads") == []


def test_recipients_are_chips_and_posted_as_text(screen):
    screen.answers["/addresses"] = {
        "addresses": [{"name": "Elías Vega", "addr": "elias@v.example"}]
    }
    screen.page.locator(".composer-to").click()
    screen.page.locator("vt-recipients .chip").first.wait_for()
    screen.page.locator("#cc-48213").fill("el")
    screen.page.clock.run_for(200)
    screen.page.get_by_role("option", name="Elías Vega").click()
    screen.page.locator("#cc-48213").fill("malo,")
    screen.page.locator("#bcc-48213").focus()

    assert screen.page.locator("[name=cc]").input_value() == "Elías Vega <elias@v.example>, malo"
    expect(screen.page.locator(".chip.is-bad")).to_have_count(1)


def test_j_opens_the_next_ticket_beside_the_list(screen):
    other = samples.ticket_view(
        ticket=samples.ticket(48211, "Sofía Lago", "¿Puedo cambiar la dirección?", ""),
        composer=samples.composer(id="48211"),
    )
    screen.answers["/inbox/mine/48211/"] = shown("inbox/_open.html", page(tv=other))

    screen.page.keyboard.press("j")

    expect(screen.page.locator("#conv .conv-title")).to_contain_text("¿Puedo cambiar la dirección?")
    expect(screen.page.locator("#t48211 .tl-item")).to_have_attribute("aria-current", "true")
    expect(screen.page.locator("#t48213 [aria-current]")).to_have_count(0)
    assert screen.page.url.endswith("/inbox/mine/48211/")
    expect(screen.page.locator("#composer-48211")).to_be_visible()


def test_new_tickets_wait_behind_a_bar(screen):
    place = samples.frame().views[0]
    bar = shown("inbox/_news.html", {"count": 2, "place": place})
    screen.answers["/inbox/mine/"] = bar

    screen.page.evaluate("import('/static/desk/js/refresh.js').then(r => r.refresh('list'))")

    expect(screen.page.locator(".tl-new")).to_have_text("2 tickets nuevos")
    rows = screen.page.locator(".tl-row")
    expect(rows).to_have_count(sum(len(group.rows) for group in samples.groups()))


def test_a_refusal_is_shown_where_it_happened_and_keeps_the_words(screen):
    stale = shown("ticket/_stale.html", page(tv=samples.ticket_view(), who="Iván", status="2"))
    screen.answers["POST /tickets/48213/messages"] = (409, stale)
    write(screen, "Mi respuesta")
    screen.page.keyboard.press("Control+Enter")
    expect(screen.page.locator(".composer-problem")).to_contain_text("Iván ha respondido")
    expect(editor(screen)).to_have_text("Mi respuesta")

    screen.page.get_by_role("button", name="Enviar el mío igualmente").click()

    screen.page.wait_for_selector(".composer-problem .banner")
    sent = screen.posts("/tickets/48213/messages")[-1]
    assert (sent["force"], sent["status"], sent["html"]) == ("1", "2", "<p>Mi respuesta</p>")


def test_an_answer_that_is_no_fragment_leaves_the_page_alone(screen):
    screen.answers["POST /tickets/48213/status"] = (500, "<html><body>Server Error</body></html>")

    screen.page.keyboard.press("e")

    expect(screen.page.locator("#problems")).to_contain_text("No ha funcionado")
    expect(screen.page.locator("#conv")).not_to_contain_text("Server Error")


def test_resolving_without_what_is_required_leads_to_the_field_by_keyboard(screen):
    way = {"label": "Qué pasó", "opens": "field-what-48213", "primary": True}
    banner = Banner(title="Falta algo.", text="Rellena este campo.", kind="bad", actions=[way])
    refusal = shown("problems/_banner.html", {"banner": banner})
    screen.answers["POST /tickets/48213/status"] = (422, refusal)
    screen.answers["/tickets/48213/fields/what"] = ""

    screen.page.keyboard.press("e")
    expect(screen.page.locator("#problems button")).to_be_focused()
    screen.page.keyboard.press("Enter")
    field = screen.page.locator("#field-what-48213 textarea")
    expect(field).to_be_focused()
    field.fill("Una pata rota")
    screen.page.locator("#field-what-48213 button").click()

    assert wait_for_post(screen, "/tickets/48213/fields/what")["value"] == "Una pata rota"


def wait_for_post(screen, path):
    """The fields of the first POST to that path; waits for it."""
    for _ in range(200):
        if found := screen.posts(path):
            return found[0]
        screen.page.wait_for_timeout(10)
    raise AssertionError(f"nothing was posted to {path}: {screen.asked}")
