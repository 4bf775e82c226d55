import json

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from ventanilla.lib import log, metrics
from ventanilla.lib.request_log import HEADER


def show(request, token):
    structlog.get_logger(__name__).info("inside")
    return HttpResponse()


def boom(request):
    raise ZeroDivisionError


def handler500(request):
    return HttpResponse(log.incident(), status=500)


urlpatterns = [path("link/<token>", show), path("boom", boom)]


@pytest.fixture
def lines(capsys, settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["ventanilla.lib.request_log.RequestLog"]
    log.set_up({"level": "info", "form": "json"})
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    log.set_up({"level": "info", "form": "auto"})


def test_a_request_has_an_id_on_its_lines_and_in_its_answer(lines):
    answer = Client().post("/link/secret")

    inside, request = lines()
    assert inside["request"] == request["request"] == answer[HEADER]
    assert (request["method"], request["route"], request["status"]) == (
        "POST",
        "link/<token>",
        200,
    )
    assert "secret" not in json.dumps(request)  # R63


def test_a_plain_view_of_a_page_is_no_news(lines):
    Client().get("/link/secret")

    assert [line["event"] for line in lines()] == ["inside"]


def test_each_request_has_its_own_id_and_incident(lines):
    client = Client(raise_request_exception=False)

    first, second = client.get("/boom"), client.get("/boom")

    assert first.content != second.content
    assert first[HEADER] != second[HEADER]
    errors = [line for line in lines() if line["level"] == "error"]
    assert [line["incident"] for line in errors] == [
        first.content.decode(),
        second.content.decode(),
    ]


def test_what_is_not_found_is_written_without_its_path(lines):
    Client().get("/somewhere/" + "x" * 40)

    assert "xxx" not in json.dumps(lines())


def test_requests_are_timed(lines):
    Client().post("/link/secret")

    assert b'ventanilla_request_seconds_count{method="POST",status="2xx"}' in metrics.expose()
