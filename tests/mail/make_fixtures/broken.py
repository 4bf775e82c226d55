"""Mails that break rules, by accident or on purpose."""

from tests.mail.make_fixtures import Fixture


def lines(*parts: str | bytes, end: bytes = b"\r\n") -> bytes:
    """A mail line by line, for what a triple-quoted text can't hold."""
    return end.join(p if isinstance(p, bytes) else p.encode() for p in parts)


HEAD = [
    "From: Ana Ruiz <ana@correo.example>",
    "To: soporte@tienda.example",
    "Subject: Prueba",
    "Date: Mon, 2 Mar 2026 10:00:00 +0100",
    "Message-ID: <b@correo.example>",
]

FIXTURES = [
    Fixture(
        "broken_no_headers",
        b"Esto es todo lo que hay.\r\nSin cabeceras.\r\n",
        {
            "subject": "",
            "from": [],
            "message_id": None,
            "date": None,
            "text": "Esto es todo lo que hay.\nSin cabeceras.",
            "defects": ["headers_missing", "from_missing", "date_missing"],
            "suppress": True,
        },
    ),
    Fixture(
        "broken_headers_only",
        lines(*HEAD),
        {"subject": "Prueba", "from": [["Ana Ruiz", "ana@correo.example"]], "text": ""},
    ),
    Fixture("broken_empty", b"", {"subject": "", "text": "", "from": [], "attachments": []}),
    Fixture(
        "broken_bare_lf",
        lines(*HEAD, "", "uno", "dos", end=b"\n"),
        {"subject": "Prueba", "text": "uno\ndos", "no_defects": True},
    ),
    Fixture(
        "broken_bare_cr",
        lines(*HEAD, "", "uno", "dos", end=b"\r"),
        {"subject": "Prueba", "text": "uno\ndos", "from": [["Ana Ruiz", "ana@correo.example"]]},
    ),
    Fixture(
        "broken_doubled_cr",
        lines(*HEAD, "", "uno", "dos", end=b"\r\r\n"),
        {"subject": "Prueba", "text": "uno\ndos"},
    ),
    Fixture(
        "broken_mixed_line_ends",
        b"From: a@b.example\nSubject: uno\r\n dos\r\nTo: c@d.example\n\r\ntexto\rmas\n",
        {"subject": "uno dos", "to": [["", "c@d.example"]], "text": "texto\nmas"},
    ),
    Fixture(
        "broken_mbox_line_first",
        lines("From ana@correo.example Mon Mar  2 10:00:00 2026", *HEAD, "", "hola"),
        {"subject": "Prueba", "text": "hola", "from": [["Ana Ruiz", "ana@correo.example"]]},
    ),
    Fixture(
        "broken_escaped_mbox_line_first",
        lines(">From ana@correo.example Mon Mar  2 10:00:00 2026", *HEAD, "", "hola"),
        {"subject": "Prueba", "text": "hola"},
    ),
    Fixture(
        "broken_bom_first",
        b"\xef\xbb\xbf" + lines(*HEAD, "", "hola"),
        {"subject": "Prueba", "from": [["Ana Ruiz", "ana@correo.example"]], "text": "hola"},
    ),
    Fixture(
        "broken_saved_as_utf16",
        b"\xff\xfe" + lines(*HEAD, "", "señora").decode().encode("utf-16-le"),
        {"subject": "Prueba", "text": "señora", "defects": ["saved_as_utf16"]},
    ),
    Fixture(
        "broken_blank_lines_first",
        lines("", "", *HEAD, "", "hola"),
        {"subject": "Prueba", "text": "hola", "defects": ["leading_bytes"]},
    ),
    Fixture(
        "broken_nul_bytes",
        lines(*HEAD[:2], b"Subject: Pru\0eba", *HEAD[3:], "", b"ho\0la\0"),
        {"subject": "Prueba", "text": "hola", "defects": ["nul_bytes"]},
    ),
    Fixture(
        "broken_garbage_header_line",
        lines(*HEAD[:2], "Subject: Una pregunta", "sobre el pedido", *HEAD[3:], "", "hola"),
        {
            "subject": "Una pregunta sobre el pedido",
            "message_id": "b@correo.example",
            "text": "hola",
            "defects": ["header_line_broken"],
        },
    ),
    Fixture(
        "broken_no_blank_line_before_body",
        lines(*HEAD, "Hola, ¿hay alguien?", "", "Adiós"),
        {
            "subject": "Prueba",
            "text_has": ["Hola, ¿hay alguien?", "Adiós"],
            "defects": ["header_separator_missing"],
        },
    ),
    Fixture(
        "broken_space_before_colon",
        lines("From : Ana <ana@correo.example>", "Subject\t: Hola", "", "x"),
        {"from": [["Ana", "ana@correo.example"]], "subject": "Hola"},
    ),
    Fixture(
        "broken_repeated_headers",
        lines(*HEAD, "Subject: Otro", "From: Eva <eva@malo.example>", "", "x"),
        {
            "subject": "Prueba",
            "from": [["Ana Ruiz", "ana@correo.example"]],
            "defects": ["header_repeated"],
        },
    ),
    Fixture(
        "broken_to_in_three_headers",
        lines(
            "From: a@b.example",
            "To: uno@x.example",
            "To: dos@x.example, tres@x.example",
            "TO: <cuatro@x.example>",
            "",
            "x",
        ),
        {
            "to": [
                ["", "uno@x.example"],
                ["", "dos@x.example"],
                ["", "tres@x.example"],
                ["", "cuatro@x.example"],
            ]
        },
    ),
    Fixture(
        "broken_date_missing",
        lines(*HEAD[:3], "", "x"),
        {"date": None, "message_id": None, "defects": ["date_missing"]},
    ),
    Fixture(
        "broken_date_nonsense",
        lines(*HEAD[:3], "Date: ayer por la tarde", "", "x"),
        {"date": None, "defects": ["date_broken"]},
    ),
    Fixture(
        "broken_date_impossible",
        lines(*HEAD[:3], "Date: Mon, 31 Feb 2026 10:00:00 +0100", "", "x"),
        {"date": None, "defects": ["date_broken"]},
    ),
    Fixture(
        "broken_date_two_digit_year",
        lines(*HEAD[:3], "Date: 21 Nov 97 09:55 EST", "", "x"),
        {"date": "1997-11-21T09:55:00-05:00"},
    ),
    Fixture(
        "broken_date_comment_and_folds",
        lines(
            *HEAD[:3],
            "Date: Thu,",
            "\t13 Feb 2003",
            "\t23:32 -0330 (Newfoundland (or so))",
            "",
            "x",
        ),
        {"date": "2003-02-13T23:32:00-03:30"},
    ),
    Fixture(
        "broken_date_spanish",
        lines(*HEAD[:3], "Date: mié, 5 ene 2011 10:00:00 +0100", "", "x"),
        {"date": "2011-01-05T10:00:00+01:00"},
    ),
    Fixture(
        "broken_date_asctime",
        lines(*HEAD[:3], "Date: Tue Mar  4 12:00:00 2002", "", "x"),
        {"date": "2002-03-04T12:00:00+00:00", "defects": ["date_zone_missing"]},
    ),
    Fixture(
        "broken_date_iso",
        lines(*HEAD[:3], "Date: 2026-03-04T12:00:00Z", "", "x"),
        {"date": "2026-03-04T12:00:00+00:00"},
    ),
    Fixture(
        "broken_date_zone_out_of_range",
        lines(*HEAD[:3], "Date: Sat, 01 Nov 2002 12:32:45 +9999", "", "x"),
        {"date": "2002-11-01T12:32:45+00:00", "defects": ["date_zone_broken"]},
    ),
    Fixture(
        "broken_message_id_without_brackets",
        lines(
            "From: a@b.example", "Message-ID: 12345@b.example", "In-Reply-To: 99@c.example", "", "x"
        ),
        {
            "message_id": "12345@b.example",
            "in_reply_to": "99@c.example",
            "defects": ["message_id_broken"],
        },
    ),
    Fixture(
        "broken_references_folded_and_repeated",
        lines(
            "From: a@b.example",
            "Message-ID: <",
            " m1@b.example>",
            "In-Reply-To: Your message of Monday <p2@c.example> and <p1@c.example>",
            "References: <r1@c.example><r2@c.example>",
            "\t<r1@c.example>,<r",
            " 3@c.example>",
            "",
            "x",
        ),
        {
            "message_id": "m1@b.example",
            "in_reply_to": "p2@c.example",
            "references": ["r1@c.example", "r2@c.example", "r3@c.example"],
        },
    ),
    Fixture(
        "broken_from_missing",
        lines(*HEAD[1:], "", "x"),
        {
            "from": [],
            "defects": ["from_missing"],
            "suppress": True,
            "suppress_reasons": ["no_sender"],
        },
    ),
    Fixture(
        "broken_from_two_people",
        lines("From: Ana <ana@x.example>, Luis <luis@x.example>", "Sender: ana@x.example", "", "x"),
        {"from": [["Ana", "ana@x.example"], ["Luis", "luis@x.example"]]},
    ),
    Fixture(
        "broken_from_name_is_an_address",
        lines('From: "banco@banco.example" <ladron@malo.example>', "", "x"),
        {"from": [["banco@banco.example", "ladron@malo.example"]]},
    ),
    Fixture(
        "broken_from_bare_address_then_brackets",
        lines("From: banco@banco.example <ladron@malo.example>", "", "x"),
        {"from": [["banco@banco.example", "ladron@malo.example"]]},
    ),
    Fixture(
        "broken_from_two_bracketed_addresses",
        lines("From: Banco <banco@banco.example> <ladron@malo.example>", "", "x"),
        {"from_addresses": [""], "defects": ["address_ambiguous"]},
    ),
    Fixture(
        "broken_from_unclosed_comment",
        lines("From: alice@example.org(<bob@example.com>", "", "x"),
        {"from_addresses": [""], "defects": ["address_ambiguous"]},
    ),
    Fixture(
        "broken_from_parenthesis_trick",
        lines("From: alice@example.org)bob@example.com", "", "x"),
        {"from_addresses": [""], "defects": ["address_ambiguous"]},
    ),
    Fixture(
        "broken_from_address_hidden_in_encoded_word",
        lines(
            "From: =?utf-8?Q?=22Banco=22_=3Cbanco=40banco.example=3E?= <ladron@malo.example>",
            "",
            "x",
        ),
        {"from": [['"Banco" <banco@banco.example>', "ladron@malo.example"]]},
    ),
    Fixture(
        "broken_from_whole_header_encoded",
        lines("From: =?utf-8?B?QmFuY28gPGJhbmNvQGJhbmNvLmV4YW1wbGU+?=", "", "x"),
        {"from": [["Banco <banco@banco.example>", ""]], "suppress": True},
    ),
    Fixture(
        "broken_from_encoded_line_break",
        lines("From: =?utf-8?Q?Ana=0D=0ABcc:_todos=40x.example?= <ana@x.example>", "", "x"),
        {"from": [["Ana Bcc: todos@x.example", "ana@x.example"]]},
    ),
    Fixture(
        "broken_from_local_user",
        lines("From: root (Cron Daemon)", "To: root", "Subject: Cron", "", "x"),
        {"from": [["Cron Daemon", "root"]], "to": [["", "root"]], "suppress": False},
    ),
    Fixture(
        "broken_addresses_obsolete",
        lines(
            "From: Pete(A nice \\) chap) <pete(his account)@silly.example(his host)>",
            "To: <@uno.example,@dos.example:mary@example.net>, , jdoe@test   . example",
            "",
            "x",
        ),
        {
            "from": [["Pete", "pete@silly.example"]],
            "to": [["", "mary@example.net"], ["", "jdoe@test.example"]],
        },
    ),
    Fixture(
        "broken_addresses_groups",
        lines(
            "From: a@b.example",
            "To: Ventas:Eva <eva@x.example>,leo@x.example; Nadie:; , Iris <iris@x.example>",
            "Cc: undisclosed-recipients:;",
            "",
            "x",
        ),
        {
            "to": [["Eva", "eva@x.example"], ["", "leo@x.example"], ["Iris", "iris@x.example"]],
            "cc": [],
        },
    ),
    Fixture(
        "broken_addresses_unquoted_comma",
        lines("From: Ruiz Gil, Ana <ana@x.example>", "To: a@b.example", "", "x"),
        {"from": [["Ruiz Gil, Ana", "ana@x.example"]]},
    ),
    Fixture(
        "broken_addresses_missing_brackets",
        lines("From: Ana Ruiz ana@x.example", "To: <a@b.example", "Cc: c@d.example>", "", "x"),
        {
            "from": [["Ana Ruiz", "ana@x.example"]],
            "to": [["", "a@b.example"]],
            "cc": [["", "c@d.example"]],
        },
    ),
    Fixture(
        "broken_addresses_odd_but_right",
        lines(
            'From: "Ruiz \\"La Jefa\\", Ana" <"ana ruiz"@x.example>',
            "To: o'brien+tag@x.example, foo..bar.@docomo.example, user@[192.0.2.1]",
            "",
            "x",
        ),
        {
            "from": [['Ruiz "La Jefa", Ana', '"ana ruiz"@x.example']],
            "to": [
                ["", "o'brien+tag@x.example"],
                ["", "foo..bar.@docomo.example"],
                ["", "user@[192.0.2.1]"],
            ],
        },
    ),
    Fixture(
        "broken_addresses_semicolons",
        lines("From: a@b.example", "To: uno@x.example; dos@x.example;", "", "x"),
        {"to": [["", "uno@x.example"], ["", "dos@x.example"]]},
    ),
    Fixture(
        "broken_addresses_too_many",
        lines(
            "From: a@b.example", "To: " + ", ".join(f"u{n}@x.example" for n in range(1500)), "", "x"
        ),
        {"to_count": 1000, "defects": ["too_many_addresses"]},
    ),
    Fixture(
        "broken_header_block_huge",
        lines(
            "From: a@b.example",
            "Subject: Grande",
            *["X-Relleno: " + "z" * 90] * 4000,
            "",
            "el texto",
        ),
        {"subject": "Grande", "text": "el texto", "defects": ["header_block_too_large"]},
    ),
    Fixture(
        "broken_one_header_huge",
        lines("From: a@b.example", "Subject: Grande", "X-Relleno: " + "z" * 80_000, "", "texto"),
        {"subject": "Grande", "text": "texto", "defects": ["header_too_large"]},
    ),
    Fixture(
        "broken_line_huge",
        lines(*HEAD, "", "palabra " * 20_000),
        {"subject": "Prueba", "text_has": ["palabra palabra"], "no_defects": True},
    ),
    Fixture(
        "broken_base64_rubbish_inside",
        lines(
            *HEAD,
            "Content-Transfer-Encoding: base64",
            "Content-Type: text/plain",
            "",
            "SG9s!!YS\x07wg",
            "cXXD**qQ==",
        ),
        {"text_has": ["Hola, "], "defects": ["base64_broken"]},
    ),
    Fixture(
        "broken_base64_is_plain_text",
        lines(
            *HEAD,
            "Content-Transfer-Encoding: base64",
            "",
            "Buenos dias, esto no va codificado aunque la cabecera lo diga.",
        ),
        {
            "text": "Buenos dias, esto no va codificado aunque la cabecera lo diga.",
            "defects": ["base64_broken"],
        },
    ),
    Fixture(
        "broken_base64_with_a_lists_footer",
        lines(
            *HEAD,
            "Content-Transfer-Encoding: base64",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "SG9sYSBhIHRvZG9z",
            "",
            "_______________________",
            "lista mailing list of users",
        ),
        {"text_has": ["Hola a todos", "lista mailing list"], "defects": ["base64_broken"]},
    ),
    Fixture(
        "broken_base64_no_padding",
        lines(*HEAD, "Content-Transfer-Encoding: base64", "", "SG9sYSwgcXXDqSB0YQ"),
        {"text_has": ["Hola, qu"], "defects": ["base64_padding"]},
    ),
    Fixture(
        "broken_base64_two_blocks",
        lines(*HEAD, "Content-Transfer-Encoding: BASE64", "", "SG9sYQ==", "IGRlIG51ZXZv"),
        {"text": "Hola de nuevo"},
    ),
    Fixture(
        "broken_base64_one_letter_too_many",
        lines(*HEAD, "Content-Transfer-Encoding: base64", "", "SG9sYQaaa"),
        {"text_has": ["Hola"], "defects": ["base64_broken"]},
    ),
    Fixture(
        "broken_quoted_printable",
        lines(
            *HEAD,
            "Content-Transfer-Encoding: quoted-printable",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "a=C3=B1o =  ",
            "y 100 %=3D =ZZ x=3d fin=",
        ),
        {"text": "año y 100 %= =ZZ x= fin", "defects": ["quoted_printable_broken"]},
    ),
    Fixture(
        "broken_transfer_encoding_unknown",
        lines(*HEAD, "Content-Transfer-Encoding: x-marciano", "", "tal cual"),
        {"text": "tal cual", "defects": ["transfer_encoding_unknown"]},
    ),
    Fixture(
        "broken_transfer_encoding_decorated",
        lines(
            *HEAD,
            'Content-Transfer-Encoding: "quoted-printable" ; x=y',
            "Content-Type: text/plain; charset=utf-8",
            "",
            "ma=C3=B1ana",
        ),
        {"text": "mañana"},
    ),
    Fixture(
        "broken_boundary_parameter_missing",
        lines(
            *HEAD,
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed",
            "",
            "--=_frontera",
            "Content-Type: text/plain",
            "",
            "primera",
            "--=_frontera",
            "Content-Type: text/plain; name=a.txt",
            "",
            "segunda",
            "--=_frontera--",
        ),
        {
            "text": "primera",
            "attachments": [{"filename": "a.txt"}],
            "defects": ["boundary_missing"],
        },
    ),
    Fixture(
        "broken_boundary_never_comes",
        lines(*HEAD, "Content-Type: multipart/mixed; boundary=nunca", "", "solo texto", "y mas"),
        {"text": "solo texto\ny mas", "defects": ["boundary_not_found"]},
    ),
    Fixture(
        "broken_boundary_end_missing",
        lines(
            *HEAD,
            "Content-Type: multipart/mixed; boundary=m",
            "",
            "--m",
            "",
            "uno",
            "--m",
            "Content-Type: image/gif; name=x.gif",
            "Content-Transfer-Encoding: base64",
            "",
            "R0lG",
            "ODlh",
        ),
        {
            "text": "uno",
            "attachments": [{"filename": "x.gif", "size": 6}],
            "defects": ["multipart_unterminated"],
        },
    ),
    Fixture(
        "broken_inner_multipart_not_closed",
        lines(
            *HEAD,
            "Content-Type: multipart/mixed; boundary=o",
            "",
            "--o",
            "Content-Type: multipart/alternative; boundary=i",
            "",
            "--i",
            "",
            "plano",
            "--i",
            "Content-Type: text/html",
            "",
            "<b>rico</b>",
            "--o",
            "Content-Type: application/x-y; name=z",
            "",
            "zz",
            "--o--",
        ),
        {
            "text": "plano",
            "html_has": ["<b>rico</b>"],
            "attachments": [{"filename": "z", "size": 2}],
            "defects": ["multipart_unterminated"],
        },
    ),
    Fixture(
        "broken_part_without_blank_line",
        lines(
            *HEAD, "Content-Type: multipart/mixed; boundary=m", "", "--m", "texto directo", "--m--"
        ),
        {"text": "texto directo"},
    ),
    Fixture(
        "broken_content_type_nonsense",
        lines(*HEAD, "Content-Type: lo que sea", "", "hola"),
        {"text": "hola", "defects": ["content_type_broken"]},
    ),
    Fixture(
        "broken_content_type_without_subtype",
        lines(*HEAD, "Content-Type: text; charset=utf-8", "", "señor"),
        {"text": "señor"},
    ),
    Fixture(
        "broken_content_type_parameters",
        lines(
            *HEAD,
            'Content-Type: TEXT/HTML ; ; charset = "utf-8" format="flowed; foo',
            "",
            "<p>señal</p>",
        ),
        {"text": "señal", "html_has": ["<p>señal</p>"]},
    ),
    Fixture(
        "broken_subject_many_folds",
        lines("From: a@b.example", "Subject: uno", "\tdos", "   tres", " ", " cuatro", "", "x"),
        {"subject": "uno dos tres  cuatro", "text": "x"},
    ),
]
