"""Signing in and out: password, one-time link, a forgotten password, the desk's first agent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import bare_frame
from ventanilla.desk.views.problems import before_second_step
from ventanilla.events.jobs import enqueue
from ventanilla.lib import clock, ratelimit
from ventanilla.lib.problems import Invalid, Problem, TooMany
from ventanilla.mail.jobs import mail_link
from ventanilla.people.actions import links, sessions, signin, staff
from ventanilla.people.actions import second_step as second_steps
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.second_step import prove
from ventanilla.people.models import Agent, OneTimeLink, User
from ventanilla.people.queries import desk

BACKEND = "django.contrib.auth.backends.ModelBackend"
FRESH = timedelta(minutes=10)  # how long a sign-in counts as fresh for risky settings
ASKED = timedelta(hours=1)
Purpose = OneTimeLink.Purpose
WAITING = "second_step"  # in the session: who still has to take it


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """The sign-in form. A desk without agents leads to making the first one."""
    target = own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    email = request.POST.get("email", "")
    if request.method == "POST":
        try:
            user = signin.sign_in(
                email, request.POST.get("password", ""), ip=ip_of(request), now=clock.now()
            )
        except Problem as problem:
            return _form(request, email=email, next=target, error=problem.message, of=problem)
        return come_in(request, user, target)
    if not Agent.objects.exists():
        return HttpResponseRedirect(reverse("desk:first"))
    return _form(request, email=email, next=target)


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The code of the app, or a recovery code, after the password or the link."""
    waiting = _waiting(request)
    if waiting is None:
        return HttpResponseRedirect(settings.LOGIN_URL)
    user, target = waiting
    if request.method == "GET":
        return _page(request, "second_step", None)
    try:
        prove(user, request.POST.get("code", ""), clock.now(), ip=ip_of(request))
    except Problem as problem:
        return _page(request, "second_step", problem)
    del request.session[WAITING]
    enter(request, user)
    return HttpResponseRedirect(target or "/")


@before_second_step
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    sessions.forget(request.session.session_key)
    auth.logout(request)
    return HttpResponseRedirect(settings.LOGIN_URL)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first(request: HttpRequest) -> HttpResponse:
    """Make the first administrator of a new desk, who is then signed in."""
    if Agent.objects.exists():
        return HttpResponseRedirect(settings.LOGIN_URL)
    given = {name: request.POST.get(name, "") for name in ("name", "email", "password")}
    if request.method == "POST":
        try:
            agent = staff.first_administrator(**given, now=clock.now())
        except Problem as problem:
            return _page(request, "first", problem, **given)
        enter(request, agent.user)
        return HttpResponseRedirect(reverse("desk:setup"))
    return _page(request, "first", None, **given)


