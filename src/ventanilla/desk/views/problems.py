"""How refusals and mishaps look: a page, a banner where it happened, or JSON for scripts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ventanilla.desk import shapes
from ventanilla.desk.present.frame import bare_frame, frame
from ventanilla.lib import log
from ventanilla.lib.problems import NotAllowed, NotFound, Problem, TooMany
from ventanilla.tickets.actions.custom import FieldsMissing

View = TypeVar("View", bound=Callable[..., HttpResponse])

logger = structlog.get_logger(__name__)


class TooLarge(Problem):
    status, code = 400, "bad_request"


RETRY_AFTER = "5"  # seconds

TITLES = {
    403: lambda: _("Not allowed"),
    404: lambda: _("Not found"),
    409: lambda: _("Somebody was faster"),
    422: lambda: _("That can't be accepted as it is"),
    429: lambda: _("Too many at once"),
}


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def is_partial(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request-Type") == "partial"


def refused(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A foreseen refusal, in the form that was asked for, with its status."""
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            {"code": problem.code, "message": problem.message, "field": problem.field},
            status=problem.status,
        )
    else:
        match = request.resolver_match
        ways = fill_in(request, problem, match.kwargs.get("number") if match else None)
        title = _("Something is missing") if ways else _title(problem.status)
        response = _shown(request, problem.status, title, problem.message, actions=ways)
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in: pages lead to the sign-in and back; fragments say so where they are."""
    if wants_json(request):
        message = _("Your session has ended. Sign in again.")
        return JsonResponse({"code": "signed_out", "message": message, "field": None}, status=401)
    target = f"{settings.LOGIN_URL}?next={quote(_back(request))}"
    if not is_partial(request):
        return HttpResponseRedirect(target)
    banner = shapes.Banner(
        title=_("Your session has ended."),
        text=_("Sign in again; what you have written is kept."),
        kind="warn",
        actions=[{"label": _("Sign in"), "href": target, "primary": True}],
    )
    return render(request, "desk/problems/_banner.html", {"banner": banner}, status=401)


def before_second_step(view: View) -> View:
    """Mark a view that people may use while the second step that their role requires is missing."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return view


def second_step_first(request: HttpRequest) -> HttpResponse:
    """The role requires a second step that is not set up: nothing else is open until it is."""
    target = f"{reverse('desk:two_steps')}?next={quote(_back(request))}"
    if wants_json(request):
        message = _("Your role requires two steps to sign in. Set up the second one first.")
        refusal = {"code": "second_step_missing", "message": message, "field": None}
        return JsonResponse(refusal, status=403)
    if not is_partial(request):
        return HttpResponseRedirect(target)
    there = reverse("desk:two_steps") in request.headers.get("HX-Current-URL", "")
    return HttpResponse(status=204, headers={} if there else {"HX-Redirect": target})


def no_agent() -> NotAllowed:
    return NotAllowed(_("This account has no place at this desk. An administrator can add it."))


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """The database is away: say so at once, and when to come again. Asks the database nothing."""
    logger.warning("database_away", error=type(error).__name__)
    if wants_json(request):
        message = _("The database is starting. Nothing is lost; try again in a moment.")
        response: HttpResponse = JsonResponse(
            {"code": "unavailable", "message": message, "field": None}, status=503
        )
    elif is_partial(request):
        banner = shapes.Banner(
            title=_("Back in a moment."),
            text=_("The database is starting. Nothing is lost; try again in a moment."),
            kind="bad",
        )
        response = render(request, "desk/problems/_banner.html", {"banner": banner}, status=503)
    else:
        response = render(request, "desk/problems/unavailable.html", status=503)
    response.headers["Retry-After"] = RETRY_AFTER
    return response


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, NotFound(_("There is nothing at this address.")))


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What can't even be read: too large a form, too many fields, a broken multipart."""
    return refused(request, TooLarge(_("This is more than can be taken at once. Send less.")))


@login_not_required
def forgery(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old: nothing was changed."""
    message = _("This page was open for too long. Load it again; nothing was changed.")
    return refused(request, NotAllowed(message))


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw: logged once by Django with the request's id, which the page shows."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request, error)
    reference = log.incident()
    if wants_json(request):
        body = {"code": "error", "message": _("Something went wrong here."), "field": None}
        return JsonResponse(body | {"reference": reference}, status=500)
    return _shown(
        request,
        500,
        _("Something went wrong here"),
        _("It was logged, and nothing that you wrote is lost."),
        reference=reference,
    )


def own_ticket(request: HttpRequest) -> str:
    """The page of the ticket that a request was about."""
    match = request.resolver_match
    number = match.kwargs.get("number") if match else None
    return reverse("desk:ticket", args=[number]) if number else ""


def fill_in(request: HttpRequest, problem: Problem, number: int | None) -> list[dict[str, Any]]:
    """The way to each field that a ticket lacks to be resolved: what opens it on its page.

    From a list, the way to the ticket.
    """
    if not isinstance(problem, FieldsMissing) or number is None:
        return []
    if f"/{number}/" not in urlsplit(request.headers.get("HX-Current-URL", "")).path:
        return [{"label": _("Open the ticket"), "href": reverse("desk:ticket", args=[number])}]
    return [
        {"label": one.label, "opens": f"field-{one.key}-{number}", "primary": not at}
        for at, one in enumerate(problem.verdict.missing)
    ]


def _shown(
    request: HttpRequest,
    status: int,
    title: str,
    text: str,
    *,
    reference: str = "",
    actions: Sequence[dict[str, Any]] = (),
) -> HttpResponse:
    if is_partial(request):
        kind = "warn" if status in (404, 409) else "bad"
        banner = shapes.Banner(
            title=f"{title}.", text=text, kind=kind, reference=reference, actions=actions
        )
        return render(request, "desk/problems/_banner.html", {"banner": banner}, status=status)
    context: dict[str, Any] = {
        "frame": _frame(request, status),
        "status": status,
        "title": title,
        "text": text,
        "reference": reference,
        "back": own_ticket(request) if actions else "",
    }
    return render(request, "desk/problems/page.html", context, status=status)


def _frame(request: HttpRequest, status: int) -> shapes.Frame:
    """The sidebar around it; without one where nobody is signed in or nothing may be asked."""
    if status >= 500 or getattr(request, "agent", None) is None:
        return bare_frame()
    return frame(request)  # type: ignore[arg-type]


def _title(status: int) -> str:
    return TITLES[status]() if status in TITLES else _("That did not work")


def _back(request: HttpRequest) -> str:
    return request.get_full_path() if request.method == "GET" else "/"
