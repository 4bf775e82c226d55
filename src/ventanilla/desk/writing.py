"""From a posted composer to a message's content: cleaned words, own pictures, files, drafts."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser

from ventanilla.desk import formats
from ventanilla.desk.files import safe_name, told_type
from ventanilla.desk.forms import PreparedField, some_addresses
from ventanilla.desk.identity import Request
from ventanilla.lib import storage
from ventanilla.lib.html import clean, text_to_html, to_text
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.actions import personal
from ventanilla.tickets.changes import read
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Draft, Ticket

MOST_FILES = 50
LONGEST = 500_000  # characters of a draft
PICTURE = re.compile(r"/(?:pictures|attachments)/(\d{1,18})(?:[/?].*)?")
KINDS = ("reply", "note", "forward", "new")


def content(
    request: Request, ticket: Ticket | None, values: dict[str, Any]
) -> tuple[Content, list[int]]:
    """What a composer posted, and the uploads that it uses up. 1 statement without files, else 2.

    ticket   None for a mail that we begin
    Raises Invalid: a file that is gone, too many, too large.
    """
    html = values["html"] or (text_to_html(values["body"]) if values["body"].strip() else "")
    shown = places_in(html)
    rows = _attached(request, ticket, {*values["attachments"], *shown})
    html, cids = with_cids(html, {row.pk: row.cid for row in rows if row.cid and row.pk in shown})
    sent = [_file(row, inline=row.pk in shown and row.cid in cids) for row in rows]
    sent += [_stored(one) for one in values["files"]]
    if len(sent) > MOST_FILES:
        raise Invalid(_("A message can carry 50 files at most."), field="files")
    text = to_text(html)
    written = Content(
        html=html if text.strip() or cids else "",
        text=text,
        subject=values["subject"],
        to=values["to"],
        cc=values["cc"],
        bcc=values["bcc"],
        files=sent,
        author_name=request.agent.user.name,
        language=ticket.language if ticket else "",
        begun_at=personal.begun_at(request.agent.pk, _home(ticket, values), values["kind"]),
        composing=values["composing"] or 0,
        template=f"macro:{values['prepared'][-1]}" if values["prepared"] else "",
        prepared=values["prepared"],
    )
    return written, [row.pk for row in rows if row.message_id is None]


def uploaded(request: Request, values: dict[str, Any]) -> dict[str, Any]:
    """The values with files that came in the form itself as uploads, as if they had come before.

    1 statement for each.
    """
    rows = [
        personal.add_upload(
            request.agent.pk,
            None,
            digest=file.digest,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            now=request.act.when,
        )
        for file in map(_stored, values["files"])
    ]
    ids = [*values["attachments"], *(one.pk for one in rows)]
    return values | {"files": [], "attachments": ids}


def draft_fields(values: dict[str, Any]) -> dict[str, Any]:
    """What a draft of these values keeps beside its words."""
    names = ["to", "cc", "bcc", "attachments"]
    names += ["subject"] if values["kind"] in ("forward", "new") else []
    names += [name for name in ("prepared", "also") if values[name]]
    return {name: values[name] for name in names}


def places_in(html: str) -> set[int]:
    """The ids of our own files that the HTML shows as pictures."""
    if "<img" not in html:
        return set()
    sources = (image.attributes.get("src") or "" for image in LexborHTMLParser(html).css("img"))
    return {int(found[1]) for source in sources if (found := PICTURE.fullmatch(source))}


def with_cids(html: str, cids: dict[int, str]) -> tuple[str, set[str]]:
    """The HTML cleaned, its own pictures named by Content-ID; and the ones in use.

    cids   by the id of the file; any other picture is left out
    """
    if "<img" not in html:
        return clean(html), set()
    used: set[str] = set()
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        found = PICTURE.fullmatch(image.attributes.get("src") or "")
        cid = cids.get(int(found[1])) if found else None
        if cid:
            used.add(cid)
            image.attrs["src"] = f"cid:{cid}"
    mark = f"/cid-{secrets.token_hex(8)}/"  # the cleaner takes no address that begins with cid:
    cleaned = clean(tree.html or "", cid_url=lambda cid: f"{mark}{cid}")
    return cleaned.replace(f'src="{mark}', 'src="cid:'), used


def keep(request: Request, ticket: Ticket | None) -> Draft | None:
    """Keep what was posted as it is, however wrong: nothing that was typed is lost."""
    post = {name: request.POST[name].replace("\0", "")[:LONGEST] for name in request.POST}
    kind = post.get("kind", "reply")
    if kind not in KINDS:
        return None
    body = post.get("body", "")
    html = post.get("html") or (text_to_html(body) if body.strip() else "")
    ids = [pk for pk in request.POST.getlist("attachments") if pk.isdecimal() and len(pk) < 19]
    words = QueryDict(mutable=True)
    words.update(post)
    words.setlist("also", request.POST.getlist("also"))
    return draft(request, ticket, kind, html=html, ids=[int(pk) for pk in ids], post=words)


def draft(
    request: Request,
    ticket: Ticket | None,
    kind: str,
    *,
    html: str,
    ids: Sequence[int],
    post: Any,
) -> Draft:
    shown = places_in(html)
    rows = _attached(request, ticket, {*ids, *shown}, strict=False)
    html, _cids = with_cids(html, {row.pk: row.cid for row in rows if row.cid and row.pk in shown})
    fields: dict[str, Any] = {
        name: some_addresses(post.get(name, "")) for name in ("to", "cc", "bcc") if name in post
    }
    fields["attachments"] = [row.pk for row in rows]
    if "subject" in post:
        fields["subject"] = post["subject"][:400]
    if post.get("inbox", "").isdecimal() and len(post["inbox"]) < 10:
        fields["inbox"] = int(post["inbox"])
    if also := _known_changes(post):
        fields["also"] = also
    if prepared := PreparedField().clean(post.get("prepared", "")):
        fields["prepared"] = list(prepared)
    composing = post.get("composing") or "0"
    return personal.save_draft(
        request.agent.pk,
        None if kind == "new" else ticket,
        kind,
        html=html,
        fields=fields,
        composing=min(int(composing), 10**6) if composing.isdecimal() else 0,
        now=request.act.when,
    )


def _known_changes(post: Any) -> list[str]:
    """What macros change besides, of what is kept however wrong it is."""
    codes = post.getlist("also") if hasattr(post, "getlist") else []
    try:
        return [one.code for one in read(codes)]
    except Invalid:
        return []


def store(upload: UploadedFile) -> tuple[str, str, str]:
    """Keep an uploaded file: its digest, safe name and type. Raises Invalid when too large."""
    name = safe_name(upload.name or "")
    if (upload.size or 0) > settings.UPLOAD_LIMIT:
        raise Invalid(
            _("“%(name)s” is too large: a file may have %(size)s at most.")
            % {"name": name, "size": formats.size(settings.UPLOAD_LIMIT)},
            field="files",
        )
    data = upload.read()
    return storage.put(data), name, told_type(data[:16])


def _attached(
    request: HttpRequest, ticket: Ticket | None, ids: set[int], *, strict: bool = True
) -> list[Attachment]:
    """Own uploads, and files of this very ticket (to pass on). Raises Invalid when one is gone."""
    if not ids:
        return []
    usable = Q(message=None, uploaded_by_id=request.agent.pk)  # type: ignore[attr-defined]
    if ticket is not None:
        usable |= Q(message__ticket=ticket)
    rows = list(Attachment.objects.filter(usable, pk__in=ids).order_by("pk"))
    if strict and len(rows) < len(ids):
        raise Invalid(_("A file is no longer there. Attach it again."), field="attachments")
    return rows


def _file(row: Attachment, *, inline: bool) -> File:
    return File(
        digest=row.digest,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        cid=row.cid if inline else "",
        inline=inline,
    )


def _stored(upload: UploadedFile) -> File:
    digest, name, content_type = store(upload)
    return File(digest=digest, filename=name, content_type=content_type, size=upload.size or 0)


def _home(ticket: Ticket | None, values: dict[str, Any]) -> Ticket | None:
    return None if values["kind"] == "new" else ticket
