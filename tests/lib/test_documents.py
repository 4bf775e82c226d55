"""Words in strangers' documents are read by a child that may die of them."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from ventanilla.lib import documents, pdf

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def a_docx(*paragraphs: str, before: str = "", name: str = "word/document.xml") -> bytes:
    runs = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, f"{before}<w:document {NAMES}><w:body>{runs}</w:body></w:document>")
    return out.getvalue()


def a_pdf(text: str, more: bytes = b"") -> bytes:
    """The least that is a PDF with a line of text; `more` stands in its trailer."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode("cp1252")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    begin = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + b"trailer<</Size 6/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (more, begin)


LOCKED = (
    b"/Encrypt<</Filter/Standard/V 1/R 2/P -44/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>"
    b"/ID[<" + b"43" * 16 + b"><" + b"43" * 16 + b">]"
)


@pytest.mark.parametrize(
    "data",
    [
        a_pdf("Garantía de diez años"),
        a_docx("Garantía", "de diez años"),
        "Garantía\nde diez años".encode(),
        "Garantía de diez años".encode("cp1252"),
        "Garantía de diez años".encode("utf-16"),
    ],
    ids=["pdf", "docx", "utf-8", "cp1252", "utf-16"],
)
def test_the_words_of_a_document_are_read(data):
    assert documents.text_of(data).split() == ["Garantía", "de", "diez", "años"]


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80)).save(out, "PDF")
    return out.getvalue()


def test_a_picture_of_a_page_has_no_words():
    assert documents.text_of(picture()).strip() == ""


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"%PDF-1.7 hello", "broken"),
        (a_pdf("secreto", LOCKED), "locked"),
        (b"PK\x03\x04 no archive", "broken"),
        (a_docx("x", name="xl/workbook.xml"), "other"),
        (a_docx("x", before=BOMB), "broken"),
        (b"\x00\x01\x02" * 100, "other"),
    ],
    ids=["broken", "locked", "no archive", "a table", "a bomb", "bytes"],
)
def test_what_can_not_be_read_is_told(data, why):
    with pytest.raises(documents.Unreadable) as refused:
        documents.text_of(data)

    assert refused.value.why == why


def test_what_unfolds_to_very_much_is_left():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (documents.MOST_XML + 10))

    with pytest.raises(documents.Unreadable):
        documents.text_of(out.getvalue())


def test_no_more_is_kept_than_is_searched():
    assert len(documents.text_of(b"palabra " * 100_000)) == documents.MOST_TEXT
    assert len(documents.text_of(a_docx(*["palabra " * 1000] * 100))) == documents.MOST_TEXT


def test_a_file_that_takes_too_long_or_is_too_large_is_left(monkeypatch):
    with pytest.raises(documents.Unreadable, match="large"):
        documents.text_of(b"a" * (pdf.LARGEST + 1))
    monkeypatch.setattr(documents, "WALL", 0.01)
    with pytest.raises(documents.Unreadable, match="slow"):
        documents.text_of(b"hola")
