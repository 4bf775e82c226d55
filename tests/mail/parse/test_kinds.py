"""What kind of mail it is, told by sender, subject and a few words: bounces and automatic answers.

One line each, after what servers and programs write; the mails in full are in fixtures/.
"""

import pytest

from ventanilla.mail.parse import parse

RETURNED = (
    "Received: from a by b\nFrom: list@our.example\nTo: bob@lost.example\nSubject: hi\n"
    "Message-ID: <m1@our.example>\n\nbody\n"
)
IN_REPLY = "In-Reply-To: <a@b.example>"

BOUNCES = [
    (
        "MAILER-DAEMON@aol.com (Mail Delivery Subsystem)",
        "Mail Delivery Problem",
        None,
        "Your mail to the following recipients could not be delivered because they are not "
        "accepting mail from list@our.example:\n"
        "\n"
        "\tbob@lost.example",
    ),
    (
        "Mail Administrator <Postmaster@sims.example>",
        "Mail System Error - Returned Mail",
        None,
        "This Message was undeliverable due to the following reason:\n"
        "\n"
        "Your message was not delivered because the return address was refused.\n"
        "\n"
        "Please reply to Postmaster\n"
        "\n"
        "     Recipient: <bob@lost.example>\n"
        "     Reason:    User unknown",
    ),
    (
        "postmaster@mmdf.example",
        "Failed mail (msg.aa0123)",
        None,
        "    Your message could not be delivered to\n"
        "'bob@lost.example' for the following\n"
        "reason:  ' Unknown user'\n"
        "\n"
        "\n"
        "    Your message follows:\n"
        "\n"
        "\n"
        "{returned}",
    ),
    (
        "MMDF Mail System <mmdf@x.example>",
        "Waiting mail (msg.aa12)",
        None,
        "After 3 days (70 hours), your message could not be fully delivered.\n"
        "\n"
        "It failed to be received by the following address(es):\n"
        "\n"
        "\tbob@lost.example (host: lost.example) (queue: smtp)\n"
        "\n"
        "Delivery attempts will be repeated for 2 more days",
    ),
    (
        "MDaemon@lost.example",
        "Warning: lost.example - User unknown!",
        None,
        "The following data may contain sections which represent BASE64 encoded\n"
        "file attachments.\n"
        "\n"
        "  The following addresses did NOT receive a copy of your message:\n"
        "\n"
        "   > bob@lost.example\n"
        "\n"
        "--- Session Transcript ---",
    ),
    (
        "Mail Delivery System <MAILER-DAEMON@x>",
        "Mail delivery failed: returning message to sender",
        None,
        "A message that you sent could not be delivered to\n"
        "one or more of its recipients. The following addresses\n"
        "failed:\n"
        "\n"
        "<bob@lost.example>:\n"
        "user unknown\n"
        "\n"
        "--- The header of the original message is following. ---\n"
        "\n"
        "{returned}",
    ),
    (
        "smail@x.example",
        "mail failed, returning to sender",
        None,
        "|------------------------- Message log follows: -------------------------|\n"
        " no valid recipients were found for this message\n"
        "|------------------------- Failed addresses follow: ---------------------|\n"
        " <bob@lost.example> ... unknown host\n"
        "|------------------------- Message text follows: ------------------------|\n"
        "\n"
        "{returned}",
    ),
    (
        "postmaster@ndr.example",
        "NDN: hi",
        None,
        "Sorry. Your message could not be delivered to:\n"
        "\n"
        "bob,Lost (The name was not found at the remote site. Check that the\n"
        "name has been entered correctly.)\n"
        "bob@lost.example",
    ),
    (
        "postmaster@lost.example",
        "Undelivered mail",
        None,
        "User's mailbox is full: <bob@lost.example>\nUnable to deliver mail.",
    ),
    (
        "<MAILER-DAEMON@hotpop.example>",
        "Undeliverable mail",
        None,
        "Undeliverable Address:  bob@lost.example\n"
        "Reason: user does not exist\n"
        "\n"
        "Original message attached",
    ),
    (
        "MailMarshal@x.example",
        "Undeliverable: hi",
        None,
        "Your message:\n"
        "   From:    list@our.example\n"
        "   Subject: hi\n"
        "\n"
        "Could not be delivered because of\n"
        "\n"
        "550 5.1.1 User unknown\n"
        "\n"
        "The following recipients were affected: \n"
        "   bob@lost.example",
    ),
    (
        '"InterScan MSS" <noreply@x.example>',
        "Mail could not be delivered",
        None,
        "****** Message from InterScan Messaging Security Suite ******\n"
        "\n"
        "Sent <<< RCPT TO:<bob@lost.example>\n"
        "Received >>> 550 5.1.1 <bob@lost.example>... user unknown\n"
        "\n"
        "Unable to deliver message to <bob@lost.example>.\n"
        "\n"
        "************************     End of message     **********************",
    ),
    (
        "MAILER-DAEMON@mxlogic.example",
        "Mail delivery failed: returning message to sender",
        None,
        "The following address failed:\n"
        "\n"
        "    <bob@lost.example>: permanent failure for one or more recipients\n"
        "\n"
        "Included is a copy of the message header:\n"
        "\n"
        "\n"
        "{returned}",
    ),
    (
        "Mail Delivery Subsystem <MAILER-DAEMON@x.example>",
        "Returned mail: see transcript for details",
        None,
        "   ----- The following addresses had permanent fatal errors -----\n"
        "bob@lost.example\n"
        "    (reason: 550 5.1.1 unknown)\n"
        "    (expanded from: <b@lost.example>)",
    ),
    (
        "postmaster@x.example",
        "Delivery Status Notification (Failure)",
        None,
        "This is an automatically generated Delivery Status Notification.\n"
        "\n"
        "Delivery to the following recipients failed.\n"
        "\n"
        "       bob@lost.example",
    ),
    (
        "Postmaster@x.example",
        "=?utf-8?B?57O757uf6YCA5L+h?=",
        None,
        "您的邮件无法投递\nbob@lost.example",
    ),
    (
        "mailer-daemon@yandex.example",
        "=?utf-8?B?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?=",
        None,
        "Message could not be delivered to bob@lost.example",
    ),
    (
        "Mail Delivery System <MAILER-DAEMON@x6.example>",
        "There was an error sending your mail",
        None,
        "I had trouble delivering your message. This message was returned to you at Wed, 29 "
        "Apr 2012 23:34:45 +0900. The recipients are:\n"
        "\n"
        "1 error(s):\n"
        "\n"
        "SMTP Server <mta2.lost.example> rejected recipient <bob@lost.example> \n"
        "  (Error following RCPT command). It responded as follows: [550 Unknown user]",
    ),
    (
        "Mailer Daemon <MAILER-DAEMON@opensmtpd.example>",
        "Delivery status notification: error",
        None,
        "    Hi!\n"
        "\n"
        "    This is the MAILER-DAEMON, please DO NOT REPLY to this email.\n"
        "\n"
        "    An error has occurred while attempting to deliver a message for\n"
        "    the following list of recipients:\n"
        "\n"
        " bob@lost.example: 550 5.2.2 <bob@lost.example>: Mailbox Full\n"
        "\n"
        "    Below is a copy of the original message:\n"
        "\n"
        "{returned}",
    ),
    (
        "no-reply@app.auone-net.jp",
        "Failed to deliver: hi",
        None,
        "Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900 \n"
        "    Could not be delivered to: <bob@lost.example>\n"
        "    As their mailbox is full.",
    ),
    (
        "MAILER-DAEMON@softbank.example",
        "Mail System Error - Returned Mail",
        None,
        "The following message to <bob@lost.example> was undeliverable.\n"
        "The reason for the problem:\n"
        "5.1.2 - Bad destination host",
    ),
    (
        "Mail Delivery System <MAILER-DAEMON@ironport.example>",
        "Delivery Status Notification (Failure)",
        None,
        "The following message to <bob@lost.example> was undeliverable.\n"
        "The reason for the problem:\n"
        "5.1.0 - Unknown address error 550-'5.1.1 unknown'",
    ),
    (
        "Mailer-Daemon@x.example",
        "Returned mail: Deferred",
        None,
        "The original message was received\n"
        "----- Transcript of session follows -----\n"
        "<bob@lost.example>... Deferred: Connection timed out with lost.example.\n"
        "Message could not be delivered for 5 days\n"
        "Message will be deleted from queue",
    ),
    (
        "postmaster@lerctr.example",
        "Undeliverable mail: hi",
        None,
        "------ Failed Recipients ------\n"
        "  <bob@lost.example>: Requested action not taken: mailbox unavailable.\n"
        "-------- Returned Mail --------\n"
        "\n"
        "{returned}",
    ),
    (
        "LISTSERV <owner@x.example>",
        "Delivery error report",
        None,
        "--> Error description:\n"
        "Error-For:  bob@lost.example\n"
        "Error-Code: 3\n"
        "Error-Text: No such user\n"
        "Error-End:  One error reported.",
    ),
    (
        "Symantec_AntiVirus_for_SMTP_Gateways@x.example",
        "Delivery Notification",
        None,
        "The following recipient(s) could not be reached:\n\nbob@lost.example",
    ),
    (
        "System Attendant <postmaster@x.example>",
        "Mail delivery delay",
        None,
        'This is an advisory-only email. Delivery to "bob@lost.example" has been postponed',
    ),
    (
        "Email Delivery Service <x@x.example>",
        "hi",
        "<>",
        "Your message has been blocked and could not be delivered to bob@lost.example 550 5.7.1 x",
    ),
    (
        "Mail Delivery System <Mailer-Daemon@x.example>",
        "hi",
        "<>",
        "<bob@lost.example>: 554 5.7.1 rejected",
    ),
    (
        "postmaster@xx.example",
        "Rejected: hi",
        None,
        "Your message to bob@lost.example was rejected: 550 5.7.1 not allowed",
    ),
    (
        "Administrator <admin@x.example>",
        "Nondeliverable mail",
        None,
        "------Transcript of session follows -------\n"
        "bob@lost.example\n"
        "The user's email name is not found.",
    ),
    (
        "root@x.example",
        "Returned mail: Host unknown",
        None,
        "----- Transcript of session follows -----\n"
        "550 lost.example (tcp)... 550 Host unknown\n"
        "----- Unsent message follows -----\n"
        "\n"
        "{returned}",
    ),
    (
        "Mail Delivery Subsystem <postmaster@x.example>",
        "Message Delivery Failure - hi",
        None,
        "Could not deliver message to the following recipient(s):\n"
        "\n"
        "Failed Recipient: bob@lost.example\n"
        "Reason: Remote host said: 550\n"
        "\n"
        "   -- The header and top 20 lines of the message follows --\n"
        "\n"
        "{returned}",
    ),
    (
        "MAILER-DAEMON",
        "[no subject]",
        None,
        "Delivery of your message to bob@lost.example failed: user unknown",
    ),
    (
        "postmaster@x.example",
        "Message could not be delivered",
        None,
        "Message not delivered to the following addresses:\n"
        "\n"
        " bob@lost.example\n"
        "\n"
        "Error detail: 550",
    ),
    ("Mail-Router@x.example", "Undeliverable: hi", None, "bob@lost.example unknown"),
    (
        "PMDF e-Mail Interconnect <postmaster@pm.example>",
        "Delivery Notification: Delivery has failed",
        None,
        "Your message cannot be delivered to the following recipients:\n"
        "\n"
        "  Recipient address: bob@lost.example\n"
        "  Reason: x",
    ),
    (
        "eMail Server <mailer@x.example>",
        "Your message could not be delivered",
        None,
        "bob@lost.example",
    ),
    ("MAILER-DAEMON@x.example", "Correo devuelto", None, "No se pudo entregar a bob@lost.example"),
    ("mailer-daemon@x.example", "Rapport de non remise", None, "bob@lost.example inconnu"),
    (
        "Mail Delivery System <postmaster@x.example>",
        "Rückgabe Ihrer Nachricht",
        None,
        "bob@lost.example unbekannt",
    ),
]


