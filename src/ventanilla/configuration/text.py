"""The file as text: every section below a comment, one field a line, so that it diffs well."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.configuration.present import Desk, Values
from ventanilla.configuration.shape import FORMAT, SECTIONS

WIDE = 92  # columns of a list that stands in one line
PLAIN = re.compile(r"[^\W\d_](?:[\w .@/+()-]*[\w.@/+()-])?|\d\d:\d\d-\d\d:\d\d")
WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # mean something elsewhere
SPECIAL = re.compile(r"[\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def text_of(desk: Desk) -> str:
    """The desk as a file, with comments in the desk's language. Ends with a line break."""
    language = next(iter(desk.entries["desk"].values()))["language"]
    with translation.override(language):
        lines = [*_head(), f"ventanilla: {FORMAT}"]
        for name in SECTIONS:
            lines += ["", *_comment(str(SECTIONS[name].note)), *_section(desk, name)]
    return "\n".join(lines) + "\n"


def _head() -> list[str]:
    return _comment(
        _(
            "The configuration of a Ventanilla desk. What is not in the file stays as it is when it"
            " is applied: sections, entries and fields may be left out. Entries are known by their"
            " names, so another name makes another entry."
        )
    )


def _comment(words: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(words, WIDE, break_on_hyphens=False)]


def _section(desk: Desk, name: str) -> Iterator[str]:
    entries = list(desk.entries[name].values())
    if name == "desk":
        yield "desk:"
        yield from _fields(entries[0], 1)
        return
    if not entries:
        yield f"{name}: []"
        return
    yield f"{name}:"
    if name == "tags":
        yield from (f"  - {scalar(entry['name'])}" for entry in entries)
    elif name == "categories":
        yield from _tree(entries, None, 1)
    else:
        for entry in entries:
            yield from _item(entry, 1)


def _tree(entries: list[Values], parent: str | None, depth: int) -> Iterator[str]:
    for entry in (each for each in entries if each["parent"] == parent):
        shown = {name: entry[name] for name in SECTIONS["categories"].names}
        if not any(each["parent"] == entry["path"] for each in entries):
            yield f"{'  ' * depth}- {_in_line(shown)}"
            continue
        yield from _item(shown, depth)
        yield f"{'  ' * (depth + 1)}below:"
        yield from _tree(entries, entry["path"], depth + 2)


def _item(values: Values, depth: int) -> Iterator[str]:
    """A mapping as an item of a list."""
    for n, line in enumerate(_fields(values, depth + 1)):
        yield line if n else f"{'  ' * depth}- {line.lstrip(' ')}"


def _fields(values: Values, depth: int) -> Iterator[str]:
    for name, value in values.items():
        yield from _field(key(name), value, depth)


def _field(name: str, value: Any, depth: int) -> Iterator[str]:
    start = f"{'  ' * depth}{name}:"
    if isinstance(value, dict) and value:
        yield start
        yield from _fields(value, depth + 1)
    elif isinstance(value, list) and (not _is_simple(value) or len(_in_line(value)) > WIDE):
        yield start
        for each in value:
            yield from _list_item(each, depth + 1)
    elif isinstance(value, str) and _fits_a_block(value):
        yield f"{start} |-"
        yield from (f"{'  ' * (depth + 1)}{line}" if line else "" for line in value.split("\n"))
    else:
        yield f"{start} {_in_line(value)}"


def _list_item(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and not all(map(_is_simple, value.values())):
        yield from _item(value, depth)
    else:
        yield f"{'  ' * depth}- {_in_line(value)}"


def _is_simple(value: Any) -> bool:
    if isinstance(value, list):
        return not any(isinstance(each, list | dict) for each in value)
    return not isinstance(value, dict)


def _in_line(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key(name)}: {_in_line(each)}' for name, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_in_line, value))}]"
    return scalar(value)


def key(name: str) -> str:
    return name if re.fullmatch(r"[a-z_]+", name) and name not in WORDS else scalar(name)


def scalar(value: Any) -> str:
    """Plain where nobody can take it for anything else, quoted elsewhere."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if PLAIN.fullmatch(value) and value.casefold() not in WORDS and not SPECIAL.search(value):
        return str(value)
    return SPECIAL.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _fits_a_block(value: str) -> bool:
    """Whether a text of several lines comes back as it was from a literal block."""
    lines = value.split("\n")
    if len(lines) < 2 or not lines[0] or not lines[-1]:
        return False
    is_plain = not SPECIAL.search(value.replace("\n", ""))
    return is_plain and not any(line.startswith(" ") or line != line.rstrip() for line in lines)
