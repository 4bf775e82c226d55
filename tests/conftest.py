"""What every test stands on: a home and a database of its own, made before Django looks."""

import os

import django
import hypothesis
import pytest
from django.conf import settings

from tests import throwaway

_place = None
if "DATABASE_URL" not in os.environ:  # set: an outside database, or our controller's
    _place = throwaway.ThrowAway()
    os.environ["DATABASE_URL"] = _place.url
    os.environ["VENTANILLA_HOME"] = str(_place.home)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.settings")
os.environ.setdefault("VENTANILLA_POSTGRES_USER", "nobody")  # no test makes a user on this machine
for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(name, None)
django.setup()
# Pages under test name their static files plainly; nothing has been collected for them.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")  # no test may fail because a machine is busy


def pytest_configure(config):
    """With xdist the controller starts the server, for all its workers."""
    if _place is not None and config.getoption("numprocesses", None):
        throwaway.remove_leftovers()
        _place.start()


def pytest_unconfigure():
    if _place is not None:
        _place.stop()


@pytest.fixture(scope="session")
def database_server():
    """The running server's address, for tests that start processes of the product."""
    if _place is not None:
        throwaway.remove_leftovers()
        _place.start()
    return os.environ["DATABASE_URL"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server, django_db_modify_db_settings_parallel_suffix):
    """Start the server before anything connects."""


@pytest.fixture(scope="session", autouse=True)
def _wakes_that_come_late():
    """A wake-up is sent by a thread of its own: it may come when its test has ended, and no test
    may ask the database between two. Nobody waits for it then."""
    from ventanilla.events import wake

    send = wake._notify

    def send_if_allowed():
        try:
            send()
        except RuntimeError as error:
            if "Database access not allowed" not in str(error):
                raise

    wake._notify = send_if_allowed
    yield
    wake._notify = send


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What a test before this one had configured is gone from the database."""
    from ventanilla.people.queries import forget_configuration

    forget_configuration()


@pytest.fixture
def react():
    """Relay until nothing waits; fail the test if a consumer failed."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    from ventanilla.events.relay import relay

    def run() -> None:
        while relay():
            pass
        failed = ProcrastinateJob.objects.filter(task_name="ventanilla.events.jobs.consume")
        assert not [job.args for job in failed]

    return run


@pytest.fixture
def new_desk(django_db_serialized_rollback, transactional_db):
    """Real commits (threads, other processes), on what every new desk has."""


FIRST = ("tests/faults/", "tests/desk/", "tests/journeys/")  # what takes long, one at a time


def pytest_collection_modifyitems(items):
    """Long files come early, so that no process does the last ones alone.

    Tests that commit must all bring the desk's first rows back, or the next one finds none.
    """
    items.sort(key=lambda item: [not item.nodeid.startswith(folder) for folder in FIRST])
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            assert marker.kwargs.get("serialized_rollback"), f"{item.nodeid}: serialized_rollback"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test that commits leaves the tables empty: put back what every new desk has.

    With several files per worker, a test that only rolls back may come next.
    """
    result = yield
    if nextitem and ("transactional_db" in item.fixturenames or _commits(item)):
        from django.db import connection
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
            connection.close()
    return result


def _commits(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