@pytest.mark.parametrize(("sender", "subject", "return_path", "text"), BOUNCES)
def test_servers_notices_are_bounces_of_bob(sender, subject, return_path, text):
    head = f"Return-Path: {return_path}\n" if return_path else ""
    head += f"From: {sender}\nTo: list@our.example\nSubject: {subject}\n\n"

    parsed = parse((head + text.replace("{returned}", RETURNED)).encode())

    assert parsed.auto == "bounce"
    assert parsed.bounce is not None
    assert parsed.bounce.recipients == ("bob@lost.example",)


AUTOMATIC = [
    ("Out of Office", "I am out of the office until 5 March.", ""),
    ("Out of office re: your ticket", "I am currently out of the office.", ""),
    ("Out of the Office Re: hi", "I will be away from my desk until Monday.", ""),
    (
        "Eva Smith is out of the office.",
        "I will be out of the office starting 02/03 and will not return until 09/03.",
        "",
    ),
    (
        "Eva is out of the office (returning 9 March)",
        "I will respond to your message when I return.",
        "",
    ),
    ("Vacation", "I am on vacation.", ""),
    ("I'm away", "I'm on annual leave until 5th", ""),
    ("On Vacation", "I am on vacation, with limited access to email", ""),
    ("AutoReply: hi", "thanks", ""),
    ("Auto-Reply from eva@x.example", "Thanks for your mail", ""),
    ("[Auto-Reply] hi", "Thanks", ""),
    ("[Auto Response] hi", "Thanks", ""),
    ("Automated response", "x", ""),
    ("This is an automated reply", "x", ""),
    ("Auto Respuesta: hola", "estoy fuera", ""),
    ("Auto: Re: hi", "x", ""),
    ("Respuesta automática", "Estoy de baja", ""),
    (
        "Re: hola",
        "Este es un mensaje automático. Estoy fuera de la oficina.",
        "In-Reply-To: <a@b.example>\nAuto-Submitted: auto-replied",
    ),
    ("Ausente de la oficina", "Estaré ausente", ""),
    ("Estoy de vacaciones", "hasta el lunes", ""),
    ("Vacaciones", "Estoy de vacaciones hasta el lunes", IN_REPLY),
    ("Fuera de la Oficina", "vuelvo", ""),
    ("FUERA DE OFICINA: hola", "vuelvo", ""),
    ("Mensagem automática: Ausência", "x", ""),
    ("Fora do escritório", "x", ""),
    ("Estou de férias", "x", ""),
    ("Resposta Automática - Férias", "x", ""),
    ("Absence", "Je suis absent du bureau jusqu'au 9 mars", IN_REPLY),
    ("Absent(e) du bureau", "x", ""),
    ("Message d'absence : bonjour", "x", ""),
    ("Réponse automatique", "x", ""),
    ("Je suis absent", "Je suis absente jusqu'au", IN_REPLY),
    ("Assente", "Sono assente fino al 9", IN_REPLY),
    ("Assente dall'ufficio", "x", ""),
    ("Fuori ufficio: ciao", "x", ""),
    ("Sono in ferie", "x", ""),
    ("Abwesend", "Ich bin abwesend", IN_REPLY),
    ("Abwesenheit", "x", ""),
    ("Ich bin im Urlaub", "Ich bin bis 9. März im Urlaub", IN_REPLY),
    (
        "Eva Weiß ist außer Haus.",
        "Ich werde ab 02.03. nicht im Büro sein. Ich kehre zurück am 09.03.",
        "",
    ),
    ("Eva Weiß/Firma ist nicht im Büro", "Ich werde nicht im Büro sein.", ""),
    ("Urlaub", "Ich bin im Urlaub und nicht erreichbar", IN_REPLY),
    (
        "AW: Hallo",
        "Vielen Dank für Ihre Nachricht. Ich bin bis 9. nicht im Büro.",
        "In-Reply-To: <a@b.example>\nX-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated",
    ),
    ("Afwezig", "Ik ben afwezig tot 9 maart", IN_REPLY),
    ("Niet aanwezig", "x", ""),
    ("Out of Office: hallo", "Ik ben afwezig", ""),
    ("Automatisch antwoord", "x", ""),
    ("Nieobecność", "x", ""),
    ("Poza biurem: x", "x", ""),
    ("Autoodpowiedź: x", "x", ""),
    ("Jestem na urlopie", "Jestem na urlopie do", IN_REPLY),
    ("不在通知", "x", ""),
    ("自動応答メッセージ", "x", ""),
    (
        "Re: お問い合わせ",
        "このメールは自動返信です。不在にしております。",
        "Auto-Submitted: auto-replied",
    ),
    (
        "【自動返信】お問い合わせありがとうございます",
        "お問い合わせいただきありがとうございます。本メールは自動返信です。",
        "",
    ),
    (
        "お問い合わせを受け付けました",
        "お問い合わせありがとうございます。このメールは自動送信されています。",
        "",
    ),
    ("自动回复：hi", "x", ""),
    (
        "Thank you for contacting Acme Support",
        "Thank you for contacting us. This is an automated response.",
        "",
    ),
    (
        "We have received your request",
        "Your request has been received. Please do not reply to this message.",
        "",
    ),
    (
        "[#123] We received your message",
        "Your ticket has been created. We will get back to you shortly.",
        "Auto-Submitted: auto-generated",
    ),
    ("Ticket Received - Printer", "Your ticket has been received", "X-Auto-Response-Suppress: All"),
    (
        "Su solicitud ha sido recibida",
        "Hemos recibido su solicitud. No responda a este correo.",
        "",
    ),
    (
        "Confirmación de recepción",
        "Hemos recibido su mensaje. Mensaje generado automáticamente.",
        "",
    ),
    ("Acuse de recibo", "Su consulta ha sido registrada. Este es un correo automático", ""),
    (
        "Ihre Anfrage ist bei uns eingegangen",
        "Vielen Dank für Ihre Nachricht. Dies ist eine automatisch generierte E-Mail.",
        "",
    ),
    (
        "Votre demande a bien été reçue",
        "Nous avons bien reçu votre demande. Ceci est un message automatique",
        "",
    ),
    (
        "La tua richiesta è stata ricevuta",
        "Abbiamo ricevuto la tua richiesta. Messaggio generato automaticamente.",
        "",
    ),
    (
        "Uw bericht is ontvangen",
        "Wij hebben uw bericht ontvangen. Dit is een automatisch bericht.",
        "",
    ),
    (
        "Potwierdzenie otrzymania wiadomości",
        "Otrzymaliśmy Twoją wiadomość. Wiadomość wygenerowana automatycznie.",
        "",
    ),
    ("Recebemos sua mensagem", "Recebemos sua mensagem. Este é um e-mail automático.", ""),
    ("Re: hi", "I have left Acme. Please contact Bob.", "X-Autoreply: yes"),
    (
        "Change of address Re: hi",
        "My email has changed. This is an auto-reply.",
        "Precedence: auto_reply",
    ),
    ("Re: hi", "Vacation text", "X-Mailer: vacation v2"),
    ("hi", "I am away", "Precedence: bulk\nX-Precedence: auto_reply"),
    ("Re: hi", "Away", "X-Autorespond: yes"),
    (
        "Read: hi",
        "Your message was read on Monday",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ),
]


