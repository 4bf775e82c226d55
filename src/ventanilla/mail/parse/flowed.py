"""format=flowed (RFC 3676): paragraphs that the sender's client broke, put together again."""

import re

QUOTES = re.compile(r">*")
SIGNATURE = "-- "


def unfold(text: str, *, delete_space: bool) -> str:
    """`text` with soft line ends removed; quoted lines keep `> ` per level."""
    lines: list[str] = []
    open_depth = -1  # quote depth of a line that goes on, -1: none does
    for raw in text.split("\n"):
        depth, line = _opened(raw)
        flows = line.endswith(" ") and line != SIGNATURE
        if flows and delete_space:
            line = line[:-1]
        if depth == open_depth and line != SIGNATURE:
            lines[-1] += line
        else:
            lines.append(f"{'>' * depth} {line}" if depth else line)
        open_depth = depth if flows else -1
    return "\n".join(lines)


def _opened(raw: str) -> tuple[int, str]:
    marks = QUOTES.match(raw)
    depth = marks.end() if marks else 0
    line = raw[depth:]
    return depth, line.removeprefix(" ")
