"""QR codes as a path, to be drawn inside a page."""

from __future__ import annotations

from dataclasses import dataclass

BORDER = 4  # squares of quiet around it: the standard's


@dataclass(frozen=True, slots=True)
class Picture:
    """A square of `size` units; `path` covers what is dark."""

    size: int
    path: str


def picture(text: str) -> Picture:
    import segno  # on first use: few pages need it

    matrix = segno.make(text, error="m", micro=False).matrix
    parts = [
        f"M{x + BORDER} {y + BORDER}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark & 1
    ]
    return Picture(len(matrix) + 2 * BORDER, "".join(parts))
