"""Faults of a file: each by line, column and field, with the way out; hostile files do no harm."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yaml import nodes

from tests.english import english  # noqa: F401
from ventanilla.configuration.document import read
from ventanilla.configuration.faults import Fault, Faulty
from ventanilla.configuration.nodes import LARGEST, load
from ventanilla.configuration.present import the_desk
from ventanilla.configuration.text import _fields, scalar, text_of

GOOD = """ventanilla: 1
calendars:
  - name: Oficina
    time_zone: Europe/Madrid
    week:
      monday: [09:00-14:00, 16:00-19:00]
teams:
  - name: Envíos
    calendar: Oficina
    hue: 30
roles:
  - key: apoyo
    name: Apoyo
    visibility: team
    permissions: [ticket.note]
agents:
  - email: eva@example.com
    name: Eva
    role: apoyo
    teams: [Envíos]
categories:
  - name: Envíos
    below:
      - {name: Retraso}
views:
  - name: Retrasos
    conditions:
      all:
        - {field: category, op: is, value: [Envíos > Retraso]}
"""


def faults(text: str | bytes) -> list[Fault]:
    try:
        read(text if isinstance(text, bytes) else text.encode())
    except Faulty as refusal:
        return refusal.faults
    return []


def only(text: str | bytes) -> Fault:
    (fault,) = faults(text)
    return fault


def test_a_good_file_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("right", "wrong", "line", "path", "words"),
    [
        ("    hue: 30", "    huee: 30", 10, "teams[Envíos].huee", "Did you mean “hue”?"),
        ("    hue: 30", "    hue: 360", 10, "teams[Envíos].hue", "from 0 to 359"),
        ("    hue: 30", "    hue: [1]", 10, "teams[Envíos].hue", "one value here"),
        ("calendar: Oficina", "calendar: Ofcina", 9, "teams[Envíos].calendar", "“Oficina”?"),
        ("Europe/Madrid", "Europe/Madird", 4, "calendars[Oficina].time_zone", "Europe/Madrid"),
        ("09:00-14:00", "9-14", 6, "calendars[Oficina].week.monday[1]", "09:00-18:00"),
        ("visibility: team", "visibility: tema", 14, "roles[apoyo].visibility", "“team”?"),
        ("[ticket.note]", "[ticket.notes]", 15, "roles[apoyo].permissions[1]", "“ticket.note”?"),
        ("[ticket.note]", "ticket.note", 15, "roles[apoyo].permissions", "Write a list"),
        ("eva@example.com", "eva", 17, "agents[eva].email", "name@example.com"),
        ("    name: Eva\n", '    name: ""\n', 18, "agents[eva@example.com].name", "empty"),
        ("teams: [Envíos]", "teams: [Envios]", 20, "agents[eva@example.com].teams[1]", "“Envíos”"),
        ("> Retraso]", "> Retrasos]", 29, "views[Retrasos].conditions.all[1].value[1]", "Retraso"),
        ("op: is,", "op: eq,", 28, "views[Retrasos].conditions", "only with: is"),
        ("ventanilla: 1", "ventanilla: 2", 1, "ventanilla", "format 1"),
        ("    hue: 30", "    hue: 30\n    hue: 31", 11, "teams[Envíos].hue", "twice"),
        ("views:", "vistas: []\nviews:", 25, "vistas", "There is no field “vistas”"),
        ("    hue: 30", "    hue: 30\n  - name: ENVÍOS", 11, "teams[ENVÍOS]", "line 8"),
    ],
)
def test_each_fault_has_its_line_its_field_and_a_way_out(right, wrong, line, path, words):
    assert right in GOOD
    found = only(GOOD.replace(right, wrong, 1))
    assert (found.line, found.path) == (line, path)
    assert words in found.message


def test_every_fault_is_told_at_once():
    text = GOOD.replace("hue: 30", "hue: x").replace("visibility: team", "visibility: x")
    assert [fault.line for fault in faults(text)] == [10, 14]


def test_columns_point_at_the_value():
    assert only(GOOD.replace("hue: 30", "hue: x")).column == len("    hue: ") + 1


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("ventanilla: 1\nteams: &a []\ntags: *a\n", 2, "aliases"),
        ("ventanilla: 1\nteams: *a\n", 2, "aliases"),
        ("ventanilla: 1\nteams: !!python/object/apply:os.system [ls]\n", 2, "Tags"),
        ("ventanilla: 1\ndesk:\n\tname: x\n", 3, "spaces"),
        ("ventanilla: 1\ndesk:\n  name: a: b\n", 3, "quotes"),
        ("ventanilla: 1\ndesk:\n  name: 'x\n", 4, "quotes"),
        ("ventanilla: 1\n---\nventanilla: 1\n", 2, "more than one document"),
        ("[" * 5000, 1, "deeply"),
        ("{a: " * 5000, 1, "deeply"),
        ("- " * 5000, 1, "deeply"),
        ("a: [" + "1," * 200_000 + "]", 1, "too many"),
        ("", 1, "no sections"),
        ("hola", 1, "no sections"),
        ("ventanilla: 1\nx: \x01\n", 1, "control characters"),
        (b"ventanilla: 1\nx: \xff\n", 2, "UTF-8"),
        (b"a" * (LARGEST + 1), 1, "larger"),
        ("ventanilla: 1\ntags: [\"\\0\"]\n", 2, "can't be kept"),
    ],
)  # fmt: skip
def test_hostile_and_broken_files_are_refused_in_one_sentence(text, line, words):
    began = time.process_time()
    found = only(text)
    assert (found.line, words in found.message) == (line, True), found
    assert time.process_time() - began < 5


def test_a_bomb_of_aliases_is_never_built():
    bomb = "a0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
    )
    assert only(bomb).line == 1


@pytest.mark.parametrize(
    "text",
    [
        "ventanilla: 1\ntags: [" + ", ".join(f"t{n}" for n in range(10_000)) + "]\nviews:\n"
        + "  - {name: a, conditions: {all: [{field: tags, op: any, value: ["
        + ", ".join(f"nothing{n}" for n in range(10_000)) + "]}]}}\n",
        "ventanilla: 1\n" + "".join(f"field{n}: 1\n" for n in range(20_000)),
        "ventanilla: 1\nagents:\n" + "  - {email: a@b.es, time_zone: Europe/Madird}\n" * 5_000,
    ],
)  # fmt: skip
def test_thousands_of_faults_cost_no_more_than_a_hundred(text):
    began = time.process_time()
    assert len(faults(text)) == 100
    assert time.process_time() - began < 8


WITHOUT_LIMITS = settings(
    max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@WITHOUT_LIMITS
@given(st.data())
def test_no_broken_file_makes_it_crash(data):
    """Any cut, any insertion, any exchange in a good file: faults, or none; never anything else."""
    text = GOOD
    for _n in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        upto = data.draw(st.integers(at, min(len(text), at + 30)))
        signs = st.one_of(st.text(max_size=6), st.sampled_from(
            [": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!x ", "null", "'", '"', "\n", "\t", "|",
             "? ", "#", "---", "%", "@", "~", "<<: ", "\\", "all: []", "name: 1", "value: {}"]
        ))  # fmt: skip
        text = text[:at] + data.draw(signs) + text[upto:]
    for fault in faults(text.encode("utf-8", "surrogatepass")):
        assert fault.line >= 1 and fault.column >= 1 and fault.message


@WITHOUT_LIMITS
@given(st.binary(max_size=300))
def test_no_bytes_make_it_crash(data):
    assert faults(data)


VALUES = st.recursive(
    st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.text(min_size=1, max_size=10), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip


def plain(node: nodes.Node):
    if isinstance(node, nodes.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, nodes.SequenceNode):
        return [plain(each) for each in node.value]
    return node.value


def without_surrogates(value) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in str(value))


@WITHOUT_LIMITS
@given(st.dictionaries(st.sampled_from(["name", "body", "week"]), VALUES, min_size=1))
def test_whatever_is_written_is_read_as_it_was(values):
    text = "\n".join(_fields(values, 0)) + "\n"
    assert plain(load(text.encode())) == values


@pytest.mark.parametrize(
    "word", ["no", "Yes", "null", "true", "12", "1e3", "~", " x", "x ", "a: b"]
)
def test_words_that_others_take_for_something_else_are_quoted(word):
    assert scalar(word) == f'"{word}"'


@pytest.mark.django_db
def test_a_new_desk_exports_a_file_without_faults():
    assert faults(text_of(the_desk())) == []


# -- the desk's own fields -------------------------------------------------------------------------
FIELDS = """ventanilla: 1
categories:
  - name: Envíos
