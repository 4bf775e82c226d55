"""Roles: nobody gives more than they have, and the administrator's stays whole (R30)."""

from __future__ import annotations

import pytest

from tests.english import english  # noqa: F401
from tests.factories import MONDAY_9AM, make_agent, system
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.actions.roles import save_role
from ventanilla.people.models import AuditEntry, Role
from ventanilla.people.rights import viewer

pytestmark = pytest.mark.django_db
NEW = {"key": "apoyo", "name": "Apoyo", "visibility": "team", "permissions": ["ticket.note"]}


def test_a_new_role_is_logged_and_gives_its_rights_at_once():
    made = save_role(system(), **NEW)
    agent = make_agent(role="apoyo")
    assert viewer(agent.pk).permissions == {"ticket.note"}
    save_role(system(), role=made, **NEW | {"permissions": ["ticket.reply", "ticket.note"]})
    assert viewer(agent.pk).permissions == {"ticket.note", "ticket.reply"}
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True)) == [
        "role.created",
        "role.changed",
    ]
    assert Event.objects.filter(kind="agent.rights_changed").count() == 2


def test_nobody_gives_or_takes_more_than_they_have():  # R30
    act = Act.of_agent(make_agent(role="supervisor").pk, MONDAY_9AM)
    with pytest.raises(NotAllowed):
        save_role(act, **NEW | {"permissions": ["setup.desk"]})
    whole = save_role(system(), **NEW | {"permissions": ["setup.desk"]})
    with pytest.raises(NotAllowed):
        save_role(act, role=whole, **NEW)


def test_agents_without_the_right_set_up_no_roles():
    with pytest.raises(NotAllowed):
        save_role(Act.of_agent(make_agent().pk, MONDAY_9AM), **NEW)


def test_the_administrators_role_keeps_every_right():
    row = Role.objects.get(key="administrator")
    given = {"key": row.key, "name": "", "visibility": "all"}
    with pytest.raises(Invalid):
        save_role(system(), role=row, permissions=row.permissions[1:], **given)


@pytest.mark.parametrize("wrong", [{"key": "Más"}, {"name": ""}])
def test_a_role_needs_a_key_and_a_name(wrong):
    with pytest.raises(Invalid):
        save_role(system(), **NEW | wrong)
