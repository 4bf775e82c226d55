"""make messages: parts become one catalogue, and what is missing is named."""

import gettext
import importlib.util
import io
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def messages(tmp_path, monkeypatch):
    """The tool, at work on a small package of its own."""
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    spanish = tmp_path / "locale" / "es"
    (spanish / "parts").mkdir(parents=True)
    (tmp_path / "templates").mkdir()
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    monkeypatch.setattr(module, "SPANISH", spanish)
    monkeypatch.setattr(module, "PO", spanish / "LC_MESSAGES" / "django.po")
    monkeypatch.setattr(module, "MO", spanish / "LC_MESSAGES" / "django.mo")
    return module


def part(messages, name, text):
    (messages.SPANISH / "parts" / name).write_text(text, encoding="utf-8")


def source(messages, name, text):
    (messages.PACKAGE / name).write_text(text, encoding="utf-8")


def test_parts_of_python_and_templates_are_merged_and_compiled(messages, capsys):
    source(messages, "code.py", '_("Open")\nngettext("%(n)d ticket", "%(n)d tickets", n)\n')
    source(messages, "templates/page.html", '<h1>{{ _("Inbox of %(name)s", name=x) }}</h1>')
    part(messages, "a.po", 'msgid "Open"\nmsgstr "Abierto"\n')
    part(
        messages,
        "b.po",
        'msgid "Inbox of %(name)s"\nmsgstr "Bandeja de %(name)s"\n\n'
        'msgid "%(n)d ticket"\nmsgid_plural "%(n)d tickets"\n'
        'msgstr[0] "un tique"\nmsgstr[1] "%(n)d tiques"\n',
    )

    assert messages.main([]) == 0, capsys.readouterr().out
    assert messages.main(["--check"]) == 0, capsys.readouterr().out

    spanish = gettext.GNUTranslations(io.BytesIO(messages.MO.read_bytes()))
    assert spanish.gettext("Inbox of %(name)s") == "Bandeja de %(name)s"
    assert spanish.ngettext("%(n)d ticket", "%(n)d tickets", 1) == "un tique"
    assert spanish.ngettext("%(n)d ticket", "%(n)d tickets", 0) == "%(n)d tiques"


def test_the_same_word_in_two_contexts(messages):
    source(messages, "code.py", 'pgettext("status", "Open")\npgettext_lazy("verb", "Open")\n')
    part(
        messages,
        "a.po",
        'msgctxt "status"\nmsgid "Open"\nmsgstr "Abierto"\n\n'
        'msgctxt "verb"\nmsgid "Open"\nmsgstr "Abrir"\n',
    )

    assert messages.main([]) == 0

    spanish = gettext.GNUTranslations(io.BytesIO(messages.MO.read_bytes()))
    assert spanish.pgettext("verb", "Open") == "Abrir"


@pytest.mark.parametrize(
    ("code", "texts", "complaint"),
    [
        ('_("Open")', "", "code.py:1: no Spanish for 'Open'"),
        ('gettext_lazy("Open")', "", "code.py:1: no Spanish for 'Open'"),
        ('_("Open")', 'msgid "Open"\nmsgstr ""\n', "code.py:1: no Spanish for 'Open'"),
        ('_("Hi %(you)s")', 'msgid "Hi %(you)s"\nmsgstr "Hola"\n', "placeholders differ"),
        ('_("Hi")', 'msgid "Hi"\nmsgstr "Hola %(you)s"\n', "placeholders differ"),
        ('_("{n} of {m}")', 'msgid "{n} of {m}"\nmsgstr "{n} de {x}"\n', "placeholders differ"),
        (
            'ngettext("%(n)d day", "%(n)d days", n)',
            'msgid "%(n)d day"\nmsgstr "%(n)d día"\n',
            "plural here or there only",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named(messages, capsys, code, texts, complaint):
    source(messages, "code.py", code)
    part(messages, "a.po", texts)

    assert messages.main([]) == 1

    assert complaint in capsys.readouterr().out


def test_parts_that_contradict_each_other_are_named(messages, capsys):
    part(messages, "a.po", 'msgid "Open"\nmsgstr "Abierto"\n')
    part(messages, "b.po", 'msgid "Open"\nmsgstr "Abrir"\n')

    assert messages.main([]) == 1

    assert "b.po and a.po differ: 'Open'" in capsys.readouterr().out


def test_a_catalogue_that_is_not_what_the_parts_make_fails_the_check(messages, capsys):
    messages.main([])
    part(messages, "a.po", 'msgid "Open"\nmsgstr "Abierto"\n')

    assert messages.main(["--check"]) == 1

    assert "django.po is not what the parts make: run make messages" in capsys.readouterr().out
