"""Mails as customers' programs send them, and taking them in as the worker does."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from tests.factories import MONDAY_9AM, make_inbox
from ventanilla.lib import clock
from ventanilla.mail.intake import take_in
from ventanilla.mail.keep import keep
from ventanilla.mail.models import RawMail
from ventanilla.tickets.models import Inbox

HOLA = "hola@casaolmo.example"
ELENA = "Elena Vidal <elena.vidal@correo.example>"
TRUSTED = "mx.casaolmo.example"


def write(
    text: str = "Ayer compré la mesa Roble y aparecen dos cargos de 389,00 €.",
    *,
    subject: str = "Cobro duplicado en el pedido 20931",
    sender: str = ELENA,
    to: str = HOLA,
    dmarc: str = "",
    files: tuple[tuple[str, str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """A mail. Headers by keyword: `in_reply_to="<1@x>"` becomes In-Reply-To.

    dmarc   what the trusted server says: "pass" or "fail"
    files   (name, type, bytes)
    """
    message = EmailMessage(policy=SMTP)
    if dmarc:
        domain = sender.rstrip(">").rpartition("@")[2]
        message["Authentication-Results"] = f"{TRUSTED}; dmarc={dmarc} header.from={domain}"
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(text)
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return bytes(message)


def take(
    raw: bytes,
    *,
    inbox: Inbox | None = None,
    when: datetime = MONDAY_9AM,
    now: datetime | None = None,
    **kept: Any,
) -> RawMail:
    """Keep a mail and work on it, at a moment of our choice. Returns its row."""
    with clock.frozen(now or when):
        row = keep(
            raw,
            inbox=inbox or make_inbox(),
            source=kept.pop("source", "pipe"),
            received_at=when,
            **kept,
        ).row
        while take_in():
            pass
    row.refresh_from_db()
    return row
