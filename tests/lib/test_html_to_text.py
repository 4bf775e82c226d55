"""HTML mail read as plain text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla.lib.html import clean, text_to_html, to_text
from ventanilla.lib.html_cost import too_dear


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hola <b>Ana</b>,<br>te&nbsp;escribo</p><p>Fin</p>", "Hola Ana,\nte escribo\n\nFin"),
        ("<div>uno</div><div><br></div><div>dos</div><div>tres</div>", "uno\n\ndos\ntres"),
        ("a\n  b <i>c</i>\td", "a b c d"),
        ("<ul><li>uno<li>dos<ul><li>tres</ul></ul>", "- uno\n- dos\n  - tres"),
        ("<ol start=3><li>a<li>b</ol>", "3. a\n4. b"),
        ("<table><tr><th>Pedido<th>Importe<tr><td>1042<td>18,90 €</table>",
         "Pedido | Importe\n1042 | 18,90 €"),
        ("<table><tr><td><p>uno</p><p>dos</p><td>tres</table>", "uno\n\ndos\n\ntres"),
        ("<pre>def f():\n    return 1\n\nf()</pre>", "def f():\n    return 1\n\nf()"),
        ("antes<blockquote>cita<blockquote>vieja</blockquote></blockquote>después",
         "antes\n\n> cita\n>\n> > vieja\n\ndespués"),
        ("<img src=x alt='Factura de marzo'><img src=y>", "[Factura de marzo]"),
        ("<head><title>t</title></head><script>x()</script><style>p{}</style>ok<!-- c -->", "ok"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("", ""),
        ("<body></body>", ""),
        ("sin etiquetas", "sin etiquetas"),
    ],
)  # fmt: skip
def test_reads_as_a_person_would(html, text):
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://tienda.test/p/9">el pedido</a>', "el pedido <https://tienda.test/p/9>"),
        ('<a href="https://tienda.test/">tienda.test</a>', "tienda.test"),
        ('<a href="mailto:ana@tienda.test">ana@tienda.test</a>', "ana@tienda.test"),
        ('<a href="https://tienda.test/x"></a>', "<https://tienda.test/x>"),
        ('<a href="javascript:alert(1)">aquí</a>', "aquí"),
        ('<a href="#fin">abajo</a>', "abajo"),
    ],
)
def test_names_a_links_target_only_when_it_says_more(html, text):
    assert to_text(html) == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display: none">no</div>',
        '<div style="DISPLAY:NONE !important"><p>no</p></div>',
        '<span style="visibility:hidden">no</span>',
        '<span style="font-size:0px">no</span>',
        '<div style="max-height:0;overflow:hidden">no</div>',
        "<div hidden>no</div>",
        "<div>&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847;</div>",
    ],
)
def test_leaves_out_what_the_sender_hid(hidden):
    assert to_text(f"{hidden}<p>sí</p>") == "sí"


def test_shows_what_is_seen_again_inside_something_unseen():
    html = '<td style="font-size:0px"><div style="font-size:13px">sí</div>no</td>'
    assert to_text(f"<table><tr>{html}</table>") == "sí"


def test_a_hidden_part_does_not_hide_what_follows():
    assert to_text('<p>a<span style="font-size:0">x</span>b</p>') == "ab"


def test_deep_nesting_and_size_lose_only_their_tags():  # R7
    deep = "<div>" * 5_000 + "<b>palabras</b> que<br>quedan" + "</div>" * 5_000
    assert too_dear(deep)
    assert to_text(deep) == "palabras que\nquedan"
    large = "<p>hola</p>" * 200_000
    assert too_dear(large)
    assert to_text(large).startswith("hola\n\nhola")


def test_ordinary_newsletters_are_not_too_dear():
    rows = "<tr><td><p><font color=red><b>Oferta</b></font></p></td></tr>" * 3_000
    unclosed = "<p>uno<li>dos<td>tres<br><img src=x>" * 3_000
    assert not too_dear(f"<table>{rows}</table>")
    assert not too_dear(unclosed)


@pytest.mark.parametrize(
    "bomb",
    [
        "<p>" + "".join(f"<b a={n}>" for n in range(400)) + "<p>x" * 5_000,
        '<div "></div>' * 3 + '<div ">' * 900,
        "<div><!-- </div> -->" * 900,
        "<div><style></div></style>" * 900,
        '<div><a title="</div>">' * 900,
        "<svg><![CDATA[ > <!-- ]]>" + "<div>" * 900,
        "<div></x>" * 900,
    ],
)
def test_sees_nesting_behind_disguises(bomb):  # R7
    assert too_dear(bomb)


@pytest.mark.parametrize(
    "piece",
    ["<", "</", "<a ", '<a "', "<a b='", "<!--", "<style>", "<a =", "<p>", "<div>", "&", "<a\t/"],
)  # fmt: skip
def test_takes_time_in_proportion_to_size(piece):  # R7, R8
    """Four times the input must not cost sixteen times: measured in CPU time, with wide margin."""

    def cost(times: int) -> float:
        started = time.process_time()
        to_text(piece * times)
        return time.process_time() - started

    small = max(cost(10_000), 0.01)
    assert cost(80_000) < 40 * small


TAGS = [
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "ul",
    "ol",
    "li",
    "p",
    "div",
    "span",
    "a",
    "pre",
    "blockquote",
    "br",
    "hr",
    "img",
    "svg",
    "style",
    "b",
]
SOUP = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "&nbsp;", "<a href='x'", '">', "<img alt='y'>"]),
    st.text(max_size=8),
)


@given(st.lists(SOUP, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_no_soup_of_tags_is_refused(html):  # R10
    assert "<!--" not in clean(html)
    assert isinstance(to_text(html), str)


def test_text_becomes_paragraphs_with_links():
    html = text_to_html('Hola <b>\n(https://x.test/a_(b)) www.y.test.\n\n\nana@x.test, "1 & 2"')
    assert html.count("<p>") == 2
    assert "Hola &lt;b&gt;<br>" in html
    assert 'href="https://x.test/a_(b)"' in html
    assert ">www.y.test</a>." in html
    assert 'href="mailto:ana@x.test"' in html
    assert "&quot;1 &amp; 2&quot;" in html


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", 'https://x.test/"onclick="alert(1)', "www.x.test/<script>", "a@b.c'>"],
)
def test_text_never_becomes_markup(text):  # R23
    html = text_to_html(text)
    assert "<script" not in html
    assert '"onclick' not in html
    assert 'href="javascript' not in html
