"""Setting up promises and the hours that they count in."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.business_time import Calendar as Hours
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Calendar
from ventanilla.people.rights import require
from ventanilla.sla.models import Policy

Spans = list[list[str]]


@transaction.atomic
def set_targets(act: Act, targets: dict[str, dict[str, int]]) -> Policy:
    """Set the default policy's business seconds by metric and priority.

    A new version: clocks that run keep the target they began with.
    """
    require(act, "setup.desk")
    policies = Policy.objects.select_for_update().filter(active=True)
    policy = policies.order_by("position", "pk").first() or Policy(name="Normal", version=0)
    if policy.pk and policy.targets == targets:
        return policy
    old, policy.targets = policy.targets, targets
    policy.version += 1
    policy.save()
    thing = f"policy:{policy.pk}"
    audit("sla.changed", act.when, user_id=act.actor.id, thing=thing, old=old, new=targets)
    configuration_changed()
    return policy


@transaction.atomic
def save_policy(
    act: Act,
    *,
    name: str,
    position: int,
    active: bool,
    calendar: Calendar | None,
    targets: dict[str, dict[str, int]],
    policy: Policy | None = None,
) -> Policy:
    """Make a policy, or change `policy`: a new version, which running clocks don't follow."""
    require(act, "setup.desk")
    row = Policy.objects.select_for_update().get(pk=policy.pk) if policy else Policy(version=0)
    old = _policy_values(row) if policy else {}
    row.name, row.position, row.active = name, position, active
    row.calendar, row.targets = calendar, targets
    if policy and _policy_values(row) == old:
        return row
    row.version += 1
    row.save()
    thing, new = f"policy:{row.pk}", _policy_values(row)
    audit("sla.changed", act.when, user_id=act.actor.id, thing=thing, old=old, new=new)
    configuration_changed()
    return row


def _policy_values(row: Policy) -> dict[str, object]:
    return {
        "name": row.name,
        "position": row.position,
        "active": row.active,
        "calendar": row.calendar_id,
        "targets": row.targets,
    }


@transaction.atomic
def set_hours(
    act: Act,
    *,
    calendar: Calendar | None,
    name: str,
    zone: str,
    week: dict[str, Spans],
    exceptions: dict[str, Spans],
) -> Calendar:
    """Make a calendar, or change one. Raises Invalid when no day of the week is open."""
    require(act, "setup.desk")
    if not any(week.values()):
        raise Invalid(_("Open at least one day: else no deadline would ever come."))
    Hours.from_json(zone, week, exceptions)  # refuses what it can't count with
    row = calendar or Calendar(version=0)
    if calendar and (row.name, row.zone, row.week, row.exceptions) == (
        name,
        zone,
        week,
        exceptions,
    ):
        return row
    old = {"week": row.week, "exceptions": row.exceptions} if calendar else {}
    row.name, row.zone, row.week, row.exceptions = name, zone, week, exceptions
    row.version += 1
    row.save()
    new = {"week": week, "exceptions": exceptions}
    thing = f"calendar:{row.pk}"
    audit("hours.changed", act.when, user_id=act.actor.id, thing=thing, old=old, new=new)
    configuration_changed()
    return row
