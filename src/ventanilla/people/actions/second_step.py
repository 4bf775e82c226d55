"""The second step of a sign-in: set up, proven, lost, taken back, required (R32).

A code of the app works once; a recovery code, once. Secrets are sealed, recovery codes hashed.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib import ratelimit, totp
from ventanilla.lib.problems import Conflict, Invalid, NotAllowed, TooMany
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.actions.roles import may_give
from ventanilla.people.models import Agent, RecoveryCode, Role, SecondStep, User
from ventanilla.people.rights import require

CODES = 10  # recovery codes at once
SCANNED_WITHIN = timedelta(hours=1)
TRIES, WINDOW = 5, timedelta(minutes=15)


class WrongCode(Invalid):
    code = "wrong_code"


def of(user: User) -> SecondStep | None:
    """What the user proves besides the password; None: nothing (yet). 1 statement."""
    return SecondStep.objects.filter(user=user, confirmed_at__isnull=False).first()


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


# -- setting up --------------------------------------------------------------------------------
@transaction.atomic
def begin(user: User, now: datetime) -> SecondStep:
    """A secret to scan: the same one for an hour. Raises Conflict when one is in use."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    step, _made = SecondStep.objects.get_or_create(
        user=user, defaults={"secret": totp.new_secret(), "created_at": now}
    )
    if step.confirmed_at is not None:
        raise Conflict(_("You sign in with two steps already."))
    if now - step.created_at > SCANNED_WITHIN:
        step.secret, step.created_at, step.last_step = totp.new_secret(), now, 0
        step.save()
    return step


def confirm(user: User, code: str, now: datetime, *, ip: str | None = None) -> list[str]:
    """Switch it on by a first code. Returns the recovery codes, which nobody sees again.

    Raises WrongCode, TooMany, Conflict.
    """
    step = begin(user, now)
    _limited(user, now)
    if not _use(step, _plain(code), now):
        _missed(user, now)
        text = _("This code does not fit. Wait for the next one, and check the phone's clock.")
        raise WrongCode(text, field="code")
    with transaction.atomic():
        SecondStep.objects.filter(user=user).update(confirmed_at=now)
        codes = _new_codes(user)
        audit("second_step.on", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)
    return codes


# -- signing in --------------------------------------------------------------------------------
def prove(user: User, code: str, now: datetime, *, ip: str | None = None) -> None:
    """Take a code of the app, or a recovery code. Raises WrongCode, TooMany."""
    _limited(user, now)
    step, given = of(user), _plain(code)
    if step is not None and _use(step, given, now):
        ratelimit.clear(_key(user))
        return
    used, _of = RecoveryCode.objects.filter(user=user, digest=_digest(given)).delete()
    if step is not None and used:
        ratelimit.clear(_key(user))
        audit("second_step.recovered", now, user_id=user.pk, ip=ip, left=codes_left(user))
        return
    _missed(user, now)
    audit("second_step.failed", now, user_id=user.pk, ip=ip)
    raise WrongCode(_("This code does not fit, or has been used."), field="code")


# -- changing ----------------------------------------------------------------------------------
@transaction.atomic
def renew_codes(user: User, now: datetime, *, ip: str | None = None) -> list[str]:
    """Ten new recovery codes; the ones before end. Raises Conflict without a second step."""
    if of(user) is None:
        raise Conflict(_("You sign in with one step."))
    codes = _new_codes(user)
    audit("second_step.codes_renewed", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)
    return codes


@transaction.atomic
def switch_off(user: User, now: datetime, *, ip: str | None = None) -> None:
    """Sign in with the password alone again. Raises NotAllowed where the role requires more."""
    if Role.objects.filter(agent__user=user, second_step_by__isnull=False).exists():
        raise NotAllowed(_("Your role requires two steps. An administrator can change that."))
    if _remove(user):
        audit("second_step.off", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)


@transaction.atomic
def reset(agent: Agent, act: Act) -> None:
    """Take the second step from somebody who has lost theirs: they set up another one.

    Raises NotAllowed (whose rights go beyond one's own; one's own).
    """
    require(act, "setup.people")
    may_give(act, agent.role)
    if act.authority is not None and act.authority.id == agent.pk:
        raise NotAllowed(_("Somebody else has to take your own second step back."))
    if _remove(agent.user):
        audit("second_step.reset", act.when, user_id=act.actor.id, thing=f"user:{agent.pk}")


@transaction.atomic
def require_of(role: Role, act: Act, *, by: datetime | None) -> None:
    """Require two steps of a role's people from a moment on; None: leave it to them.

    Raises NotAllowed (a role beyond one's own rights).
    """
    require(act, "setup.people")
    row = Role.objects.select_for_update().get(pk=role.pk)
    may_give(act, row)
    if row.second_step_by == by:
        return
    old, row.second_step_by = row.second_step_by, by
    row.save(update_fields=["second_step_by"])
    audit(
        "role.second_step",
        act.when,
        user_id=act.actor.id,
        thing=f"role:{row.pk}",
        old=old.isoformat() if old else None,
        new=by.isoformat() if by else None,
    )
    configuration_changed()


# -- parts -------------------------------------------------------------------------------------
def _use(step: SecondStep, given: str, now: datetime) -> bool:
    """Whether a code fits that has not been used; of two at once only one does. 1 statement."""
    matched = totp.matching(step.secret, given, now)
    if matched is None:
        return False
    unused = SecondStep.objects.filter(pk=step.pk, last_step__lt=matched)
    return bool(unused.update(last_step=matched))


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _n in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(one)) for one in codes)
    return ["-".join(one[at : at + 4] for at in range(0, 16, 4)) for one in codes]


def _remove(user: User) -> bool:
    RecoveryCode.objects.filter(user=user).delete()
    removed, _of = SecondStep.objects.filter(user=user).delete()
    return bool(removed)


def _plain(code: str) -> str:
    """As people write it: with blanks, hyphens, capitals."""
    return "".join(each for each in code.lower() if each.isascii() and each.isalnum())


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _key(user: User) -> str:
    return f"second_step:{user.pk}"


def _limited(user: User, now: datetime) -> None:
    if seconds := ratelimit.wait(_key(user), limit=TRIES, window=WINDOW, now=now):
        raise TooMany(_("Too many tries. Wait a few minutes."), retry_after=seconds, field="code")


def _missed(user: User, now: datetime) -> None:
    ratelimit.hit(_key(user), limit=TRIES, window=WINDOW, now=now)
