"""What the desk's source may not hold: markup trusted elsewhere, tickets read around rights."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ventanilla import desk

ROOT = Path(desk.__file__).parent
# `safe` cleans or escapes; `drawing` escapes; `jinja` keeps our own words and drawings.
MAY_TRUST = {"present/safe.py", "drawing.py", "jinja.py"}
TRUSTS = re.compile(r"Markup\([^)]|mark_safe|SafeString|format_html")
# What reads tickets, messages and files without asking who looks; each with its reason.
READS = re.compile(r"\b(Ticket|Message|Attachment|TicketLink)\.objects(?!\.visible_to)")
MAY_READ = {
    "writing.py": "own uploads, and files of a ticket that was found by `queries.get`",
    "views/settings/checklist.py": "whether any reply was ever sent",
}
PYTHON = [path for path in ROOT.rglob("*.py") if "migrations" not in path.parts]
TEMPLATES = list(ROOT.rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_markup_is_trusted_in_one_place(path):  # R23
    assert name(path) in MAY_TRUST or not TRUSTS.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_tickets_are_read_by_who_may_see_them(path):  # R28
    assert name(path) in MAY_READ or not READS.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_escape_everything(path):  # R21, R23
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\|\s*safe\b|autoescape", re.sub(r"{#.*?#}", "", text, flags=re.S))
    if name(path) != "templates/desk/mail.html":  # has a policy of its own
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", text)
