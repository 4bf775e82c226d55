"""The live test of an inbox: both directions, step by step, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from ventanilla.mail import imap_check, smtp
from ventanilla.mail.models import MailAccount
from ventanilla.mail.steps import Step


@dataclass(frozen=True, slots=True)
class Direction:
    title: str
    steps: list[Step]

    @property
    def ok(self) -> bool:
        return all(step.ok for step in self.steps)


def directions(account: MailAccount) -> list[Direction]:
    """Fetching, where an IMAP server is set, and sending. Waits for the network, at most 30 s each.

    Sending stops before any mail leaves: the server is asked whether it would take one to our own
    address.
    """
    found = []
    if account.imap_host:
        found.append(Direction(_("Receiving"), imap_check.check(account)))
    found.append(Direction(_("Sending"), smtp.check(account, recipient=account.inbox.address)))
    return found
