"""Whatever the words are, each stands in exactly one of the three parts, in order."""  # R9

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.mail.parse.reply import strip_reply

PIECES = (
    "Hola, el pedido 1042 no llega",
    "Gracias,",
    "Ana Gil",
    "Un saludo,",
    "600 123 123",
    "-- ",
    "--",
    "-Ana",
    "Sent from my iPhone",
    "Enviado desde mi Samsung Galaxy",
    "El jue, 12 nov 2026 a las 10:02, Soporte (<s@tienda.test>) escribió:",
    "On Thu, 12 Nov 2026 at 10:02, Bob <",
    "bob@x.test> wrote:",
    "sí On Thu, 12 Nov 2026 at 10:02, Bob <bob@x.test> wrote:",
    "> citado",
    ">> más viejo",
    ">",
    ">>> Ana Gil <ana@x.test> 12/11/2026 10:02 >>>",
    "________________________________",
    "De: Soporte <s@tienda.test>",
    "Enviado: jueves, 12 de noviembre de 2026 10:02",
    "Para: Ana Gil",
    "*Asunto:* RE: Pedido",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "AVISO LEGAL: mensaje confidencial para su destinatario, recibido por error o no, bórrelo",
    "_nonce=3dd518)",
    "2026年11月12日(木) 10:02 山田 <y@x.test>:",
    "",
    "   ",
    "\u200b",
)
HTML = (
    "<div>{}</div>",
    '<div class="gmail_quote">{}</div>',
    "<blockquote type=cite>{}</blockquote>",
    '<div id="Signature">{}</div>',
    '<div id="divRplyFwdMsg">{}</div>',
)


def words_of(text):
    return text.split()


def assert_nothing_lost(text, reply):
    parts = (reply.text, reply.signature, reply.quoted)
    assert sorted(words_of(text)) == sorted(word for part in parts for word in words_of(part))
    for part in parts:  # each part keeps the order of the message
        rest = iter(words_of(text))
        assert all(word in rest for word in words_of(part))


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(["", "Ana Gil", "x@y.z"]))
@settings(max_examples=400, deadline=None)
def test_mail_shaped_text_is_only_sorted(pieces, sender):  # R9
    text = "\n".join(pieces)
    assert_nothing_lost(text, strip_reply(text, sender_name=sender))


@given(st.text(max_size=400), st.booleans())
@settings(max_examples=200, deadline=None)
def test_any_text_is_only_sorted(text, crlf):  # R9, R10
    text = text.replace("\n", "\r\n") if crlf else text
    assert_nothing_lost(text, strip_reply(text))


@given(st.lists(st.tuples(st.sampled_from(HTML), st.sampled_from(PIECES)), max_size=12))
@settings(max_examples=200, deadline=None)
def test_markup_is_evidence_and_never_a_knife(blocks):  # R9
    html = "".join(wrapper.format(piece) for wrapper, piece in blocks)
    text = "\n".join(piece for _, piece in blocks)
    assert_nothing_lost(text, strip_reply(text, html))


def test_beyond_the_limits_everything_stays_somewhere():  # R8
    lines = [f"línea {n}" for n in range(2_500)]
    reply = strip_reply("\n".join(lines))
    assert words_of(reply.text) == words_of("\n".join(lines))

    quoted = ["Hola", "", "-----Mensaje original-----", *lines]
    reply = strip_reply("\n".join(quoted))
    assert reply.text == "Hola"
    assert "línea 2499" in reply.quoted

    marked = ["Hola", *("> vieja" for _ in range(2_500)), "abajo"]
    reply = strip_reply("\n".join(marked))
    assert reply.text == "Hola\n\nabajo"


@pytest.mark.parametrize(
    "line",
    [
        *(sign * 80_000 for sign in ("a", ">", "-", "@", "(", " ", "_", "<")),
        *(words * 20_000 for words in ("a ", "a:", "1/", "El ", "Un saludo, ", "x@y ", "> a")),
    ],
)
def test_one_huge_line_is_no_burden(line):  # R8
    started = time.process_time()
    assert_nothing_lost(line, strip_reply(line, sender_name="Ana"))
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("piece", PIECES)
def test_many_of_the_same_line_cost_in_proportion(piece):  # R8
    def cost(times):
        text = "\n".join(["Hola"] + [piece] * times)
        started = time.process_time()
        strip_reply(text, f"<p>{text}</p>", sender_name="Ana Gil")
        return time.process_time() - started

    small = max(cost(200), 0.005)
    assert cost(1_600) < 24 * small


def test_it_needs_no_framework():
    """The parser's child process imports it and little else."""
    code = "import sys, ventanilla.mail.parse.reply; sys.exit('django' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "src"}, check=False)
    assert run.returncode == 0
