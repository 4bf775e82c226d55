"""Setting up agents and teams. Nobody gives away more than they have; one administrator stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import AgentDeactivated, RightsChanged
from ventanilla.events.log import record
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.actions.roles import may_give, renew_sessions
from ventanilla.people.actions.sessions import end_every
from ventanilla.people.models import Agent, DeskSettings, Role, Team, User
from ventanilla.people.rights import require
from ventanilla.people.signatures import check_signatures

PROFILE = ("capacity", "languages", "time_zone")
UNTIL_SECOND_STEP = timedelta(days=14)
TEAM = ("name", "hue", "routing", "calendar_id", "signature", "signatures", "archived")


class LastAdministrator(Conflict):
    code = "last_administrator"


# -- agents ------------------------------------------------------------------------------------
@transaction.atomic
def first_administrator(*, email: str, name: str, password: str, now: datetime) -> Agent:
    """Make a new desk's first agent, with a first team. Raises Conflict when there is one already.

    Two at once: the desk's row is locked, so only one succeeds.
    """
    desk = DeskSettings.objects.select_for_update().get(pk=1)
    if Agent.objects.exists():
        raise Conflict(_("This desk already has an administrator. Sign in instead."))
    user = _make_user(email, name, desk.language)
    _set_password(user, password)
    role = Role.objects.get(key="administrator")
    by = now.replace(microsecond=0) + UNTIL_SECOND_STEP
    role.second_step_by = by  # by default, administrators prove more (R32)
    role.save(update_fields=["second_step_by"])
    agent = Agent.objects.create(user=user, role=role, time_zone=desk.time_zone)
    team, _made = Team.objects.get_or_create(name=_("Support"))
    team.members.add(agent)
    audit("agent.created", now, user_id=user.pk, thing=f"agent:{user.pk}", role=role.key)
    return agent


@transaction.atomic
def create_agent(
    act: Act,
    *,
    email: str,
    name: str,
    role: Role,
    teams: Iterable[Team] = (),
    language: str = "es",
    **profile: Any,
) -> Agent:
    """Make an agent without a password: an invitation lets them choose one.

    Raises NotAllowed (a role above one's own), Invalid (address in use or malformed).
    """
    require(act, "setup.people")
    may_give(act, role)
    user = _make_user(email, name, language)
    agent = Agent.objects.create(user=user, role=role, **_only(PROFILE, profile))
    agent.teams.set(teams)
    _note(act, "agent.created", agent, role=role.key, teams=[team.pk for team in teams])
    return agent


@transaction.atomic
def change_agent(
    agent: Agent,
    act: Act,
    *,
    name: str,
    role: Role,
    teams: Iterable[Team],
    **profile: Any,
) -> None:
    """Set an agent's name, role, teams and profile. Raises NotAllowed, LastAdministrator."""
    require(act, "setup.people")
    agent = Agent.objects.select_for_update(no_key=True).select_related("user").get(pk=agent.pk)
    if role.pk != agent.role_id:
        may_give(act, agent.role)
        may_give(act, role)
        _keep_one_administrator(agent, losing=role.key != "administrator")
        renew_sessions(Agent.objects.filter(pk=agent.pk))
    old = {"role": agent.role.key, "teams": sorted(agent.teams.values_list("pk", flat=True))}
    agent.user.name = name.strip()[:120] or agent.user.name
    agent.user.save(update_fields=["name"])
    agent.role = role
    for field, value in _only(PROFILE, profile).items():
        setattr(agent, field, value)
    agent.save()
    agent.teams.set(teams)
    new = {"role": role.key, "teams": sorted(team.pk for team in teams)}
    _note(act, "agent.changed", agent, old=old, new=new)


@transaction.atomic
def set_active(agent: Agent, act: Act, *, to: bool) -> None:
    """Let an agent sign in, or no longer: sessions end, and their open tickets are given back."""
    require(act, "setup.people")
    may_give(act, agent.role)
    user = User.objects.select_for_update().get(pk=agent.pk)
    if user.is_active == to:
        return
    if not to:
        _keep_one_administrator(agent, losing=True)
    user.is_active = agent.user.is_active = to
    user.save(update_fields=["is_active"])
    if not to:
        end_every(user)
        record(None, act, AgentDeactivated(agent=agent.pk))
    _note(act, "agent.activated" if to else "agent.deactivated", agent)


def _make_user(email: str, name: str, language: str) -> User:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is no e-mail address. It looks like name@example.com."),
                      field="email") from error  # fmt: skip
    if User.objects.filter(email=email).exists():
        raise Invalid(_("Somebody already signs in with this address."), field="email")
    if not name.strip():
        raise Invalid(_("Write a name: customers read it under the replies."), field="name")
    user = User(email=email, name=name.strip()[:120], language=language)
    user.set_unusable_password()
    user.save()
    return user


