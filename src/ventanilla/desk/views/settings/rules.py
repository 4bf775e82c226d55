"""Rules: the list with their order, what one did lately, and its versions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ventanilla.automation import actions, queries
from ventanilla.automation.linting import lint
from ventanilla.automation.models import Rule
from ventanilla.desk.identity import Request
from ventanilla.desk.present import rules as present
from ventanilla.desk.present.views import Offer, offer
from ventanilla.desk.views.settings.page import done, page, section
from ventanilla.lib import clock
from ventanilla.people.models import Agent
from ventanilla.tickets.choices import choices

STEPS = {"up": -1, "down": 1}


@require_http_methods(["GET", "POST"])
@section("rules")
def rules(request: Request) -> HttpResponse:
    """All of them, in the order in which they run. POST: that order, or one switched on or off."""
    if request.method == "POST":
        _changed(request)
        return HttpResponseRedirect(reverse("desk:rules"))
    known, people = words()
    listed = queries.listed(clock.now())
    findings = lint(listed)
    rows = [
        {
            "of": one,
            "said": present.said(one.definition, known, people) if one.definition else None,
            "findings": [each for each in findings if each.rule == one.rule.pk],
        }
        for one in listed
    ]
    return page(request, "rules", "rules", rows=rows)


def _changed(request: Request) -> None:
    for active in ("on", "off"):
        if pk := request.POST.get(active, ""):
            actions.switch(request.act, _rule(_number(pk)), active=active == "on")
            return
    order = [_number(one) for one in request.POST.getlist("rule")]
    for step, by in STEPS.items():
        moved = _number(request.POST.get(step, ""))
        if moved in order:
            at = order.index(moved)
            order.insert(max(0, at + by), order.pop(at))
    actions.arrange(request.act, order)


@require_safe
@section("rules")
def rule_runs(request: Request, pk: int) -> HttpResponse:
    """What a rule did lately: on which tickets, why, and what became of it."""
    rule, (known, _people) = _rule(pk), words()
    versions = {one.number: one for one in rule.versions.all()}
    rows = [
        {
            "run": run,
            "verdict": present.told(versions[run.version], run.why, known),
            "done": present.done_labels(run.done),
            "left_out": present.left_out(run.left_out),
        }
        for run in queries.runs_of(rule, request.viewer)
    ]
    return page(request, "rules", "rule_runs", rule=rule, rows=rows)


@require_POST
@section("rules")
def rule_version(request: Request, pk: int, number: int) -> HttpResponse:
    """Let a rule say again what it said in this version."""
    actions.bring_back(request.act, _rule(pk), number)
    return done("desk:rule", "saved", pk)


@require_POST
@section("rules")
def rule_removal(request: Request, pk: int) -> HttpResponse:
    actions.remove_rule(request.act, _rule(pk))
    return done("desk:rules")


def words() -> tuple[Offer, dict[int, str]]:
    """What conditions and changes name, in words."""
    agents = list(Agent.objects.select_related("user").order_by("user__name"))
    known: Any = choices()
    return offer(known, agents), {one.pk: one.user.name for one in agents}


def _rule(pk: int) -> Rule:
    return get_object_or_404(Rule, pk=pk, removed=False)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
