"""A reply that waits to leave, as it is shown; and what its author is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from markupsafe import Markup

from ventanilla.desk import formats, shapes
from ventanilla.desk.links import link
from ventanilla.desk.present import messages, safe
from ventanilla.lib import clock
from ventanilla.people.rights import Viewer
from ventanilla.tickets.changes import read, targets
from ventanilla.tickets.models import Attachment, Status
from ventanilla.tickets.writing import HeldMail, HeldReply

MORNING = 9  # o'clock


def shown(held: HeldReply, files: Sequence[Attachment], viewer: Viewer) -> shapes.Held:
    """files   those of the ticket's page: the author's uploads are among them"""
    return _shape(held, files, viewer, link("desk:held", held.pk), _why(held))


def of_mail(held: HeldMail, files: Sequence[Attachment], viewer: Viewer) -> shapes.Held:
    """A mail that begins a ticket once it leaves."""
    return _shape(held, files, viewer, link("desk:held_mail", held.pk), held.stopped_why)


def _shape(
    held: HeldReply | HeldMail, files: Sequence[Attachment], viewer: Viewer, url: str, why: str
) -> shapes.Held:
    content = held.content
    own = [one for one in files if one.pk in held.uploads]
    return shapes.Held(
        id=held.pk,
        author=held.agent.user.name,
        own=held.agent_id == viewer.user_id,
        clicked_at=held.clicked_at,
        due_at=held.due_at,
        left=_left(held),
        body=_body(content, own),
        to=content["to"],
        files=[messages.file(one) for one in own if one.cid not in content["html"]],
        later=held.later,
        status=_then(held),
        stopped=why if held.stopped else "",
        url=url,
        subject=content["subject"],
    )


def told(did: str, waiting: Sequence[HeldReply], pk: int | None) -> dict[str, Any]:
    """The toast after writing: what was done, and for how long it can be taken back."""
    held = next((one for one in waiting if one.pk == pk), None)
    if held is None:
        return {"text": SAID[did](), "action": None}
    action: dict[str, Any] = {
        "label": _("Undo"),
        "post": link("desk:held", held.pk),
        "key": "Z",
    }
    if held.later:
        return {"text": _("It leaves %(when)s") % {"when": _when(held.due_at)}, "action": action}
    action["stays"] = max(1, _left(held))
    return {"text": SAID[did](), "action": action}


SAID = {
    "reply": lambda: _("Reply sent"),
    "note": lambda: _("Note saved"),
    "forward": lambda: _("Message forwarded"),
    "resend": lambda: _("It is sent again"),
    "taken_back": lambda: _("Taken back. Nothing was sent."),
    "sent_now": lambda: _("Reply sent"),
}


def times(now: datetime) -> list[shapes.Option]:
    """When a reply may be sent later: in words, and as local time. Pure."""
    local = timezone.localtime(now)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    tomorrow = morning + timedelta(days=1)
    monday = morning + timedelta(days=7 - local.weekday())
    offered = [(local + timedelta(hours=2), _("In two hours")), (tomorrow, _("Tomorrow morning"))]
    if monday != tomorrow:
        offered.append((monday, _("On Monday morning")))
    return [
        shapes.Option(at.strftime("%Y-%m-%dT%H:%M"), words, hint=formats.when(at, "message"))
        for at, words in offered
    ]


def _then(held: HeldReply | HeldMail) -> str:
    """What changes once it leaves. Asks for the names of what macros set, if anything."""
    words = [str(Status(held.status).label)] if held.status is not None else []
    if isinstance(held, HeldReply) and held.also:
        changes = read(held.also)
        known = targets(changes)
        words += [known.label(one) for one in changes]
    return " · ".join(words)


def _body(content: dict[str, Any], own: Sequence[Attachment]) -> Markup:
    html = content["html"]
    found = safe.inline(html, messages.pictures(own, None)) if html else None
    return found if found is not None else safe.from_text(content["text"])


def _why(held: HeldReply) -> str:
    if held.stopped == "newer_message":
        return _("Somebody has written since you sent it. Read that first.")
    return held.stopped_why


def _left(held: HeldReply | HeldMail) -> int:
    return max(0, round((held.due_at - clock.now()).total_seconds()))


def _when(moment: datetime) -> str:
    return formats.when(moment, "sentence")
