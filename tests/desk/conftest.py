"""The desk's tests: plain static files, and a small world seen by several people."""

from __future__ import annotations

import pytest

from tests.desk.world import World, make_world


@pytest.fixture(autouse=True)
def quick(settings):
    """No hashed file names (nothing was collected), no password that takes long."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def world(db) -> World:
    return make_world()
