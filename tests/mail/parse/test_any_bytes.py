"""Whatever bytes come: an answer, clean text, valid JSON, and work that grows with the size."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ventanilla.mail.parse import addresses, charsets, dates, filenames, message_ids, words
from ventanilla.mail.parse.child import ParserChild
from ventanilla.mail.parse.limits import Defects
from ventanilla.mail.parse.message import essentials, parse

MAILS = [
    path.read_bytes()
    for path in sorted((Path(__file__).parent.parent / "fixtures").glob("*.eml"))
    if path.stat().st_size < 20_000
]
FRAGMENTS = st.sampled_from(
    [
        *(b"\r\n", b"\n", b"\r", b"\n\n", b" ", b"\t", b"--", b"--b\n", b"--b--\n", b"\0", b"\xff"),
        *(b"From: ", b"To: ", b"Subject: ", b"Date: ", b"Content-Type: ", b"Message-ID: <", b">"),
        *(b"multipart/mixed; boundary=b\n\n", b"text/html", b"; charset=utf-8", b"=?utf-8?Q?"),
        *(b"?=", b'"', b"\\", b"(", b")", b"<", b"a@b.example", b",", b";", b":", b"=C3=B1"),
        *(b"Content-Transfer-Encoding: base64\n\n", b"QUJD", b"=", b"\x1b$B", b"\xef\xbb\xbf"),
        *(b"; filename*0*=utf-8''a%", b"begin 644 x\n", b"message/rfc822\n\n", b"winmail.dat"),
    ]
)
ODD = st.one_of(
    st.binary(max_size=2_000),
    st.lists(FRAGMENTS, max_size=60).map(b"".join),
)
often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A fixture with pieces cut out, doubled, moved or overwritten."""
    mail = bytearray(draw(st.sampled_from(MAILS)))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(mail)))
        stop = min(len(mail), start + draw(st.integers(0, 200)))
        piece = bytes(mail[start:stop])
        mail[start:stop] = draw(st.sampled_from([b"", piece * 2, piece[::-1], b"\0", b"\n"])) or b""
        at = draw(st.integers(0, len(mail)))
        mail[at:at] = draw(FRAGMENTS)
    return bytes(mail)


def assert_sound(raw: bytes) -> None:
    parsed = parse(raw)

    assert "parser_error" not in parsed.defects
    text = json.dumps(parsed.as_json(), ensure_ascii=False)
    text.encode("utf-8")  # no lone surrogates
    assert "\\u0000" not in text
    single_lines = [
        parsed.subject,
        *(part for person in (*parsed.from_, *parsed.to) for part in (person.name, person.addr)),
        *(file.filename or "" for file in parsed.attachments),
        *(parsed.bounce.recipients if parsed.bounce else ()),
        *parsed.references,
        parsed.message_id or "",
    ]
    assert not any(set(line) & set("\r\n\0") for line in single_lines)  # R24
    assert all(len((file.filename or "").encode()) <= 255 for file in parsed.attachments)  # R22
    assert all("/" not in (file.filename or "") for file in parsed.attachments)


@often
@given(ODD)
def test_any_bytes_are_a_mail(raw):  # R10, R24
    assert_sound(raw)


@often
@given(damaged())
def test_damaged_mails_are_mails(raw):  # R10, R24
    assert_sound(raw)


@often
@given(ODD)
def test_essentials_need_nothing_but_bytes(raw):  # R4
    parsed = essentials(raw, "parser_died_cpu")

    assert parsed.defects[0] == "parser_died_cpu"
    assert parsed.suppress_reply
    json.dumps(parsed.as_json(), ensure_ascii=False).encode("utf-8")


HEADER_TEXT = st.text(
    st.sampled_from("ab@.,;:<>()[]\"\\ =?utf-8?Q?B?_ñ\t'+-0123456789%/"), max_size=120
)


@often
@given(HEADER_TEXT)
def test_address_is_one_address_or_none(source):  # R24: no name, no second address inside
    for address in addresses.parse(source, Defects()):
        if address.usable:
            again = addresses.parse(f"<{address.addr}>", Defects())
            assert [found.addr for found in again] == [address.addr]


