import json
import logging
import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.lib import log


def boom(request, token):
    raise ZeroDivisionError


def handler500(request):
    return HttpResponse(f"Incident {log.incident()}", status=500)


urlpatterns = [path("boom/<token>", boom)]


@pytest.fixture
def lines(capsys):
    """Return the lines written so far, read as JSON."""
    log.set_up({"level": "debug", "form": "json"})
    structlog.contextvars.clear_contextvars()

    def read() -> list[dict]:
        return [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    yield read
    structlog.contextvars.clear_contextvars()
    log.set_up({"level": "info", "form": "auto"})


def logger():
    return structlog.get_logger("ventanilla.test")


def test_a_line_is_one_json_object_with_time_level_and_logger(lines):
    logger().info("mail_kept", inbox=3, size=20480)

    (line,) = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("at"))
    assert line == {
        "event": "mail_kept", "level": "info", "logger": "ventanilla.test",
        "inbox": 3, "size": 20480,
    }  # fmt: skip


def test_bound_ids_go_with_every_line_until_the_end(lines):
    with log.bound(request="5f3a", person=7):
        logger().info("first")
        logging.getLogger("elsewhere").warning("second %s", "one")
    logger().info("third")

    first, second, third = lines()
    assert (first["request"], first["person"]) == ("5f3a", 7)
    assert (second["event"], second["request"]) == ("second one", "5f3a")
    assert "request" not in third


def test_below_the_level_nothing_is_written(lines):
    log.set_up({"level": "warning", "form": "json"})

    logger().info("quiet")
    logger().warning("loud")

    assert [line["event"] for line in lines()] == ["loud"]


def test_setting_up_twice_writes_each_line_once(lines):
    log.set_up({"level": "debug", "form": "json"})

    logger().info("once")

    assert len(lines()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "ana@example.com", "Ana <ana@example.com>", "(ana@example.com)", "to=ana@example.com,",
        "'ana@example.com'", "mailto:ana@example.com", "[ana@example.com]", "ANA@Example.com.",
    ],
)  # fmt: skip
def test_addresses_are_hashed_above_debug(lines, text):  # R63
    logger().info("sent", to=text, more={"cc": [text]})
    logger().debug("sent", to=text)

    above, debug = lines()
    assert "example" not in json.dumps(above).lower()
    assert debug["to"] == text
    assert above["more"]["cc"] == [above["to"]]


def test_the_same_address_has_the_same_hash_and_another_another(lines):
    for address in ("ana@example.com", "Ana@Example.com", "bob@example.com"):
        logger().info("sent", to=address)

    ana, again, bob = [line["to"] for line in lines()]
    assert ana == again != bob


@pytest.mark.parametrize(
    "values",
    [
        {"password": "hunter2"}, {"imap_Password": "hunter2"}, {"token": "hunter2"},
        {"Authorization": "hunter2"}, {"headers": {"Cookie": "hunter2"}},
        {"error": "refused: Bearer hunter2"}, {"error": "GET /x Basic hunter2=="},
        {"key": "vt_hunter2"}, {"api_key": "hunter2"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("level", ["debug", "error"])
def test_secrets_are_never_written(lines, values, level):  # R47, R63
    getattr(logger(), level)("tried", **values)

    (line,) = lines()
    assert "hunter2" not in json.dumps(line)


def test_a_trace_hides_addresses_too(lines):
    try:
        raise ValueError("no such mailbox: ana@example.com")
    except ValueError:
        logger().exception("failed")

    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "ValueError" in line["exception"]
    assert "example" not in line["exception"]


def test_long_values_are_cut(lines):  # R63: no bodies
    logger().info("parsed", reason="x" * 10_000)

    (line,) = lines()
    assert len(line["reason"]) == log.LONGEST + 1


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_value_can_forge_a_line_or_turn_the_text(text):  # R23, R63
    line = log._escape(None, "", {"event": text, "more": {text: [text]}, "exception": text})

    unsafe = {chr(code) for code in log._UNSAFE}
    assert not unsafe & set(
        line["event"] + next(iter(line["more"])) + line["more"][line["event"]][0]
    )
    assert not (unsafe - {"\n"}) & set(line["exception"])


def test_on_a_terminal_a_value_stays_on_its_line(lines, capsys):
    log.set_up({"level": "info", "form": "console"})

    logger().info("subject_seen", subject="hola\n2026-01-01 [error] forged\x1b[31m")

    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "\x1b[31m" not in written


def test_an_unexpected_error_is_logged_once_with_the_number_that_is_shown(lines, settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []

    answer = Client(raise_request_exception=False).get("/boom/" + "t0ken" * 8)

    (line,) = [each for each in lines() if each["level"] == "error"]
    assert answer.content.decode() == f"Incident {line['incident']}"
    assert "ZeroDivisionError" in line["exception"]
    assert "t0ken" not in line["event"]


def test_an_error_without_a_page_has_a_number_as_well(lines):
    logging.getLogger("django.request").error("Internal Server Error", extra={"status_code": 500})
    logging.getLogger("django.request").warning("Not Found", extra={"status_code": 404})

    error, missing = lines()
    assert re.fullmatch("[0-9a-f]{8}", error["incident"])
    assert missing["status_code"] == 404
