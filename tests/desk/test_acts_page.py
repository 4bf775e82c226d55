"""The log of administrative acts on its page: in words, filtered, page by page (R46)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

import ventanilla
from tests.desk.test_settings_pages import fresh_client, url
from tests.factories import MONDAY_9AM, make_agent, make_team
from ventanilla.desk.present.acts import NAMES
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import Agent, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Sanz", role="administrator", team=make_team())


@pytest.fixture
def client(ada) -> Client:
    return fresh_client(ada)


def shown(client: Client, **query: str) -> list[str]:
    """The acts of the page, each as text."""
    answer = client.get(url("acts"), query)
    assert answer.status_code == 200
    rows = re.findall(r"<tr>\s*<td>(.*?)</tr>", answer.text, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


def test_an_act_is_told_with_who_what_and_what_changed(client, ada):
    role = Role.objects.get(key="agent")
    given = {"name": "Gestora", "visibility": "all", "permissions": ["ticket.note"]}
    client.post(url("role", role.pk), given)

    row = shown(client)[0]

    assert "Ada Sanz" in row
    assert "Ha cambiado un rol: Gestora" in row
    assert "Qué ven Los tickets de sus equipos → Todos los tickets" in row
    assert "Escribir notas internas" in row


def test_the_log_is_filtered_by_who_what_and_when(client, ada):
    eva, day = make_agent("Eva Pons"), timedelta(days=1)
    audit("signin.succeeded", MONDAY_9AM, user_id=eva.pk, ip="192.0.2.7")
    audit("signin.failed", MONDAY_9AM + day, user_id=None, ip="192.0.2.8")
    audit(
        "desk.changed", MONDAY_9AM + 2 * day, user_id=ada.pk, old={"name": "A"}, new={"name": "B"}
    )

    assert len(shown(client)) == 3
    assert "192.0.2.7" in shown(client, who=str(eva.pk))[0]
    assert "Alguien desconocido" in shown(client, who="0")[0]
    assert len(shown(client, what="access")) == 2
    assert len(shown(client, what="signin.failed")) == 1
    assert "Nombre A → B" in shown(client, what="desk")[0]
    assert len(shown(client, since="2026-03-03")) == 2
    assert len(shown(client, until="2026-03-03")) == 2
    assert len(shown(client, since="2026-03-03", until="2026-03-03")) == 1


def test_a_day_is_the_readers_day(client, ada):
    audit("signin.succeeded", MONDAY_9AM.replace(hour=23, minute=30), user_id=ada.pk)

    assert len(shown(client, since="2026-03-03")) == 1  # half past midnight in Madrid


def test_the_log_pages_without_gap_or_repetition(client, ada):
    for n in range(120):
        audit("tags.created", MONDAY_9AM, user_id=ada.pk, ip=f"192.0.2.{n}")

    found, query = [], "?what=desk"
    while query:
        text = client.get(url("acts") + query).text
        found += re.findall(r"192\.0\.2\.\d+", text)
        older = re.search(r'<p class="card-foot"><a href="([^"]+)"', text)
        query = older.group(1).replace("&amp;", "&") if older else ""

    assert found == [f"192.0.2.{n}" for n in range(119, -1, -1)]


@pytest.mark.parametrize(
    "query", [{"who": "x"}, {"what": "x"}, {"since": "ayer"}, {"before": "-1"}, {"who": "9" * 30}]
)
def test_a_filter_that_means_nothing_is_refused(query, client):
    answer = client.get(url("acts"), query)

    assert answer.status_code == 422


def test_what_was_removed_keeps_its_name(client):
    client.post(url("new_role"), {"name": "Apoyo", "visibility": "team", "permissions": []})
    client.post(url("role_removal", Role.objects.get(name="Apoyo").pk))

    assert "Ha quitado un rol: Apoyo" in shown(client)[0]


def test_names_in_the_log_are_text(client, ada):  # R23
    eva = make_agent("Eva Pons")
    eva.user.name = "<script>alert(1)</script>"
    eva.user.save()
    audit("agent.changed", MONDAY_9AM, user_id=ada.pk, thing=f"agent:{eva.pk}", old={"x": "<b>"})

    assert "<script>alert" not in client.get(url("acts")).text


def test_a_full_page_costs_little(client, ada, django_assert_max_num_queries):
    for n in range(50):
        hidden = {"hidden": [1, 2], "teams": [1]}
        audit("role.changed", MONDAY_9AM, user_id=ada.pk, thing=f"role:{n % 4 + 1}", new=hidden)

    with django_assert_max_num_queries(12):
        client.get(url("acts"))


def test_every_act_that_is_written_has_its_words():
    sources = "".join(file.read_text() for file in Path(ventanilla.__file__).parent.rglob("*.py"))
    written = re.findall(r'(?:audit|_note|_note_team)\(\s*(?:act, )?"([a-z_]+\.[a-z_]+)"', sources)
    named = re.findall(r'what = "([a-z_.]+)" if \w+ else "([a-z_.]+)"', sources)

    assert len(written) > 20
    assert {*written, *(code for pair in named for code in pair)} <= set(NAMES)
