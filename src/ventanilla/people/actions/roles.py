"""Setting up roles. Nobody gives away more than they have; the administrator's stays whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import RightsChanged
from ventanilla.events.log import record
from ventanilla.lib.problems import Conflict, Invalid, NotAllowed
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Agent, OpenSession, Role
from ventanilla.people.permissions import PERMISSIONS, STANDARD_ROLES
from ventanilla.people.rights import all_rights, covers, require

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class RoleInUse(Conflict):
    code = "role_in_use"


@transaction.atomic
def save_role(
    act: Act,
    *,
    key: str = "",
    name: str,
    visibility: str,
    permissions: Iterable[str],
    hidden: Collection[int] | None = None,
    role: Role | None = None,
) -> Role:
    """Make a role, or change `role`. Its agents have the new rights at once.

    key      stays with the role; without one a new role gets it from its name
    hidden   ids of categories whose tickets it does not show, with all below them. Not given: as
             it is; for a new role, whatever is hidden from any other
    Raises NotAllowed (more than one has oneself, R30), Invalid (key or name malformed or taken;
    the administrator's role, which nobody takes anything from).
    """
    require(act, "setup.people")
    name, wanted = " ".join(name.split())[:60], set(permissions)
    row = Role.objects.select_for_update().get(pk=role.pk) if role else Role(key=key or _key(name))
    was = _rights_of(row)
    if hidden is None:
        hidden = row.hidden if role else _hidden_from_some()
    _check(row, name, visibility, wanted, hidden)
    if role:
        may_give(act, row)
    in_order = [each for each in PERMISSIONS if each in wanted]
    row.name, row.visibility, row.permissions = name, visibility, in_order
    row.hidden = sorted(set(hidden))
    may_give(act, row)
    if role and was == _rights_of(row):
        return row
    row.save()
    renew_sessions(Agent.objects.filter(role=row))
    what = "role.changed" if role else "role.created"
    _note(act, what, row, old=was if role else {}, new=_rights_of(row))
    return row


@transaction.atomic
def remove_role(act: Act, role: Role, *, to: Role | None = None) -> int:
    """Remove a role of the desk's own; who has it gets the role `to`. Returns how many.

    Raises NotAllowed, Invalid (a standard role), RoleInUse (somebody has it, and no other is
    named).
    """
    require(act, "setup.people")
    row = Role.objects.select_for_update().get(pk=role.pk)
    if row.key in STANDARD_ROLES:
        raise Invalid(_("The roles that every desk has stay. Give their people another one."))
    may_give(act, row)
    holders = list(Agent.objects.select_for_update(no_key=True).filter(role=row).order_by("pk"))
    if holders and (to is None or to.pk == row.pk):
        raise RoleInUse(_("Choose which role its people get instead."), field="to")
    if to is not None:
        may_give(act, to)
        renew_sessions(Agent.objects.filter(role=row))
        Agent.objects.filter(role=row).update(role=to)
    given = {"to": to.key if to and holders else None, "agents": [one.pk for one in holders]}
    _note(act, "role.removed", row, old=_rights_of(row), **given)
    row.delete()
    return len(holders)


def hide_as(act: Act, like: int, categories: Collection[int]) -> None:
    """Hide categories from whatever roles the category `like` is hidden from: what stands below
    a hidden one is hidden too."""
    for row in Role.objects.select_for_update().filter(hidden__contains=[like]):
        old, row.hidden = row.hidden, sorted({*row.hidden, *categories})
        if old != row.hidden:
            row.save(update_fields=["hidden"])
            _note(act, "role.changed", row, old={"hidden": old}, new={"hidden": row.hidden})


def renew_sessions(agents: QuerySet[Agent]) -> None:
    """Let their sessions get other keys: none that was known before carries new rights (R32)."""
    OpenSession.objects.filter(user__in=agents.values("user")).update(renew=True)


def may_give(act: Act, role: Role) -> None:
    """Refuse to give or take a role that goes beyond one's own rights (R30)."""
    own, visibility = all_rights(act), role.visibility
    if not covers(own, permissions=role.permissions, visibility=visibility, hidden=role.hidden):
        raise NotAllowed(
            _("The role %(role)s allows more than yours does. Ask an administrator.")
            % {"role": role}
        )


def _rights_of(row: Role) -> dict[str, Any]:
    return {
        "name": row.name,
        "visibility": row.visibility,
        "permissions": row.permissions,
        "hidden": row.hidden,
    }


def _key(name: str) -> str:
    """A free key that reads like the name."""
    wanted = slugify(name)[:36].strip("-_") or "role"
    taken, key, n = set(Role.objects.values_list("key", flat=True)), wanted, 1
    while key in taken:
        n += 1
        key = f"{wanted}-{n}"
    return key


def _hidden_from_some() -> set[int]:
    lists = Role.objects.values_list("hidden", flat=True)
    return {category for hidden in lists for category in hidden}


def _check(
    row: Role, name: str, visibility: str, permissions: set[str], hidden: Collection[int]
) -> None:
    if not KEY.fullmatch(row.key):
        text = _("A role's key holds small letters, digits and hyphens.")
        raise Invalid(text, field="key")
    if not name and row.key not in STANDARD_ROLES:
        raise Invalid(_("A role needs a name."), field="name")
    if name and Role.objects.filter(name__iexact=name).exclude(pk=row.pk or 0).exists():
        raise Invalid(_("There is a role of this name already."), field="name")
    whole, all_tickets = STANDARD_ROLES["administrator"]
    if row.key != "administrator":
        return
    if (permissions, visibility) != (set(whole), all_tickets) or hidden:
        text = _("The administrator's role keeps every right: else nobody could set the desk up.")
        raise Invalid(text, field="permissions")


def _note(act: Act, what: str, row: Role, **data: Any) -> None:
    audit(what, act.when, user_id=act.actor.id, thing=f"role:{row.pk}", **data)
    record(None, act, RightsChanged(agent=None))
    configuration_changed()
