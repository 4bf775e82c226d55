"""Returned mail as many servers announce it, in their words and several languages."""

from tests.mail.make_fixtures import Fixture, mail

OURS = "soporte@tienda.example"
LOST = "luisa@cliente.example"
FAILED = {"recipients": [LOST], "temporary": False}
LATE = {"recipients": [LOST], "temporary": True}
RETURNED = f"""\
Return-Path: <{OURS}>
Received: from mx.tienda.example (mx.tienda.example [192.0.2.10])
 by relay.isp.example with ESMTP id 4XyZ; Mon, 2 Mar 2026 10:00:00 +0100
Message-ID: <481.out@tienda.example>
From: Tienda Sol <{OURS}>
To: Luisa <{LOST}>
Subject: Tu pedido
Date: Mon, 2 Mar 2026 10:00:00 +0100

Hola, Luisa.
"""


def facts(bounce: dict = FAILED, **more: object) -> dict:
    """Most returned mails have the same original."""
    return {
        "auto": "bounce",
        "bounce": bounce,
        "suppress": True,
        "original_message_id": "481.out@tienda.example",
    } | more


def report(notice: str, fields: str, head: str, returned: str = RETURNED) -> bytes:
    """A delivery report with its three parts."""
    text = (
        f"{head.strip()}\n"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="rep"\n\n'
        f"--rep\nContent-Type: text/plain; charset=utf-8\n\n{notice.strip()}\n\n"
        f"--rep\nContent-Type: message/delivery-status\n\n{fields.strip()}\n\n"
        f"--rep\nContent-Type: message/rfc822\n\n{returned}\n--rep--\n"
    )
    return text.replace("\n", "\r\n").encode()


def notice(head: str, text: str) -> bytes:
    """A notice in plain text; {returned} stands for the returned mail."""
    body = mail(text, crlf=False).decode().replace("{returned}", RETURNED)
    whole = mail(head, crlf=False).decode().rstrip("\n") + "\n\n" + body
    return whole.replace("\n", "\r\n").encode()


DAEMON = f"""
    Return-Path: <>
    From: MAILER-DAEMON@relay.isp.example (Mail Delivery System)
    To: {OURS}
    Date: Mon, 2 Mar 2026 10:05:00 +0100
    Message-ID: <b1@relay.isp.example>
    Content-Type: text/plain; charset=utf-8
"""


def daemon(subject: str, sender: str = "", more: str = "") -> str:
    """The headers of a notice with this subject."""
    head = mail(DAEMON, crlf=False).decode()
    if sender:
        head = head.replace("MAILER-DAEMON@relay.isp.example (Mail Delivery System)", sender)
    return f"Subject: {subject}\n{more}{head}"


