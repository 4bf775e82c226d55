"""What the database reads for each page: about what it shows, however much there is.

On a loaded desk of some ten thousand tickets' rows. A page that reads all that is unresolved, all
of a customer, or a whole table, is found here by the rows that a step of its plan has met.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import Count
from django.test import Client

from tests.desk.world import PARTIAL
from tests.plans import watched
from ventanilla.demo.load.load import load
from ventanilla.events.hub import NEW_EVENTS
from ventanilla.events.models import Event
from ventanilla.lib import clock
from ventanilla.people.models import Agent
from ventanilla.people.rights import viewer
from ventanilla.tickets import counts, queries, views_queries
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import Status, Ticket
from ventanilla.tickets.views import BY_FIELD, SavedView

NOW = datetime(2026, 3, 5, 11, tzinfo=UTC)
TICKETS = 4_000
MOST = 750  # rows that a step may meet: less than half of what is unresolved here, ...
OF_SAVED_VIEWS = 900  # ... and for views of one's own more than the 800 customers that there are
COUNTS = "json_build_array(team.id"  # stands in the statement of the sidebar's counts alone
CAP = 20  # stands for the thousand that a large desk's counts end at
VIEWS = ("mine", "unassigned", "due-today", "waiting", "all", "resolved", "spam")
BOARDS = ("unassigned", "all")
OWN = re.compile(r"/view-|/mine/.*group=|board")  # sorted: few enough; cards of many columns
MORE = re.compile(r'"(/inbox/[^"]*after=[^"]*)"')


@pytest.fixture
def small_counts(monkeypatch):
    for module in (counts, views_queries):
        monkeypatch.setattr(module, "CAP", CAP)
    _compile_anew()
    yield
    _compile_anew()


def _compile_anew() -> None:
    counts._statement.cache_clear()
    queries._around.cache_clear()


@pytest.mark.usefixtures("new_desk", "small_counts")
def test_no_page_reads_more_than_it_shows():
    """One load for all pages: it takes longer than all of them."""
    load(NOW, tickets=TICKETS)
    _open_many_again()
    _save_views()

    with clock.frozen(NOW):
        found = [
            f"{who} {path}: {what}"
            for who, agent in _people().items()
            for path, what in _read_by(agent, MOST)
        ]
        _assert_counts_are_true()
    _assert_the_live_stream_reads_on_where_it_was()

    assert not found, "\n".join(found)


def _open_many_again() -> None:
    """Make unresolved what a large desk has of it: enough to see who reads all of it."""
    closed = Ticket.objects.filter(status=Status.CLOSED, number__regex="[13579]$")
    closed.update(status=Status.OPEN, resolved_at=None, closed_at=None)
    assert Ticket.objects.filter(status__lt=Status.RESOLVED).count() > 2 * MOST
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _save_views() -> None:
    """What people ask for that few of the unresolved tickets fit."""
    live = Ticket.objects.filter(status__lt=Status.RESOLVED)
    some = live.exclude(category=None)[0]
    asked = {
        "category": {"field": "category", "op": "is", "value": [some.category_id]},
        "due": {"field": "due", "op": "within", "value": 4},
        "free": {"field": "assignee", "op": "empty"},
    }
    for name, one in asked.items():
        SavedView.objects.create(name=name, conditions={"all": [one]}, changed_at=NOW)


def _people() -> dict[str, Agent]:
    """Who sees everything, and the agent with most to do."""
    agents = Agent.objects.filter(role__key="agent").annotate(n=Count("assigned"))
    return {
        "administrator": Agent.objects.filter(role__key="administrator")[0],
        "agent": agents.order_by("-n")[0],
    }


def _read_by(agent: Agent, most: int) -> Iterator[tuple[str, str]]:
    """The steps of plans that meet more than `most` rows, by page."""
    client = Client()
    client.force_login(agent.user)
    for path in _paths(agent):
        for each in _pages(client, path):
            with watched() as plans:
                headers = PARTIAL if "/board?" in each else {}
                assert client.get(each, headers=headers).status_code == 200, each
            assert plans.statements > 2
            limit = OF_SAVED_VIEWS if OWN.search(each) else most
            yield from ((each, what) for what in plans.reading_over(limit, COUNTS))
            # here one pass over what is unresolved costs as little as any index
            yield from ((each, what) for what in plans.reading_over(TICKETS // 2))


def _paths(agent: Agent) -> list[str]:
    theirs = Ticket.objects.filter(assignee=agent)
    shown = [theirs.latest("pk"), *theirs.order_by("-message_count")[:1]]
    if agent.role.key == "administrator":
        heaviest = Ticket.objects.values("contact").annotate(n=Count("pk")).order_by("-n")[0]
        shown = [Ticket.objects.filter(contact=heaviest["contact"]).latest("pk")]
    team = agent.teams.first()
    views = [*VIEWS, *([f"team-{team.pk}"] if team else [])]
    return [
        *(f"/inbox/{view}/" for view in views),
        *(f"/inbox/{view.slug}/" for view in SavedView.objects.all()),
        *(f"/inbox/{view}/?group={by}" for view in views if view != "resolved" for by in BY_FIELD),
        *(f"/inbox/{view}/?display=board&group={by}" for view in BOARDS for by in BY_FIELD),
        *([f"/inbox/team-{team.pk}/?display=board"] if team else []),
        *(f"/tickets/{ticket.number}/" for ticket in shown),
        *(f"/inbox/all/{ticket.number}/" for ticket in shown),
        "/inbox/counts",
        "/notices/",
        "/customers/",
        *(f"/customers/{ticket.contact_id}/" for ticket in shown),
        "/palette",
    ]


def _pages(client: Client, path: str) -> list[str]:
    """The page, and of a list the second and the third one."""
    pages = [path]
    while len(pages) < 3:
        found = MORE.search(client.get(pages[-1]).content.decode())
        if not found or not path.startswith("/inbox/"):
            break
        pages.append(found[1].replace("&amp;", "&"))
    return pages


def _assert_counts_are_true() -> None:
    """What is counted along indexes is what the views hold, up to where counting ends."""
    day = Day(NOW, NOW.replace(hour=0), NOW.replace(hour=23))
    for agent in _people().values():
        who = viewer(agent.pk)
        counted = queries.counts(who, day).views
        for view in ("mine", "unassigned", "due-today", "waiting", "all"):
            held = queries.in_view(view, who, day).filter(status__lt=Status.RESOLVED).count()
            assert counted[view] == min(held, CAP + 1), (agent.role.key, view)


def _assert_the_live_stream_reads_on_where_it_was() -> None:
    """The plan for any values too: it is asked again and again, also where no estimate is true."""
    ids = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    question = NEW_EVENTS.replace("%s", "$1", 1).replace("%s", "$2")
    with connection.cursor() as cursor, watched() as plans:
        cursor.execute(f"PREPARE newest (bigint, bigint[]) AS {question}")
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        cursor.execute(f"EXECUTE newest ({ids[-4]}, '{{{ids[0]}}}')")
        found = cursor.fetchall()
        cursor.execute("RESET plan_cache_mode")
        cursor.execute("DEALLOCATE newest")
    assert [row[0] for row in found] == [ids[0], *ids[-3:]]
    assert not plans.reading_over(len(found))


@pytest.mark.django_db
def test_lists_keep_their_index_in_a_prepared_plan():
    """The plan for any values is as good as one made for these: constants stand in the text."""
    team = queries.in_view("all", viewer(0), Day(NOW, NOW, NOW))
    sql, values = queries.for_rows(team, viewer(0)).query.sql_with_params()

    assert '"status" < (4)' in sql or '"status" < 4' in sql
    assert Status.RESOLVED not in values
    assert connection.settings_dict["OPTIONS"]["server_side_binding"]
