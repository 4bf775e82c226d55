"""Reading rules, their versions and their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery

from ventanilla.automation.definition import Definition, read
from ventanilla.automation.models import Rule, RuleRun, RuleVersion
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent
from ventanilla.people.queries import per_configuration
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket

LATELY = timedelta(days=7)
MOST_RUNS = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list. `definition` is None where it can't be read any more: `fault` says why.

    powerless   its author may not do such things any more, or is gone
    """

    rule: Rule
    definition: Definition | None
    fault: str
    author: str
    powerless: bool
    lately: int  # runs of the last seven days
    last: datetime | None


def listed(now: datetime) -> Sequence[Listed]:
    """All rules in their order. 2 statements."""
    runs = dict(
        RuleRun.objects.values_list("rule")
        .annotate(n=Count("pk", filter=Q(at__gte=now - LATELY)))
        .values_list("rule", "n")
    )
    last = dict(
        RuleRun.objects.values_list("rule").annotate(at=Max("at")).values_list("rule", "at")
    )
    found = []
    for version in current().filter(rule__removed=False):
        definition, fault = readable(version)
        author = version.author
        found.append(
            Listed(
                rule=version.rule,
                definition=definition,
                fault=fault,
                author=author.user.name if author else "",
                powerless=author is not None and not _may_act(author),
                lately=runs.get(version.rule_id, 0),
                last=last.get(version.rule_id),
            )
        )
    return found


def _may_act(author: Agent) -> bool:
    return author.user.is_active and "ticket.change" in author.role.permissions


def current() -> QuerySet[RuleVersion]:
    """What each rule says now, in their order."""
    numbers = Rule.objects.filter(pk=OuterRef("rule")).values("version")
    rows = RuleVersion.objects.filter(number=Subquery(numbers))
    with_author = rows.select_related("rule", "author__user", "author__role")
    return with_author.order_by("rule__position", "rule_id")


def readable(version: RuleVersion) -> tuple[Definition | None, str]:
    """What it says, or why that can't be read any more."""
    try:
        return read(version.said), ""
    except Invalid as problem:
        return None, problem.message


@per_configuration
def names() -> Mapping[int, str]:
    """What rules are called, removed ones too. 1 statement when the configuration has changed."""
    return dict(Rule.objects.values_list("pk", "name"))


def runs_of(rule: Rule, viewer: Viewer) -> Sequence[RuleRun]:
    """The newest runs on tickets that the viewer sees. 1 statement."""
    seen = Ticket.objects.visible_to(viewer).filter(pk=OuterRef("ticket_id"))
    found = rule.runs.filter(pk__in=rule.runs.order_by("-pk").values("pk")[:MOST_RUNS])
    return list(found.filter(ticket_id=Subquery(seen.values("pk")[:1])).order_by("-pk"))
