"""The product's commands as processes of their own, on the test's database."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.mail.servers import dovecot as dovecot_server


@pytest.fixture
def ventanilla(transactional_db):
    """Run `ventanilla ...`; returns the finished process, its output as text."""

    def run(*arguments, stdin=b"", **environment):
        done = subprocess.run(
            [sys.executable, "-m", "ventanilla", *arguments],
            input=stdin,
            capture_output=True,
            env=os.environ | {"DATABASE_URL": database_url()} | environment,
            timeout=120,
        )
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    return run


def database_url():
    """The address of the database that the test itself uses."""
    base, _, query = os.environ["DATABASE_URL"].partition("?")
    return f"{base.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{query}"


@pytest.fixture(scope="session")
def dovecot():
    """A real IMAP server; where it is missing the test is skipped, under CI it fails."""
    if dovecot_server.program() is None:
        if os.environ.get("CI"):
            pytest.fail("Dovecot is missing: apt-get install dovecot-imapd")
        pytest.skip("needs Dovecot: apt-get install dovecot-imapd")
    with dovecot_server.running() as server:
        yield server
