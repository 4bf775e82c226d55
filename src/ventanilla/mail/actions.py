"""Setting up mail inboxes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid
from ventanilla.mail import outlets
from ventanilla.mail.models import MailAccount
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Team
from ventanilla.people.rights import require
from ventanilla.tickets.models import Channel, Inbox

SECRETS = ("imap_password", "smtp_password", "oauth_client_secret", "oauth_refresh_token")
SETTABLE = (
    "aliases", "imap_host", "imap_port", "imap_security", "imap_sign_in", "imap_user",
    "imap_folder", "after_fetch", "done_folder", "smtp_host", "smtp_port", "smtp_security",
    "smtp_sign_in", "smtp_user", "oauth_token_url", "oauth_client_id", "trusted_authserv",
    "plus_addresses", "start_at",
)  # fmt: skip


@transaction.atomic
def save_inbox(
    act: Act,
    *,
    name: str,
    address: str,
    team: Team,
    language: str,
    active: bool = True,
    inbox: Inbox | None = None,
    **account: Any,
) -> Inbox:
    """Make a mail inbox, or change `inbox`; `account` holds fields of its MailAccount.

    An empty secret keeps the one that is stored: secrets are written, never shown.
    Raises NotAllowed, Invalid (address malformed or taken, no name).
    """
    require(act, "setup.inboxes")
    made = inbox is None
    row = inbox or Inbox(channel=Channel.EMAIL)
    old = {} if made else _public(row)
    row.name = " ".join(name.split())[:80]
    row.address = _own_address(address, row)
    row.team, row.language, row.active = team, language, active
    if not row.name:
        raise Invalid(_("An inbox needs a name: customers read it as the sender."), field="name")
    row.save()
    settings = MailAccount.objects.filter(inbox=row).first() or MailAccount(inbox=row)
    _set(settings, account, row)
    if settings.imap_host and settings.fetched_since is None:
        settings.fetched_since = act.when
    settings.save()
    outlets.wake_up(row)  # what waits need not wait for the next try
    row.mail = settings
    what = "inbox.created" if made else "inbox.changed"
    new = _public(row)
    audit(what, act.when, user_id=act.actor.id, thing=f"inbox:{row.pk}", old=old, new=new)
    configuration_changed()
    return row


def _own_address(address: str, inbox: Inbox) -> str:
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        text = _("This is no e-mail address. It looks like name@example.com.")
        raise Invalid(text, field="address") from error
    others = Inbox.objects.exclude(pk=inbox.pk)
    taken = others.filter(address=address).exists()
    if taken or MailAccount.objects.exclude(pk=inbox.pk).filter(aliases__contains=[address]):
        raise Invalid(_("Another inbox has this address already."), field="address")
    return address


def _set(settings: MailAccount, account: dict[str, Any], inbox: Inbox) -> None:
    if unknown := account.keys() - {*SETTABLE, *SECRETS}:
        raise TypeError(f"not settable here: {sorted(unknown)}")
    for field, value in account.items():
        if field in SECRETS and not value:
            continue
        setattr(settings, field, value)
    for alias in settings.aliases:
        if Inbox.objects.exclude(pk=inbox.pk).filter(address=alias).exists():
            text = _("%(address)s is the address of another inbox.") % {"address": alias}
            raise Invalid(text, field="aliases")


def _public(inbox: Inbox) -> dict[str, Any]:
    """What the audit may show of an inbox: everything but its secrets."""
    settings = MailAccount.objects.filter(inbox=inbox).first()
    shown: dict[str, Any] = {
        "name": inbox.name,
        "address": inbox.address,
        "team": inbox.team_id,
        "active": inbox.active,
    }
    if settings is not None:
        fields = (name for name in SETTABLE if name != "start_at")
        shown |= {name: getattr(settings, name) for name in fields}
        shown["start_at"] = settings.start_at.isoformat() if settings.start_at else None
    return shown
