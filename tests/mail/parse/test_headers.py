"""Header lines one by one: addresses, dates, encoded words, parameters, ids, verdicts."""

from email.utils import parsedate_to_datetime

import pytest

from ventanilla.mail.parse import addresses, dates, headers, message_ids, parameters, words
from ventanilla.mail.parse.limits import Defects
from ventanilla.mail.parse.message import parse


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("ana@x.example", [("", "ana@x.example")]),
        ("Ana <ana@x.example>", [("Ana", "ana@x.example")]),
        ('"Ruiz, Ana" <ana@x.example>', [("Ruiz, Ana", "ana@x.example")]),
        ("ana@x.example (Ana Ruiz)", [("Ana Ruiz", "ana@x.example")]),
        ("=?utf-8?Q?Ruiz,_Ana?= <ana@x.example>", [("Ruiz, Ana", "ana@x.example")]),
        ('"=?utf-8?Q?Jos=C3=A9?=" <j@x.example>', [("José", "j@x.example")]),
        ("<ana@x.example>,<eva@x.example>", [("", "ana@x.example"), ("", "eva@x.example")]),
        ("J. R. Hartley <jr@x.example>", [("J. R. Hartley", "jr@x.example")]),
        ("ana@x.example <mailto:ana@x.example>", [("ana@x.example", "ana@x.example")]),
        ("<<ana@x.example>>", [("", "ana@x.example")]),
        ("Mail System <MAILER-DAEMON>", [("Mail System", "MAILER-DAEMON")]),
        ("<>", []),
        ("", []),
        ("undisclosed-recipients:;", []),
        ("Undisclosed recipients", [("Undisclosed recipients", "")]),
        (
            "Lista: ana@x.example, Eva <eva@x.example>;",
            [("", "ana@x.example"), ("Eva", "eva@x.example")],
        ),
        ("ana @ x . example", [("", "ana@x.example")]),
        ("ana@x.example.", [("", "ana@x.example")]),
        ("ana@[IPv6:2001:db8::1]", [("", "ana@[IPv6:2001:db8::1]")]),
        ("a@b@c", [("a@b@c", "")]),
        ("banco@x.example ladron@y.example", [("banco@x.example ladron@y.example", "")]),
        (f"{'v' * 100}@x.example", [("", f"{'v' * 100}@x.example")]),
        (f"{'v' * 400}@x.example", []),
        ("b@x.example <eva@x.example> otra@x.example", [("b@x.example", "eva@x.example")]),
        ('"A\\", <cebo@x.example>" <eva@x.example>', [('A", <cebo@x.example>', "eva@x.example")]),
        ('"a@b"@c.example', [("", '"a@b"@c.example')]),
        ('real@x.example, <"evil@y.example>', [("", "real@x.example")]),
        ("a@x.example\\, b@y.example", None),
        (
            "Ana <a@x.example> =?utf-8?q?=2C?= Eva <eva@x.example>",
            [("Ana", "a@x.example"), ("Eva", "eva@x.example")],
        ),
        ("Ana <ana@x.example> (trabajo)", [("Ana", "ana@x.example")]),
        ("Ana <ana@x..example>", [("Ana", "")]),
        ("Ana <ana ruiz@x.example>", [("Ana", "")]),
    ],
)
def test_addresses_are_read_from_address_position_only(source, expected):
    read = [(address.name, address.addr) for address in addresses.parse(source, Defects())]

    if expected is None:
        assert not any("," in addr or "\\" in addr for _, addr in read)
    else:
        assert read[: len(expected)] == expected


