"""Blocked senders: addresses and domains whose mail is spam. Pure but for the two verbs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.organizations import DOMAIN, PUBLIC
from ventanilla.people.models import DeskSettings
from ventanilla.people.queries import forget_configuration
from ventanilla.people.rights import require

MOST = 2000


def tidy(given: Iterable[str]) -> list[str]:
    """As they are kept: lower case, each once, in order. Raises Invalid, naming the wrong one."""
    found = {sender_of(one) for one in given if one.strip()}
    if len(found) > MOST:
        raise Invalid(
            _("At most %(most)s senders can be blocked. Block whole domains instead.")
            % {"most": MOST},
            field="blocked_senders",
        )
    return sorted(found)


def sender_of(text: str) -> str:
    """An address, or a domain with or without "@" before it. Raises Invalid."""
    value = text.strip().lower().removeprefix("@")
    if len(value) <= 254 and _is_one(value):
        return value
    raise Invalid(
        _("“%(text)s” is no address and no domain. Write it like ana@shop.example or shop.example.")
        % {"text": text.strip()[:80]},
        field="blocked_senders",
    )


def _is_one(value: str) -> bool:
    if "@" not in value:
        return bool(DOMAIN.fullmatch(value))
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def blocked_by(address: str, blocked: Collection[str]) -> str:
    """Which entry blocks an address: itself, or its domain or one above that; "" if none does."""
    address = address.lower()
    if not address or not blocked:
        return ""
    if address in blocked:
        return address
    labels = address.rpartition("@")[2].split(".")
    domains = (".".join(labels[at:]) for at in range(len(labels) - 1))
    return next((one for one in domains if one in blocked), "")


def domain_to_block(address: str) -> str:
    """The domain of an address, where blocking it hits nobody else's customers; else ""."""
    domain = address.lower().rpartition("@")[2]
    return "" if domain in PUBLIC or not DOMAIN.fullmatch(domain) else domain


@transactional
def block_sender(act: Act, sender: str) -> bool:
    """Let what an address, or a domain, writes be spam from now on. False when it is already.

    Whoever may change tickets may. Raises NotAllowed, Invalid (neither, or everybody's domain).
    """
    require(act, "ticket.change")
    value = sender_of(sender)
    if value in PUBLIC:
        raise Invalid(
            _("Everybody writes from %(domain)s. Block the single address instead.")
            % {"domain": value}
        )
    desk = DeskSettings.objects.select_for_update().get(pk=1)
    if value in desk.blocked_senders:
        return False
    _save(desk, tidy([*desk.blocked_senders, value]))
    audit("sender.blocked", act.when, user_id=act.actor.id, sender=value)
    return True


@transactional
def unblock_sender(act: Act, sender: str) -> bool:
    """Take a block back. False when there is none (any more). Raises NotAllowed, Invalid."""
    require(act, "ticket.change")
    value = sender_of(sender)
    desk = DeskSettings.objects.select_for_update().get(pk=1)
    if value not in desk.blocked_senders:
        return False
    _save(desk, [one for one in desk.blocked_senders if one != value])
    audit("sender.unblocked", act.when, user_id=act.actor.id, sender=value)
    return True


def _save(desk: DeskSettings, senders: list[str]) -> None:
    desk.blocked_senders = senders
    desk.version += 1
    desk.save(update_fields=["blocked_senders", "version"])
    forget_configuration()
