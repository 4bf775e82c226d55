from datetime import UTC, date, datetime

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from ventanilla.lib import liquid
from ventanilla.lib.fields import Secret
from ventanilla.lib.liquid import Fault, TemplateFault, check, render

HOSTILE = "<script>alert('{{ 7 | times: 7 }}')</script>"


def test_values_are_put_in():
    source = (
        "Hola {{ contact.name }}{% if vip %} (VIP){% endif %}: {{ tags | join: ', ' }} {{ n }}."
    )
    values = {"contact": {"name": "Ana"}, "vip": True, "tags": ["a", "b"], "n": 481}

    assert render(source, values) == "Hola Ana (VIP): a, b 481."


def test_what_is_not_there_is_empty():
    assert render("[{{ nobody.name.first }}][{{ nothing }}]", {"nothing": None}) == "[][]"


def test_a_date_is_written_as_asked():
    values = {"day": date(2026, 3, 2), "at": datetime(2026, 3, 2, 9, 5, tzinfo=UTC)}

    assert render("{{ day | date: '%d/%m/%Y' }} {{ at | date: '%H:%M' }}", values) == (
        "02/03/2026 09:05"
    )


def test_a_value_is_never_read_as_a_template():  # R26
    for target in ("text", "html", "header"):
        assert render("{{ subject }}", {"subject": "{{7*7}}{% if %}"}, target=target) == (
            "{{7*7}}{% if %}"
        )


def test_values_are_escaped_for_html_only():  # R23
    assert render("<b>{{ name }}</b>", {"name": "Ana & <i>"}, target="html") == (
        "<b>Ana &amp; &lt;i&gt;</b>"
    )
    assert render("{{ name }}", {"name": "Ana & <i>"}) == "Ana & <i>"


@pytest.mark.parametrize("mark", [Markup, mark_safe])
def test_a_value_that_calls_itself_safe_is_escaped_all_the_same(mark):
    assert "<" not in render("{{ name }}", {"name": mark("<i>")}, target="html")


filters = st.sampled_from(
    ["append: x", "prepend: x", "capitalize", "upcase", "downcase", "default: x", "escape", "first",
     "join: x", "last", "strip", "remove: 'script'", "remove: ';'", "replace: 'a', x", "reverse",
     "replace: x, 'a'", "replace: '&amp;', '&'", "size", "slice: 0, 5", "sort", "split: 'a'",
     "split: ''", "compact", "truncate: 9", "truncate: 9, x", "truncatewords: 1, x", "uniq",
     "url_encode", "strip_newlines", "lstrip", "map: 'x'", "where: 'x'", "plus: 1"]
)  # fmt: skip


@given(chain=st.lists(filters, max_size=5), value=st.sampled_from([HOSTILE, "&lt;a&gt;", "a"]))
def test_no_chain_of_filters_brings_a_tag_through(chain, value):  # R26
    source = "{{ " + " | ".join(["x", *chain]) + " }}"

    try:
        assert "<" not in render(source, {"x": value}, target="html")
    except TemplateFault:
        pass  # a filter that does not fit its value


@given(st.text())
def test_a_header_is_one_short_line(text):  # R24
    header = render("Re: {{ subject }}", {"subject": text}, target="header")

    assert not set(header) & set("\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    assert len(header) <= 500


def test_a_header_keeps_its_words_apart():
    assert render("{{ s }}", {"s": "a\r\nBcc: x@example.com\0b"}, target="header") == (
        "a Bcc: x@example.com b"
    )


@pytest.mark.parametrize("value", [Secret("hunter2"), object(), {"a": Secret("x")}, 1.5, {1, 2}])
def test_only_plain_values_are_taken(value):  # R26
    with pytest.raises(TypeError):
        render("x", {"value": value})


def test_a_structure_that_holds_itself_is_refused():
    loop: list = []
    loop.append(loop)

    with pytest.raises(TypeError, match="endless"):
        render("x", {"loop": loop})


@pytest.mark.parametrize(
    "source",
    ["{{ x.__class__ }}", "{{ d.items }}{{ d.keys }}", "{{ now }}{{ today }}", "{{ x.upper }}",
     "{{ _ends }}{{ env }}{{ template }}"],
)  # fmt: skip
def test_there_is_nothing_behind_the_values(source):  # R26
    assert render(source, {"x": "a", "d": {"k": 1}}) == ""


BIG = {"list": list(range(900)), "text": "a" * 1000}
NESTED = "{% for a in list %}{% for b in list %}x{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    "source",
    [
        NESTED,
        "{% for a in list %}{% if a %}{% endif %}{% endfor %}" * 350,
        "{% assign a = text %}" + "{% assign a = a | append: a %}" * 40 + "{{ a }}",
        "{{ text | replace: 'a', text | replace: 'a', text }}",
        "{% assign t = text | append: text | append: text %}{{ t | replace: 'a', t }}",
        "{{ text | split: '' | join: text }}",
        "{% assign a = 9999 %}" + "{% assign a = a | times: a %}" * 40 + "{{ a }}",
        "{% for a in list %}{{ text }}{% endfor %}",
        "{% for i in (1..1000000000000) reversed %}{% endfor %}",
        "{{ (1..1000000000000) | join }}",
        "{% capture c %}" + "{{ text }}" * 200 + "{% endcapture %}",
        "{{ '1e999999999' | ceil }}",
        "{{ 1 | divided_by: 0 }}",
        "{% if a %}" * 500 + "{% endif %}" * 500,
        "x" * 20_001,
    ],
)
def test_what_would_never_end_or_grow_huge_is_refused(source):  # R26
    with pytest.raises(TemplateFault):
        render(source, BIG)


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("Hola {{ name | upcase }}", []),
        ("a\n{{ name", [Fault(2, "Something is missing or out of place"
                                 " (expected '}}', found end of file).")]),
        ("a\n\n{% include 'x' %}", [Fault(3, "There is no tag “include” here.")]),
        ("{% render 'x' %}", [Fault(1, "There is no tag “render” here.")]),
        ("{{ name | nope }}\n{{ nome }}", [Fault(1, "There is no filter “nope”."),
                                           Fault(2, "There is no variable “nome”.")]),
        ("\n{{ (1..9) | join }}", [Fault(2, "Ranges such as (1..9) can't be used.")]),
        ("{% if a %}" * 30 + "{% endif %}" * 30, [Fault(1, "The template is nested too deeply.")]),
        ("x" * 20_001, [Fault(0, "The template is longer than 20,000 characters.")]),
    ],
)  # fmt: skip
def test_faults_are_named_with_their_lines(source, faults):
    with override("en"):
        assert check(source, {"name": ""}) == faults


def test_a_fault_while_rendering_names_its_line():
    source = "\n{% assign a = text %}\n" + "{% assign a = a | append: a %}" * 9 + "{{ a }}"

    with override("en"), pytest.raises(TemplateFault) as refusal:
        render(source, BIG)

    assert refusal.value.message == (
        "Line 3: The template makes a text or number that is too large."
    )
    assert (refusal.value.status, refusal.value.code) == (422, "template_fault")


@given(st.text(alphabet="{}%|'\". abif\n-", max_size=60))
def test_any_text_is_a_template_or_a_fault(source):
    try:
        said = liquid.render(source, {"a": "b"})
    except TemplateFault as fault:  # anything else that is raised fails the test
        said = fault.message
    assert said or not source.strip() or "{" in source
