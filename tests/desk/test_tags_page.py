"""Tags are set up on screen."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests.desk.test_settings_pages import fresh_client, url
from tests.factories import act, make_agent, make_team, make_ticket, system
from ventanilla.lib.problems import NotAllowed
from ventanilla.people.models import Agent, AuditEntry
from ventanilla.tickets.actions import set_tags
from ventanilla.tickets.actions.templates import add_tags, rename_tag
from ventanilla.tickets.models import Tag
from ventanilla.tickets.search import build

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Sanz", role="administrator", team=make_team())


@pytest.fixture
def client(ada) -> Client:
    return fresh_client(ada)


def test_several_are_made_at_once(client):
    add_tags(system(), ["vip"])

    client.post(url("tags_settings"), {"names": "Reembolso,  mesa roble , VIP,"})

    assert set(Tag.objects.values_list("name", flat=True)) == {"reembolso", "mesa roble", "vip"}


def test_a_new_name_is_on_every_ticket(client, ada):
    ticket = make_ticket()
    set_tags(ticket, act(ada), add=["reembolso"])
    tag = Tag.objects.get()

    client.post(url("tag_settings", tag.pk), {"name": "Devolución del pago"})

    assert "devolución del pago" in client.get(f"/tickets/{ticket.number}/").text
    entry = AuditEntry.objects.get(what="tag.renamed")
    assert entry.data == {"old": "reembolso", "new": "devolución del pago"}


@pytest.mark.parametrize("name", ["reembolso", "mesa roble", "24h/48h"])
def test_the_way_to_its_tickets_finds_them(name, client, ada):
    ticket = make_ticket("Cobro doble")
    set_tags(ticket, act(ada), add=[name])
    build.build([ticket.pk])

    page = client.get(url("tags_settings")).text
    address = unescape(re.search(r'href="(/search/[^"]+)"', page).group(1))

    assert "Cobro doble" in client.get(address).text


@pytest.mark.parametrize("name", ["", "  ", "vip"])
def test_a_name_is_needed_and_taken_once(name, client):
    tag, _vip = (add_tags(system(), [each])[0] for each in ("reembolso", "vip"))

    answer = client.post(url("tag_settings", tag.pk), {"name": name})

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    tag.refresh_from_db()
    assert tag.name == "reembolso"


def test_agents_rename_none(ada):
    (tag,) = add_tags(system(), ["reembolso"])

    with pytest.raises(NotAllowed):
        rename_tag(act(make_agent("Eva Pons")), tag, to="otro")