@often
@given(HEADER_TEXT, st.sampled_from(["malo@x.example", '"malo@x.example"', "a, malo@x.example"]))
def test_display_name_never_yields_an_address(noise, name):  # CVE-2023-27043
    quoted = (noise + name).replace("\\", "").replace('"', "")

    found = addresses.parse(f'"{quoted}" <bueno@y.example>', Defects())

    assert [address.addr for address in found] == ["bueno@y.example"]


@often
@given(HEADER_TEXT)
def test_small_readers_take_any_text(source):
    words.decode(source)
    dates.iso(source, Defects())
    message_ids.all_ids(source, Defects())
    name = filenames.safe(source)
    assert name is None or (name and "\n" not in name)


@often
@given(st.binary(max_size=300), st.text(max_size=20))
def test_any_bytes_under_any_label_are_text(data, label):  # R10
    text, chosen, _ = charsets.decode(data, label)

    text.encode("utf-8")
    assert chosen


def repeated(head: bytes, piece: bytes, tail: bytes = b""):
    return lambda size: head + piece * (size // len(piece)) + tail


HOSTILE = {
    "boundary_lines": repeated(b"Content-Type: multipart/mixed; boundary=a\n\n", b"--ab\n"),
    "dashes": repeated(b"Content-Type: multipart/mixed; boundary=a\n\n", b"--\n"),
    "carriage_returns": repeated(b"Subject: x\n\n", b"\r"),
    "spaces": repeated(b"Content-Transfer-Encoding: quoted-printable\n\n", b" "),
    "equals": repeated(b"Content-Transfer-Encoding: base64\n\n", b"A="),
    "begin_lines": repeated(b"Subject: x\n\n", b"begin 644 x\nM\n"),
    "header_fields": repeated(b"", b"a:\n"),
    "header_folds": repeated(b"Subject: x\n", b" \n"),
    "encoded_word_starts": repeated(b"Subject: ", b"=?a?q?"),
    "encoded_word_starts_closed": repeated(b"Subject: ", b"=?a?q?", b"?="),
    "quotes": repeated(b"From: ", b'"\\'),
    "open_parentheses": repeated(b"From: ", b"("),
    "angle_brackets": repeated(b"From: ", b"<"),
    "at_signs": repeated(b"To: ", b"a@ "),
    "commas": repeated(b"To: ", b"a,"),
    "parameters": repeated(b"Content-Type: text/plain", b"; a=b"),
    "parameter_spaces": repeated(b"Content-Type: text/plain; a=", b" b="),
    "references": repeated(b"References: ", b"<a@b> "),
    "dates": repeated(b"Date: ", b"1 Jan "),
    "quoted_lines": repeated(b"Content-Type: text/plain; format=flowed\n\n", b"> \n"),
    "tags": repeated(b"Content-Type: text/html\n\n", b"<div>"),
    "cids": repeated(b"Content-Type: text/html\n\n", b"cid:"),
    "addresses_in_notice": repeated(
        b"From: MAILER-DAEMON@x\nSubject: Undeliverable\n\n", b"a.a.a.a@b.b.b "
    ),
    "dashes_in_notice": repeated(b"From: MAILER-DAEMON@x\nSubject: Undeliverable\n\n", b"-- -"),
    "report_groups": repeated(
        b"Content-Type: message/delivery-status\n\n", b"Final-Recipient: rfc822;a@b.c\n\n"
    ),
    "text_of_letters": repeated(b"Subject: x\n\n", b"a"),
}


@pytest.fixture(scope="module")
def child():
    with ParserChild() as child:
        yield child


@pytest.mark.parametrize("shape", HOSTILE)
def test_hostile_mail_stays_within_the_limits_of_the_child(child, shape):  # R7, R8
    """1 MB of it must neither take 2 s of CPU nor 200 MB: anything quadratic would."""
    parsed = child.parse(HOSTILE[shape](1_000_000))

    assert "parser_error" not in parsed.defects
