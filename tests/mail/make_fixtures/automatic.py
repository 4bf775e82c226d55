"""Absence notes, acknowledgements and feedback reports, and the mails that only look like them."""

from tests.mail.make_fixtures import Fixture, mail

OURS = "soporte@tienda.example"
ANSWER = {"auto": "auto_reply", "bounce": None, "suppress": True}


def letter(
    subject: str, text: str, headers: str = "", sender: str = "Eva <eva@x.example>"
) -> bytes:
    """A mail to us in plain text."""
    head = (
        f"From: {sender}\nTo: {OURS}\nSubject: {subject}\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n"
        "Message-ID: <a1@x.example>\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
    )
    whole = head + mail(headers, crlf=False).decode() + "\n" + mail(text, crlf=False).decode()
    return whole.replace("\n", "\r\n").encode()


IN_REPLY = "In-Reply-To: <481.out@tienda.example>\nReferences: <481.out@tienda.example>\n"
ABSENT = (
    (
        "exchange_english",
        "Automatic reply: Your order",
        "I am out of the office until Monday.",
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n" + IN_REPLY,
    ),
    (
        "outlook_2003_english",
        "Out of Office AutoReply: Your order",
        "I will be back on 9 March.",
        "",
    ),
    (
        "gmail_vacation",
        "On holiday Re: Your order",
        "I'm away and will answer when I return.",
        "Auto-Submitted: auto-replied\nPrecedence: bulk\nX-Autoreply: yes\n" + IN_REPLY,
    ),
    (
        "unix_vacation",
        "away from my mail",
        "I will not be reading my mail for a while.",
        "Precedence: bulk\nAuto-Submitted: auto-replied (vacation)\n",
    ),
    (
        "sieve",
        "Auto: Your order",
        "I am on leave.",
        "Auto-Submitted: auto-replied (vacation)\n" + IN_REPLY,
    ),
    (
        "cpanel",
        "Re: Tu pedido",
        "Gracias por su mensaje. Le responderemos.",
        "X-Autorespond: Tu pedido\nPrecedence: auto_reply\n" + IN_REPLY,
    ),
    (
        "spanish_exchange",
        "Respuesta automática: Tu pedido",
        "Estoy fuera de la oficina hasta el lunes.",
        "Auto-Submitted: auto-generated\n",
    ),
    ("spanish_office", "Fuera de la oficina: Tu pedido", "Vuelvo el día 9.", ""),
    (
        "spanish_plain",
        "Re: Tu pedido",
        "Estaré de vacaciones hasta el 15 de agosto. A mi vuelta responderé.",
        "Precedence: junk\n" + IN_REPLY,
    ),
    ("portuguese", "Resposta automática: Seu pedido", "Estou ausente até segunda-feira.", ""),
    ("portuguese_office", "Ausência temporária: Seu pedido", "Estarei fora do escritório.", ""),
    ("french", "Réponse automatique : Votre commande", "Je suis absente jusqu'au 9 mars.", ""),
    ("french_absence", "Absence du bureau : Votre commande", "Je suis en congés.", ""),
    ("german", "Automatische Antwort: Ihre Bestellung", "Ich bin bis 9. März nicht im Büro.", ""),
    (
        "german_notes",
        "Abwesenheitsnotiz: Ihre Bestellung",
        "Ich bin im Urlaub. Ihre E-Mail wird nicht weitergeleitet.",
        "",
    ),
    ("italian", "Risposta automatica: Il suo ordine", "Sono fuori ufficio fino al 9 marzo.", ""),
    ("italian_absence", "Fuori sede Re: Il suo ordine", "Al mio rientro risponderò.", ""),
    ("dutch", "Automatisch antwoord: Uw bestelling", "Ik ben tot 9 maart afwezig.", ""),
    ("dutch_absence", "Afwezigheidsbericht: Uw bestelling", "Ik ben met vakantie.", ""),
    ("polish", "Automatyczna odpowiedź: Zamówienie", "Jestem na urlopie do 9 marca.", ""),
    ("polish_office", "Nieobecność: Zamówienie", "Jestem poza biurem.", ""),
    ("japanese", "自動返信: ご注文について", "ただいま不在にしております。", ""),
    ("japanese_absence", "【不在連絡】ご注文について", "9日まで休暇をいただいております。", ""),
    ("chinese", "自动回复: 订单", "我正在休假。", ""),
    ("swedish", "Autosvar: Din beställning", "Jag är på semester.", ""),
    (
        "null_sender_english",
        "Re: Your order",
        "I am currently out of the office on annual leave.",
        "Return-Path: <>\n" + IN_REPLY,
    ),
    (
        "inbox_rule",
        "Re: Your order",
        "Thank you for your message, I no longer work here.",
        "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\n"
        "X-MS-Exchange-Inbox-Rules-Loop: eva@x.example\n" + IN_REPLY,
    ),
    (
        "lotus",
        "Eva is out of the office",
        "I am out of the office and will return on 9 March.",
        "X-Mailer: Lotus Notes Release 8.5\nAuto-Submitted: auto-generated\n" + IN_REPLY,
    ),
)
RECEIVED = (
    (
        "zendesk",
        "[Request received] Your order",
        "Your request (4711) has been received and is being reviewed by our support staff.",
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n" + IN_REPLY,
    ),
    (
        "rt",
        "[x.example #4711] AutoReply: Your order",
        "This message has been automatically generated in response to the creation of a ticket.",
        "Precedence: bulk\nRT-Ticket: x.example #4711\nAuto-Submitted: auto-replied\n",
    ),
    (
        "spanish",
        "Hemos recibido tu consulta [#4711]",
        "Gracias por contactar con nosotros. Este es un mensaje automático, no respondas a este "
        "correo.",
        "",
    ),
    (
        "german",
        "Eingangsbestätigung: Ihre Anfrage [Ticket#4711]",
        "Vielen Dank für Ihre Anfrage. Diese E-Mail wurde automatisch erstellt.",
        "",
    ),
    (
        "french",
        "Accusé de réception de votre demande",
        "Nous avons bien reçu votre demande. Ceci est un message automatique, merci de ne pas "
        "répondre.",
        "",
    ),
    (
        "no_reply_sender",
        "Ticket 4711 created",
        "Thank you for contacting us. Your ticket has been created.",
        "Auto-Submitted: auto-generated\n",
    ),
)
HUMAN = (
    (
        "reply_to_a_note",
        "Re: Automatic reply: Your order",
        "Thanks, I'll wait until Monday.",
        IN_REPLY,
    ),
    (
        "spanish_reply_to_a_note",
        "RE: Respuesta automática: Tu pedido",
        "De acuerdo, espero a su vuelta.",
        IN_REPLY,
    ),
    (
        "mentions_holidays",
        "Holiday booking",
        "I am on holiday next week, please deliver before.",
        "",
    ),
    ("out_of_office_printer", "Out of office supplies again", "We need more paper.", ""),
    (
        "thanks_for_mail",
        "Re: Tu pedido",
        "Gracias por su mensaje; hemos recibido su pedido roto.",
        IN_REPLY,
    ),
    ("explicitly_not_automatic", "Re: Tu pedido", "Todo bien.", "Auto-Submitted: no\n" + IN_REPLY),
    ("absence_of_a_part", "Ausencia de tornillos en el paquete", "Faltan cuatro tornillos.", ""),
)

