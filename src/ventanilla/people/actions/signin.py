"""Checking who signs in. The same answer, in the same time, whether the account exists (R32)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext as _

from ventanilla.lib import ratelimit
from ventanilla.lib.problems import Invalid, TooMany
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import User

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 20  # IP address

_nobody: str = ""


class DoNotMatch(Invalid):
    code = "do_not_match"


def sign_in(email: str, password: str, *, ip: str, now: datetime) -> User:
    """The user of an address and password. Raises DoNotMatch, TooMany.

    Failures are counted per account and IP address together, and per IP address; so a stranger's
    tries from elsewhere don't lock the owner out.
    """
    email = email.strip().lower()
    keys = {f"signin:{email}:{ip}": PER_ACCOUNT, f"signin:{ip}": PER_ADDRESS}
    for key, limit in keys.items():
        if seconds := ratelimit.wait(key, limit=limit, window=WINDOW, now=now):
            raise TooMany(
                _("Too many tries. Wait a few minutes, or have a link mailed to you."),
                retry_after=seconds,
            )
    user = User.objects.filter(email=email).first()
    known = user is not None and user.has_usable_password()
    fits = check_password(password, user.password if user and known else _somebodys())
    if not (user and known and fits and user.is_active):
        for key, limit in keys.items():
            ratelimit.hit(key, limit=limit, window=WINDOW, now=now)
        audit("signin.failed", now, user_id=user.pk if user else None, ip=ip)
        raise DoNotMatch(_("E-mail or password do not match."), field="password")
    ratelimit.clear(f"signin:{email}:{ip}")
    audit("signin.succeeded", now, user_id=user.pk, ip=ip)
    return user


def _somebodys() -> str:
    """A password hash of nobody's, so that an unknown address takes as long as a known one."""
    global _nobody
    if not _nobody:
        _nobody = make_password("nobody signs in with this")
    return _nobody
