"""The form to write with: recipients, drafts, files, and what sending does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from ventanilla.desk import formats, shapes
from ventanilla.desk.links import link
from ventanilla.desk.present import held, macros, messages, safe
from ventanilla.desk.present.around import identity_of
from ventanilla.desk.present.menus import status_option
from ventanilla.lib.html import to_text
from ventanilla.people.models import Contact, Identity
from ventanilla.people.rights import Viewer
from ventanilla.tickets.content import Address
from ventanilla.tickets.models import (
    ANSWERED_BY_MAIL,
    Attachment,
    Draft,
    Inbox,
    Message,
    MessageKind,
    Status,
)

if TYPE_CHECKING:
    from ventanilla.desk.identity import Request
    from ventanilla.desk.present.ticket import Loaded

SENDS = (Status.PENDING, Status.RESOLVED, Status.OPEN, Status.ON_HOLD)


def for_ticket(
    request: Request, found: Loaded, *, forward: int | None = None
) -> shapes.Composer | None:
    """The composer of a ticket; None for who may not write.

    Asks the database nothing, unless a macro's changes wait in the draft.

    A light agent writes notes only; so does everybody where the channel takes no answer.
    """
    mode = mode_for(request.viewer, found.ticket.channel, forward)
    if mode is None:
        return None
    passed_on = next((one for one in found.messages if one.pk == forward), None)
    mode = mode if passed_on or mode != "forward" else "ticket"
    drafts = {draft.kind: draft for draft in found.drafts}
    kind = {"ticket": "reply"}.get(mode, mode)
    chosen = drafts.get(kind)
    to, cc, bcc = map(_plain, _recipients(found, chosen, mode))
    number = found.ticket.number
    return shapes.Composer(
        id=str(number),
        at=request.act.when,
        action=link("desk:messages", number),
        draft_url=_draft_url("desk:ticket_draft", number),
        upload_url=link("desk:uploads"),
        suggest_url=link("desk:addresses"),
        mode=mode,
        kind=kind,
        to=to,
        cc=cc,
        bcc=bcc,
        subject=_subject(found, chosen) if mode == "forward" else "",
        drafts=_drafts(drafts, found.files, mode, passed_on),
        seen=found.messages[-1].pk if found.messages else 0,
        forward=passed_on.pk if passed_on else None,
        statuses=[] if mode in ("note", "forward") else send_options(),
        max_file=settings.UPLOAD_LIMIT,
        prepared=",".join(map(str, chosen.fields.get("prepared", []))) if chosen else "",
        also=_also(found, chosen, request.viewer),
        later=held.times(request.act.when) if mode in ("ticket", "forward") else [],
        prepared_url=link("desk:macros_for", number),
        mention_url=link("desk:mentions", number),
    )


def for_new(
    drafts: Iterable[Draft],
    files: Sequence[Attachment],
    *,
    inboxes: Sequence[Inbox] = (),
    chosen: int | None = None,
    now: datetime,
) -> shapes.Composer:
    """The composer of a mail that we begin; `inboxes` are those it may go out from.

    chosen   the one that it goes out from, unless its draft says another
    """
    by_kind = {draft.kind: draft for draft in drafts}
    draft = by_kind.get("new")
    fields: dict[str, Any] = draft.fields if draft else {}
    chosen = fields.get("inbox", chosen)
    return shapes.Composer(
        id="new",
        at=now,
        action=f"{link('desk:new_ticket')}?purpose=mail",
        draft_url=_draft_url("desk:draft"),
        upload_url=link("desk:uploads"),
        suggest_url=link("desk:addresses"),
        mode="new",
        kind="new",
        to=fields.get("to", []),
        cc=fields.get("cc", []),
        bcc=fields.get("bcc", []),
        subject=fields.get("subject", ""),
        drafts=_drafts(by_kind, files, "new", None),
        senders=[
            shapes.Option(str(one.pk), f"{one.name} <{one.address}>", chosen=one.pk == chosen)
            for one in inboxes
        ],
        statuses=send_options(),
        max_file=settings.UPLOAD_LIMIT,
        later=held.times(now),
    )


def mode_for(viewer: Viewer, channel: str, forward: int | None) -> str | None:
    """ "ticket", "forward", "note", or None. Pure."""
    if viewer.can("ticket.reply"):
        if forward is not None:
            return "forward"
        if channel in ANSWERED_BY_MAIL:
            return "ticket"
    return "note" if viewer.can("ticket.note") else None


def send_options() -> list[shapes.Option]:
    return [status_option(status, chosen=status == Status.PENDING) for status in SENDS]


def default_recipients(
    shown: Sequence[Message], contacts: Sequence[Contact], contact_id: int | None
) -> tuple[list[Address], list[Address]]:
    """Whom an answer goes to: the last verified writer, and those who take part. Pure.

    contacts   as `queries.around` gave them
    """
    own = next((one for one in contacts if one.pk == contact_id), None)
    to = _last_writer(shown) or _address_of(own)
    taken = {to["addr"]} if to else set()
    cc = []
    for one in contacts:
        address = _address_of(one)
        part: bool = one.takes_part or one.pk == contact_id  # type: ignore[attr-defined]
        if part and address and address["addr"] not in taken:
            taken.add(address["addr"])
            cc.append(address)
    return [to] if to else [], cc


def _recipients(
    found: Loaded, draft: Draft | None, mode: str
) -> tuple[list[Address], list[Address], list[Address]]:
    fields: dict[str, Any] = draft.fields if draft else {}
    if "to" in fields:
        return fields["to"], fields.get("cc", []), fields.get("bcc", [])
    if mode != "ticket":
        return [], [], []
    to, cc = default_recipients(found.messages, found.contacts, found.ticket.contact_id)
    return to, cc, []


def _also(found: Loaded, draft: Draft | None, viewer: Viewer) -> Sequence[macros.ChangeView]:
    """What macros in the draft change besides. Asks for the names of what it sets, if anything."""
    codes = draft.fields.get("also") if draft else None
    return macros.changes_at(codes, found.ticket, viewer) if codes else ()


def _plain(several: Sequence[Address]) -> list[dict[str, str]]:
    return [{"name": one["name"], "addr": one["addr"]} for one in several]


def _last_writer(shown: Sequence[Message]) -> Address | None:
    for message in reversed(shown):
        if message.kind == MessageKind.INBOUND and message.verified and not message.auto:
            sender = message.sender.lower()
            return {"name": message.author_name, "addr": sender} if "@" in sender else None
    return None


def _address_of(contact: Contact | None) -> Address | None:
    address = identity_of(contact, Identity.Kind.EMAIL) if contact else ""
    return {"name": contact.name, "addr": address} if contact and address else None


def _drafts(
    drafts: dict[str, Draft],
    files: Sequence[Attachment],
    mode: str,
    passed_on: Message | None,
) -> dict[str, shapes.Draft]:
    """The drafts that this composer can show, by kind; a forward begins with what it passes on."""
    kinds = {"ticket": ("reply", "note")}.get(mode, (mode,))
    shown = {kind: draft_shape(drafts[kind], files) for kind in kinds if kind in drafts}
    if passed_on is not None and "forward" not in shown:
        html = quoted(passed_on)
        own = [one for one in files if one.message_id == passed_on.pk]
        shown["forward"] = shapes.Draft(
            html=safe.editable(html, {}),
            text=to_text(html),
            files=[messages.file(one) for one in own],
        )
    return shown


def draft_shape(draft: Draft, files: Sequence[Attachment]) -> shapes.Draft:
    ids = {int(pk) for pk in draft.fields.get("attachments", [])}
    waiting = [one for one in files if one.message_id is None]
    attached = [one for one in files if one.pk in ids]
    return shapes.Draft(
        html=safe.editable(draft.html, messages.pictures(waiting, None)),
        text=to_text(draft.html),
        saved_at=draft.saved_at,
        files=[messages.file(one) for one in attached if not one.cid or one.cid not in draft.html],
        composing=draft.composing,
    )


def quoted(message: Message) -> str:
    """The beginning of a forwarded mail: who wrote what when."""
    head = safe.joined(
        [
            _("Forwarded message"),
            messages.author(message),
            formats.full_time(message.occurred_at),
        ],
        " · ",
    )
    words = safe.from_text(message.text or message.reply)
    return f"<p><br></p><p><b>{head}</b></p><blockquote>{words}</blockquote>"


def _draft_url(name: str, *args: str | int) -> str:
    """The address of a draft; the browser puts the tab's kind in it."""
    return link(name, "KIND", *args).replace("KIND", "{kind}")


def _subject(found: Loaded, draft: Draft | None) -> str:
    kept: str = draft.fields.get("subject", "") if draft else ""
    return kept or _forwarded_subject(found.ticket.subject)


def _forwarded_subject(subject: str) -> str:
    bare = messages.SUBJECT_PREFIX.sub("", subject).strip()
    return f"Fwd: {bare}"
