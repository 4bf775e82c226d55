"""How mails are put together, also in ways that few programs expect."""

import base64
import struct

from tests.mail.make_fixtures import Fixture, mail

HEAD = """From: Ana Ruiz <ana@correo.example>
To: soporte@tienda.example
Subject: Prueba
Date: Mon, 2 Mar 2026 10:00:00 +0100
Message-ID: <shape@correo.example>
MIME-Version: 1.0
"""


def shaped(text: str) -> bytes:
    """The usual headers and then what a shape is about."""
    body = mail(text, crlf=False)
    return (HEAD.encode() + body).replace(b"\n", b"\r\n")


def tnef(*files: tuple[str, bytes], body: str = "") -> bytes:
    """A winmail.dat with short names, as Outlook wraps them."""

    def attribute(level: int, code: int, data: bytes) -> bytes:
        checksum = sum(data) & 0xFFFF
        return struct.pack("<BII", level, code, len(data)) + data + struct.pack("<H", checksum)

    parts = [struct.pack("<IH", 0x223E9F78, 1)]
    parts.append(attribute(1, 0x00089006, struct.pack("<I", 0x00010000)))
    parts.append(attribute(1, 0x00069007, struct.pack("<II", 1252, 0)))
    if body:
        parts.append(attribute(1, 0x0002800C, body.encode("cp1252") + b"\0"))
    for name, content in files:
        parts.append(attribute(2, 0x00069002, b"\1\0" + b"\0" * 12))
        parts.append(attribute(2, 0x00018010, name.encode("cp1252") + b"\0"))
        parts.append(attribute(2, 0x0006800F, content))
    return b"".join(parts)


def winmail(data: bytes, text: str) -> bytes:
    """A mail whose attachment is a winmail.dat."""
    encoded = base64.encodebytes(data).decode()
    return (
        HEAD
        + "Content-Type: multipart/mixed; boundary=w\n\n--w\nContent-Type: text/plain\n\n"
        + text
        + "\n--w\nContent-Type: application/ms-tnef; name=winmail.dat\n"
        + "Content-Transfer-Encoding: base64\n\n"
        + encoded
        + "--w--\n"
    ).encode()


def der(tag: int, *contents: bytes) -> bytes:
    """One ASN.1 element."""
    content = b"".join(contents)
    size = len(content)
    length = bytes((size,)) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return bytes((tag,)) + length + content


def opaque(entity: bytes) -> bytes:
    """A mail signed in an envelope, the signature itself left out."""
    oid = bytes.fromhex("06092a864886f70d0107")
    inner = der(0x30, oid + b"\x01", der(0xA0, der(0x04, entity)))
    signed = der(0x30, der(0x02, b"\1"), der(0x31), inner, der(0x31))
    data = base64.encodebytes(der(0x30, oid + b"\x02", der(0xA0, signed))).decode()
    return (
        HEAD
        + 'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\n'
        + "Content-Transfer-Encoding: base64\n\n"
        + data
    ).encode()


