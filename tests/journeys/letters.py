"""What customers' mail programs put on the wire."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from ventanilla.lib import clock

HOLA, HELLO = "hola@casaolmo.example", "hello@casaolmo.example"


def letter(
    text: str, *, sender: str, subject: str, to: str = HOLA, **headers: str
) -> tuple[bytes, str]:
    """A mail and its Message-ID, bare. Headers by keyword: `in_reply_to="<1@x>"`."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = make_msgid(domain="correo.example")
    for name, value in headers.items():
        mail[name.replace("_", "-").title()] = value
    mail.set_content(text)
    return bytes(mail), bare(mail["Message-ID"])


def answer(mail: EmailMessage, text: str, *, sender: str) -> tuple[bytes, str]:
    """What "Reply" makes of a mail that we sent: to its Reply-To, with its whole thread, quoted."""
    quoted = "\n".join(f"> {line}" for line in plain(mail).splitlines())
    return letter(
        f"{text}\n\nEl lun, 2 mar 2026 a las 10:00, Casa Olmo ({HOLA}) escribió:\n\n{quoted}\n",
        sender=sender,
        subject=f"Re: {mail['Subject']}",
        to=mail["Reply-To"] or mail["From"],
        in_reply_to=mail["Message-ID"],
        references=f"{mail['References'] or ''} {mail['Message-ID']}".strip(),
    )


def bounce(mail: EmailMessage, recipient: str, envelope: str) -> bytes:
    """The report of a server that could not deliver our mail, sent to its envelope's sender."""
    report = f"""From: Mail Delivery Subsystem <mailer-daemon@correo.example>
To: {envelope}
Subject: Undelivered Mail Returned to Sender
Date: {format_datetime(clock.now())}
Message-ID: {make_msgid(domain="correo.example")}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=report"

--=report
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<{recipient}>: host mx.correo.example said: 550 5.1.1 User unknown

--=report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.correo.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--=report
Content-Type: text/rfc822-headers

From: {mail["From"]}
To: {mail["To"]}
Subject: {mail["Subject"]}
Message-ID: {mail["Message-ID"]}

--=report--
"""
    return report.replace("\n", "\r\n").encode()


def plain(mail: EmailMessage) -> str:
    return part(mail, "text/plain")


def html(mail: EmailMessage) -> str:
    return part(mail, "text/html")


def part(mail: EmailMessage, kind: str) -> str:
    """The first body of a kind that is no attachment."""
    found = (
        each for each in mail.walk() if each.get_content_type() == kind and not each.get_filename()
    )
    text: str = next(found).get_content()
    return text


def bare(message_id: str) -> str:
    return message_id.strip().strip("<>")
