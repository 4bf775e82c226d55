"""Who asks: one statement for the user, their agent profile, role, teams, and the desk's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django_htmx.middleware import HtmxDetails

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.lib.compiled import Given, compiled
from ventanilla.notifications.models import Notification
from ventanilla.people.actions import sessions
from ventanilla.people.models import Agent, DeskSettings, Membership, OpenSession, SecondStep, User
from ventanilla.people.rights import NOBODY, Viewer
from ventanilla.tickets.views_queries import Shelf, on_shelf, shelf_from


@dataclass(frozen=True, slots=True)
class Who:
    """Who is signed in, with what their pages show anyway. `agent` is None for everybody else."""

    user: User
    agent: Agent | None
    viewer: Viewer
    desk_name: str
    demo: bool
    undo_seconds: int  # how long a sent reply waits
    last_event: int  # where the log stood before the page was read: live updates begin there
    notices: int  # unread notifications
    shelf: Shelf  # saved views, and how this agent wants views
    second_step_by: datetime | None = None  # a second step is missing, and required from then on
    renew: bool = False  # their rights have changed: their session gets another key
    unseen: bool = False  # the use of their session has not been noted for a while


class Request(HttpRequest):
    """A request as our views get it: the middleware has set these."""

    id: str  # names it in the log
    who: Who  # None where nobody is signed in; only public views meet that
    agent: Agent
    viewer: Viewer
    act: Act  # the agent's, at the time of the request
    htmx: HtmxDetails


def identify(session: SessionBase) -> Who | None:
    """Who is signed in by this session, if it still holds. 1 statement; none without a session.

    A changed password, a deactivated user end it: the hash in the session no longer fits.
    """
    pk = session.get(SESSION_KEY)
    if pk is None:
        return None
    row = _user.first(pk=int(pk), session=session.session_key)
    if row is None or not _fits(session, row):
        return None
    now = clock.now()
    if sessions.has_run_out(row.session_since, row.session_seen, now):
        return None
    agent = getattr(row, "agent", None)
    rights = NOBODY
    if agent is not None:
        role = agent.role
        permissions = frozenset(role.permissions)
        teams, hidden = frozenset(row.team_ids), frozenset(role.hidden)
        rights = Viewer(row.pk, permissions, role.visibility, teams, hidden)
    return Who(
        user=row,
        agent=agent,
        viewer=rights,
        desk_name=row.desk_name or "",
        demo=bool(row.desk_demo),
        undo_seconds=row.undo_seconds or 0,
        last_event=row.last_event or 0,
        notices=row.notices or 0,
        shelf=shelf_from(row),
        second_step_by=agent.role.second_step_by if agent and not row.has_second_step else None,
        renew=bool(row.session_renew),
        unseen=row.session_seen is not None and now - row.session_seen > sessions.SEEN_EVERY,
    )


@compiled
def _user() -> QuerySet[Any]:
    mine = OuterRef("pk")
    desk = DeskSettings.objects.filter(pk=1)
    unread = Notification.objects.filter(agent=mine, read_at=None).order_by()
    here = OpenSession.objects.filter(session_key=Given("session"), user=mine)
    users = User.objects.filter(pk=Given("pk"), is_active=True)
    return users.select_related("agent__role").annotate(
        team_ids=ArraySubquery(Membership.objects.filter(agent=mine).values("team_id")),
        desk_name=Subquery(desk.values("name")),
        desk_demo=Subquery(desk.values("demo")),
        has_second_step=Exists(SecondStep.objects.filter(user=mine, confirmed_at__isnull=False)),
        session_since=Subquery(here.values("since")),
        session_seen=Subquery(here.values("seen_at")),
        session_renew=Subquery(here.values("renew")),
        undo_seconds=Subquery(desk.values("undo_seconds")),
        last_event=Subquery(Event.objects.order_by("-pk").values("pk")[:1]),
        notices=Subquery(unread.values("agent").annotate(n=Count("pk")).values("n")),
        **on_shelf(),
    )


def _fits(session: SessionBase, user: User) -> bool:
    kept = session.get(HASH_SESSION_KEY) or ""
    return bool(kept) and constant_time_compare(kept, user.get_session_auth_hash())