@login_not_required
@require_http_methods(["GET", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a mailed link. The answer is the same whether the address is known (R32)."""
    email = request.POST.get("email", "").strip().lower()
    if request.method == "GET" or not email:
        return _page(request, "reset", None, email=email, sent=False)
    purpose = Purpose.SIGN_IN if request.POST.get("want") == "sign_in" else Purpose.RESET
    now = clock.now()
    try:
        ratelimit.require(
            f"link:{ip_of(request)}", _("Too many tries. Wait a few minutes."),
            limit=signin.PER_ADDRESS, window=signin.WINDOW, now=now,
        )  # fmt: skip
    except TooMany as problem:
        return _page(request, "reset", problem, email=email, sent=False)
    if not ratelimit.hit(f"link:{email}", limit=signin.PER_ACCOUNT, window=ASKED, now=now):
        enqueue(mail_link, email=email, purpose=purpose.value)
    return _page(request, "reset", None, email=email, sent=True)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link. Opening it shows the page; only the button uses it: scanners open links."""
    now = clock.now()
    found = links.look_at(token, now)
    context = {"token": token, "user": found.user, "purpose": found.purpose}
    if request.method == "GET":
        return _page(request, "link", None, **context)
    try:
        with transaction.atomic():  # a password that is refused leaves the link unused
            user = links.use(token, now).user
            if found.purpose == Purpose.SIGN_IN:
                audit("signin.succeeded", now, user_id=user.pk, ip=ip_of(request), by="link")
            else:
                staff.set_password(user, request.POST.get("password", ""), now, ip=ip_of(request))
    except Invalid as problem:
        return _page(request, "link", problem, **context)
    return come_in(request, user, "")


@before_second_step
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """Ask for the password again before a risky setting is changed (R30)."""
    target = own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    if request.method == "POST":
        try:
            user = signin.sign_in(
                request.who.user.email,
                request.POST.get("password", ""),
                ip=ip_of(request),
                now=clock.now(),
            )
        except Problem as problem:
            return _page(request, "confirm", problem, next=target)
        enter(request, user)
        return HttpResponseRedirect(target or "/")
    return _page(request, "confirm", None, next=target)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages without sign-in."""
    back = own_path(request, request.META.get("HTTP_REFERER", "")) or settings.LOGIN_URL
    response = HttpResponseRedirect(back)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, code, max_age=31_536_000, samesite="Lax", httponly=True
        )
    return response


# -- shared ------------------------------------------------------------------------------------
def come_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """After the first step: on to the second, or in. Whoever will need one is told."""
    now = clock.now()
    if second_steps.of(user) is not None:
        request.session.cycle_key()
        proof = user.get_session_auth_hash()
        request.session[WAITING] = [user.pk, proof, now.timestamp(), target]
        return HttpResponseRedirect(reverse("desk:second_step"))
    enter(request, user)
    if Agent.objects.filter(user=user, role__second_step_by__isnull=False).exists():
        return HttpResponseRedirect(f"{reverse('desk:two_steps')}?next={quote(target or '/')}")
    return HttpResponseRedirect(target or "/")


def _waiting(request: HttpRequest) -> tuple[User, str] | None:
    """Who has taken the first step in this browser just now, and where they want to go."""
    pk, proof, since, target = request.session.get(WAITING) or (0, "", 0, "")
    user = User.objects.filter(pk=pk, is_active=True).first()
    late = clock.now().timestamp() - since > FRESH.total_seconds()
    if user is None or late or not constant_time_compare(proof, user.get_session_auth_hash()):
        return None
    return user, target


def enter(request: HttpRequest, user: User) -> None:
    """Begin a session of `user` with a new id, and remember when and where."""
    before, now = request.session.session_key, clock.now()
    auth.login(request, user, backend=BACKEND)
    request.session["fresh_at"] = now.timestamp()
    request.session.save()
    sessions.begin(
        user,
        request.session.session_key or "",
        now,
        agent=request.headers.get("User-Agent", ""),
        ip=ip_of(request),
        instead=before,
    )


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person gave their password, or came by a link, within the last 10 minutes."""
    since = clock.now().timestamp() - request.session.get("fresh_at", 0)
    return since <= FRESH.total_seconds()


def own_path(request: HttpRequest, target: str) -> str:
    """`target` if it is a path of ours, else nothing (R27)."""
    own = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return target if own and not target.startswith("//") else ""


def ip_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR") or "")


def languages() -> list[tuple[str, str, bool]]:
    now = translation.get_language()
    return [(code, name, code == now) for code, name in settings.LANGUAGES]


def _form(
    request: HttpRequest, *, email: str, next: str, error: str = "", of: Problem | None = None
) -> HttpResponse:
    context = _shared() | {
        "email": email,
        "error": error,
        "next": next,
        "reset_url": reverse("desk:password_reset"),
    }
    return render(request, "desk/login.html", context, status=of.status if of else 200)


def _page(
    request: HttpRequest, name: str, problem: Problem | None, /, **context: Any
) -> HttpResponse:
    """One of the pages in the frame of the sign-in: errors by field, the rest on top."""
    field = problem.field or "" if problem else ""
    context |= _shared() | {"errors": {field: problem.message} if problem else {}}
    status = problem.status if problem else 200
    return render(request, f"desk/signin/{name}.html", context, status=status)


def _shared() -> dict[str, Any]:
    return {
        "frame": bare_frame(desk().name),
        "languages": languages(),
        "language_url": reverse("desk:language"),
    }
