"""Pages of strangers' PDFs are drawn by a child that may die of them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ventanilla.lib import pdf


def document(pages: int = 2, size: tuple[int, int] = (600, 800)) -> bytes:
    out = io.BytesIO()
    first, *more = [Image.new("RGB", size, (200, 40 * n, 60)) for n in range(pages)]
    first.save(out, "PDF", save_all=True, append_images=more)
    return out.getvalue()


def test_pages_are_counted_and_drawn():
    data = document()

    drawn = Image.open(io.BytesIO(pdf.page(data, 1)))

    assert pdf.count(data) == 2
    assert drawn.format == "PNG"
    assert drawn.width == pdf.WIDTH
    assert drawn.getpixel((500, 500))[1] in range(36, 45)


def test_a_page_as_large_as_a_house_is_drawn_small():
    drawn = Image.open(io.BytesIO(pdf.page(document(1, (200, 14_000)), 0)))

    assert drawn.height <= pdf.HEIGHT


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 hello", b"\x00" * 5000])
def test_what_is_no_document_is_refused(data):
    with pytest.raises(pdf.NoPages):
        pdf.count(data)


@pytest.mark.parametrize("number", [-1, 2, 10**9])
def test_a_page_that_is_not_there_is_refused(number):
    with pytest.raises(pdf.NoPages):
        pdf.page(document(), number)


def test_a_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(pdf, "WALL", 0.01)

    with pytest.raises(pdf.NoPages, match="too long"):
        pdf.count(document())


def test_the_child_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")

    assert "DATABASE_URL" not in pdf.bare_environment()