def _keep_one_administrator(agent: Agent, *, losing: bool) -> None:
    if not losing or agent.role.key != "administrator":
        return
    # locking them all keeps two administrators from removing each other at once
    others = Agent.objects.select_for_update(no_key=True, of=("self",)).filter(
        role__key="administrator", user__is_active=True
    )
    if not [other for other in others if other.pk != agent.pk]:
        raise LastAdministrator(
            _("%(name)s is the only administrator. Make somebody else one first.")
            % {"name": agent.user.name}
        )


def _note(act: Act, what: str, agent: Agent, **data: Any) -> None:
    audit(what, act.when, user_id=act.actor.id, thing=f"agent:{agent.pk}", **data)
    record(None, act, RightsChanged(agent=agent.pk))
    configuration_changed()


# -- teams -------------------------------------------------------------------------------------
@transaction.atomic
def create_team(act: Act, *, name: str, members: Iterable[Agent] = (), **fields: Any) -> Team:
    require(act, "setup.people")
    check_signatures(fields)
    team = Team(name=_free_name(name), **_only(TEAM, fields))
    team.save()
    team.members.set(members)
    _note_team(act, "team.created", team, new={"name": team.name})
    return team


@transaction.atomic
def change_team(
    team: Team, act: Act, *, members: Iterable[Agent] | None = None, **fields: Any
) -> None:
    """Set some fields of a team, and its members if given. Raises Invalid, NotAllowed."""
    require(act, "setup.people")
    check_signatures(fields)
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if "name" in fields:
        fields["name"] = _free_name(fields["name"], but=team)
    old = {name: getattr(team, name) for name in _only(TEAM, fields)}
    for name, value in _only(TEAM, fields).items():
        setattr(team, name, value)
    team.save()
    if members is not None:
        team.members.set(members)
    _note_team(act, "team.changed", team, old=old, new=_only(TEAM, fields))


def _free_name(name: str, but: Team | None = None) -> str:
    name = " ".join(name.split())[:60]
    if not name:
        raise Invalid(_("A team needs a name."), field="name")
    if Team.objects.filter(name__iexact=name).exclude(pk=but.pk if but else 0).exists():
        raise Invalid(_("There is a team of this name already."), field="name")
    return name


def _note_team(act: Act, what: str, team: Team, **data: Any) -> None:
    audit(what, act.when, user_id=act.actor.id, thing=f"team:{team.pk}", **data)
    record(None, act, RightsChanged(agent=None))
    configuration_changed()


def _only(allowed: tuple[str, ...], fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - set(allowed):
        raise TypeError(f"not settable here: {sorted(unknown)}")
    return fields


# -- passwords ---------------------------------------------------------------------------------
@transaction.atomic
def set_password(user: User, password: str, now: datetime, *, ip: str | None = None) -> None:
    """Choose a new password: every session of the user ends. Raises Invalid when it is weak."""
    _set_password(user, password)
    end_every(user)
    audit("password.set", now, user_id=user.pk, thing=f"user:{user.pk}", ip=ip)
    record(None, Act.of_agent(user.pk, now), RightsChanged(agent=user.pk))


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save(update_fields=["password"])
