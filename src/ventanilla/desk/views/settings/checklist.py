"""Set-up: what a new desk still needs, each step testing itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ventanilla.desk.identity import Request
from ventanilla.desk.present.frame import frame
from ventanilla.desk.views.settings.page import SECTIONS
from ventanilla.lib.problems import NotAllowed
from ventanilla.mail.models import MailAccount
from ventanilla.people.models import Agent, AuditEntry, Team
from ventanilla.tickets.models import Category, Inbox, Message, MessageKind


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    text: str
    url: str
    done: bool
    bad: str = ""  # what is wrong with a step that was done


@require_GET
def settings(request: Request) -> HttpResponse:
    """The first section that the reader may open."""
    for url, permission in SECTIONS.values():
        if request.viewer.can(permission):
            return HttpResponseRedirect(reverse(url))
    raise NotAllowed(_("Settings are for administrators and supervisors. Ask one of them."))


@require_GET
def setup(request: Request) -> HttpResponse:
    """The checklist from an empty desk to a live one."""
    if not request.viewer.can("setup.inboxes"):
        raise NotAllowed(_("Setting up the desk is for administrators. Ask one of them."))
    steps = list(checklist())
    now = next((n for n, step in enumerate(steps) if not step.done), None)
    done = sum(step.done for step in steps)
    context = {
        "frame": frame(request, here="setup"),
        "steps": steps,
        "now": now,
        "done": done,
    }
    return render(request, "desk/settings/setup.html", context)


def checklist() -> list[Step]:
    """Each step with whether it is done, as the database says. 7 statements."""
    accounts = MailAccount.objects.filter(inbox__active=True)
    failing = accounts.exclude(fetch_error="").values_list("fetch_error", flat=True).first()
    sends = Message.objects.filter(kind=MessageKind.REPLY, delivery="sent").exists()
    return [
        Step(
            _("Administrator"),
            _("The account that sets up everything else."),
            reverse("desk:people"),
            done=True,
        ),
        Step(
            _("Connect an inbox"),
            _("Mail to it becomes tickets. A test tries both directions and says what to mend."),
            reverse("desk:inboxes"),
            done=Inbox.objects.filter(active=True).exists(),
            bad=failing or "",
        ),
        Step(
            _("Teams"),
            _("Who answers what. A ticket always belongs to one."),
            reverse("desk:teams"),
            done=Team.objects.filter(archived=False, members__isnull=False).exists(),
        ),
        Step(
            _("People"),
            _("Everybody gets an invitation by mail and chooses a password."),
            reverse("desk:people"),
            done=Agent.objects.filter(user__is_active=True).count() > 1,
        ),
        Step(
            _("Categories"),
            _("A short tree: what people write about."),
            reverse("desk:categories"),
            done=Category.objects.filter(archived=False).exists(),
        ),
        Step(
            _("Deadlines and hours"),
            _("When you work, and how soon customers get an answer."),
            reverse("desk:promises"),
            done=_was_changed("sla.changed", "hours.changed"),
        ),
        Step(
            _("First answer sent"),
            _("Write to your own address, answer it, and see the answer arrive."),
            reverse("desk:home"),
            done=sends,
        ),
    ]


def _was_changed(*whats: str) -> bool:
    return AuditEntry.objects.filter(what__in=whats).exists()
