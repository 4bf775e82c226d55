"""Each process ends when it is asked to, whatever dies at the same moment (R49)."""

from __future__ import annotations

import os
import signal

import pytest

from tests.installation import installed

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("first", ["asked", "dead"])
def test_everything_ends_when_asked_just_as_the_database_dies(first):
    with installed() as product:
        roles = ("worker", "web", "mail")
        pids = [product.wait_for(lambda role=role: product.pid_of(role), role) for role in roles]
        assert product.process is not None
        product.process.send_signal(signal.SIGSTOP)  # nobody brings anything back
        deeds = [
            lambda: [os.kill(pid, signal.SIGTERM) for pid in pids],
            lambda: os.kill(product.postmaster() or 0, signal.SIGKILL),
        ]

        for deed in deeds if first == "asked" else reversed(deeds):
            deed()

        product.wait_for(lambda: not set(pids) & set(product.processes()), "the end")
        product.process.send_signal(signal.SIGCONT)
