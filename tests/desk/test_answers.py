"""What every answer carries, and how refusals, mishaps and a missing database look."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests.desk.matrix import MATRIX
from tests.desk.test_access import url_of
from tests.desk.world import PARTIAL
from ventanilla.desk import identity
from ventanilla.desk.middleware import POLICY
from ventanilla.lib import storage
from ventanilla.lib.problems import TooMany
from ventanilla.tickets import queries

pytestmark = pytest.mark.django_db


def raising(error):
    def instead(*args, **kwargs):
        raise error

    return instead


def test_every_answer_has_a_policy(world):  # R21
    client = world.client("own")
    for name in MATRIX:
        for answer in (client.get(url_of(name, world)), Client().get(url_of(name, world))):
            policy = answer["Content-Security-Policy"]
            assert "unsafe-inline" not in policy or "default-src 'none'" in policy, name
            assert "frame-ancestors" in policy or "sandbox" in policy, name
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Referrer-Policy"] == "same-origin"
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
            assert {"HX-Request-Type", "HX-Target"} <= set(answer["Vary"].split(", "))
            assert answer["X-Request-Id"]


def test_pages_have_the_one_policy(world):  # R21
    answer = world.client("own").get("/inbox/all/")

    assert answer["Content-Security-Policy"] == POLICY
    assert "script-src 'self'" in POLICY
    assert "Strict-Transport-Security" not in answer


def test_over_tls_browsers_are_told_to_stay_there(world, settings):  # R21
    settings.SECURE = True

    answer = world.client("own").get("/inbox/all/")

    assert answer["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("partial", [False, True])
def test_without_a_database_the_answer_is_503_at_once(partial, world, monkeypatch):  # R49
    client = world.client("own")
    monkeypatch.setattr(identity, "identify", raising(OperationalError("gone")))

    answer = client.get("/inbox/all/", headers=PARTIAL if partial else {})

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert ("<hx-partial" in answer.text) == partial


def test_a_database_that_goes_away_within_a_view(world, monkeypatch):  # R49
    client = world.client("own")
    monkeypatch.setattr(queries, "page", raising(OperationalError("gone")))

    assert client.get("/inbox/all/").status_code == 503
    json = client.get("/inbox/all/", headers={"Accept": "application/json"})
    assert json.json()["code"] == "unavailable"


def test_a_mishap_tells_its_number_and_nothing_else(world, monkeypatch):  # R63
    client = world.client("own")
    client.raise_request_exception = False
    monkeypatch.setattr(queries, "page", raising(ZeroDivisionError("secret")))

    answer = client.get("/inbox/all/")
    part = client.get("/inbox/all/", headers=PARTIAL)

    assert answer.status_code == part.status_code == 500
    assert "secret" not in answer.text
    assert "Referencia" in answer.text
    assert "<hx-partial" in part.text


def test_a_limit_says_when_to_come_again(world, monkeypatch):  # R35
    monkeypatch.setattr(queries, "page", raising(TooMany("Espera", retry_after=30)))

    answer = world.client("own").get("/inbox/all/")

    assert (answer.status_code, answer["Retry-After"]) == (429, "30")


def test_an_old_form_is_refused_with_words(world):  # R33
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["own"].user)

    answer = strict.post(reverse("desk:status", args=[world.number]), {"status": "4"})

    assert answer.status_code == 403
    assert "no se ha cambiado nada" in answer.text


def test_the_token_of_the_page_is_taken(world):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["own"].user)
    page = strict.get(f"/tickets/{world.number}/").text
    token = page.partition('"X-CSRFToken": "')[2].partition('"')[0]

    url = reverse("desk:status", args=[world.number])
    answer = strict.post(url, {"status": "4"}, headers={"X-CSRFToken": token})

    assert answer.status_code == 303


def test_an_unknown_address_is_a_page(world):
    assert world.client("own").get("/nowhere/").status_code == 404
    assert Client().get("/nowhere/").status_code == 404


def test_a_stranger_to_the_desk_is_told_so(world):
    user = world.people["light"].user
    user.agent.delete()
    client = Client()
    client.force_login(user)

    answer = client.get("/inbox/all/")

    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["evil.test", "evil.test:80"])
def test_no_page_repeats_the_host_that_was_asked_for(host, world):  # R27
    text = world.client("own").get("/inbox/all/", headers={"Host": host}).text

    assert "evil.test" not in text


def test_ready_means_database_schema_and_files(world, monkeypatch):
    assert Client().get("/readyz").json() == {
        "ready": True,
        "database": "ok",
        "schema": "ok",
        "storage": "ok",
    }

    monkeypatch.setattr(storage, "exists", raising(OSError("no disk")))
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()["storage"]) == (503, "away")


def test_figures_are_for_this_machine_and_for_operators(world):
    assert b"ventanilla_request_seconds" in Client().get("/metrics").content
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404

    far = Client(REMOTE_ADDR="203.0.113.9")
    far.force_login(world.people["admin"].user)
    assert far.get("/metrics").status_code == 200


def test_health_needs_no_database(monkeypatch, world):
    assert Client().get("/healthz").content == b"ok\n"