def letter(subject: str, text: str, headers: str, sender: str = "Eva <eva@x.example>") -> bytes:
    head = f"From: {sender}\nTo: list@our.example\nSubject: {subject}\n"
    return f"{head}{headers}\n\n{text}\n".encode()


@pytest.mark.parametrize(("subject", "text", "headers"), AUTOMATIC)
def test_absences_and_acknowledgements_are_automatic(subject, text, headers):
    parsed = parse(letter(subject, text, headers))

    assert parsed.auto == "auto_reply"
    assert parsed.suppress_reply  # R11


BY_PEOPLE = [
    ("Re: Automatic reply: hi", "thanks", IN_REPLY),
    ("Fwd: Out of Office: hi", "see below", ""),
    ("Vacation rental question", "Is the flat free in May?", ""),
    ("Absence of warranty card", "The card is missing", ""),
    ("Vacaciones en agosto", "Quiero reservar para agosto.", ""),
    ("Urlaubsanfrage für Juli", "Ist das Zimmer frei?", ""),
    ("Away team shirts", "Do you sell them?", ""),
    ("Received damaged item", "Thanks for your message, but the item is broken.", ""),
    ("Your order has shipped", "Tracking 123", ""),
    ("Automatic door broken", "The automatic door is broken.", ""),
    ("Mensaje para el jefe", "hola", ""),
    ("Auto parts order", "I need brakes", ""),
    ("Automatische Tür defekt", "hallo", ""),
    ("Consulta", "Estoy fuera de España y quiero saber el precio.", ""),
    ("Re: pedido", "Estoy de vacaciones, ¿pueden enviarlo a otra dirección?", IN_REPLY),
    ("I'm away next week", "Please deliver after the 9th.", ""),
    ("Ausente en la entrega", "El mensajero dice que estaba ausente.", ""),
    ("Abwesend bei Zustellung", "Ich war nicht da", ""),
    ("Ferie d'agosto", "Siete aperti?", ""),
    ("不在票について", "不在票が入っていました。再配達をお願いします。", ""),
    ("Niet aanwezig bij levering", "Ik was niet thuis", ""),
    ("Assenza di pezzi", "Mancano viti", ""),
    ("Absence de réponse", "Je n'ai pas de réponse depuis lundi", ""),
    ("Holiday opening hours?", "When are you open?", ""),
    ("Weekly newsletter", "This is an automated message", "List-Id: <a.b>\nPrecedence: bulk"),
    ("Invoice 123", "Please do not reply to this email. Your invoice is attached.", ""),
    ("Ausencia de tornillos", "faltan", ""),
    ("Réponse à votre mail", "Bonjour, voici ma réponse", IN_REPLY),
    ("Respuesta a su consulta", "Hola, le respondo", IN_REPLY),
    ("Returned item", "I returned the item to sender", ""),
    ("Delivery failed", "The courier said delivery failed. My address is ana@x.example", ""),
    ("Undelivered parcel", "My parcel was not delivered", ""),
    ("Message not delivered?", "Did you get my message?", ""),
    ("Paquete devuelto", "El paquete ha sido devuelto.", ""),
    (
        "Mail failure in our office",
        "Our mail server was down and your message could not be delivered, please resend",
        "",
    ),
]


@pytest.mark.parametrize(("subject", "text", "headers"), BY_PEOPLE)
def test_people_who_use_the_same_words_are_people(subject, text, headers):
    parsed = parse(letter(subject, text, headers))

    assert (parsed.auto, parsed.bounce) == (None, None)


def test_notice_without_an_address_names_the_recipient_of_the_returned_mail():
    head = "From: MAILER-DAEMON@x.example\nSubject: Undeliverable\n\n"

    parsed = parse(f"{head}Sorry.\n\n--- Original message follows ---\n{RETURNED}".encode())

    assert parsed.bounce is not None
    assert parsed.bounce.recipients == ("bob@lost.example",)
    assert parsed.bounce.original_message_id == "m1@our.example"


def test_acknowledgement_quoted_by_a_customer_is_not_one():
    quoted = "El lun, 2 mar 2026 a las 9:00, Tienda <t@our.example> escribió:\n\n"
    quoted += "> Hemos recibido su mensaje. Este es un mensaje automático.\n"
    text = "Gracias, espero noticias.\n\n" + quoted

    parsed = parse(letter("Re: Hemos recibido su mensaje", text, IN_REPLY))

    assert parsed.auto is None
