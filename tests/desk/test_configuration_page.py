"""The configuration as a file, on its page: download, upload, look, apply."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.desk.test_settings_pages import fresh_client
from tests.factories import make_agent, make_team
from ventanilla.people.models import AuditEntry, Role, Team

pytestmark = pytest.mark.django_db
PAGE, FILE = "desk:configuration", "desk:configuration_file"


@pytest.fixture
def client() -> Client:
    return fresh_client(make_agent("Ada Sanz", role="administrator", team=make_team("Envíos")))


def upload(client: Client, text: str, **more: str):
    file = SimpleUploadedFile("desk.yaml", text.encode())
    return client.post(reverse(PAGE), {"file": file, **more})


def agreed(answer) -> dict[str, str]:
    """The form that applies what the page shows."""
    text = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.DOTALL)
    seen = re.search(r'name="seen" value="(\w+)"', answer.text)
    assert text and seen
    return {"text": html.unescape(text[1]), "seen": seen[1]}


def test_what_is_downloaded_and_uploaded_again_changes_nothing(client):
    answer = client.get(reverse(FILE))
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(what="configuration.exported").exists()

    shown = upload(client, answer.content.decode())
    assert shown.status_code == 200
    assert "conf-sum" in shown.text
    assert 'name="seen"' not in shown.text
    assert "conf-list" not in shown.text


def test_differences_are_shown_before_anything_changes_and_then_applied(client):
    # when
    shown = upload(client, "ventanilla: 1\nteams:\n  - {name: Envíos, hue: 11}\n  - {name: Caja}\n")
    # then
    assert re.search(r"<del>200</del><ins>11</ins>", shown.text)
    assert not Team.objects.filter(name="Caja").exists()
    # when
    done = client.post(reverse(PAGE), agreed(shown))
    # then
    assert done.status_code == 200
    assert Team.objects.get(name="Envíos").hue == 11
    assert Team.objects.filter(name="Caja").exists()
    entry = AuditEntry.objects.get(what="configuration.applied")
    assert entry.data["changes"] == {"teams added": 1, "teams changed": 1}


def test_faults_are_shown_with_line_and_field_and_as_text(client):
    shown = upload(client, "ventanilla: 1\nteams:\n  - name: <b>x</b>\n    huee: 3\n")
    assert shown.status_code == 422
    assert "teams[&lt;b&gt;x&lt;/b&gt;].huee" in shown.text
    assert "<b>x</b>" not in shown.text
    assert "huee: 3" in shown.text


def test_a_text_that_ends_the_textarea_stays_text(client):
    body = "</textarea><script>alert(1)</script>"
    shown = upload(client, f"ventanilla: 1\nmacros:\n  - {{name: x, texts: {{any: '{body}'}}}}\n")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text


def test_a_desk_that_changed_meanwhile_is_shown_anew(client):
    shown = upload(client, "ventanilla: 1\nteams:\n  - {name: Envíos, hue: 11}\n")
    Team.objects.update(hue=12)
    again = client.post(reverse(PAGE), agreed(shown))
    assert "<del>12</del><ins>11</ins>" in again.text
    assert Team.objects.get(name="Envíos").hue == 12
    client.post(reverse(PAGE), agreed(again))
    assert Team.objects.get(name="Envíos").hue == 11


@pytest.mark.parametrize("missing", ["setup.people", "setup.inboxes", "setup.desk"])
def test_who_may_not_set_everything_up_gets_no_file_and_no_page(missing):
    whole = Role.objects.get(key="administrator").permissions
    Role.objects.create(
        key="part", name="Part", permissions=[each for each in whole if each != missing]
    )
    client = fresh_client(make_agent("Luz Gil", role="part", team=make_team()))
    assert client.get(reverse(PAGE)).status_code == 403
    assert client.get(reverse(FILE)).status_code == 403
    assert upload(client, "ventanilla: 1\n").status_code == 403
    assert reverse(PAGE) not in client.get(reverse("desk:macros")).text


@pytest.mark.parametrize("name", [PAGE, FILE])
def test_it_asks_for_the_password_after_a_while(name):
    agent = make_agent("Ada Sanz", role="administrator", team=make_team())
    answer = fresh_client(agent, minutes_ago=11).get(reverse(name))
    assert answer.status_code == 302 and "confirm" in answer.url


@pytest.mark.parametrize("body", [{}, {"seen": "x"}, {"seen": "x", "text": "a: ["}, {"file": "x"}])
def test_nonsense_is_refused(client, body):
    assert client.post(reverse(PAGE), body).status_code == 422
