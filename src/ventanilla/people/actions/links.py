"""Links that work once: to sign in, to set a password, to accept an invitation (R18)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.lib.problems import NotFound
from ventanilla.people.models import OneTimeLink, User

Purpose = OneTimeLink.Purpose
LIFETIME = {
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.INVITE: timedelta(hours=72),
}


def make_link(user: User, now: datetime, *, purpose: Purpose = Purpose.SIGN_IN) -> str:
    """A new link for `user`, as a whole URL. Earlier ones of the same purpose end. 2 statements.

    Its token has 256 bits and leaves this function only here: the database keeps its SHA-256.
    """
    OneTimeLink.objects.filter(user=user, purpose=purpose, used_at=None).update(used_at=now)
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        digest=_digest(token),
        user=user,
        purpose=purpose,
        created_at=now,
        expires_at=now + LIFETIME[purpose],
    )
    return f"{settings.BASE_URL}/link/{token}/"


def look_at(token: str, now: datetime) -> OneTimeLink:
    """The link of a token, unused: opening its page burns nothing. Raises NotFound."""
    links = OneTimeLink.objects.select_related("user")
    link = links.filter(digest=_digest(token), used_at=None, expires_at__gt=now).first()
    if not token or link is None or not link.user.is_active:
        raise NotFound(_("This link has been used or has expired. Ask for a new one."))
    return link


@transaction.atomic
def use(token: str, now: datetime) -> OneTimeLink:
    """Burn the link. Of two at once only one gets it. Raises NotFound."""
    link = look_at(token, now)
    burnt = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now)
    if not burnt:
        raise NotFound(_("This link has been used or has expired. Ask for a new one."))
    return link


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
