"""A look inside a file without saving it: pictures, the pages of a PDF, text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk import files
from ventanilla.desk.identity import Request
from ventanilla.desk.present import messages
from ventanilla.desk.views.answers import shown
from ventanilla.desk.views.files import LOCKED
from ventanilla.lib import pdf, ratelimit, storage
from ventanilla.lib.problems import NotFound
from ventanilla.tickets import queries
from ventanilla.tickets.models import Attachment

MOST_PAGES = 30
MOST_TEXT = 200_000  # bytes
PAGES_A_MINUTE = 120


@require_GET
def preview(request: Request, pk: int) -> HttpResponse:
    """A dialog with the file in it, under the rights of its ticket as of now (R22)."""
    found = queries.attachment(pk, request.viewer)
    inside = _inside(request, found)
    file = messages.file(found)
    return shown(request, "ticket/_preview.html", file=file, **inside)


@require_GET
def pdf_page(request: Request, pk: int, number: int) -> HttpResponse:
    """One page of a PDF, the first is 1, as a picture that a child of ours has drawn."""
    found = queries.attachment(pk, request.viewer)
    mark = f'"{found.digest[:32]}-{number}"'
    headers = {"ETag": mark, "Cache-Control": "private, max-age=3600"}
    if request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers=headers)
    data = _bytes(found, pdf.LARGEST)
    if not data.startswith(b"%PDF-"):
        raise _nothing()
    _limited(request)
    try:
        drawn = pdf.page(data, number - 1)
    except pdf.NoPages:
        raise _nothing() from None
    response = HttpResponse(drawn, content_type="image/png", headers=headers)
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["Content-Disposition"] = "inline"
    return response


def _inside(request: Request, found: Attachment) -> dict[str, Any]:
    """What the dialog shows: `picture`, `text` or `pages`. Raises NotFound."""
    if not files.can_preview(found):
        raise _nothing()
    kind = files.told_type(_bytes(found, 16))
    if kind in files.PICTURES:
        return {"picture": messages.picture_url(found)}
    if kind == "application/pdf":
        return _pages(request, found)
    try:
        text = files.text_of(_bytes(found, MOST_TEXT))
    except ValueError:
        raise _nothing() from None
    return {"text": text, "cut": found.size > MOST_TEXT}


def _pages(request: Request, found: Attachment) -> dict[str, Any]:
    _limited(request)
    try:
        count = pdf.count(_bytes(found, pdf.LARGEST))
    except pdf.NoPages:
        raise _nothing() from None
    return {"numbers": range(1, min(count, MOST_PAGES) + 1), "cut": count > MOST_PAGES}


def _bytes(found: Attachment, most: int) -> bytes:
    try:
        with storage.open(found.digest) as file:
            return file.read(most)
    except storage.Missing:
        raise NotFound(_("This file is no longer there.")) from None


def _limited(request: Request) -> None:
    ratelimit.require(
        f"pdf:{request.agent.pk}",
        _("Those are a lot of pages at once. Go on in a minute."),
        limit=PAGES_A_MINUTE,
        window=timedelta(minutes=1),
        now=request.act.when,
    )


def _nothing() -> NotFound:
    return NotFound(_("This file can't be shown here. Download it."))
