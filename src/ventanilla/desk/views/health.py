"""For machines: is it alive, can it work, how is it doing."""

from __future__ import annotations

from ipaddress import ip_address

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from ventanilla.lib import metrics as figures
from ventanilla.lib import schema, storage
from ventanilla.mail import health as _mail  # noqa: F401 (its gauges)
from ventanilla.mail import intake_health as _intake  # noqa: F401 (its gauges)


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether requests can be served: the database, its schema, the storage of files."""
    parts = {"database": _database(), "schema": "", "storage": _storage()}
    parts["schema"] = _schema() if parts["database"] == "ok" else "unknown"
    ready = all(state == "ok" for state in parts.values())
    response = JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)
    if not ready:
        response.headers["Retry-After"] = "5"
    return response


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine, and for who may see the state of the system."""
    allowed = request.viewer.can("operate")  # type: ignore[attr-defined]
    if not allowed and not _is_local(request):
        raise Http404
    return HttpResponse(figures.expose(), content_type=figures.CONTENT_TYPE)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "away"
    return "ok"


def _schema() -> str:
    try:
        found = schema.state()
    except Error:
        return "away"
    return "ok" if found is schema.State.CURRENT else found.value


def _storage() -> str:
    try:
        storage.exists("0" * 64)
    except OSError:
        return "away"
    return "ok"


def _is_local(request: HttpRequest) -> bool:
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
