"""`ventanilla up` for real: it serves, heals and leaves nothing behind (R49, R59)."""

import contextlib
import os
import signal
import smtplib
import socket
import time
import urllib.error
import urllib.request

import pytest
from django.conf import settings

from tests.installation import installed
from tests.processes import commands

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def installation():
    with installed() as running:
        running.wait_for(lambda: is_open(running.smtp_port), "the receiver")
        yield running


def test_it_serves_pages_to_this_machine_only(installation):
    assert installation.status("/healthz") == 200
    assert installation.status("/readyz") == 200
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address_for_others(), installation.port), timeout=5)


def test_without_database_everyone_is_asked_to_come_again_until_it_is_back(installation):  # R49
    killed = installation.postmaster()
    with left_alone(installation.process):
        os.kill(killed, signal.SIGKILL)

        began = time.monotonic()
        page = ask(installation, "/", cookie=f"{settings.SESSION_COOKIE_NAME}=somebody")
        took = time.monotonic() - began
        mail = offer_mail(installation.smtp_port)
    installation.wait_for(lambda: installation.status("/readyz") == 200, "the database")

    assert page.status == 503
    assert int(page.headers["Retry-After"]) > 0
    assert took < 5  # a second where nothing else runs
    assert mail == 451
    assert installation.postmaster() != killed
    assert installation.status("/") == 200
    assert "The database had not been stopped properly; it has recovered." in (
        installation.log.read_text()
    )


def test_very_many_open_connections_keep_nobody_out(installation):
    with contextlib.ExitStack() as held:
        for _browser in range(1100):  # each holds one for its live stream
            place = ("127.0.0.1", installation.port)
            held.enter_context(socket.create_connection(place, timeout=20))

        assert installation.status("/healthz") == 200


def test_a_killed_web_process_comes_back(installation):
    os.kill(installation.pid_of("web"), signal.SIGKILL)

    installation.wait_for(lambda: installation.status("/healthz") == 200, "the web process")


def test_a_worker_ends_when_told_to_while_the_database_is_away(installation):
    worker = installation.wait_for(lambda: installation.pid_of("worker"), "the worker")
    with left_alone(installation.process):
        os.kill(installation.postmaster(), signal.SIGKILL)
        os.kill(worker, signal.SIGTERM)
        installation.wait_for(lambda: worker not in commands(), "the worker's end")
    installation.wait_for(lambda: installation.status("/readyz") == 200, "the database")


def test_a_killed_supervisor_leaves_nothing_and_the_next_one_starts(installation):
    installation.process.kill()
    installation.process.wait()

    installation.start()

    supervisors = [c for c in installation.processes().values() if c.endswith("ventanilla up")]
    assert len(supervisors) == 1


def test_a_signal_stops_all_of_it(installation):
    assert installation.stop() == 0

    end = time.monotonic() + 30  # what ends the others ends last, within a second or so
    while installation.processes() and time.monotonic() < end:
        time.sleep(0.05)
    assert installation.processes() == {}
    assert not (installation.home / "postgres/data/postmaster.pid").exists()


def ask(installation, path, *, cookie=""):
    """Return the answer to a GET, redirections followed, whatever its code."""
    headers = {"Cookie": cookie} if cookie else {}
    request = urllib.request.Request(installation.url(path), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer
    except urllib.error.HTTPError as error:
        return error


@contextlib.contextmanager
def left_alone(supervisor):
    """Let the supervisor sleep: nothing is started again meanwhile."""
    os.kill(supervisor.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(supervisor.pid, signal.SIGCONT)


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def offer_mail(port):
    """Return what the receiver says to a recipient."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail("ana@customer.test")
        return client.rcpt("help@desk.test")[0]


def address_for_others():
    """Return the address by which other machines reach this one. (Nothing is sent.)"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return probe.getsockname()[0]
