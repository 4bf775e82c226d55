"""Bounces and complaints that sending services report as JSON in a mail (Amazon SES by SNS)."""

from dataclasses import dataclass
from typing import Any

import orjson

from ventanilla.mail.parse.addresses import normal

LARGEST = 256 * 1024
TEMPORARY = {"transient", "undetermined"}


@dataclass(frozen=True, slots=True)
class Notification:
    """kind is "bounce" or "feedback"."""

    kind: str
    recipients: tuple[str, ...]
    temporary: bool
    status: str
    diagnostic: str
    message_id: str | None


def read(text: str) -> Notification | None:
    """The notification that a mail's text is, None for any other text."""
    start = text.find("{")
    if start < 0 or text[:start].strip() or len(text) > LARGEST:
        return None
    if '"Bounce"' not in text and '"Complaint"' not in text and '\\"Bounce' not in text:
        return None
    said = _object(text[start : text.rfind("}") + 1])
    if isinstance(said.get("Message"), str):
        said = _object(said["Message"])
    kind = said.get("notificationType") or said.get("eventType")
    if kind == "Complaint":
        return Notification("feedback", (), False, "", "", None)
    bounce = said.get("bounce")
    if kind != "Bounce" or not isinstance(bounce, dict):
        return None
    return _bounce(bounce, said)


def _bounce(bounce: dict[str, Any], said: dict[str, Any]) -> Notification:
    listed = bounce.get("bouncedRecipients")
    people = [entry for entry in listed if isinstance(entry, dict)] if listed else []
    first = people[0] if people else {}
    mail = said.get("mail")
    headers = mail.get("commonHeaders") if isinstance(mail, dict) else None
    original = headers.get("messageId") if isinstance(headers, dict) else None
    return Notification(
        "bounce",
        tuple(addr for entry in people if (addr := normal(str(entry.get("emailAddress", ""))))),
        str(bounce.get("bounceType", "")).lower() in TEMPORARY,
        str(first.get("status", ""))[:20],
        str(first.get("diagnosticCode", ""))[:500],
        str(original).strip("<>")[:998] if original else None,
    )


def _object(text: str) -> dict[str, Any]:
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