FIXTURES = [
    Fixture(
        "bounce_postfix_dsn",
        report(
            f"""
This is the mail system at host relay.isp.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<{LOST}>: host mx.cliente.example[192.0.2.5] said: 550 5.1.1
    <{LOST}>: Recipient address rejected: User unknown (in reply to RCPT TO)
""",
            f"""
Reporting-MTA: dns; relay.isp.example
X-Postfix-Queue-ID: 4XyZ
X-Postfix-Sender: rfc822; {OURS}
Arrival-Date: Mon,  2 Mar 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; {LOST}
Original-Recipient: rfc822;{LOST}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.cliente.example
Diagnostic-Code: smtp; 550 5.1.1 <{LOST}>: Recipient address
    rejected: User unknown
""",
            daemon(
                "Undelivered Mail Returned to Sender", more="Auto-Submitted: auto-replied\n"
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(status="5.1.1"),
    ),
    Fixture(
        "bounce_postfix_delay",
        report(
            f"""
This is the mail system at host relay.isp.example.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

<{LOST}>: connect to mx.cliente.example[192.0.2.5]:25: Connection timed out
""",
            f"""
Reporting-MTA: dns; relay.isp.example

Final-Recipient: rfc822; {LOST}
Action: delayed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mx.cliente.example: Connection timed out
Will-Retry-Until: Sat,  7 Mar 2026 10:00:00 +0100 (CET)
""",
            daemon("Delayed Mail (still being retried)").replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        facts(LATE, still_trying=True),
    ),
    Fixture(
        "bounce_gmail_dsn",
        report(
            f"""
** Address not found **

Your message wasn't delivered to {LOST} because the address couldn't be found.
""",
            f"""
Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 02 Mar 2026 01:00:00 -0800 (PST)
X-Original-Message-ID: <481.out@tienda.example>

Final-Recipient: rfc822; {LOST}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
""",
            daemon(
                "Delivery Status Notification (Failure)",
                "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
                f"X-Failed-Recipients: {LOST}\nAuto-Submitted: auto-replied\n",
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(),
    ),
    Fixture(
        "bounce_gmail_old_text",
        notice(
            daemon(
                "Delivery Status Notification (Failure)",
                "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            ),
            f"""
            Delivery to the following recipient failed permanently:

                 {LOST}

            Technical details of permanent failure:
            The recipient server did not accept our requests to connect.

            ----- Original message -----
            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_gmail_delay_text",
        notice(
            daemon(
                "Delivery Status Notification (Delay)",
                "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            ),
            f"""
            This is an automatically generated Delivery Status Notification

            THIS IS A WARNING MESSAGE ONLY.

            YOU DO NOT NEED TO RESEND YOUR MESSAGE.

            Delivery to the following recipient has been delayed:

                 {LOST}

            Message will be retried for 2 more day(s)
            """,
        ),
        {"auto": "bounce", "bounce": LATE},
    ),
    Fixture(
        "bounce_exim",
        notice(
            daemon(
                "Mail delivery failed: returning message to sender",
                "Mail Delivery System <Mailer-Daemon@vps.isp.example>",
                f"X-Failed-Recipients: {LOST}\nAuto-Submitted: auto-replied\n",
            ),
            f"""
            This message was created automatically by mail delivery software.

            A message that you sent could not be delivered to one or more of its
            recipients. This is a permanent error. The following address(es) failed:

              {LOST}
                host mx.cliente.example [192.0.2.5]
                SMTP error from remote mail server after RCPT TO:<{LOST}>:
                550 No such user

            ------ This is a copy of the message, including all the headers. ------

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_exim_warning",
        notice(
            daemon(
                "Warning: message 1rXyZ-000abc-2d delayed 24 hours",
                "Mail Delivery System <Mailer-Daemon@vps.isp.example>",
            ),
            f"""
            This message was created automatically by mail delivery software.
            A message that you sent has not yet been delivered to one or more of its
            recipients after more than 24 hours on the queue on vps.isp.example.

            The message identifier is:     1rXyZ-000abc-2d
            The subject of the message is: Tu pedido

            The address to which the message has not yet been delivered is:

              {LOST}
                Delay reason: connection timed out

            No action is required on your part. Delivery attempts will continue for
            some time, and this warning may be repeated at intervals.
            """,
        ),
        {"auto": "bounce", "bounce": LATE},
    ),
    Fixture(
        "bounce_qmail",
        notice(
            daemon("failure notice", "MAILER-DAEMON@qmail.isp.example"),
            f"""
            Hi. This is the qmail-send program at qmail.isp.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            <{LOST}>:
            192.0.2.5 does not like recipient.
            Remote host said: 550 5.1.1 unknown user
            Giving up on 192.0.2.5.

            --- Below this line is a copy of the message.

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_qmail_spanish_intro",
        notice(
            daemon("Aviso de fallo de entrega", "MAILER-DAEMON@correo.isp.example"),
            f"""
            Hola. Este es el programa de correo en correo.isp.example.
            Lo siento, no se pudo entregar su mensaje a las siguientes direcciones.
            Es un error permanente.

            <{LOST}>:
            Lo siento, el buzón está lleno. (#5.2.2)

            --- Debajo de esta línea hay una copia del mensaje.

            {{returned}}
            """,
        ),
        facts(status="5.2.2"),
    ),
    Fixture(
        "bounce_sendmail_old",
        notice(
            daemon(
                "Returned mail: User unknown",
                "Mail Delivery Subsystem <MAILER-DAEMON@uni.example>",
            ),
            f"""
            The original message was received at Mon, 2 Mar 2026 10:00:00 +0100
            from mx.tienda.example [192.0.2.10]

               ----- The following addresses had permanent fatal errors -----
            <{LOST}>

               ----- Transcript of session follows -----
            ... while talking to mx.cliente.example.:
            >>> RCPT To:<{LOST}>
            <<< 550 <{LOST}>... User unknown
            550 <{LOST}>... User unknown

               ----- Original message follows -----

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_sendmail_dsn_warning",
        report(
            """
    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************
   ----- Transcript of session follows -----
<luisa@cliente.example>... Deferred: Connection refused by mx.cliente.example.
Warning: message still undelivered after 4 hours
""",
            f"""
Reporting-MTA: dns; uni.example
Arrival-Date: Mon, 2 Mar 2026 10:00:00 +0100

Final-Recipient: RFC822; {LOST}
Action: delayed
Status: 4.4.2
Last-Attempt-Date: Mon, 2 Mar 2026 14:00:00 +0100
""",
            daemon(
                "Warning: could not send message for past 4 hours",
                "Mail Delivery Subsystem <MAILER-DAEMON@uni.example>",
                "Auto-Submitted: auto-generated (warning-timeout)\n",
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(LATE),
    ),
    Fixture(
        "bounce_sendmail_four_days",
        notice(
            daemon(
                "Returned mail: Cannot send message for 4 days",
                "Mail Delivery Subsystem <MAILER-DAEMON@uni.example>",
            ),
            """
               ----- Transcript of session follows -----
            421 mx.cliente.example (smtp)... Deferred: Connection timed out

               ----- Unsent message follows -----
            {returned}
            """,
        ),
        facts(LATE),
    ),
    Fixture(
        "bounce_office365",
        report(
            f"""
Delivery has failed to these recipients or groups:

{LOST} ({LOST})<mailto:{LOST}>
The email address you entered couldn't be found.
""",
            f"""
Reporting-MTA: dns;AM0PR04MB1234.eurprd04.prod.outlook.com
Received-From-MTA: dns;AM0PR04MB5678.eurprd04.prod.outlook.com
Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822;{LOST}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
""",
            daemon(
                "Undeliverable: Tu pedido",
                "postmaster@outlook.com",
                "X-MS-Exchange-Message-Is-Ndr:\nAuto-Submitted: auto-replied\n",
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(),
    ),
    Fixture(
        "bounce_exchange_spanish",
        notice(
            daemon(
                "=?utf-8?Q?No_se_puede_entregar:_Tu_pedido?=",
                "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615@cliente.example>",
            ),
            f"""
            No se pudo entregar el mensaje a estos destinatarios o grupos:

            {LOST}
            La dirección de correo electrónico que escribió no se encuentra.

            Información de diagnóstico para los administradores:

            Generando servidor: cliente.example

            {LOST}
            #550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

            Encabezados de mensajes originales:

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_exchange_5_5",
        notice(
            daemon("Undeliverable: Tu pedido", "System Administrator <postmaster@cliente.example>"),
            f"""
            Your message

              To:      {LOST}
              Subject: Tu pedido
              Sent:    Mon, 2 Mar 2026 10:00:00 +0100

            did not reach the following recipient(s):

            {LOST} on Mon, 2 Mar 2026 10:00:12 +0100
                The recipient name is not recognized
            \tThe MTS-ID of the original message is: c=ES;a= ;p=CLIENTE
                MSEXCH:IMS:CLIENTE:MADRID:SRV 0 (000C05A6) Unknown Recipient
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_microsoft_smtpsvc_delay",
        report(
            f"""
This is an automatically generated Delivery Status Notification.

THIS IS A WARNING MESSAGE ONLY.

YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipients has been delayed.

       {LOST}
""",
            f"""
Reporting-MTA: dns;srv.isp.example

Final-Recipient: rfc822;{LOST}
Action: delayed
Status: 4.4.7
Will-Retry-Until: Wed, 4 Mar 2026 10:00:00 +0100
""",
            daemon("Delivery Status Notification (Delay)", "postmaster@srv.isp.example").replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        facts(LATE),
    ),
    Fixture(
        "bounce_yahoo",
        notice(
            daemon("Failure Notice", "MAILER-DAEMON@yahoo.example"),
            f"""
            Sorry, we were unable to deliver your message to the following address.

            <{LOST}>:
            554: delivery error: dd This user doesn't have a cliente.example account
            ({LOST}) [-5] - mta1234.mail.cliente.example

            --- Below this line is a copy of the message.

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_amazon_ses",
        report(
            f"""
An error occurred while trying to deliver the mail to the following recipients:
{LOST}
""",
            f"""
Reporting-MTA: dns; a8-50.smtp-out.amazonses.com

Action: failed
Final-Recipient: rfc822; {LOST}
Diagnostic-Code: smtp; 550 5.1.1 user unknown
Status: 5.1.1
""",
            daemon(
                "Delivery Status Notification (Failure)", "MAILER-DAEMON@eu-west-1.amazonses.com"
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(),
    ),
    Fixture(
        "bounce_domino",
        report(
            f"""
Your message

  Subject: Tu pedido

was not delivered to:

  {LOST}

because:

  User not listed in Domino Directory
""",
            f"""
Reporting-MTA: dns;notes.cliente.example

Final-Recipient: rfc822;{LOST}
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Notes; User not listed in Domino Directory
""",
            daemon(
                "DELIVERY FAILURE: User not listed in Domino Directory",
                "Postmaster@cliente.example",
            ).replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ),
        facts(),
    ),
    Fixture(
        "bounce_groupwise",
        notice(
            daemon("Message status - undeliverable", "Mailer-Daemon@gw.cliente.example"),
            f"""
            The message that you sent was undeliverable to the following:
            \t{LOST}  (user not found)

            Possibly truncated original message follows:

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_courier",
        report(
            f"""
This is a delivery status notification from mail.isp.example,
running the Courier mail server, version 0.65.

The original message was received on Mon, 02 Mar 2026 10:00:00 +0100

                           UNDELIVERABLE MAIL

Your message to the following recipients cannot be delivered:

<{LOST}>:
    <<< 550 User unknown.
""",
            f"""
Reporting-MTA: dns; mail.isp.example

Final-Recipient: rfc822; {LOST}
Action: failed
Status: 5.0.0
""",
            daemon("NOTICE: mail delivery status.", '"Courier mail server" <@>').replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        facts(),
    ),
    Fixture(
        "bounce_zimbra_quota",
        notice(
            daemon("Undelivered Mail Returned to Sender", "MAILER-DAEMON@zimbra.cliente.example"),
            f"""
            I'm sorry to have to inform you that your message could not
            be delivered to one or more recipients.

            <{LOST}>: host zimbra.cliente.example[192.0.2.6] said: 452 4.2.2
                Over quota (in reply to end of DATA command)

            {{returned}}
            """,
        ),
        facts(LATE, status="4.2.2"),
    ),
    Fixture(
        "bounce_imail_smtp32",
        notice(
            daemon(
                "Undeliverable Mail",
                '"Postmaster" <postmaster@isp.example>',
                "X-Mailer: <SMTP32 v8.22>\n",
            ),
            f"""
            User mailbox exceeds allowed size: {LOST}


            Original message follows.

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_gmx_german",
        notice(
            daemon(
                "Mail delivery failed: returning message to sender",
                "GMX Mailer Daemon <mailer-daemon@gmx.example>",
            ),
            f"""
            Diese Nachricht wurde automatisch vom Mailsystem erstellt.

            Ihre E-Mail konnte nicht zugestellt werden:

            {LOST}:
            SMTP error from remote server for RCPT TO command, host: mx.cliente.example
             reason: 550 Requested action not taken: mailbox unavailable

            --- The header of the original message is following. ---

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_german_subject",
        notice(
            daemon("Unzustellbar: Tu pedido", "postmaster@kunde.example"),
            f"""
            Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:

            {LOST}
            Die eingegebene E-Mail-Adresse wurde nicht gefunden.
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_french",
        notice(
            daemon("=?utf-8?Q?Non_remis_:_Tu_pedido?=", "postmaster@client.example"),
            f"""
            Échec de la remise pour ces destinataires ou groupes :

            {LOST}
            L'adresse de messagerie entrée est introuvable.
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_italian",
        notice(
            daemon("AVVISO DI MANCATA CONSEGNA", "posta-certificata@pec.example"),
            f"""
            Il giorno 02/03/2026 alle ore 10:00:12 il messaggio "Tu pedido" inviato a
            "{LOST}" non è stato possibile recapitarlo.

            5.1.1 - indirizzo non valido

            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_portuguese",
        notice(
            daemon("=?utf-8?Q?N=C3=A3o_entregue:_Tu_pedido?=", "postmaster@cliente.example"),
            f"""
            Sua mensagem não pôde ser entregue aos seguintes destinatários:

            {LOST}
            Caixa postal está cheia.
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_dutch",
        notice(
            daemon("Onbestelbaar: Tu pedido", "postmaster@klant.example"),
            f"""
            Uw bericht kon niet worden bezorgd bij:

            {LOST}
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_polish",
        notice(
            daemon(
                "=?utf-8?Q?Nie_mo=C5=BCna_dostarczy=C4=87:_Tu_pedido?=", "postmaster@klient.example"
            ),
            f"""
            Nie można dostarczyć wiadomości do następujących adresatów:

            {LOST}
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_japanese",
        notice(
            daemon(
                "=?utf-8?B?6YWN5L+h44Gn44GN44G+44Gb44KT44Gn44GX44Gf?=", "postmaster@example.example"
            ),
            f"""
            以下のメールアドレスへの送信に失敗しました。
            このメールは送信できませんでした。

            {LOST}

            -------original message
            {{returned}}
            """,
        ),
        facts(),
    ),
    Fixture(
        "bounce_two_recipients",
        report(
            "Two addresses failed.",
            f"""
Reporting-MTA: dns; relay.isp.example

Final-Recipient: rfc822; {LOST}
Action: failed
Status: 5.7.1

Final-Recipient: rfc822; otro@cliente.example
Action: failed
Status: 5.2.1

Final-Recipient: rfc822; bien@cliente.example
Action: delivered
Status: 2.0.0
""",
            daemon("Undelivered Mail Returned to Sender").replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        facts({"recipients": [LOST, "otro@cliente.example"], "temporary": False}),
    ),
    Fixture(
        "bounce_report_inside_gateway_notice",
        (
            'From: "Mail Delivery Subsystem" <MAILER-DAEMON@gw.example>\r\n'
            f"To: {OURS}\r\nSubject: Returned mail: User unknown\r\n"
            "Date: Mon, 2 Mar 2026 10:05:00 +0100\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=gw\r\n\r\n--gw\r\n\r\n"
            "----- The following addresses had permanent delivery errors -----\r\n--gw\r\n"
            "Content-Type: message/rfc822\r\n\r\n"
        ).encode()
        + report(
            "gone",
            f"Reporting-MTA: dns; in.example\n\nFinal-Recipient: rfc822; {LOST}\n"
            "Action: failed\nStatus: 5.1.1",
            "From: MAILER-DAEMON@in.example\nSubject: Returned mail: User unknown",
        )
        + b"\r\n--gw--\r\n",
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_two_addresses_in_report",
        report(
            "Das Postfach ist voll.",
            f"""Reporting-MTA: dns; innen.example

Original-Recipient: rfc822; {LOST}
Final-Recipient: rfc822; lm4711@innen.example
Action: failed
Status: 5.2.2
""",
            daemon("Undelivered Mail Returned to Sender").replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        facts(),
    ),
    Fixture(
        "bounce_exchange_repeats_the_head",
        notice(
            daemon("Undeliverable: Tu pedido", "System Administrator <postmaster@oficina.example>"),
            f"""
            Your message

              To:      lista@tienda.example
              Cc:      otra@tienda.example
              Subject: Tu pedido

            did not reach the following recipient(s):

            c=ES;a= ;p=Oficina;o=Uno;dda:SMTP={LOST}; on Mon, 2 Mar 2026
                The recipient name is not recognized
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_several_unknown_users",
        notice(
            daemon("Undeliverable Mail"),
            f"""
            Unknown user: {LOST}

            RCPT TO generated following response:
            553 <{LOST}>... nobody of that name

            Unknown user: otro@cliente.example

            RCPT TO generated following response:
            553 <otro@cliente.example>... nobody of that name
            """,
        ),
        {
            "auto": "bounce",
            "bounce": {"recipients": [LOST, "otro@cliente.example"], "temporary": False},
        },
    ),
    Fixture(
        "bounce_warning_not_yet_delivered",
        notice(
            daemon("Warning: message has not yet been delivered"),
            f"""
            Your message to:
                {LOST}

            has not yet been delivered because the other server did not answer. We go on trying
            to deliver it; this is just a warning.
            """,
        ),
        {"auto": "bounce", "bounce": LATE},
    ),
    Fixture(
        "bounce_nobody_as_sender",
        notice(
            f"""
            Return-Path: <MAILER-DAEMON@puerta.example>
            From: Correo <>
            To: {OURS}
            Subject: Undeliverable: {LOST}
            Date: Mon, 2 Mar 2026 10:05:00 +0100
            Content-Type: text/plain; charset=utf-8
            """,
            f"""
            Your message did not reach the following recipient: {LOST}
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_fields_in_plain_text",
        notice(
            daemon("Delivery Notification", "mailsystem@odd.example"),
            f"""
            Your mail was not delivered.

            Reporting-MTA: dns; odd.example

            Final-Recipient: rfc822; {LOST}
            Action: failed
            Status: 5.4.4
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "bounce_headers_only_returned",
        report(
            "gone",
            f"Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822;{LOST}\nAction: failed\n"
            "Status: 5.1.1",
            daemon("Undeliverable mail").replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ).replace(b"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers"),
        facts(),
    ),
    Fixture(
        "bounce_line_ends_cr_only",
        report(
            "gone",
            f"Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822;{LOST}\nAction: failed\n"
            "Status: 5.1.1",
            daemon("Undeliverable mail").replace("Content-Type: text/plain; charset=utf-8\n", ""),
        ).replace(b"\r\n", b"\r"),
        facts(),
    ),
    Fixture(
        "bounce_ses_notification_json",
        mail(f"""
            From: AWS Notifications <no-reply@sns.amazonaws.example>
            To: {OURS}
            Subject: AWS Notification Message
            Date: Mon, 2 Mar 2026 10:05:00 +0000
            Message-ID: <sns1@amazonses.example>
            Content-Type: text/plain; charset=UTF-8

            {{"notificationType":"Bounce","bounce":{{"bounceType":"Transient",
            "bouncedRecipients":[{{"emailAddress":"{LOST}","action":"failed","status":"4.4.7",
            "diagnosticCode":"smtp; 550 4.4.7 Message expired"}}]}},
            "mail":{{"source":"{OURS}","commonHeaders":{{"messageId":"<481.out@tienda.example>"}}}}}}
        """),
        facts(LATE, status="4.4.7"),
    ),
    Fixture(
        "bounce_returned_mail_as_part_headers",
        mail(f"""
            Return-Path: <>
            From: "Mail Deliver System" <MAILER-DAEMON@relay.example>
            To: {OURS}
            Subject: Returned Mail: User unknown
            Date: Mon, 2 Mar 2026 10:05:00 +0100
            Message-ID: <x1@relay.example>
            Content-Type: multipart/mixed; boundary="---fff"

            -----fff
            Content-Type: text/plain; charset=iso-2022-jp

            ---The following addresses had delivery errors---

            {LOST} [User unknown]

            -----fff
            Received: from mx.tienda.example
            Message-ID: <481.out@tienda.example>
            From: Tienda <{OURS}>
            To: {LOST}
            Subject: Tu pedido

            Hola
            -----fff--
        """),
        facts(),
    ),
    Fixture(
        "bounce_james",
        notice(
            daemon("[BOUNCE]", "postmaster@james.example"),
            f"""
            Hi. This is the James mail server at james.example.
            I'm afraid I wasn't able to deliver your message to the following addresses.
            This is a permanent error; I've given up. Sorry it didn't work out.

            Failed recipient(s):
            {LOST}
            """,
        ),
        {"auto": "bounce", "bounce": FAILED},
    ),
    Fixture(
        "no_bounce_success_report",
        report(
            "Your message was successfully delivered.",
            f"Reporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822;{LOST}\n"
            "Action: delivered\nStatus: 2.0.0",
            daemon("Successful Mail Delivery Report").replace(
                "Content-Type: text/plain; charset=utf-8\n", ""
            ),
        ),
        {"auto": "auto_reply", "bounce": None, "suppress": True},
    ),
    Fixture(
        "no_bounce_customer_asks_about_one",
        mail(f"""
            From: Ana <ana@correo.example>
            To: {OURS}
            Subject: Re: Undelivered Mail Returned to Sender
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <q1@correo.example>

            Hola, mis correos a {LOST} vuelven con "550 5.1.1 User unknown".
            ¿Qué hago?
        """),
        {"auto": None, "bounce": None, "suppress": False},
    ),
    Fixture(
        "no_bounce_customer_forwards_one",
        mail(f"""
            From: Ana <ana@correo.example>
            To: {OURS}
            Subject: Fwd: Mail delivery failed: returning message to sender
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <q2@correo.example>

            ¿Me podéis decir qué significa esto?

            ---------- Forwarded message ---------
            From: Mail Delivery System <Mailer-Daemon@vps.isp.example>

            A message that you sent could not be delivered to one or more of its
            recipients.
        """),
        {"auto": None, "bounce": None},
    ),
    Fixture(
        "no_bounce_human_postmaster",
        mail(f"""
            From: Postmaster <postmaster@cliente.example>
            To: {OURS}
            Subject: Cambio de servidores el domingo
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <q3@cliente.example>

            El domingo cambiamos los servidores de correo; avisadnos si algo falla.
        """),
        {"auto": None, "bounce": None, "suppress": True, "suppress_reasons": ["mail_system"]},
    ),
    Fixture(
        "no_bounce_parcel_not_delivered",
        mail(f"""
            From: Iván <ivan@correo.example>
            To: {OURS}
            Subject: Paquete no entregado
            Date: Mon, 2 Mar 2026 10:00:00 +0100
            Message-ID: <q4@correo.example>

            El mensajero dice que no se pudo entregar el paquete. ¿Podéis llamar?
        """),
        {"auto": None, "bounce": None, "suppress": False},
    ),
]
