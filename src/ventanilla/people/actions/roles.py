"""Setting up roles. Nobody gives away more than they have; the administrator's stays whole."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import RightsChanged
from ventanilla.events.log import record
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Role
from ventanilla.people.permissions import PERMISSIONS, STANDARD_ROLES
from ventanilla.people.rights import all_rights, require

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@transaction.atomic
def save_role(
    act: Act,
    *,
    key: str,
    name: str,
    visibility: str,
    permissions: Iterable[str],
    role: Role | None = None,
) -> Role:
    """Make a role, or change `role`. Its agents have the new rights at once.

    Raises NotAllowed (more than one has oneself, R30), Invalid (key or name malformed; the
    administrator's role, which nobody takes anything from).
    """
    require(act, "setup.people")
    wanted = set(permissions)
    row = Role.objects.select_for_update().get(pk=role.pk) if role else Role(key=key)
    _check(row, name, visibility, wanted)
    own = all_rights(act).permissions
    if not wanted | set(row.permissions) <= own:
        raise NotAllowed(
            _("The role %(role)s allows more than yours does. Ask an administrator.")
            % {"role": row.name or key}
        )
    old = {"name": row.name, "visibility": row.visibility, "permissions": row.permissions}
    in_order = [each for each in PERMISSIONS if each in wanted]
    row.name, row.visibility, row.permissions = name, visibility, in_order
    row.save()
    new = {"name": name, "visibility": visibility, "permissions": in_order}
    what = "role.changed" if role else "role.created"
    audit(what, act.when, user_id=act.actor.id, thing=f"role:{row.pk}", old=old, new=new)
    record(None, act, RightsChanged(agent=None))
    configuration_changed()
    return row


def _check(row: Role, name: str, visibility: str, permissions: set[str]) -> None:
    if not KEY.fullmatch(row.key):
        text = _("A role's key holds small letters, digits and hyphens.")
        raise Invalid(text, field="key")
    if not name and row.key not in STANDARD_ROLES:
        raise Invalid(_("A role needs a name."), field="name")
    whole, all_tickets = STANDARD_ROLES["administrator"]
    if row.key == "administrator" and (permissions, visibility) != (set(whole), all_tickets):
        text = _("The administrator's role keeps every right: else nobody could set the desk up.")
        raise Invalid(text, field="permissions")
