"""Quick looks that spare long ones: whatever they decide, the long look decides too."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.mail.parse import addresses, attribution, dates, footers, quotes
from ventanilla.mail.parse.closings import FOOTERS, SENT_FROM, SENT_WITH
from ventanilla.mail.parse.header_block import header_block, notes_block
from ventanilla.mail.parse.limits import Defects
from ventanilla.mail.parse.signature_lines import is_device_line

NEVER = re.compile(r"(?!)")
often = settings(max_examples=500, deadline=None)

PIECES = st.sampled_from(
    [
        *("Hola, ", "On Mon, 2 Mar 2026, Ana <ana@x.example> ", "wrote", ":", ".", "?", "!", "@"),
        *("-", "---", ">>>", "From: ", "forwarded message", "reply above this line", "…", " ", "*"),
    ]
)
LONG = (
    "El pedido no ha llegado todavía y nadie me contesta al teléfono desde el lunes por la tarde,"
    " aunque he llamado ya muchas veces, "
)
LINE = st.tuples(
    st.sampled_from(["", LONG, LONG * 2]), st.lists(PIECES, max_size=5).map("".join)
).map("".join)
LINES = st.lists(LINE, min_size=1, max_size=4)


def own_by_every_rule(lines: list[str], at: int) -> bool:
    line = lines[at]
    return not (
        attribution.depth(line)
        or attribution.stands_alone(line)
        or attribution.separator(line)
        or attribution.RULED.fullmatch(line[:200])
        or header_block(lines, at)
        or notes_block(lines, at)
        or attribution.leading(line)
        or attribution.embedded(lines, at)
        or attribution.any_language(line)
        or attribution.attribution(lines, at)[1]
    )


@often
@given(LINES)
def test_a_sentence_announces_nothing(lines):
    for at in range(len(lines)):
        if attribution.is_sentence(lines, at):
            assert own_by_every_rule(lines, at)


@pytest.mark.parametrize(
    "lines",
    [
        [f"{LONG}reply above this line"],
        [f"> {LONG}."],
        [f"From: {LONG}."],
        [f"{LONG}wrote:"],
        [f"{LONG}<ana@x.example>"],
        [f"{LONG}On Mon, 2 Mar 2026, Ana.", "<ana@x.example> wrote:"],
        [f"Ana Gil---12/11/2026 10.02---{LONG}."],
        [f"Reply above this line{'.' * 150}"],
        ["Un saludo."],
    ],
)
def test_a_line_with_a_sign_of_old_mail_gets_a_long_look(lines):
    assert not attribution.is_sentence(lines, 0)


def test_a_long_line_of_words_does_not():
    assert attribution.is_sentence([f"{LONG}y sigo a la espera."], 0)
    assert attribution.is_sentence([f"{LONG}y sigo a la espera.", "", "Un saludo,"], 0)


def test_a_long_line_that_ends_in_old_mail_is_no_sentence():
    answer = "Gracias, ya lo he recibido todo y funciona como esperaba. " * 3
    mark = quotes.mark(
        [f"{answer}On Mon, 2 Mar 2026, Ana <ana@x.example> wrote:", "> ¿Ha llegado?"]
    )

    assert mark.lines[0] == answer.rstrip()
    assert mark.kinds == [quotes.Line.OWN, quotes.Line.QUOTED, quotes.Line.QUOTED]


@pytest.mark.parametrize("form", SENT_FROM)
def test_every_form_of_sent_from_is_known(form):
    assert is_device_line(form.format("iphone"))
    assert is_device_line(f"<{form.format('iPhone').capitalize()}>.")


@pytest.mark.parametrize("form", SENT_WITH)
def test_every_form_of_sent_with_is_known(form):
    assert is_device_line(form.format("outlook"))


@pytest.mark.parametrize("words", FOOTERS)
def test_every_footer_is_known_by_one_of_its_words(words):
    lines = ["No llega.", "", " y ".join(words)]

    assert footers.footers(lines, 3) == 2


@often
@given(st.from_regex(dates.USUAL, fullmatch=True))
def test_usual_date_reads_as_any_other(source):
    moment = dates._as_usual(source)

    assert moment is None or moment == dates._moment(source, Defects())


SPEC = st.text(st.sampled_from("aZ9._+-@"), min_size=3, max_size=14)
PLAIN_HEADER = st.one_of(
    SPEC,
    SPEC.map(lambda spec: f"<{spec}>"),
    st.tuples(st.sampled_from(["Ana", "Ana Gil", "ana  gil", "a.b", ""]), SPEC).map(
        lambda both: f"{both[0]} <{both[1]}>"
    ),
)


@often
@given(PLAIN_HEADER)
def test_plain_address_reads_as_the_strict_reader_reads_it(source):  # CVE-2023-27043
    found = addresses.parse(source, Defects())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "PLAIN", NEVER)
        strictly = addresses.parse(source, Defects())

    assert found == strictly
