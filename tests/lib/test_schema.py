"""Code and database that do not go together are found out: R58."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from ventanilla.lib import schema
from ventanilla.lib.schema import SchemaProblem, State

pytestmark = pytest.mark.django_db


def test_the_test_database_is_current():
    assert schema.state() is State.CURRENT
    schema.require_current()


def test_a_database_that_a_newer_release_used_is_refused():  # R58
    MigrationRecorder(connection).record_applied("tickets", "0999_from_the_future")

    assert schema.state() is State.AHEAD
    with pytest.raises(SchemaProblem, match="newer release"):
        schema.require_current()
    with pytest.raises(SchemaProblem, match="Nothing was changed"):
        schema.update()


def test_a_database_of_an_older_release_asks_for_migrate():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notifications'")

    assert schema.state() is State.BEHIND
    with pytest.raises(SchemaProblem, match="run ventanilla migrate"):
        schema.require_current()


def test_rows_of_an_app_that_is_gone_do_not_matter():
    MigrationRecorder(connection).record_applied("once_a_library", "0001_initial")

    assert schema.state() is State.CURRENT
