"""Mails about an account: a link to sign in, to choose a new password, to accept an invitation."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from ventanilla.mail import outlets, smtp
from ventanilla.mail.desk_mail import Words, write
from ventanilla.mail.models import OutgoingMail
from ventanilla.people.actions.links import LIFETIME
from ventanilla.people.models import DeskSettings, OneTimeLink, User

Purpose = OneTimeLink.Purpose


def can_send() -> bool:
    """Whether the desk's own mail has a server to leave by. At most 1 statement."""
    return smtp.desk_server() is not None or outlets.borrowed() is not None


def send_link(user: User, purpose: Purpose, url: str, when: datetime) -> OutgoingMail:
    """Mail somebody a one-time link, in their language. It leaves once this commits.

    It is not tried for longer than the link works. Raises ValueError when the link leads elsewhere
    than to this desk (R27).
    """
    if urlsplit(url)[:2] != urlsplit(settings.BASE_URL)[:2]:
        raise ValueError("A link in a mail leads to VENTANILLA_BASE_URL only.")
    return write(user, lambda desk: _words(purpose, user, url, desk), when, LIFETIME[purpose])


def _words(purpose: Purpose, user: User, url: str, settings_: DeskSettings) -> Words:
    names = {
        "name": user.name,
        "desk": settings_.name,
        "url": url,
        "minutes": int(LIFETIME[purpose].total_seconds() // 60),
        "hours": int(LIFETIME[purpose].total_seconds() // 3600),
    }
    subject, body = {
        Purpose.SIGN_IN: (_("Your link to sign in to %(desk)s"), _sign_in()),
        Purpose.RESET: (_("Choose a new password for %(desk)s"), _reset()),
        Purpose.INVITE: (_("Your account at %(desk)s"), _invitation()),
    }[purpose]
    return Words(subject % names, body % names)


def _sign_in() -> str:
    return _(
        "Hello %(name)s,\n\n"
        "This link signs you in to %(desk)s. It works once, within %(minutes)d minutes:\n\n"
        "%(url)s\n\n"
        "If you did not ask for it, simply ignore this mail."
    )


def _reset() -> str:
    return _(
        "Hello %(name)s,\n\n"
        "With this link you choose a new password for %(desk)s. It works once, within "
        "%(minutes)d minutes:\n\n"
        "%(url)s\n\n"
        "If you did not ask for it, simply ignore this mail: your password stays as it is."
    )


def _invitation() -> str:
    return _(
        "Hello %(name)s,\n\n"
        "There is an account for you at %(desk)s. Choose your password with this link; it works "
        "once, within %(hours)d hours:\n\n"
        "%(url)s\n\n"
        "You can then sign in with this e-mail address."
    )
