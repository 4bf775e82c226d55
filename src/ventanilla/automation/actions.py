"""Writing rules: each change of what one says is a new version, and any version can come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from ventanilla.automation import definition as definitions
from ventanilla.automation import jobs
from ventanilla.automation.models import Rule, RuleVersion
from ventanilla.events.acts import Act
from ventanilla.events.jobs import enqueue
from ventanilla.lib.problems import Invalid, NotFound
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.rights import require

MAY = "setup.rules"
MOST = 500  # rules of one desk


@transactional
def save_rule(
    act: Act,
    *,
    name: str,
    said: Mapping[str, Any],
    active: bool = True,
    position: int | None = None,
    rule: Rule | None = None,
) -> Rule:
    """Make a rule, or change `rule`. It acts by the rights of who saved what it says.

    said       a definition, as JSON
    position   None: where it is; a new one goes to the end
    Raises NotAllowed, Invalid (no name; what it says makes no sense, or names what isn't there).
    """
    require(act, MAY)
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(_("A rule needs a name, so that people know what acted."), field="name")
    definition = definitions.read(said)
    row = rule or Rule(version=0, position=_last() + 1)
    before = _said(row)
    definitions.check(definition, frozenset(before.get("changes", ())))
    if row.pk is None and Rule.objects.filter(removed=False).count() >= MOST:
        raise Invalid(_("There are 500 rules. Remove one first."), field="name")
    old = {} if row.pk is None else _values(row, before)
    now = definitions.written(definition)
    row.name, row.active = name, active
    row.position = row.position if position is None else position
    changed = now != before
    row.version += 1 if changed else 0
    row.save()
    if changed:
        RuleVersion.objects.create(
            rule=row,
            number=row.version,
            said=now,
            author_id=act.actor.id if act.actor.kind == "agent" else None,
            created_at=act.when,
        )
    what = "rule.changed" if rule else "rule.created"
    thing, new = f"rule:{row.pk}", _values(row, now)
    audit(what, act.when, user_id=act.actor.id, thing=thing, old=old, new=new)
    configuration_changed()
    if row.active and definition.after:
        enqueue(jobs.plan_tickets, rule_id=row.pk)
    return row


@transactional
def switch(act: Act, rule: Rule, *, active: bool) -> None:
    """Let a rule run, or stop it. Raises NotAllowed."""
    require(act, MAY)
    if rule.active != active:
        rule.active = active
        rule.save(update_fields=["active"])
        what = "rule.switched_on" if active else "rule.switched_off"
        audit(what, act.when, user_id=act.actor.id, thing=f"rule:{rule.pk}")
        configuration_changed()
        if active and _said(rule).get("after"):
            enqueue(jobs.plan_tickets, rule_id=rule.pk)


@transactional
def bring_back(act: Act, rule: Rule, number: int) -> Rule:
    """Let a rule say again what it said in a version: as a new one, by the rights of who does so.

    Raises NotAllowed, NotFound, Invalid.
    """
    require(act, MAY)
    version = rule.versions.filter(number=number).first()
    if version is None:
        raise NotFound(_("The rule has no such version."))
    return save_rule(act, name=rule.name, said=version.said, active=rule.active, rule=rule)


@transactional
def arrange(act: Act, order: Sequence[int]) -> None:
    """Put rules into this order; those not named stay behind them. Raises NotAllowed."""
    require(act, MAY)
    rows = {row.pk: row for row in Rule.objects.filter(removed=False)}
    named = [pk for pk in dict.fromkeys(order) if pk in rows]
    others = [pk for pk in rows if pk not in named]
    moved = []
    for at, pk in enumerate([*named, *others]):
        if rows[pk].position != at:
            rows[pk].position = at
            moved.append(rows[pk])
    if moved:
        Rule.objects.bulk_update(moved, ["position"])
        audit("rule.arranged", act.when, user_id=act.actor.id, new={"order": named})
        configuration_changed()


@transactional
def remove_rule(act: Act, rule: Rule) -> None:
    """It runs no more; what it did still names it. Raises NotAllowed."""
    require(act, MAY)
    rule.removed, rule.active = True, False
    rule.save(update_fields=["removed", "active"])
    thing = f"rule:{rule.pk}"
    audit("rule.removed", act.when, user_id=act.actor.id, thing=thing, old=_values(rule, {}))
    configuration_changed()


def _last() -> int:
    found = Rule.objects.filter(removed=False).aggregate(last=Max("position"))["last"]
    return -1 if found is None else int(found)


def _said(row: Rule) -> dict[str, Any]:
    if row.pk is None:
        return {}
    said: dict[str, Any] = row.versions.get(number=row.version).said
    return said


def _values(row: Rule, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": row.name, "active": row.active, "version": row.version, "says": dict(said)}
