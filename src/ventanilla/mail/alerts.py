"""A mailbox that can't be fetched any more is told to administrators by mail (R5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from ventanilla.mail.desk_mail import Words, write
from ventanilla.mail.models import MailAccount, OutgoingMail
from ventanilla.people.models import DeskSettings, User

LASTS = timedelta(hours=12)


def tell_administrators(account: MailAccount, now: datetime) -> list[OutgoingMail]:
    """Write to everybody who may set up inboxes. It leaves by the desk's server, or an inbox's."""
    able = User.objects.filter(is_active=True, agent__role__permissions__contains=["setup.inboxes"])

    def words(desk: DeskSettings) -> Words:
        return _words(account, desk)

    return [write(user, words, now, LASTS) for user in able.order_by("pk")]


def _words(account: MailAccount, desk: DeskSettings) -> Words:
    page = f"{settings.BASE_URL}{reverse('desk:inbox_settings', args=[account.pk])}"
    names = {
        "inbox": account.inbox.address or account.inbox.name,
        "desk": desk.name,
        "why": account.fetch_error,
        "page": page,
    }
    body = _(
        "%(desk)s can't fetch the mail of %(inbox)s any more. No mail is lost: it waits in the "
        "mailbox and is fetched once this is mended.\n\n"
        "%(why)s\n\n"
        "The settings and a test are here:\n\n"
        "%(page)s"
    )
    return Words(_("%(inbox)s is not being fetched") % names, body % names)
