"""Files: uploads for a message to come, attachments to download, pictures made again by us."""

from __future__ import annotations

from datetime import timedelta
from typing import BinaryIO

from django import forms
from django.http import FileResponse, HttpResponse, JsonResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ventanilla.desk import files, writing
from ventanilla.desk.forms import EmptyForm, StrictForm
from ventanilla.desk.identity import Request
from ventanilla.desk.present import messages
from ventanilla.desk.views.answers import posted
from ventanilla.lib import ratelimit, storage
from ventanilla.lib.problems import NotAllowed, NotFound
from ventanilla.tickets import queries
from ventanilla.tickets.actions import personal
from ventanilla.tickets.models import Attachment

# A file of a stranger's must not run, whatever the browser takes it for.
LOCKED = "sandbox; default-src 'none'"
UPLOADS_A_MINUTE = 60


class UploadForm(StrictForm):
    file = forms.FileField(allow_empty_file=True)
    inline = forms.BooleanField(required=False)  # shown in the text: the composer's business


@require_http_methods(["GET", "POST"])
def uploads(request: Request) -> HttpResponse:
    """GET: the agent's uploads that no message has taken yet. POST: one file more."""
    if request.method == "GET":
        waiting = queries.uploads(None, request.viewer)
        return JsonResponse({"files": [_told(one) for one in waiting]})
    if not (request.viewer.can("ticket.note") or request.viewer.can("ticket.reply")):
        raise NotAllowed(_("Your role does not include writing. An administrator can grant it."))
    ratelimit.require(
        f"upload:{request.agent.pk}",
        _("That is a lot of files at once. Go on in a minute."),
        limit=UPLOADS_A_MINUTE,
        window=timedelta(minutes=1),
        now=request.act.when,
    )
    given = UploadForm(request.POST, request.FILES).checked()["file"]
    digest, name, content_type = writing.store(given)
    kept = personal.add_upload(
        request.agent.pk,
        None,
        digest=digest,
        filename=name,
        content_type=content_type,
        size=given.size or 0,
        now=request.act.when,
    )
    return JsonResponse(_told(kept), status=201)


@require_http_methods(["DELETE", "POST"])
def upload(request: Request, pk: int) -> HttpResponse:
    """Take an upload back."""
    if request.method == "POST":
        posted(request, EmptyForm)
    if not personal.remove_upload(request.agent.pk, pk):
        raise NotFound(_("There is no such file, or it isn't yours to see."))
    return HttpResponse(status=204)


@require_GET
def attachment(request: Request, pk: int, name: str) -> FileResponse:
    """A file as a download, under the rights of its ticket as of now (R22)."""
    found = queries.attachment(pk, request.viewer)
    file = _opened(found.digest)
    content_type = files.told_type(file.read(16))
    file.seek(0)
    response = FileResponse(file, content_type=content_type)
    response.headers["Content-Length"] = str(found.size)
    return download(response, found.filename)


@require_GET
def picture(request: Request, pk: int) -> HttpResponse:
    """A picture made again from its pixels, to be shown inside a page; `thumb`: a small one."""
    found = queries.attachment(pk, request.viewer)
    thumb = "thumb" in request.GET
    mark = f'"{found.digest[:32]}{"-t" if thumb else ""}"'
    if request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers={"ETag": mark})
    if not files.has_picture(found.content_type, found.size):
        raise NotFound(_("This file is no picture that can be shown."))
    try:
        with _opened(found.digest) as source:
            data, content_type = files.picture(source, thumb=thumb)
    except files.NotAPicture:
        raise NotFound(_("This file is no picture that can be shown.")) from None
    response = HttpResponse(data, content_type=content_type, headers={"ETag": mark})
    response.headers["Content-Security-Policy"] = LOCKED
    response.headers["Content-Disposition"] = "inline"
    return response


def download(response: FileResponse, name: str) -> FileResponse:
    """The headers of anything that is saved, never shown."""
    shown = files.safe_name(name)
    response.headers["Content-Disposition"] = content_disposition_header(True, shown) or ""
    response.headers["Content-Security-Policy"] = LOCKED
    return response


def _opened(digest: str) -> BinaryIO:
    try:
        return storage.open(digest)
    except storage.Missing:
        raise NotFound(_("This file is no longer there.")) from None


def _told(one: Attachment) -> dict[str, object]:
    """What the composer needs of an upload; a picture's address shows it."""
    shown = files.has_picture(one.content_type, one.size)
    return {
        "id": one.pk,
        "name": one.filename,
        "size": one.size,
        "content_type": one.content_type,
        "url": messages.picture_url(one) if shown else messages.file(one).url,
    }
