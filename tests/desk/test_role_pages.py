"""The pages of roles: made, copied, renamed, removed, and felt at once."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.desk.test_settings_pages import fresh_client, url
from tests.factories import make_agent, make_team, make_ticket
from ventanilla.events.acts import Act
from ventanilla.lib import clock
from ventanilla.people.models import Agent, AuditEntry, Role
from ventanilla.tickets.actions import categorise
from ventanilla.tickets.actions.configure import save_category
from ventanilla.tickets.models import Category

pytestmark = pytest.mark.django_db
GIVEN = {"name": "Apoyo", "visibility": "team", "permissions": ["ticket.note", "ticket.reply"]}


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Sanz", role="administrator", team=make_team())


@pytest.fixture
def client(ada) -> Client:
    return fresh_client(ada)


@pytest.fixture
def payroll() -> Category:
    return save_category(Act.of_system(clock.now()), name="Nóminas")


def test_a_role_of_ones_own_is_made(client):
    answer = client.post(url("new_role"), GIVEN, follow=True)

    made = Role.objects.get(name="Apoyo")
    assert "Guardado." in answer.text
    assert (made.key, made.permissions) == ("apoyo", ["ticket.reply", "ticket.note"])
    assert f'href="{url("role", made.pk)}"' in answer.text
    assert AuditEntry.objects.get(what="role.created").data["new"]["name"] == "Apoyo"


def test_a_copy_begins_with_what_the_other_has(client):
    light = Role.objects.get(key="light")

    shown = client.get(f"{url('new_role')}?from={light.pk}").text

    assert '(copia)"' in shown
    assert shown.count("checked") == 2  # its visibility, its one permission


def test_a_standard_role_can_be_called_otherwise_and_back(client):
    agent = Role.objects.get(key="agent")
    given = {"visibility": "team", "permissions": agent.permissions}

    client.post(url("role", agent.pk), given | {"name": "Gestora"})
    assert "Gestora" in client.get(url("roles")).text
    client.post(url("role", agent.pk), given | {"name": ""})

    assert "Gestora" not in client.get(url("roles")).text


def test_what_a_role_loses_is_gone_at_once(client):
    eva = make_agent("Eva Pons")
    browser, ticket = fresh_client(eva), make_ticket()
    address = reverse("desk:ticket", args=[ticket.number])
    assert browser.get(address).status_code == 200

    given = {"name": "", "visibility": "own", "permissions": ["ticket.note"]}
    client.post(url("role", eva.role_id), given)

    assert browser.get(address).status_code == 404


def test_a_hidden_category_hides_its_tickets_at_once(client, ada, payroll):
    eva = make_agent("Eva Pons")
    browser, ticket = fresh_client(eva), make_ticket()
    categorise(ticket, Act.of_agent(ada.pk, clock.now()), to=payroll)
    address = reverse("desk:ticket", args=[ticket.number])
    assert browser.get(address).status_code == 200

    given = {"name": "", "visibility": "team", "permissions": eva.role.permissions}
    client.post(url("role", eva.role_id), given | {"hidden": [payroll.pk]})

    assert browser.get(address).status_code == 404
    assert client.get(address).status_code == 200
    assert "categoría oculta" in client.get(url("roles")).text


def test_an_archived_category_stays_hidden(client, payroll):
    eva = make_agent("Eva Pons")
    given = {"name": "", "visibility": "team", "permissions": eva.role.permissions}
    client.post(url("role", eva.role_id), given | {"hidden": [payroll.pk]})
    save_category(Act.of_system(clock.now()), name="Nóminas", category=payroll, archived=True)

    shown = client.get(url("role", eva.role_id)).text

    assert re.search(rf'value="{payroll.pk}"[^>]* checked', shown)


def test_the_administrators_page_has_only_a_name(client, ada):
    shown = client.get(url("role", ada.role_id)).text
    client.post(url("role", ada.role_id), {"name": "Jefa", "permissions": [], "visibility": "own"})

    ada.role.refresh_from_db()
    assert 'name="permissions"' not in shown
    assert (ada.role.name, ada.role.visibility) == ("Jefa", "all")
    assert client.get(url("roles")).status_code == 200


def test_a_role_with_people_is_removed_only_for_another(client):
    client.post(url("new_role"), GIVEN)
    role = Role.objects.get(name="Apoyo")
    eva = make_agent("Eva Pons", role=role.key)

    refused = client.post(url("role_removal", role.pk), {})
    done = client.post(
        url("role_removal", role.pk), {"to": Role.objects.get(key="light").pk}, follow=True
    )

    assert refused.status_code == 422
    assert 'class="err"' in refused.text
    assert "Rol quitado" in done.text
    eva.refresh_from_db()
    assert eva.role.key == "light"


def test_a_page_says_who_has_the_role(client):
    eva = make_agent("Eva Pons")

    assert "Eva Pons" in client.get(url("role", eva.role_id)).text


def test_a_supervisor_reaches_no_right_that_they_lack(client):  # R30
    sol = fresh_client(make_agent("Sol Gil", role="supervisor"))

    answer = sol.post(url("new_role"), GIVEN | {"permissions": ["setup.desk"]})

    assert answer.status_code == 422
    assert not Role.objects.filter(name="Apoyo").exists()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"visibility": "x"}, {"permissions": ["x"]}, {"hidden": ["x"]}]
)
def test_a_bad_role_is_refused_at_its_field(wrong, client):
    answer = client.post(url("new_role"), GIVEN | wrong)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert Role.objects.count() == 4
