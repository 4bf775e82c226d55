"""Roles: nobody gives more than they have, and the administrator's stays whole (R30)."""

from __future__ import annotations

import pytest

from tests.english import english  # noqa: F401
from tests.factories import MONDAY_9AM, make_agent, system
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.actions.roles import RoleInUse, remove_role, save_role
from ventanilla.people.actions.staff import change_agent
from ventanilla.people.models import Agent, AuditEntry, Role
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


def test_a_key_is_made_of_the_name():
    given = {name: NEW[name] for name in ("visibility", "permissions")}

    first = save_role(system(), name="Apoyo técnico", **given)
    second = save_role(system(), name="Apoyo - técnico", **given)

    assert (first.key, second.key) == ("apoyo-tecnico", "apoyo-tecnico-2")


def test_a_name_is_taken_once():
    save_role(system(), **NEW)

    with pytest.raises(Invalid, match="of this name already"):
        save_role(system(), **NEW | {"key": "otro", "name": "APOYO"})


def test_nobody_shows_more_than_they_see():  # R30
    own = save_role(system(), **NEW | {"permissions": ["setup.people"], "hidden": [7]})
    act = Act.of_agent(make_agent(role=own.key).pk, MONDAY_9AM)

    with pytest.raises(NotAllowed):
        save_role(act, name="Todo", visibility="all", permissions=[], hidden=[7])
    with pytest.raises(NotAllowed):
        save_role(act, name="Lo oculto", visibility="team", permissions=[], hidden=[])
    assert save_role(act, name="Menos", visibility="own", permissions=[], hidden=[7, 8])


def test_a_new_role_hides_what_any_role_hides():
    save_role(system(), **NEW | {"hidden": [7]})

    made = save_role(system(), name="Otro", visibility="team", permissions=[])

    assert made.hidden == [7]


def test_a_removed_role_leaves_its_people_another_one():
    role = save_role(system(), **NEW)
    agent = make_agent(role=role.key)

    with pytest.raises(RoleInUse):
        remove_role(system(), role)
    assert remove_role(system(), role, to=Role.objects.get(key="light")) == 1

    assert Agent.objects.get(pk=agent.pk).role.key == "light"
    entry = AuditEntry.objects.get(what="role.removed")
    assert entry.data["agents"] == [agent.pk]
    assert not Role.objects.filter(key=role.key).exists()


def test_nobody_rises_by_a_removal():  # R30
    role = save_role(system(), **NEW)
    act = Act.of_agent(make_agent("Sol Gil", role="supervisor").pk, MONDAY_9AM)
    make_agent(role=role.key)

    with pytest.raises(NotAllowed):
        remove_role(act, role, to=Role.objects.get(key="administrator"))


@pytest.mark.parametrize("key", ["administrator", "supervisor", "agent", "light"])
def test_the_standard_roles_stay(key):
    with pytest.raises(Invalid):
        remove_role(system(), Role.objects.get(key=key), to=Role.objects.exclude(key=key).first())


def test_the_administrators_role_hides_nothing():
    row = Role.objects.get(key="administrator")
    given = {"name": "", "visibility": "all", "permissions": row.permissions}

    with pytest.raises(Invalid):
        save_role(system(), role=row, hidden=[7], **given)


def test_saving_a_role_as_it_is_logs_nothing():
    role = save_role(system(), **NEW)
    before = AuditEntry.objects.count()

    save_role(system(), role=role, **NEW)

    assert AuditEntry.objects.count() == before


def test_a_supervisor_makes_no_administrator():  # R30
    sol, eva = make_agent("Sol Gil", role="supervisor"), make_agent("Eva Pons")
    act = Act.of_agent(sol.pk, MONDAY_9AM)

    with pytest.raises(NotAllowed):
        change_agent(eva, act, name="Eva", role=Role.objects.get(key="administrator"), teams=[])