def deep(levels: int) -> bytes:
    """Multiparts inside each other, a text in the innermost."""
    lines = [HEAD]
    for level in range(levels):
        lines.append(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n")
    lines.append("Content-Type: text/plain\n\nel fondo del pozo\n")
    lines += [f"--b{level}--\n" for level in reversed(range(levels))]
    return "".join(lines).encode()


def many_parts(count: int) -> bytes:
    """One multipart with a great many small texts."""
    part = "--p\nContent-Type: text/plain\n\nx\n"
    return f"{HEAD}Content-Type: multipart/mixed; boundary=p\n\n{part * count}--p--\n".encode()


FIXTURES = [
    Fixture(
        "shape_related_start_parameter",
        shaped("""
            Content-Type: multipart/related; boundary=r; start="<body@x>"; type="text/html"

            --r
            Content-Type: image/gif; name=dot.gif
            Content-ID: <dot@x>
            Content-Transfer-Encoding: base64

            R0lGODlh
            --r
            Content-Type: text/html; charset=utf-8
            Content-ID: <body@x>

            <p>Mira: <img src="cid:dot%40x"></p>
            --r--
        """),
        {
            "text_has": ["Mira:"],
            "html_has": ["cid:dot%40x"],
            "attachments": [{"filename": "dot.gif", "size": 6, "cid": "dot@x", "inline": True}],
            "no_defects": True,
        },
    ),
    Fixture(
        "shape_related_cid_not_shown",
        shaped("""
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: text/html; charset=utf-8

            <p>Sin imagen</p>
            --r
            Content-Type: image/gif; name=dot.gif
            Content-ID: <dot@x>
            Content-Disposition: inline
            Content-Transfer-Encoding: base64

            R0lGODlh
            --r--
        """),
        {"attachments": [{"filename": "dot.gif", "cid": "dot@x", "inline": False}]},
    ),
    Fixture(
        "shape_two_texts_in_order",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain

            primera
            --m
            Content-Type: application/zip; name="a.zip"
            Content-Transfer-Encoding: base64

            UEsDBA==
            --m
            Content-Type: text/plain

            segunda
            --m--
        """),
        {
            "text": "primera\nsegunda",
            "html": None,
            "attachments": [{"filename": "a.zip", "size": 4}],
        },
    ),
    Fixture(
        "shape_text_attachment_stays_attachment",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain

            Adjunto el registro.
            --m
            Content-Type: text/plain; charset=iso-8859-1; name="registro.txt"
            Content-Disposition: attachment; filename="registro.txt"
            Content-Transfer-Encoding: quoted-printable

            a=F1o
            --m
            Content-Type: text/html; name="informe.html"

            <b>informe</b>
            --m--
        """),
        {
            "text": "Adjunto el registro.",
            "html": None,
            "attachments": [
                {"filename": "registro.txt", "content_type": "text/plain", "size": 3},
                {"filename": "informe.html", "content_type": "text/html", "inline": False},
            ],
        },
    ),
    Fixture(
        "shape_only_text_has_a_name",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain; name="mensaje.txt"
            Content-Disposition: inline; filename="mensaje.txt"

            esto es el mensaje
            --m--
        """),
        {"text": "esto es el mensaje", "attachments": []},
    ),
    Fixture(
        "shape_alternative_empty_plain",
        shaped("""
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain

            \x20
            --a
            Content-Type: text/html

            <p>Solo hay <b>HTML</b></p>
            --a--
        """),
        {"text": "Solo hay HTML", "html_has": ["<b>HTML</b>"]},
    ),
    Fixture(
        "shape_alternative_with_amp",
        shaped("""
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain

            hola
            --a
            Content-Type: text/x-amp-html

            <!doctype html><html amp4email></html>
            --a
            Content-Type: text/html

            <p>hola</p>
            --a--
        """),
        {"text": "hola", "html_has": ["<p>hola</p>"], "attachments": []},
    ),
    Fixture(
        "shape_alternative_in_related_in_mixed",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/related; boundary=r

            --r
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain

            plano
            --a
            Content-Type: text/html

            <p>rico <img src='cid:i1'></p>
            --a--
            --r
            Content-Type: image/png
            Content-ID: <i1>
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=
            --r--
            --m
            Content-Type: application/vnd.ms-excel
            Content-Disposition: attachment; filename="gastos 2026.xls"
            Content-Transfer-Encoding: base64

            0M8R4A==
            --m--
        """),
        {
            "text": "plano",
            "html_has": ["<p>rico"],
            "attachments": [
                {"filename": None, "content_type": "image/png", "cid": "i1", "inline": True},
                {"filename": "gastos 2026.xls", "inline": False},
            ],
            "no_defects": True,
        },
    ),
    Fixture(
        "shape_digest",
        shaped("""
            Content-Type: multipart/mixed; boundary=o

            --o
            Content-Type: text/plain

            Resumen de hoy
            --o
            Content-Type: multipart/digest; boundary=d

            --d

            From: uno@x.example
            Subject: Uno

            cuerpo uno
            --d

            From: dos@x.example
            Subject: Dos

            cuerpo dos
            --d--
            --o--
        """),
        {
            "text": "Resumen de hoy",
            "attachments": [
                {"filename": "Uno.eml", "content_type": "message/rfc822"},
                {"filename": "Dos.eml", "content_type": "message/rfc822"},
            ],
        },
    ),
    Fixture(
        "shape_root_is_message",
        shaped("""
            Content-Type: message/rfc822

            From: otra@correo.example
            Subject: El de dentro

            palabras de dentro
        """),
        {
            "subject": "Prueba",
            "text": "palabras de dentro",
            "attachments": [{"filename": "El de dentro.eml", "content_type": "message/rfc822"}],
        },
    ),
    Fixture(
        "shape_base64_message",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain

            ver adjunto
            --m
            Content-Type: message/rfc822
            Content-Transfer-Encoding: base64

            U3ViamVjdDogQ29kaWZpY2FkbwoKaG9sYQo=
            --m--
        """),
        {"attachments": [{"filename": "Codificado.eml", "size": 26}]},
    ),
    Fixture(
        "shape_root_is_pdf",
        shaped("""
            Content-Type: application/pdf; name="factura.pdf"
            Content-Disposition: attachment; filename="factura.pdf"
            Content-Transfer-Encoding: base64

            JVBERi0xLjQK
        """),
        {"text": "", "attachments": [{"filename": "factura.pdf", "size": 9}]},
    ),
    Fixture(
        "shape_rfc2231_continuations",
        shaped("""
            Content-Type: application/octet-stream
            Content-Disposition: attachment;
             filename*1*=%C3%B3n%20de%20;
             filename*0*=utf-8'es'Documentaci;
             filename*2="la reserva";
             filename*3=".odt"
            Content-Transfer-Encoding: base64

            AAEC
        """),
        {"attachments": [{"filename": "Documentación de la reserva.odt", "size": 3}]},
    ),
    Fixture(
        "shape_rfc2231_charset_latin1",
        shaped("""
            Content-Type: image/jpeg; name*=iso-8859-1'es'ni%F1o.jpg
            Content-Transfer-Encoding: base64

            /9g=
        """),
        {"attachments": [{"filename": "niño.jpg"}]},
    ),
    Fixture(
        "shape_filename_rfc2047_split",
        shaped("""
            Content-Type: application/pdf;
             name="=?utf-8?B?UHJlc3VwdWVzdG8gZGUgcmVmb3JtYSBkZSBsYSBjb2Npbg==?=
             =?utf-8?B?YSB5IGVsIGJhw7FvLnBkZg==?="
            Content-Transfer-Encoding: base64

            JVBERg==
        """),
        {"attachments": [{"filename": "Presupuesto de reforma de la cocina y el baño.pdf"}]},
    ),
    Fixture(
        "shape_filename_hostile",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: application/octet-stream; name="..\\\\windows\\\\evil.exe"

            a
            --m
            Content-Disposition: attachment; filename="/etc/passwd"
            Content-Type: application/octet-stream

            b
            --m
            Content-Disposition: attachment; filename*=utf-8''factura%E2%80%AEfdp.exe
            Content-Type: application/octet-stream

            c
            --m
            Content-Disposition: attachment; filename=".."
            Content-Type: application/octet-stream

            d
            --m--
        """),
        {
            "attachments": [
                {"filename": "evil.exe"},
                {"filename": "passwd"},
                {"filename": "facturafdp.exe"},
                {"filename": None},
            ]
        },
    ),
    Fixture(
        "shape_filename_unquoted_spaces",
        shaped("""
            Content-Type: application/pdf; name=mi factura de marzo.pdf
            Content-Disposition: attachment; filename=mi factura de marzo.pdf; size=4
            Content-Transfer-Encoding: base64

            JVBERg==
        """),
        {"attachments": [{"filename": "mi factura de marzo.pdf", "size": 4}]},
    ),
    Fixture(
        "shape_filename_inner_quotes",
        shaped("""
            Content-Type: application/pdf; name="informe "final" 3.pdf"
            Content-Transfer-Encoding: base64

            JVBERg==
        """),
        {"attachments": [{"filename": 'informe "final" 3.pdf'}]},
    ),
    Fixture(
        "shape_winmail_with_text",
        winmail(tnef(("CUENTAS.XLS", b"\xd0\xcf\x11\xe0"), ("foto.jpg", b"\xff\xd8")), "va dentro"),
        {
            "text": "va dentro",
            "attachments": [
                {"filename": "CUENTAS.XLS", "size": 4},
                {"filename": "foto.jpg", "size": 2},
            ],
        },
    ),
    Fixture(
        "shape_winmail_holds_the_body",
        winmail(tnef(("nota.txt", b"x"), body="El cuerpo sólo está aquí."), ""),
        {
            "text": "El cuerpo sólo está aquí.",
            "attachments": [{"filename": "nota.txt", "size": 1}],
        },
    ),
    Fixture(
        "shape_winmail_broken",
        winmail(b"\x78\x9f\x3e\x22\x01\x00\x02" + b"\xff" * 40, "algo va mal"),
        {
            "text": "algo va mal",
            "attachments": [{"filename": "winmail.dat", "content_type": "application/ms-tnef"}],
            "defects": ["tnef_broken"],
        },
    ),
    Fixture(
        "shape_smime_opaque_signed",
        opaque("Content-Type: text/plain; charset=utf-8\n\nFirmado, señora.\n".encode()),
        {
            "text": "Firmado, señora.",
            "attachments": [{"filename": "smime.p7m", "content_type": "application/pkcs7-mime"}],
        },
    ),
    Fixture(
        "shape_uuencoded_in_text",
        shaped("""
            Content-Type: text/plain

            Te mando el fichero:

            begin 644 hola.txt
            %:&]L80H`
            `
            end

            Un saludo
        """),
        {
            "text_has": ["Te mando el fichero:", "Un saludo"],
            "text_lacks": ["begin 644"],
            "attachments": [{"filename": "hola.txt", "size": 5}],
        },
    ),
    Fixture(
        "shape_text_begins_with_begin",
        shaped("""
            Content-Type: text/plain

            begin 644 times you said no
            and then you said yes
            end
        """),
        {"text_has": ["begin 644 times you said no"], "attachments": []},
    ),
    Fixture(
        "shape_enriched_only",
        shaped("""
            Content-Type: text/enriched; charset=us-ascii

            <bold>Hola</bold>, esto es
            <color><param>red</param>importante</color>.

            Adios
        """),
        {"text_has": ["Hola, esto es"], "text_lacks": ["<bold>", "red"]},
    ),
    Fixture(
        "shape_rtf_only",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: application/rtf; name="mensaje.rtf"

            {\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 La se\\'f1ora llam\\u243?.\\par Adi\\'f3s}
            --m--
        """),
        {
            "text": "La señora llamó.\nAdiós",
            "attachments": [{"filename": "mensaje.rtf", "content_type": "application/rtf"}],
        },
    ),
    Fixture(
        "shape_boundary_with_specials",
        shaped("""
            Content-Type: multipart/mixed; boundary="=_a'()+_,-./:=?b c"

            --=_a'()+_,-./:=?b c
            Content-Type: text/plain

            dentro
            --=_a'()+_,-./:=?b c--
        """),
        {"text": "dentro", "no_defects": True},
    ),
    Fixture(
        "shape_boundary_is_prefix_of_inner",
        shaped("""
            Content-Type: multipart/mixed; boundary=abc

            --abc
            Content-Type: multipart/alternative; boundary=abcdef

            --abcdef
            Content-Type: text/plain

            texto
            --abcdef
            Content-Type: text/html

            <i>texto</i>
            --abcdef--
            --abc
            Content-Type: text/plain
            Content-Disposition: attachment; filename=fin.txt

            fin
            --abc--
        """),
        {
            "text": "texto",
            "html_has": ["<i>texto</i>"],
            "attachments": [{"filename": "fin.txt"}],
            "no_defects": True,
        },
    ),
    Fixture(
        "shape_preamble_and_epilogue",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            This is a multi-part message in MIME format.
            --m

            sin cabeceras
            --m--
            epilogo
            --m
            falso
        """),
        {"text": "sin cabeceras", "text_lacks": ["falso", "MIME format"], "attachments": []},
    ),
    Fixture(
        "shape_cid_in_attachment_disposition",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/html

            <img src="CID:logo">
            --m
            Content-Type: image/png; name=logo.png
            Content-Disposition: attachment; filename=logo.png
            Content-ID: <logo>

            x
            --m--
        """),
        {"attachments": [{"filename": "logo.png", "cid": "logo", "inline": True}]},
    ),
    Fixture(
        "shape_nested_forty_deep",
        deep(40),
        {"text": "el fondo del pozo", "no_defects": True},
    ),
    Fixture(
        "shape_nested_too_deep",
        deep(200),
        {"subject": "Prueba", "text_has": ["el fondo del pozo"], "defects": ["nested_too_deeply"]},
    ),
    Fixture(
        "shape_too_many_parts",
        many_parts(1500),
        {"subject": "Prueba", "text_has": ["x\nx"], "defects": ["too_many_parts"]},
    ),
    Fixture(
        "shape_too_many_attachments",
        (
            HEAD
            + "Content-Type: multipart/mixed; boundary=q\n\n--q\n\ntexto\n"
            + "--q\nContent-Type: image/gif; name=a.gif\n\nx\n" * 230
            + "--q--\n"
        ).encode(),
        {"text": "texto", "attachment_count": 200, "defects": ["too_many_attachments"]},
    ),
    Fixture(
        "shape_html_nested_too_deep",
        (HEAD + "Content-Type: text/html\n\n" + "<div>" * 800 + "hondo" + "</div>" * 800).encode(),
        {"text": "hondo", "html": None, "defects": ["html_too_large"]},
    ),
    Fixture(
        "shape_apple_double",
        shaped("""
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: text/plain

            foto
            --m
            Content-Type: multipart/appledouble; boundary=d

            --d
            Content-Type: application/applefile; name="%foto.jpg"
            Content-Transfer-Encoding: base64

            AAUWBw==
            --d
            Content-Type: image/jpeg; name="foto.jpg"
            Content-Transfer-Encoding: base64

            /9j/
            --d--
            --m--
        """),
        {
            "text": "foto",
            "attachments": [
                {"filename": "%foto.jpg", "content_type": "application/applefile"},
                {"filename": "foto.jpg", "content_type": "image/jpeg"},
            ],
        },
    ),
]
