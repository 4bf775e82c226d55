"""Which promise applies, and in which hours it counts. Cached per process by the desk's version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ventanilla.lib.business_time import ALWAYS
from ventanilla.lib.business_time import Calendar as Hours
from ventanilla.people.models import Calendar, Team
from ventanilla.people.queries import configuration, per_configuration
from ventanilla.sla.models import Policy


@dataclass(frozen=True)
class Promise:
    """The policy in force for one team, with its hours."""

    policy: Policy
    calendar: Calendar | None
    hours: Hours

    def target(self, metric: str, priority: int) -> timedelta | None:
        seconds = self.policy.targets.get(metric, {}).get(str(int(priority)))
        return timedelta(seconds=seconds) if seconds else None


@per_configuration
def promise(team_id: int) -> Promise | None:
    """What is promised to a team's tickets; None without an active policy.

    3 statements when the configuration has changed, else none within a second of the last.
    """
    policies = Policy.objects.filter(active=True).select_related("calendar")
    policy = policies.order_by("position", "pk").first()
    if policy is None:
        return None
    calendar = policy.calendar or _calendar_of(team_id, configuration().calendar_id)
    return Promise(policy, calendar, hours(calendar))


@per_configuration
def working_hours(team_id: int) -> Hours:
    """When a team works: its own calendar, else the desk's; around the clock without either."""
    return hours(_calendar_of(team_id, configuration().calendar_id))


def _calendar_of(team_id: int, desk_calendar: int | None) -> Calendar | None:
    team = Team.objects.select_related("calendar").get(pk=team_id)
    if team.calendar is not None:
        return team.calendar
    return Calendar.objects.filter(pk=desk_calendar or 0).first()


def hours(calendar: Calendar | None) -> Hours:
    """The arithmetic's calendar of a row; around the clock without one."""
    if calendar is None:
        return ALWAYS
    return Hours.from_json(calendar.zone, calendar.week, calendar.exceptions)
