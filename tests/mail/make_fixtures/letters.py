"""What customers write, client by client."""

from tests.mail.make_fixtures import Fixture, mail

FIXTURES = [
    Fixture(
        "gmail_reply_es",
        mail("""
            Return-Path: <lucia.ferrer@gmail.com>
            Delivered-To: soporte@tienda.example
            Received: from mail-lf1-f44.google.com (mail-lf1-f44.google.com [209.85.167.44])
            \tby mx.tienda.example (Postfix) with ESMTPS id 4T1kZx2
            \tfor <soporte@tienda.example>; Mon,  2 Mar 2026 10:15:31 +0100 (CET)
            Authentication-Results: mx.tienda.example;
            \tspf=pass (sender IP is 209.85.167.44) smtp.mailfrom=lucia.ferrer@gmail.com;
            \tdkim=pass (2048-bit key) header.d=gmail.com header.i=@gmail.com;
            \tdmarc=pass (policy=none) header.from=gmail.com
            MIME-Version: 1.0
            References: <481.a1b2c3@tienda.example>
            In-Reply-To: <481.a1b2c3@tienda.example>
            From: =?UTF-8?Q?Luc=C3=ADa_Ferrer?= <lucia.ferrer@gmail.com>
            Date: Mon, 2 Mar 2026 10:15:20 +0100
            Message-ID: <CAKx7r=tS0f1xQ@mail.gmail.com>
            Subject: =?UTF-8?B?UmU6IFR1IHBlZGlkbyBuw7ptLiA0ODIxMw==?=
            To: Tienda Sol <soporte@tienda.example>
            Content-Type: multipart/alternative; boundary="000000000000b1a2c3"

            --000000000000b1a2c3
            Content-Type: text/plain; charset="UTF-8"
            Content-Transfer-Encoding: quoted-printable

            Buenos d=C3=ADas,

            sigo sin recibir el paquete. =C2=BFPod=C3=A9is mirarlo?

            Gracias,
            Luc=C3=ADa

            El lun, 2 mar 2026 a las 9:00, Tienda Sol (<soporte@tienda.example>)
            escribi=C3=B3:

            > Hola, Luc=C3=ADa: tu pedido sali=C3=B3 el viernes.

            --000000000000b1a2c3
            Content-Type: text/html; charset="UTF-8"
            Content-Transfer-Encoding: quoted-printable

            <div dir=3D"ltr">Buenos d=C3=ADas,<div><br></div><div>sigo sin recibir el paque=
            te. =C2=BFPod=C3=A9is mirarlo?</div><div>Gracias,</div><div>Luc=C3=ADa</div></div>

            --000000000000b1a2c3--
        """),
        {
            "subject": "Re: Tu pedido núm. 48213",
            "from": [["Lucía Ferrer", "lucia.ferrer@gmail.com"]],
            "to": [["Tienda Sol", "soporte@tienda.example"]],
            "message_id": "CAKx7r=tS0f1xQ@mail.gmail.com",
            "in_reply_to": "481.a1b2c3@tienda.example",
            "references": ["481.a1b2c3@tienda.example"],
            "date": "2026-03-02T10:15:20+01:00",
            "text_has": ["sigo sin recibir el paquete. ¿Podéis mirarlo?", "tu pedido salió"],
            "html_has": ["el paquete. ¿Podéis mirarlo?"],
            "attachments": [],
            "auto": None,
            "bounce": None,
            "language": "es",
            "no_defects": True,
            "suppress": False,
        },
    ),
    Fixture(
        "outlook_desktop_inline_logo",
        mail("""
            From: Jordi Puig <jordi@puigassociats.example>
            To: "soporte@tienda.example" <soporte@tienda.example>
            CC: =?iso-8859-1?Q?Bego=F1a_S=E1ez?= <begona@puigassociats.example>
            Subject: Factura con error
            Thread-Topic: Factura con error
            Thread-Index: AdqT4xQ0pZ7mB1eqR8u5Xw==
            Date: Tue, 3 Mar 2026 08:41:02 +0000
            Message-ID: <DB9PR04MB8201.eurprd04.prod.outlook.com>
            Accept-Language: es-ES, en-US
            Content-Language: es-ES
            X-MS-Has-Attach: yes
            Content-Type: multipart/related;
            \tboundary="_004_DB9PR04MB8201_";
            \ttype="multipart/alternative"
            MIME-Version: 1.0

            --_004_DB9PR04MB8201_
            Content-Type: multipart/alternative;
            \tboundary="_000_DB9PR04MB8201_"

            --_000_DB9PR04MB8201_
            Content-Type: text/plain; charset="iso-8859-1"
            Content-Transfer-Encoding: quoted-printable

            Hola:

            En la factura 2026/118 hay un error: el IVA deber=EDa ser del 10 %.

            Un saludo,
            Jordi Puig

            [cid:image001.png@01DA93E3.14A6D660]

            --_000_DB9PR04MB8201_
            Content-Type: text/html; charset="iso-8859-1"
            Content-Transfer-Encoding: quoted-printable

            <html><body lang=3D"ES"><p>Hola:</p><p>En la factura 2026/118 hay un error: el IV=
            A deber=EDa ser del 10&nbsp;%.</p><p>Un saludo,<br>Jordi Puig</p>
            <img width=3D"96" src=3D"cid:image001.png@01DA93E3.14A6D660"></body></html>

            --_000_DB9PR04MB8201_--

            --_004_DB9PR04MB8201_
            Content-Type: image/png; name="image001.png"
            Content-Description: image001.png
            Content-Disposition: inline; filename="image001.png"; size=8;
            \tcreation-date="Tue, 03 Mar 2026 08:41:01 GMT"
            Content-ID: <image001.png@01DA93E3.14A6D660>
            Content-Transfer-Encoding: base64

            iVBORw0KGgo=

            --_004_DB9PR04MB8201_--
        """),
        {
            "subject": "Factura con error",
            "from": [["Jordi Puig", "jordi@puigassociats.example"]],
            "to": [["soporte@tienda.example", "soporte@tienda.example"]],
            "cc": [["Begoña Sáez", "begona@puigassociats.example"]],
            "text_has": ["el IVA debería ser del 10 %."],
            "html_has": ["debería", "cid:image001.png@01DA93E3.14A6D660"],
            "attachments": [
                {
                    "filename": "image001.png",
                    "content_type": "image/png",
                    "size": 8,
                    "cid": "image001.png@01DA93E3.14A6D660",
                    "inline": True,
                }
            ],
            "language": "es",
            "no_defects": True,
        },
    ),
    Fixture(
        "apple_mail_pdf_between_html",
        mail("""
            From: "Marta Iglesias" <marta@correo.example>
            Content-Type: multipart/alternative;
            \tboundary="Apple-Mail=_1B5C"
            Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.300.61.1.2\\))
            Subject: Contrato firmado
            Message-Id: <0A1B2C3D-4E5F-6789-ABCD-EF0123456789@correo.example>
            Date: Wed, 4 Mar 2026 17:20:11 +0100
            To: contratos@tienda.example
            X-Mailer: Apple Mail (2.3774.300.61.1.2)

            --Apple-Mail=_1B5C
            Content-Transfer-Encoding: quoted-printable
            Content-Type: text/plain;
            \tcharset=utf-8

            Adjunto el contrato firmado.


            Decidme si falta algo.
            --Apple-Mail=_1B5C
            Content-Type: multipart/mixed;
            \tboundary="Apple-Mail=_2D6E"

            --Apple-Mail=_2D6E
            Content-Transfer-Encoding: 7bit
            Content-Type: text/html;
            \tcharset=us-ascii

            <html><body>Adjunto el contrato firmado.<br></body></html>
            --Apple-Mail=_2D6E
            Content-Disposition: inline;
            \tfilename*=utf-8''Contrato%20se%C3%B1ora%20Iglesias.pdf
            Content-Type: application/pdf;
            \tx-unix-mode=0644;
            \tname="=?utf-8?Q?Contrato_se=C3=B1ora_Iglesias=2Epdf?="
            Content-Transfer-Encoding: base64

            JVBERi0xLjQKJSVFT0YK
            --Apple-Mail=_2D6E
            Content-Transfer-Encoding: 7bit
            Content-Type: text/html;
            \tcharset=us-ascii

            <html><body><br>Decidme si falta algo.</body></html>
            --Apple-Mail=_2D6E--

            --Apple-Mail=_1B5C--
        """),
        {
            "subject": "Contrato firmado",
            "text": "Adjunto el contrato firmado.\n\n\nDecidme si falta algo.",
            "html_has": ["Adjunto el contrato firmado.", "Decidme si falta algo."],
            "attachments": [
                {
                    "filename": "Contrato señora Iglesias.pdf",
                    "content_type": "application/pdf",
                    "size": 15,
                    "inline": False,
                }
            ],
            "language": "es",
        },
    ),
    Fixture(
        "thunderbird_flowed",
        mail("""
            Message-ID: <6f0e1d2c-0001@webmail.example>
            Date: Thu, 5 Mar 2026 09:30:00 +0100
            MIME-Version: 1.0
            User-Agent: Mozilla Thunderbird
            Content-Language: en-GB
            To: help@shop.example
            From: Owen Price <owen.price@mail.example>
            Subject: Where is my refund?
            Content-Type: text/plain; charset=UTF-8; format=flowed
            Content-Transfer-Encoding: 8bit

            Hello, I returned the lamp on 12 February and your site still says \x20
            "refund pending". Could somebody tell me when the money will arrive?

            > We received your parcel \x20
            > on 14 February.

             >not a quote, but an arrow

            --\x20
            Owen Price
            Cardiff
        """),
        {
            "subject": "Where is my refund?",
            "text_has": [
                'your site still says  "refund pending". Could somebody',
                "> We received your parcel  on 14 February.",
                "\n>not a quote, but an arrow",
                "\n-- \nOwen Price",
            ],
            "language": "en",
            "no_defects": True,
        },
    ),
    Fixture(
        "flowed_delsp_japanese",
        mail("""
            From: =?iso-2022-jp?B?GyRCO3tFRBsoQiAbJEIyVjtSGyhC?= <hanako@mail.example>
            To: support@shop.example
            Subject: =?iso-2022-jp?B?GyRCQ21KOCQ3JD8+JklKJE4kMyRIGyhC?=
            Date: Fri, 6 Mar 2026 12:00:00 +0900
            Message-ID: <jp1@mail.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes
            Content-Transfer-Encoding: 8bit

            先日注文した商品がまだ届いていません。 \x20
            いつ届くか教えてください。
            よろしくお願いします。
        """),
        {
            "from": [["寺田 花子", "hanako@mail.example"]],
            "subject": "注文した商品のこと",
            "text": "先日注文した商品がまだ届いていません。 いつ届くか教えてください。\n"
            "よろしくお願いします。",
            "language": "ja",
        },
    ),
    Fixture(
        "yahoo_html_entities",
        mail("""
            From: Paulo Nunes <paulo.nunes@yahoo.example>
            To: suporte@loja.example
            Message-ID: <1234567890.1234.1772787600000@mail.yahoo.example>
            In-Reply-To: <77@loja.example>
            References: <70@loja.example> <77@loja.example>
            Subject: =?UTF-8?Q?Re:_D=C3=BAvida_sobre_a_garantia?=
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="----=_Part_1_2.3"
            X-Mailer: WebService/1.1 YMailNorrin
            Date: Fri, 6 Mar 2026 09:00:00 +0000 (UTC)

            ------=_Part_1_2.3
            Content-Type: text/plain; charset=UTF-8
            Content-Transfer-Encoding: base64

            T2zDoSwKCmEgbWluaGEgZ2FyYW50aWEgaW5jbHVpIGEgYmF0ZXJpYT8KClBhdWxvCg==
            ------=_Part_1_2.3
            Content-Type: text/html; charset=UTF-8
            Content-Transfer-Encoding: base64

            PGRpdj5PbCZhYWN1dGU7LDwvZGl2PjxkaXY+YSBtaW5oYSBnYXJhbnRpYSBpbmNsdWkgYSBiYXRl
            cmlhPzwvZGl2PjxkaXY+UGF1bG88L2Rpdj4=
            ------=_Part_1_2.3--
        """),
        {
            "subject": "Re: Dúvida sobre a garantia",
            "references": ["70@loja.example", "77@loja.example"],
            "text": "Olá,\n\na minha garantia inclui a bateria?\n\nPaulo",
            "html_has": ["<div>Ol&aacute;,</div>"],
            "language": "pt",
            "no_defects": True,
        },
    ),
    Fixture(
        "html_only_newsletter",
        mail("""
            From: Moda Rápida <noticias@moda.example>
            To: compras@tienda.example
            Subject: Rebajas de primavera
            Date: Sat, 7 Mar 2026 07:00:00 +0100
            Message-ID: <news-118@moda.example>
            List-Unsubscribe: <https://moda.example/baja?u=1>, <mailto:baja@moda.example>
            List-Id: Novedades <novedades.moda.example>
            Precedence: bulk
            MIME-Version: 1.0
            Content-Type: text/html; charset="utf-8"

            <!DOCTYPE html><html><head><style>p {color: red}</style><title>x</title></head>
            <body><h1>Rebajas</h1><p>Hasta el 50&nbsp;% en toda la tienda.</p>
            <script>alert(1)</script></body></html>
        """),
        {
            "from": [["Moda Rápida", "noticias@moda.example"]],
            "text_has": ["Rebajas", "Hasta el 50"],
            "text_lacks": ["alert", "color: red"],
            "html_has": ["<h1>Rebajas</h1>"],
            "auto": None,
            "suppress": True,
            "suppress_reasons": ["list", "precedence"],
            "language": "es",
        },
    ),
    Fixture(
        "lotus_notes_de",
        mail("""
            Subject: =?ISO-8859-1?Q?Antwort=3A_R=FCckfrage_zu_Ihrer_Bestellung?=
            To: service@laden.example
            MIME-Version: 1.0
            X-Mailer: Lotus Notes Release 8.5.3 September 15, 2011
            Message-ID: <OF1A2B3C4D.5E6F7A8B-ONC1257.00330D5C-C1257.0033A1B2@firma.example>
            From: "Jürgen Weiß" <juergen.weiss@firma.example>
            Date: Mon, 9 Mar 2026 10:17:30 +0100
            Content-Type: multipart/alternative; boundary="=_alternative 0033A1B2C1257"

            This is a multipart message in MIME format.
            --=_alternative 0033A1B2C1257
            Content-Type: text/plain; charset="ISO-8859-1"
            Content-Transfer-Encoding: quoted-printable

            Guten Tag,

            die Ware ist besch=E4digt angekommen. Was ist zu tun?

            Mit freundlichen Gr=FC=DFen
            J=FCrgen Wei=DF
            --=_alternative 0033A1B2C1257
            Content-Type: text/html; charset="ISO-8859-1"
            Content-Transfer-Encoding: quoted-printable

            <font size=3D2 face=3D"sans-serif">Guten Tag,</font><br><br><font size=3D2>die =
            Ware ist besch=E4digt angekommen. Was ist zu tun?</font>
            --=_alternative 0033A1B2C1257--
        """),
        {
            "subject": "Antwort: Rückfrage zu Ihrer Bestellung",
            "from": [["Jürgen Weiß", "juergen.weiss@firma.example"]],
            "text_has": ["die Ware ist beschädigt angekommen"],
            "html_has": ["beschädigt"],
            "language": "de",
        },
    ),
    Fixture(
        "iphone_photo_only",
        mail("""
            From: Carmen <carmen@icloud.example>
            Content-Type: multipart/mixed; boundary=Apple-Mail-7F00
            Content-Transfer-Encoding: 7bit
            Mime-Version: 1.0 (1.0)
            Subject:
            Message-Id: <7F00AA@icloud.example>
            Date: Tue, 10 Mar 2026 19:05:44 +0100
            To: soporte@tienda.example
            X-Mailer: iPhone Mail (21E236)


            --Apple-Mail-7F00
            Content-Type: image/jpeg;
            \tname="IMG_0042.JPG"
            Content-Disposition: inline;
            \tfilename="IMG_0042.JPG"
            Content-Transfer-Encoding: base64

            /9j/4AAQ
            --Apple-Mail-7F00
            Content-Type: text/plain;
            \tcharset=us-ascii
            Content-Transfer-Encoding: 7bit



            Enviado desde mi iPhone
            --Apple-Mail-7F00--
        """),
        {
            "subject": "",
            "text": "Enviado desde mi iPhone",
            "html": None,
            "attachments": [
                {
                    "filename": "IMG_0042.JPG",
                    "content_type": "image/jpeg",
                    "size": 6,
                    "cid": None,
                    "inline": False,
                }
            ],
        },
    ),
    Fixture(
        "empty_body",
        mail("""
            From: a@b.example
            To: c@d.example
            Subject: Nada que decir
            Date: Tue, 10 Mar 2026 19:05:44 +0100
            Message-ID: <void@b.example>

        """),
        {"subject": "Nada que decir", "text": "", "html": None, "attachments": []},
    ),
    Fixture(
        "mutt_signed_pgp",
        mail("""
            Date: Wed, 11 Mar 2026 08:00:00 +0100
            From: Ada <ada@crypto.example>
            To: security@shop.example
            Subject: Vulnerability report
            Message-ID: <20260311070000.GA1@crypto.example>
            MIME-Version: 1.0
            Content-Type: multipart/signed; micalg=pgp-sha256;
            \tprotocol="application/pgp-signature"; boundary="ZGiS0Q5IWpPtfppv"
            Content-Disposition: inline

            --ZGiS0Q5IWpPtfppv
            Content-Type: text/plain; charset=us-ascii
            Content-Disposition: inline

            Your password reset link does not expire.

            --ZGiS0Q5IWpPtfppv
            Content-Type: application/pgp-signature; name="signature.asc"

            -----BEGIN PGP SIGNATURE-----
            iQIz
            -----END PGP SIGNATURE-----

            --ZGiS0Q5IWpPtfppv--
        """),
        {
            "text": "Your password reset link does not expire.",
            "attachments": [
                {"filename": "signature.asc", "content_type": "application/pgp-signature"}
            ],
            "language": "en",
            "no_defects": True,
        },
    ),
    Fixture(
        "smime_signed_detached",
        mail("""
            From: Notaría Vega <info@notariavega.example>
            To: legal@tienda.example
            Subject: Escritura
            Date: Wed, 11 Mar 2026 09:00:00 +0100
            Message-ID: <esc1@notariavega.example>
            MIME-Version: 1.0
            Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;
             boundary="----8A7B"

            This is an S/MIME signed message

            ------8A7B
            Content-Type: multipart/mixed; boundary="inner"

            --inner
            Content-Type: text/plain; charset=utf-8

            La escritura está lista para la firma.
            --inner
            Content-Type: application/pdf; name=escritura.pdf
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename=escritura.pdf

            JVBERi0=
            --inner--

            ------8A7B
            Content-Type: application/pkcs7-signature; name="smime.p7s"
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename="smime.p7s"

            MIAGCSqGSIb3
            ------8A7B--
        """),
        {
            "text": "La escritura está lista para la firma.",
            "attachments": [
                {"filename": "escritura.pdf", "size": 5},
                {"filename": "smime.p7s", "content_type": "application/pkcs7-signature"},
            ],
        },
    ),
    Fixture(
        "pgp_encrypted",
        mail("""
            From: Ada <ada@crypto.example>
            To: security@shop.example
            Subject: ...
            Date: Wed, 11 Mar 2026 09:00:00 +0100
            Message-ID: <enc1@crypto.example>
            MIME-Version: 1.0
            Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=enc

            --enc
            Content-Type: application/pgp-encrypted
            Content-Description: PGP/MIME version identification

            Version: 1

            --enc
            Content-Type: application/octet-stream; name="encrypted.asc"
            Content-Disposition: inline; filename="encrypted.asc"

            -----BEGIN PGP MESSAGE-----
            hQIMA
            -----END PGP MESSAGE-----
            --enc--
        """),
        {
            "text": "",
            "attachments": [
                {"filename": None, "content_type": "application/pgp-encrypted"},
                {"filename": "encrypted.asc", "content_type": "application/octet-stream"},
            ],
        },
    ),
    Fixture(
        "outlook_meeting_request",
        mail("""
            From: Rosa Gil <rosa@empresa.example>
            To: soporte@tienda.example
            Subject: =?utf-8?Q?Reuni=C3=B3n_de_seguimiento?=
            Date: Thu, 12 Mar 2026 11:00:00 +0100
            Message-ID: <meet1@empresa.example>
            MIME-Version: 1.0
            Content-Type: text/calendar; charset="utf-8"; method=REQUEST
            Content-Transfer-Encoding: 8bit

            BEGIN:VCALENDAR
            VERSION:2.0
            METHOD:REQUEST
            BEGIN:VEVENT
            UID:1@empresa.example
            SUMMARY:Reunión de seguimiento
            DTSTART:20260316T090000Z
            DTEND:20260316T093000Z
            LOCATION:Sala 2\\, planta baja
            DESCRIPTION:Repasamos los pedidos\\npendientes del
              trimestre.
            END:VEVENT
            END:VCALENDAR
        """),
        {
            "subject": "Reunión de seguimiento",
            "text_has": [
                "Reunión de seguimiento",
                "2026-03-16 09:00 UTC",
                "Sala 2, planta baja",
                "pedidos\npendientes del trimestre.",
            ],
            "attachments": [{"content_type": "text/calendar", "inline": False}],
        },
    ),
    Fixture(
        "gmail_invitation_alternative",
        mail("""
            From: Leo <leo@empresa.example>
            To: help@shop.example
            Subject: Invitation: Call
            Date: Thu, 12 Mar 2026 11:00:00 +0100
            Message-ID: <cal2@empresa.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=m

            --m
            Content-Type: multipart/alternative; boundary=a

            --a
            Content-Type: text/plain; charset=UTF-8; format=flowed; delsp=yes

            You are invited to a call on Monday.
            --a
            Content-Type: text/html; charset=UTF-8

            <p>You are invited to a call on Monday.</p>
            --a
            Content-Type: text/calendar; charset=UTF-8; method=REQUEST

            BEGIN:VCALENDAR
            END:VCALENDAR
            --a--
            --m
            Content-Type: application/ics; name="invite.ics"
            Content-Disposition: attachment; filename="invite.ics"
            Content-Transfer-Encoding: base64

            QkVHSU46VkNBTEVOREFS
            --m--
        """),
        {
            "text": "You are invited to a call on Monday.",
            "html_has": ["<p>You are invited"],
            "attachments": [
                {"filename": None, "content_type": "text/calendar"},
                {"filename": "invite.ics", "content_type": "application/ics"},
            ],
        },
    ),
    Fixture(
        "mailing_list_footer_below_html",
        mail("""
            From: Ana via lista <lista@listas.example>
            Reply-To: Ana Ruiz <ana@correo.example>, lista@listas.example
            To: lista@listas.example
            Subject: [lista] Cambio de horario
            Date: Fri, 13 Mar 2026 10:00:00 +0100
            Message-ID: <l1@correo.example>
            List-Id: Lista de tiendas <lista.listas.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="===============123=="

            --===============123==
            Content-Type: text/html; charset=utf-8

            <p>Desde el lunes abrimos a las nueve.</p>

            --===============123==
            Content-Type: text/plain; charset="us-ascii"
            MIME-Version: 1.0
            Content-Transfer-Encoding: 7bit
            Content-Disposition: inline

            _______________________________________________
            lista mailing list
            --===============123==--
        """),
        {
            "reply_to": [["Ana Ruiz", "ana@correo.example"], ["", "lista@listas.example"]],
            "text_has": ["Desde el lunes abrimos a las nueve.", "lista mailing list"],
            "html_has": ["Desde el lunes abrimos", "lista mailing list"],
            "attachments": [],
            "suppress": True,
            "suppress_reasons": ["list"],
        },
    ),
    Fixture(
        "forward_as_attachment",
        mail("""
            From: Pilar <pilar@correo.example>
            To: soporte@tienda.example
            Subject: Fwd: Aviso de entrega
            Date: Fri, 13 Mar 2026 12:00:00 +0100
            Message-ID: <fwd1@correo.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="fw"

            --fw
            Content-Type: text/plain; charset=utf-8

            ¿Es vuestro este aviso?
            --fw
            Content-Type: message/rfc822
            Content-Disposition: attachment

            From: Mensajería <no-reply@envios.example>
            To: pilar@correo.example
            Subject: =?utf-8?Q?Aviso_de_entrega:_hoy/ma=C3=B1ana?=
            Message-ID: <aviso@envios.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=fx

            --fx
            Content-Type: text/plain

            Pasaremos hoy.
            --fx
            Content-Type: application/pdf; name=mapa.pdf

            %PDF
            --fx--
            --fw--
        """),
        {
            "text": "¿Es vuestro este aviso?",
            "attachments": [
                {
                    "filename": "Aviso de entrega: hoy mañana.eml",
                    "content_type": "message/rfc822",
                }
            ],
            "auto": None,
        },
    ),
    Fixture(
        "web_form_auto_generated",
        mail("""
            Return-Path: <www-data@web.example>
            From: "Formulario web" <web@tienda.example>
            Reply-To: "Sergio Lara" <sergio@correo.example>
            To: soporte@tienda.example
            Subject: Contacto desde la web
            Date: Sat, 14 Mar 2026 18:00:00 +0100
            Message-ID: <form-1@web.example>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            X-Mailer: PHPMailer 6.9.1

            Nombre: Sergio Lara
            Mensaje: no puedo entrar en mi cuenta desde ayer.
        """),
        {
            "reply_to": [["Sergio Lara", "sergio@correo.example"]],
            "auto": None,
            "suppress": True,
            "suppress_reasons": ["auto_submitted"],
            "language": "es",
        },
    ),
    Fixture(
        "samsung_mixed_plain_then_html",
        mail("""
            From: Iris <iris@correo.example>
            To: soporte@tienda.example
            Subject: Talla equivocada
            Date: Sun, 15 Mar 2026 20:00:00 +0100
            Message-ID: <s1@correo.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="--_com.samsung.android.email_1"

            ----_com.samsung.android.email_1
            Content-Type: text/plain; charset="utf-8"

            Hola, me llegó la talla 38 y pedí la 40.
            ----_com.samsung.android.email_1
            Content-Type: text/html; charset="utf-8"

            <html><body><p>Hola, me llegó la talla 38 y pedí la 40.</p></body></html>
            ----_com.samsung.android.email_1--
        """),
        {
            "text": "Hola, me llegó la talla 38 y pedí la 40.",
            "html_has": ["me llegó la talla 38"],
            "attachments": [],
        },
    ),
    Fixture(
        "polish_gmail",
        mail("""
            From: =?UTF-8?Q?Agnieszka_W=C3=B3jcik?= <agnieszka@poczta.example>
            To: pomoc@sklep.example
            Subject: =?UTF-8?Q?Zwrot_pieni=C4=99dzy?=
            Date: Mon, 16 Mar 2026 08:00:00 +0100
            Message-ID: <pl1@poczta.example>
            MIME-Version: 1.0
            Content-Type: text/plain; charset="UTF-8"
            Content-Transfer-Encoding: quoted-printable

            Dzie=C5=84 dobry, kiedy otrzymam zwrot pieni=C4=99dzy za zam=C3=B3wienie?
        """),
        {
            "from": [["Agnieszka Wójcik", "agnieszka@poczta.example"]],
            "subject": "Zwrot pieniędzy",
            "text": "Dzień dobry, kiedy otrzymam zwrot pieniędzy za zamówienie?",
            "language": "pl",
        },
    ),
]
