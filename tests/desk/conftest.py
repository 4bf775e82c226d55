"""The desk's tests: plain static files, and a small world seen by several people."""

from __future__ import annotations

import pytest

from tests.desk.world import World, make_world


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """No hashed names: nothing has been collected here."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def world(db) -> World:
    return make_world()