@pytest.mark.parametrize(
    "source",
    [
        "Mon, 02 Mar 2026 10:00:00 +0100",
        "2 Mar 2026 10:00:00 -0330",
        "Sat, 29 Feb 2020 23:59:59 +0000",
        "Fri, 1 Jan 1999 00:00:00 EST",
        "Thu, 13 Feb 1969 23:32:54 -0330 (Newfoundland Time)",
    ],
)
def test_dates_agree_with_the_standard_library(source):
    assert dates.iso(source, Defects()) == parsedate_to_datetime(source).isoformat()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Mon, 2 Mar 2026 24:00:00 +0000", "2026-03-03T00:00:00+00:00"),
        ("Mon, 2 Mar 2026 10:00:60 +0000", "2026-03-02T10:01:00+00:00"),
        ("Mon, 2 Mar 2026 10.20.30 +0000", "2026-03-02T10:20:30+00:00"),
        ("2/3/2026 10:00 PM", "2026-03-02T22:00:00+00:00"),
        ("jeudi 5 février 2015 10:11:12 +0100", "2015-02-05T10:11:12+01:00"),
        ("Do, 5 Mär 2026 10:00:00 +0100", "2026-03-05T10:00:00+01:00"),
        ("Gio, 5 Ago 2026 10:00:00 +0200", "2026-08-05T10:00:00+02:00"),
        ("Thu, 10 Jul 1997 14:53:31 EST5EDT", "1997-07-10T14:53:31-05:00"),
        ("5-Mar-2026 10:00:00 GMT", "2026-03-05T10:00:00+00:00"),
        ("Tue, 20 Aug 103 10:00:00 +0100", "2003-08-20T10:00:00+01:00"),
        ("Thu, 5 Mar 2026 59:10 -0500", None),
        ("0 0 0", None),
        ("Mon, 99 Mar 2026 10:00:00 +0100", None),
        ("Mon, 2 Mar 99999 10:00:00 +0100", None),
    ],
)
def test_dates_of_every_spelling(source, expected):
    assert dates.iso(source, Defects()) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?=b", "ab"),
        ("=?utf-8?b?w7E=?=", "ñ"),
        ("=?utf-8?b?w7?=", "Ã"),
        ("=?utf-8?q?=ZZ?=", "=ZZ"),
        ("=?utf-8?q?a", "=?utf-8?q?a"),
        ("=?=?=?utf-8?q?ok?=", "=?=?ok"),
        ("=?NONE?B?VEVTVA=?=", "TEST"),
        ("=?utf-8?q??=", ""),
        ("=?iso-8859-1?q?=A1?=\t=?iso-8859-1?q?=BF?=", "¡¿"),
        ("=?utf-8?q?=E2=82?= =?utf-8?q?=AC?=", "€"),
    ],
)
def test_encoded_words_right_and_broken(source, expected):
    assert words.decode(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("text/plain; charset=utf-8", ("text/plain", {"charset": "utf-8"})),
        ("TEXT/Plain; CHARSET=UTF-8", ("text/plain", {"charset": "UTF-8"})),
        ('a/b; name="x;y.txt"; z=1', ("a/b", {"name": "x;y.txt", "z": "1"})),
        ("a/b; name=x y.txt", ("a/b", {"name": "x y.txt"})),
        ("a/b; name=x.txt charset=utf-8", ("a/b", {"name": "x.txt", "charset": "utf-8"})),
        ('a/b; name="sin cerrar.txt', ("a/b", {"name": "sin cerrar.txt"})),
        ("a/b; name*=utf-8''%C3%B1.txt", ("a/b", {"name": "ñ.txt"})),
        ("a/b; name*0=a; name*1=b", ("a/b", {"name": "ab"})),
        ("a/b; name=viejo.txt; name*=utf-8''nuevo.txt", ("a/b", {"name": "nuevo.txt"})),
        ("a/b; =x; charset=utf-8", ("a/b", {"charset": "utf-8"})),
        ("a/b (comentario); c=d (otro)", ("a/b", {"c": "d"})),
        ('filename="a.pdf"', ("", {"filename": "a.pdf"})),
        ("", ("", {})),
    ],
)
def test_parameters_right_and_broken(source, expected):
    assert parameters.parse(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<a@b> <c@d>", ("a@b", "c@d")),
        ("<a@b><a@b>", ("a@b",)),
        ("<a@\r\n\tb>", ("a@b",)),
        ("a@b", ("a@b",)),
        ("Carta de Ana <ana-1@b> del lunes", ("ana-1@b",)),
        ("", ()),
        ("<>", ()),
    ],
)
def test_message_ids_are_bare_and_once_each(source, expected):
    assert message_ids.all_ids(source, Defects()) == expected


def test_header_names_may_be_odd_but_not_spaced():
    fields, body = headers.read(b"X-Raro!#$: a\nDos Palabras: b\n\nc", 0, 33, Defects())

    assert fields.source("x-raro!#$") == "a"
    assert "dos palabras" not in fields
    assert body < 33


def test_reasons_to_send_nothing_automatic_are_named():  # R11
    head = b"From: Ana <no-reply@x.example>\nReturn-Path: <>\nPrecedence: bulk\n"
    more = b"List-Id: <l.x>\nX-Auto-Response-Suppress: OOF\nAuto-Submitted: auto-generated\n"

    parsed = parse(head + more + b"Subject: x\n\ny")

    assert set(parsed.suppress_reasons) == {
        *("auto_submitted", "null_sender", "precedence", "list", "response_suppressed"),
        "no_reply_address",
    }


def test_ordinary_mail_may_be_answered():  # R11
    parsed = parse(b"From: Ana <ana@x.example>\nAuto-Submitted: no\nSubject: x\n\ny")

    assert not parsed.suppress_reply
    assert parsed.sender and parsed.sender.addr == "ana@x.example"


def test_authentication_results_are_kept_in_order_with_their_server():  # R17
    raw = (
        b"Authentication-Results: mx.ours.example 1; dmarc=pass header.from=x.example;\n"
        b" spf=pass smtp.mailfrom=x.example; dkim=fail header.d=z; dkim=pass header.d=x.example\n"
        b"Authentication-Results: evil.example; none\nFrom: a@x.example\n\ny"
    )

    first, second = parse(raw).auth

    assert (first.authserv_id, first.spf, first.dkim, first.dmarc, first.dmarc_from) == (
        *("mx.ours.example", "pass", "pass", "pass"),
        "x.example",
    )
    assert (second.authserv_id, second.dmarc) == ("evil.example", "")