fields:
  - key: broken
    kind: yes_no
    name: {es: ¿Roto?}
  - key: cause
    kind: choice
    name: {es: Causa, en: Cause}
    options:
      - {key: transport, es: Transporte}
    categories: [Envíos]
    conditions:
      all:
        - {field: custom.broken, op: is, value: [true]}
  - key: serial
    kind: pattern
    name: {es: Serie}
    pattern: '[A-Z]{2}-\\d{4}'
views:
  - name: Rotos
    conditions: {all: [{field: custom.cause, op: is, value: [transport]}]}
"""


def test_a_good_file_of_fields_has_no_faults():
    assert faults(FIELDS) == []


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("right", "wrong", "line", "path", "words"),
    [
        ("key: serial", "key: Serial", 17, "fields[Serial].key", "small letters"),
        ("kind: yes_no", "kind: bool", 6, "fields[broken].kind", "Known are"),
        ("name: {es: Serie}", "name: {}", 19, "fields[serial].name", "can't be empty"),
        ("\\d{4}'", "\\d{4'", 20, "fields[serial].pattern", "pattern"),
        ("    pattern:", "    help: {}\n    # ", 18, "fields[serial].kind", "needs a “pattern”"),
        ("{key: transport, es: Transporte}", "{es: T}", 12, "fields[cause].options[1]", "key"),
        ("[Envíos]", "[Envios]", 13, "fields[cause].categories[1]", "Envíos"),
        ("field: custom.broken", "field: custom.broke", 16, "custom", "Did you mean “broken”"),
        ("op: is, value: [true]", "op: any, value: [x]", 15, "fields[cause].conditions", "only"),
        ("value: [true]", "value: [maybe]", 15, "fields[cause].conditions", "yes or no"),
        ("custom.broken", "custom.cause", 15, "fields[cause].conditions", "ask for each other"),
        ("value: [transport]", "value: [rain]", 23, "views[Rotos].conditions", "from the list"),
    ],
)
def test_a_fault_of_a_field_is_told_by_its_line(right, wrong, line, path, words):
    fault = only(FIELDS.replace(right, wrong, 1))

    assert (fault.line, words in fault.message) == (line, True), fault
    assert path in fault.path or path == "custom"
