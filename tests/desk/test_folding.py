"""What is said the same way each time is part of the template; the rest is asked for each time."""

import pytest
from django.utils import translation
from jinja2 import DictLoader, StrictUndefined
from markupsafe import Markup

from ventanilla.desk.folding import FoldingEnvironment
from ventanilla.desk.jinja import environment
from ventanilla.desk.links import link


class Counting:
    """A constant that counts how often it is made."""

    def __init__(self):
        self.calls = []

    def __call__(self, *given, **named):
        self.calls.append((given, named))
        return Markup("<b>%s</b>") % Markup(" ").join([*given, *map(str, named.values())])


@pytest.fixture
def bold():
    return Counting()


def rendered(source, bold, templates=None, **context):
    loader = DictLoader({"it": source} | (templates or {}))
    env = FoldingEnvironment(loader=loader, autoescape=True, undefined=StrictUndefined)
    env.constants = {"bold": bold}
    env.globals |= env.constants
    template = env.get_template("it")
    return template.render(context), template.render(context)


def test_a_constant_is_made_once_however_often_it_is_shown(bold):
    shown = rendered("{% for one in (1, 2) %}{{ bold('a & b', size=3) }}{% endfor %}", bold)

    assert shown == ("<b>a &amp; b 3</b><b>a &amp; b 3</b>",) * 2
    assert bold.calls == [(("a & b",), {"size": 3})]


def test_what_depends_on_the_page_is_asked_each_time_and_escaped(bold):
    first, second = rendered("{{ bold(name) }}", bold, name="<i>")

    assert first == second == "<b>&lt;i&gt;</b>"
    assert len(bold.calls) == 2


def test_constants_stand_inside_each_other_and_beside_others(bold):
    source = "{{ bold(bold('x')) }}{{ bold('y') ~ '<' ~ bold('z') }}{{ bold('y') ~ name }}"

    first, _second = rendered(source, bold, name="<")

    assert first == "<b><b>x</b></b><b>y</b>&lt;<b>z</b><b>y</b>&lt;"


@pytest.mark.parametrize(
    "source",
    [
        "{% macro bold(x) %}own{% endmacro %}{{ bold('x') }}",
        "{% from 'other' import bold %}{{ bold('x') }}",
        "{% from 'other' import plain as bold %}{{ bold('x') }}",
        "{% import 'other' as bold %}{{ bold.bold('x') }}",
        "{% macro show(bold) %}{{ bold('x') }}{% endmacro %}{{ show(own) }}",
        "{% set bold = own %}{{ bold('x') }}",
    ],
)
def test_a_name_that_the_template_gives_a_meaning_is_left_alone(source, bold):
    other = "{% macro bold(x) %}own{% endmacro %}{% macro plain(x) %}own{% endmacro %}"

    first, _second = rendered(source, bold, {"other": other}, own=lambda x: "own")

    assert first == "own" and bold.calls == []


def test_each_language_has_templates_of_its_own():
    loader = DictLoader({"it": '{{ _("Priority") }} {{ _("Remove %(name)s", name=name) }}'})

    def said(language):
        with translation.override(language):
            return environment(language, loader).get_template("it").render(name="<b>")

    assert said("en") == "Priority Remove &lt;b&gt;"
    assert said("es") == "Prioridad Quitar &lt;b&gt;"


def test_links_are_what_django_reverses():
    assert link("desk:me") == "/me/"
    assert link("desk:inbox_ticket", "team-3", 481) == "/inbox/team-3/481/"
    assert link("desk:forward", 481, 12) == "/tickets/481/forward/12"
    assert link("desk:attachment", 7, "50 % más.pdf") == "/attachments/7/50%20%25%20m%C3%A1s.pdf"