FIXTURES = [
    *(
        Fixture(f"absent_{name}", letter(subject, text, headers), ANSWER)
        for name, subject, text, headers in ABSENT
    ),
    *(
        Fixture(f"received_{name}", letter(subject, text, headers), ANSWER)
        for name, subject, text, headers in RECEIVED
    ),
    *(
        Fixture(
            f"human_{name}",
            letter(subject, text, headers),
            {"auto": None, "bounce": None, "suppress": False},
        )
        for name, subject, text, headers in HUMAN
    ),
    Fixture(
        "absent_no_reply_acknowledgement",
        letter(
            "Gracias por contactar con Muebles Sol",
            "Hemos recibido su mensaje y le responderemos en 24 horas.",
            "",
            "Muebles Sol <no-reply@sol.example>",
        ),
        ANSWER,
    ),
    Fixture(
        "suppressed_notification_from_no_reply",
        letter(
            "Tu factura de marzo",
            "Ya está disponible tu factura.",
            "",
            "Luz Clara <noreply@luz.example>",
        ),
        {"auto": None, "suppress": True, "suppress_reasons": ["no_reply_address"]},
    ),
    Fixture(
        "suppressed_list_mail",
        letter(
            "[usuarios] Vacaciones: alguien más fuera?",
            "Estoy fuera, ¿quién más?",
            "List-Id: <usuarios.listas.example>\nPrecedence: list\n",
        ),
        {"auto": None, "suppress": True, "suppress_reasons": ["list", "precedence"]},
    ),
    Fixture(
        "receipt_read",
        mail(f"""
            From: Eva <eva@x.example>
            To: {OURS}
            Subject: =?utf-8?Q?Le=C3=ADdo:_Tu_pedido?=
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <mdn1@x.example>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=disposition-notification; boundary=mdn

            --mdn
            Content-Type: text/plain; charset=utf-8

            Su mensaje se leyó el lunes.
            --mdn
            Content-Type: message/disposition-notification

            Final-Recipient: rfc822; eva@x.example
            Original-Message-ID: <481.out@tienda.example>
            Disposition: automatic-action/MDN-sent-automatically; displayed

            --mdn--
        """),
        ANSWER | {"suppress_reasons": ["read_receipt"]},
    ),
    Fixture(
        "feedback_arf",
        mail(f"""
            From: <abusedesk@isp.example>
            To: {OURS}
            Subject: FW: Rebajas
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <arf1@isp.example>
            MIME-Version: 1.0
            Content-Type: multipart/report; report-type=feedback-report; boundary=arf

            --arf
            Content-Type: text/plain; charset="US-ASCII"

            This is an email abuse report for an email message received from IP 192.0.2.1.
            --arf
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            User-Agent: SomeGenerator/1.0
            Version: 1
            --arf
            Content-Type: message/rfc822

            From: <{OURS}>
            To: <alguien@isp.example>
            Subject: Rebajas
            Message-ID: <r1@tienda.example>

            Compra ya.
            --arf--
        """),
        {"auto": "feedback", "bounce": None, "suppress": True},
    ),
    Fixture(
        "feedback_report_type_missing",
        mail(f"""
            From: fbl@isp.example
            To: {OURS}
            Subject: Email Feedback Report for IP 192.0.2.1
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <arf2@isp.example>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=arf

            --arf
            Content-Type: message/feedback-report

            Feedback-Type: abuse
            Version: 0.1
            --arf
            Content-Type: message/rfc822

            Subject: Rebajas

            x
            --arf--
        """),
        {"auto": "feedback"},
    ),
    Fixture(
        "feedback_hotmail_complaint",
        mail(f"""
            From: staff@hotmail.example
            To: {OURS}
            Subject: complaint about message from 192.0.2.1
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <arf3@hotmail.example>
            X-HmXmrOriginalRecipient: alguien@hotmail.example
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=arf

            --arf
            Content-Type: message/rfc822
            Content-Disposition: inline

            From: {OURS}
            Subject: Rebajas

            x
            --arf--
        """),
        {"auto": "feedback"},
    ),
    Fixture(
        "feedback_dmarc_aggregate",
        mail("""
            From: noreply-dmarc-support@google.example
            To: dmarc@tienda.example
            Subject: Report domain: tienda.example Submitter: google.example Report-ID: 123
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <123@google.example>
            MIME-Version: 1.0
            Content-Type: application/zip; name="google.example!tienda.example!1!2.zip"
            Content-Disposition: attachment; filename="google.example!tienda.example!1!2.zip"
            Content-Transfer-Encoding: base64

            UEsDBA==
        """),
        {"auto": "feedback"},
    ),
    Fixture(
        "trust_forged_authentication_results",
        mail(f"""
            Authentication-Results: mx.tienda.example; dmarc=fail (p=reject)
             header.from=banco.example; spf=softfail smtp.mailfrom=malo.example;
             dkim=fail header.d=banco.example; dkim=pass header.d=malo.example
            Authentication-Results: mx.tienda.example (forged (nested)); dmarc=pass
             header.from=banco.example
            From: Banco <avisos@banco.example>
            To: {OURS}
            Subject: Aviso
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <phish@malo.example>
            X-Spam-Flag: YES
            X-Loop: otro@desk.example

            Entra aquí.
        """),
        {
            "auth": [
                ["mx.tienda.example", "softfail", "pass", "fail", "banco.example"],
                ["mx.tienda.example", "", "", "pass", "banco.example"],
            ],
            "spam": True,
            "loops": ["otro@desk.example"],
        },
    ),
]
