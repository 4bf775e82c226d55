"""From the tree of parts to what people read and what is attached.

Each stretch of a mail is a `Block` that may be told twice, in plain text and in HTML; the whole
text and the whole HTML are made of all blocks, so that nothing shown in one is missing in the
other (a list's plain footer below an HTML mail, Apple's HTML between two pictures).
"""

import re
from dataclasses import dataclass, field

from ventanilla.lib.html import to_text
from ventanilla.lib.html_cost import LARGEST, too_dear
from ventanilla.mail.parse import (
    charsets,
    filenames,
    flowed,
    formats,
    headers,
    smime,
    structure,
    tnef,
    transfer,
)
from ventanilla.mail.parse.blocks import Block, has_words, joined, same_words, whole_html
from ventanilla.mail.parse.limits import ATTACHMENTS, HEADER_BLOCK, TEXT, Defects
from ventanilla.mail.parse.structure import Part

LINE_END = re.compile(r"\r{0,2}\n|\r")
BODY_TYPES = {"text/plain", "text/html"}
RICH_TYPES = {"text/enriched", "text/richtext"}
RTF_TYPES = {"text/rtf", "application/rtf"}
ENVELOPES = 3  # S/MIME inside S/MIME
OTHER_RENDERINGS = {"text/x-amp-html", "text/watch-html"}  # of an alternative: nothing is lost
MESSAGE_TYPES = {"message/rfc822", "message/global", "message/news"}
HTML_START = re.compile(r"\s{0,200}<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment before it is measured."""

    filename: str | None
    content_type: str
    content: bytes
    cid: str | None = None


@dataclass
class Content:
    """All that one mail shows and carries."""

    text: str = ""
    html: str | None = None
    files: list[File] = field(default_factory=list)
    charsets: list[str] = field(default_factory=list)


def collect(root: Part, defects: Defects) -> Content:
    """Text, HTML and files of a message."""
    return _Reader(defects).read(root)


class _Reader:
    """Walks the tree once; what is no body becomes a file."""

    def __init__(self, defects: Defects) -> None:
        self.defects = defects
        self.files: list[File] = []
        self.charsets: list[str] = []
        self.named_texts: list[tuple[Part, File]] = []  # shown if the mail has no other text
        self.envelopes = 0
        self.last_resort: list[Block] = []  # calendar, RTF, TNEF: likewise

    def read(self, root: Part) -> Content:
        blocks = self._blocks(root, is_body=True)
        if not any(has_words(block) for block in blocks):
            blocks = self._promoted(root) or blocks
        text = self._plain(blocks)
        html = whole_html(blocks)
        if html is not None and (len(html) > LARGEST or (html.count("<") > 400 and too_dear(html))):
            self.defects.add("html_too_large")
            html = None
        return Content(text, html, self.files, self.charsets)

    def _plain(self, blocks: list[Block]) -> str:
        """The text of all blocks; an HTML block that repeats the one before it counts once."""
        texts: list[str] = []
        for block in blocks:
            text = block.plain
            if text is None:
                text = to_text(block.html or "")
                if texts and same_words(texts[-1], text):
                    continue
            if text:
                texts.append(text)
        return joined(texts)

    def _promoted(self, root: Part) -> list[Block]:
        """Something to read for a mail without a body of its own."""
        if self.named_texts:
            part, shown = self.named_texts[0]
            self.files = [file for file in self.files if file is not shown]
            return [self._text_block(part)]
        if self.last_resort:
            return self.last_resort[:1]
        if root.content_type in MESSAGE_TYPES:
            return [self._inner_message(root)]
        return []

    def _blocks(self, part: Part, *, is_body: bool) -> list[Block]:
        if not part.is_multipart:
            return self._leaf(part, is_body=is_body)
        if not part.children:
            return self._childless(part)
        kind = part.content_type.partition("/")[2]
        if kind == "alternative":
            return self._alternative(part)
        if kind == "related":
            return self._related(part)
        return [
            block
            for number, child in enumerate(part.children)
            for block in self._blocks(child, is_body=is_body and kind == "signed" and not number)
        ]

    def _childless(self, part: Part) -> list[Block]:
        """A multipart whose boundary never came: what it holds is still the mail."""
        if not part.body.strip():
            return []
        text = self._text(part, part.body[:TEXT], part.params.get("charset", ""))
        return [Block(html=text) if HTML_START.match(text) else Block(plain=text)]

    def _alternative(self, part: Part) -> list[Block]:
        """The first rendering in plain text, the last in HTML."""
        plain = html = None
        for child in part.children:
            if child.content_type in OTHER_RENDERINGS:
                continue
            blocks = self._blocks(child, is_body=True)
            if any(block.html is not None for block in blocks):
                html = whole_html(blocks)
            has_plain = any(block.plain and block.plain.strip() for block in blocks)
            if plain is None and has_plain:
                plain = joined([block.plain for block in blocks if block.plain])
        return [Block(plain, html)] if plain is not None or html is not None else []

    def _related(self, part: Part) -> list[Block]:
        """The root, and the files it shows."""
        wanted = part.params.get("start", "").strip().strip("<>")
        roots = [child for child in part.children if wanted and content_id(child) == wanted]
        root = roots[0] if roots else part.children[0]
        blocks: list[Block] = []
        for child in part.children:
            blocks += self._blocks(child, is_body=child is root)
        return blocks

    def _leaf(self, part: Part, *, is_body: bool) -> list[Block]:
        kind = part.content_type
        if kind in MESSAGE_TYPES:
            self._add_message(part)
            return []
        if kind in tnef.CONTENT_TYPES or (filenames.of(part) or "").lower() == "winmail.dat":
            return self._tnef(part)
        if kind in smime.TYPES:
            return self._signed(part)
        attached = part.disposition.startswith("attachment")
        if kind in BODY_TYPES | RICH_TYPES and not attached:
            if is_body or not (filenames.of(part) or _is_referable(part)):
                return self._text_blocks(part)
            self.named_texts.append((part, self._file(part)))
            self._add(self.named_texts[-1][1])
            return []
        if kind == "text/calendar" and not attached:
            self.last_resort.append(Block(plain=formats.calendar(self._decoded(part))))
        elif kind in RTF_TYPES and not attached:
            self.last_resort.append(Block(plain=formats.rtf(self._decoded(part))))
        self._add(self._file(part))
        return []

    def _text_blocks(self, part: Part) -> list[Block]:
        block = self._text_block(part)
        return [block] if block.plain or block.html else []

    def _text_block(self, part: Part) -> Block:
        data = self._shown_bytes(part)
        if part.content_type == "text/html":
            label = part.params.get("charset", "") or charsets.charset_of_html(data)
            return Block(html=self._text(part, data, label))
        data, pasted = transfer.split_uuencoded(data, self.defects)
        for name, content in pasted:
            self._add(File(filenames.safe(name), "application/octet-stream", content))
        text = self._text(part, data, part.params.get("charset", ""))
        if part.params.get("format", "").lower() == "flowed":
            delete = part.params.get("delsp", "").lower() == "yes"
            text = flowed.unfold(text, delete_space=delete)
        if part.content_type in RICH_TYPES:
            text = formats.rich_text(text)
        return Block(plain=text)

    def _shown_bytes(self, part: Part) -> bytes:
        """The part's bytes; of a huge one its beginning, and all of it as a file."""
        data = self._bytes(part)
        if len(data) > TEXT:
            self.defects.add("text_too_large")
            name = "message.html" if part.content_type == "text/html" else "message.txt"
            self._add(File(filenames.of(part) or name, part.content_type, data))
            data = data[:TEXT]
        return data

    def _decoded(self, part: Part) -> str:
        return self._text(part, self._bytes(part)[:TEXT], part.params.get("charset", ""))

    def _text(self, part: Part, data: bytes, label: str) -> str:
        text, chosen, defect = charsets.decode(data, label, hint=part.headers.hint)
        if defect:
            self.defects.add(defect)
        self.charsets.append(chosen)
        return LINE_END.sub("\n", text) if "\r" in text else text

    def _bytes(self, part: Part) -> bytes:
        encoding = part.headers.source("content-transfer-encoding")
        return transfer.decode(part.body, encoding, self.defects)

    def _file(self, part: Part) -> File:
        kind = part.content_type
        name = filenames.of(part)
        if part.type_is_broken and name:
            kind = "application/octet-stream"
        return File(name, kind, self._bytes(part), content_id(part) or None)

    def _add_message(self, part: Part) -> None:
        data = self._bytes(part)
        name = filenames.of(part)
        if name is None:
            name = filenames.for_message(_subject_of(data))
        self._add(File(name, part.content_type, data, content_id(part) or None))

    def _add(self, file: File) -> None:
        if len(self.files) < ATTACHMENTS:
            self.files.append(file)
        else:
            self.defects.add("too_many_attachments")

    def _signed(self, part: Part) -> list[Block]:
        """Opaquely signed mail: its content is read, the whole stays attached."""
        file = self._file(part)
        self._add(file)
        content = smime.signed_content(file.content) if self.envelopes < ENVELOPES else None
        if content is None:
            return []
        self.envelopes += 1
        return self._blocks(structure.split(content, self.defects), is_body=True)

    def _tnef(self, part: Part) -> list[Block]:
        inside = tnef.unwrap(self._bytes(part))
        if inside is None:
            self.defects.add("tnef_broken")
            self._add(self._file(part))
            return []
        for name, kind, content, cid in inside.files:
            known = structure.MEDIA_TYPE.fullmatch(kind.strip().lower())
            kind = known[0] if known else "application/octet-stream"
            cid = headers.single_line(cid).strip("<>")
            self._add(File(filenames.safe(name), kind, content, cid or None))
        if inside.text.strip() or inside.html.strip():
            self.last_resort.append(Block(inside.text or None, inside.html or None))
        return []

    def _inner_message(self, part: Part) -> Block:
        """The words of a message that is nothing but another message."""
        inner = structure.split(self._bytes(part), self.defects)
        content = (
            _Reader(self.defects).read(inner)
            if inner.content_type not in MESSAGE_TYPES
            else Content()
        )
        return Block(content.text or None, content.html)


def content_id(part: Part) -> str:
    """Content-ID as the HTML would name it."""
    return part.headers.source("content-id").strip().strip("<>").strip()


def _is_referable(part: Part) -> bool:
    """Whether something else in the mail may point to this text (a page in a frame)."""
    return part.content_type == "text/html" and bool(content_id(part)) and part.depth > 1


def _subject_of(data: bytes) -> str:
    inner, _ = headers.read(data, 0, min(len(data), HEADER_BLOCK), Defects())
    return inner.text("subject")
