"""make messages: merge the Spanish parts into one catalogue and compile it; no gettext needed.

Every area keeps its texts in src/ventanilla/locale/es/parts/<area>.po. With --check nothing is
written; it fails for a text without Spanish, for placeholders that differ, for parts that
contradict each other, and for a catalogue that is not what the parts make.
"""

import io
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "ventanilla"
SPANISH = PACKAGE / "locale" / "es"
PO, MO = SPANISH / "LC_MESSAGES" / "django.po", SPANISH / "LC_MESSAGES" / "django.mo"

METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2")]
OPTIONS = {"**/templates/**.*": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NAMED = re.compile(r"%\((\w+)\)|\{(\w*)\}")
BARE = re.compile(r"%[sd]")

# A text's identity: context, and what the source says (singular).
Key = tuple[str | None, str]


def main(arguments: list[str]) -> int:
    catalogue, problems = merged()
    problems += list(wrong_placeholders(catalogue))
    problems += list(untranslated(catalogue))
    if "--check" in arguments:
        problems += list(stale(catalogue))
    else:
        PO.parent.mkdir(parents=True, exist_ok=True)
        PO.write_bytes(as_po(catalogue))
        MO.write_bytes(as_mo(catalogue))
    for problem in problems:
        print(problem)
    print(f"{len(catalogue)} texts in Spanish, {len(problems)} problems")
    return 1 if problems else 0


def merged() -> tuple[Catalog, list[str]]:
    """Return all parts as one catalogue, and where two of them say different things."""
    catalogue = Catalog(locale="es", domain="django", header_comment="# Made by make messages.")
    origin: dict[Key, str] = {}
    problems = []
    for part in sorted((SPANISH / "parts").glob("*.po")):
        with part.open("rb") as file:
            texts = read_po(file, locale="es", domain="django", abort_invalid=True)
        for message in texts:
            if not message.id or not is_translated(message):
                continue
            key = key_of(message)
            known = catalogue.get(key[1], key[0])
            if known is not None and known.string != message.string:
                problems.append(f"{part.name} and {origin[key]} differ: {key[1]!r}")
                continue
            origin.setdefault(key, part.name)
            catalogue.add(message.id, message.string, context=message.context)
    return catalogue, problems


def untranslated(catalogue: Catalog) -> Iterator[str]:
    """Name every text of the sources that the catalogue lacks, with its place."""
    found = extract_from_dir(
        PACKAGE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=(), strip_comment_tags=True
    )
    seen: set[Key] = set()
    for file, line, text, _comments, context in found:
        singular = text[0] if isinstance(text, tuple) else text
        key = (context, singular)
        if not singular or key in seen:
            continue
        seen.add(key)
        message = catalogue.get(singular, context)
        if message is None:
            yield f"{file}:{line}: no Spanish for {singular!r}"
        elif isinstance(text, tuple) != isinstance(message.id, tuple):
            yield f"{file}:{line}: plural here or there only: {singular!r}"


def wrong_placeholders(catalogue: Catalog) -> Iterator[str]:
    """Name translations that leave a placeholder out or invent one.

    A plural's forms may leave out the number ("one message"), except for the last one.
    """
    for message in catalogue:
        if not message.id:
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = set().union(*map(placeholders, sources))
        invented = any(placeholders(string) - allowed for string in strings)
        if invented or placeholders(sources[-1]) - placeholders(strings[-1]):
            yield f"placeholders differ: {sources[0]!r} and {strings[-1]!r}"


def placeholders(text: str) -> set[str]:
    named = {first or second or "{}" for first, second in NAMED.findall(text)}
    return named | {f"{mark} {n}" for n, mark in enumerate(BARE.findall(text))}


def stale(catalogue: Catalog) -> Iterator[str]:
    for file, wanted in ((PO, as_po(catalogue)), (MO, as_mo(catalogue))):
        if not file.exists() or file.read_bytes() != wanted:
            yield f"{file.name} is not what the parts make: run make messages"


def as_po(catalogue: Catalog) -> bytes:
    """Return the catalogue as text: sorted and without dates, so the same parts give the same."""
    out = io.BytesIO()
    write_po(out, catalogue, width=98, no_location=True, omit_header=True, sort_output=True)
    lines = "".join(f'"{line}\\n"\n' for line in header_of(catalogue).splitlines())
    head = "# Made from the parts by make messages; write there, not here.\n"
    return f'{head}msgid ""\nmsgstr ""\n{lines}\n'.encode() + out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return the catalogue compiled, as the GNU gettext manual lays a MO file out.

    A header (magic number, revision, count, where the two tables of lengths and offsets begin), the
    tables, the texts. Babel's own writer puts the time of day in.
    """
    texts = {b"": header_of(catalogue).encode()}
    for message in catalogue:
        if message.id:
            context = f"{message.context}\x04" if message.context else ""
            texts[(context + joined(message.id)).encode()] = joined(message.string).encode()
    ids = sorted(texts)
    begin = 28 + 16 * len(ids)
    tables, content = b"", b""
    for column in (ids, [texts[text] for text in ids]):
        for text in column:
            tables += struct.pack("<II", len(text), begin + len(content))
            content += text + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(ids), 28, 28 + 8 * len(ids), 0, begin)
    return head + tables + content


def header_of(catalogue: Catalog) -> str:
    return (
        "Language: es\nContent-Type: text/plain; charset=UTF-8\n"
        f"Plural-Forms: {catalogue.plural_forms}\n"
    )


def joined(text: str | tuple[str, ...]) -> str:
    return "\0".join(text) if isinstance(text, tuple) else text


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings) and not message.fuzzy


def key_of(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, tuple) else message.id


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
