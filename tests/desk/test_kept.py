"""What is drawn once stays true: nobody gets another reader's day, text or form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import get_template
from django.utils import timezone
from markupsafe import Markup

from ventanilla.desk.folding import written
from ventanilla.desk.shapes import LONGEST_KEPT, Bubble, Entry, EventLine
from ventanilla.lib import clock

AT = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


def drawn(*entries, csrf_input="", at=AT, zone=MADRID):
    with clock.frozen(at), timezone.override(zone):
        page = get_template("desk/ticket/_older.html")
        context = {"entries": entries, "older": "", "csrf_input": Markup(csrf_input)}
        return page.render(context)


def of(text):
    return Entry(events=[EventLine(text, AT)])


def message(**values):
    return Entry(bubble=Bubble(7, "inbound", "Elena", AT, body=Markup("<p>Hola</p>"), **values))


def test_a_text_is_escaped_though_markup_of_the_same_letters_was_drawn_before():
    assert "<b>VIP</b>" in drawn(of(Markup("<b>VIP</b>")))
    assert "&lt;b&gt;VIP&lt;/b&gt;" in drawn(of("<b>VIP</b>"))


def test_a_moment_reads_as_it_does_for_this_reader_today():
    assert ">23:30<" in drawn(message())
    assert ">17:30<" in drawn(message(), zone=ZoneInfo("America/Bogota"))
    assert ">ayer, 23:30<" in drawn(message(), at=AT + timedelta(days=1))


def test_a_message_that_has_changed_is_drawn_anew():
    sent = message(delivery="queued")
    assert "Pendiente de envío" in drawn(sent)
    assert "Enviado" in drawn(replace(sent, bubble=replace(sent.bubble, delivery="sent")))


@pytest.mark.parametrize("asks", [{"verified": False}, {"delivery": "failed"}])
def test_a_form_carries_the_token_of_this_request(asks):
    first, second = (drawn(message(**asks), csrf_input=token) for token in ("<i>1</i>", "<i>2</i>"))
    assert "<i>1</i>" in first and "<i>2</i>" in second
    assert "<i>1</i>" not in second


def test_a_large_message_is_not_kept():
    assert not Bubble(7, "inbound", "", AT, body=Markup("x" * LONGEST_KEPT + "x")).lasts
    assert Bubble(7, "inbound", "", AT, body=Markup("x" * LONGEST_KEPT)).lasts


@pytest.mark.parametrize(
    "value, shown",
    [("a & b", "a &amp; b"), ('"\'<>', "&#34;&#39;&lt;&gt;"), (Markup("<b>"), "<b>"), (7, "7"),
     (None, "None"), (True, "True"), (1.5, "1.5")],
)  # fmt: skip
def test_values_are_written_out_escaped(value, shown):
    assert written(value) == shown
