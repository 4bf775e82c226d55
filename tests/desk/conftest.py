"""The desk's tests: plain static files, and a small world seen by several people."""

from __future__ import annotations

import copy

import pytest
from django.db import transaction
from django.test import override_settings

from tests.desk.world import World, make_world

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def quick(settings):
    """No hashed file names (nothing was collected), no password that takes long."""
    settings.PASSWORD_HASHERS = QUICK
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture(scope="module")
def made_once(django_db_setup, django_db_blocker):
    """A world for all tests of a module; what each does to it is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(PASSWORD_HASHERS=QUICK):
            made = make_world()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def shared_world(made_once, db) -> World:
    """For modules of many small tests, as their `world`: making one takes longer than they do.

    Every test of such a module that uses the database has it there, wanted or not.
    """
    return copy.deepcopy(made_once)
