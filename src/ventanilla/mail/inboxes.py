"""The desk's own addresses: which inbox a mail is for, and whom never to take for a customer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ventanilla.mail.models import MailAccount
from ventanilla.people.queries import per_configuration
from ventanilla.tickets.models import Channel, Inbox


@dataclass(frozen=True, slots=True)
class Inboxes:
    """The mail inboxes as of one moment, with their teams. Addresses are lower case."""

    by_id: dict[int, Inbox]
    by_address: dict[str, Inbox]  # with aliases

    @property
    def active(self) -> list[Inbox]:
        return [inbox for inbox in self.by_id.values() if inbox.active]

    def find(self, address: str) -> Inbox | None:
        """The active inbox that mail to `address` is for, plus-parts and reply addresses too."""
        found = self._owner(address.strip().lower())
        return found if found and found.active else None

    def first(self, addresses: Iterable[str]) -> Inbox | None:
        found = (self.find(address) for address in addresses)
        return next((inbox for inbox in found if inbox), None)

    def is_own(self, address: str) -> bool:
        """Whether mail to `address` comes back to this desk, also to an inbox that is off."""
        return self._owner(address.strip().lower()) is not None

    def trusted(self, inbox: Inbox) -> str:
        """Whose Authentication-Results count for mail of this inbox; empty: nobody's (R17)."""
        account: MailAccount | None = getattr(inbox, "mail", None)
        return account.trusted_authserv if account else ""

    def _owner(self, address: str) -> Inbox | None:
        return self.by_address.get(address) or self.by_address.get(without_plus(address))


def load() -> Inboxes:
    """1 statement. Inboxes without an address take mail only when they are named."""
    found = Inbox.objects.filter(channel=Channel.EMAIL).select_related("team", "mail")
    by_id = {inbox.pk: inbox for inbox in found.order_by("pk")}
    by_address: dict[str, Inbox] = {}
    for inbox in by_id.values():
        for address in _addresses(inbox):
            by_address.setdefault(address, inbox)
    for inbox in by_id.values():  # replies to shop+orders@ come to shop+t...@
        by_address.setdefault(without_plus(inbox.address.lower()), inbox)
    by_address.pop("", None)
    return Inboxes(by_id, by_address)


@per_configuration
def known() -> Inboxes:
    """As `load`, without a statement until the configuration changes."""
    return load()


def without_plus(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _addresses(inbox: Inbox) -> list[str]:
    account: MailAccount | None = getattr(inbox, "mail", None)
    aliases = account.aliases if account else []
    return [address.lower() for address in (inbox.address, *aliases)]
