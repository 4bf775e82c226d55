"""Mails on the command line: `ventanilla mail parse FILE --json`, and `--jsonl` for many.

Each mail is read by the killable child. Whatever a file holds gives one line of JSON: what could
not be read has a defect instead.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import orjson

from ventanilla.mail.parse.child import ParserChild, ParserDied
from ventanilla.mail.parse.limits import MESSAGE
from ventanilla.mail.parse.model import Parsed


def parse_file_json(path: str) -> str:
    """The JSON of one mail file; `-` reads standard input."""
    with ParserChild() as child:
        return _line(path, child)


def parse_files_jsonl(paths: Iterable[str], out: TextIO) -> None:
    """One line of JSON for each path, written at once; blank lines are skipped."""
    with ParserChild() as child:
        for line in paths:
            path = line.rstrip("\r\n")
            if path.strip():
                out.write(_line(path, child) + "\n")
                out.flush()


def _line(path: str, child: ParserChild) -> str:
    return orjson.dumps(_read(path, child).as_json()).decode()


def _read(path: str, child: ParserChild) -> Parsed:
    try:
        raw = _bytes(path)
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return Parsed(defects=("file_unreadable",))
    try:
        return child.parse(raw)
    except ParserDied as died:
        from ventanilla.mail.parse.message import essentials

        return essentials(raw, f"parser_died_{died.reason}")


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read(MESSAGE + 1)
    with Path(path).open("rb") as file:
        return file.read(MESSAGE + 1)
