"""A message as it came: its HTML on a page of its own, and the original bytes."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present import messages, safe
from ventanilla.desk.views.files import download
from ventanilla.lib import storage
from ventanilla.lib.problems import NotFound
from ventanilla.tickets import queries

# Foreign HTML: our pictures and its own colours, nothing else; framed by our own pages only.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


@require_GET
def html(request: Request, pk: int) -> HttpResponse:
    """The cleaned HTML of a message, for a frame without scripts (R19, R20)."""
    message = queries.message(pk, request.viewer)
    if not message.html:
        raise NotFound(_("This message has no HTML part."))
    files = queries.files([message], message.ticket, request.viewer)
    body, withheld = safe.page(message.html, messages.pictures(files, message.pk))
    page = render_to_string(
        "desk/mail.html",
        {"body": body, "withheld": withheld, "language": message.language},
        request=request,
    )
    response = HttpResponse(page)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@require_GET
def original(request: Request, pk: int) -> FileResponse:
    """The mail's bytes as they came, as a download."""
    message = queries.message(pk, request.viewer)
    try:
        if not message.raw_digest:
            raise storage.Missing("")
        file = storage.open(message.raw_digest)
    except storage.Missing:
        raise NotFound(_("The original of this message is not kept.")) from None
    response = FileResponse(file, content_type="application/octet-stream")
    return download(response, f"{message.ticket.number}-{message.pk}.eml")
