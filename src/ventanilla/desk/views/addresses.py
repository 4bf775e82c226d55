"""Addresses suggested while somebody types a recipient."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.tickets import queries


@require_GET
def suggest(request: Request) -> HttpResponse:
    """At most ten customers whose name or address has the words of `q`."""
    words = " ".join(request.GET.get("q", "")[:100].replace("\0", "").split())
    found = queries.addresses(words, request.viewer) if len(words) >= 2 else []
    return JsonResponse({"addresses": found})
