"""Whether the agent takes tickets now."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from ventanilla.desk.forms import AvailabilityForm
from ventanilla.desk.identity import Request
from ventanilla.desk.views.answers import SeeOther, own_page, posted
from ventanilla.people.actions.availability import set_availability
from ventanilla.people.models import Agent


@require_POST
def availability(request: Request) -> HttpResponse:
    to = Agent.Availability(posted(request, AvailabilityForm)["availability"])
    set_availability(request.agent, request.act, to=to)
    return SeeOther(own_page(request) or reverse("desk:home"))
