"""The desk itself, before its first ticket: people, teams, inboxes, categories, tags."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext as _

from ventanilla.demo import cast
from ventanilla.demo.load import people
from ventanilla.demo.load.hours import DAY, seconds
from ventanilla.demo.load.ledger import Desk, Promise
from ventanilla.demo.load.shapes import Shape, events
from ventanilla.demo.load.size import Size
from ventanilla.demo.pictures import NAMES, picture
from ventanilla.lib import storage
from ventanilla.lib.business_time import Calendar
from ventanilla.lib.html import text_to_html
from ventanilla.lib.problems import Conflict
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.models import Agent, DeskSettings, Membership, Role, Team, User
from ventanilla.sla.policies import promise
from ventanilla.tickets.models import Category, Inbox, Priority, Tag

INBOXES = 12
AHEAD = 400  # days: nothing is due later
NUMBERED = (
    "people.Organization", "people.Contact", "tickets.Ticket", "tickets.Message", "events.Event",
)  # fmt: skip


def build(size: Size, shapes: dict[str, Shape]) -> Desk:
    """Make the desk's people and things. Raises Conflict where nothing is promised."""
    DeskSettings.objects.filter(pk=1).update(name=cast.COMPANY, language="es", demo=True)
    teams = Team.objects.bulk_create(_teams(size))
    colleagues = people.colleagues(size)
    users = _users(colleagues)
    _agents(colleagues, users, teams)
    configuration_changed()
    return Desk(
        size=size,
        rows={name: shape.row for name, shape in shapes.items()},
        happenings=events(shapes["events.Event"]),
        promise=_promise(size, teams[0]),
        first=_first_ids(shapes),
        teams=tuple(team.pk for team in teams),
        team_weights=tuple(people.weights(size)),
        routing=tuple(str(team.routing) for team in teams),  # plain: it goes to other processes
        members=_members(colleagues, users, len(teams)),
        inboxes=_inboxes(teams),
        agents={user.pk: user.name for user in users},
        categories=_categories(),
        tags=tuple(tag.pk for tag in Tag.objects.bulk_create(map(_tag, people.tags(size)))),
        pictures=tuple(map(_picture, NAMES)),
    )


def _teams(size: Size) -> list[Team]:
    ways = (Team.Routing.LEAST_LOADED, Team.Routing.ROUND_ROBIN, Team.Routing.LEAST_LOADED)
    return [
        Team(name=name, hue=47 * n % 360, routing="manual" if n % 9 == 8 else ways[n % 3])
        for n, name in enumerate(people.TEAMS[: size.teams])
    ]


def _users(colleagues: list[people.Colleague]) -> list[User]:
    users = [User(email=one.email, name=one.name, language="es") for one in colleagues]
    for user in users:
        user.set_unusable_password()
    return User.objects.bulk_create(users)


def _agents(colleagues: list[people.Colleague], users: list[User], teams: list[Team]) -> None:
    roles = {role.key: role for role in Role.objects.all()}
    both = list(zip(colleagues, users, strict=True))
    Agent.objects.bulk_create(
        Agent(
            user=user,
            role=roles[one.role],
            capacity=0 if one.role == "light" else 25,
            availability=("available", "available", "away", "offline")[one.number * 7 % 4],
            languages=["es", "en"] if one.number % 3 else ["es"],
            signature=text_to_html(f"{user.name}\n{cast.COMPANY}"),
        )
        for one, user in both
    )
    Membership.objects.bulk_create(
        Membership(team=teams[number], agent_id=user.pk)
        for one, user in both
        for number in one.teams
    )


def _members(
    colleagues: list[people.Colleague], users: list[User], teams: int
) -> tuple[tuple[int, ...], ...]:
    """Who answers in each team; where nobody else does, its readers."""
    found: list[list[int]] = [[] for _ in range(teams)]
    readers: list[list[int]] = [[] for _ in range(teams)]
    for one, user in zip(colleagues, users, strict=True):
        for number in one.teams:
            (readers if one.role == "light" else found)[number].append(user.pk)
    return tuple(tuple(some or others) for some, others in zip(found, readers, strict=True))


def _inboxes(teams: list[Team]) -> tuple[tuple[int, str], ...]:
    """The inbox of each team; the smaller teams share those of the larger ones."""
    inboxes = Inbox.objects.bulk_create(
        Inbox(
            name=f"{cast.COMPANY} {team.name}" if n else cast.COMPANY,
            address=f"{slugify(team.name)}@{people.DOMAIN}" if n else cast.ADDRESS,
            team=team,
        )
        for n, team in enumerate(teams[:INBOXES])
    )
    made = [(inbox.pk, inbox.address) for inbox in inboxes]
    return tuple(made[n % len(made)] for n in range(len(teams)))


def _categories() -> tuple[int, ...]:
    found = []
    for name, children in people.CATEGORIES.items():
        above = Category.objects.create(name=name)
        below = [Category(name=child, parent=above) for child in children]
        found += [category.pk for category in Category.objects.bulk_create(below)]
    return tuple(found)


def _tag(name: str) -> Tag:
    return Tag(name=name)


def _picture(kind: str) -> tuple[str, str, str, int]:
    data, (name, content_type) = picture(kind), NAMES[kind]
    return storage.put(data), name, content_type, len(data)


def _promise(size: Size, team: Team) -> Promise:
    """What is promised to the desk's tickets: new teams have no hours of their own."""
    promised = promise(team.pk)
    if promised is None:
        raise Conflict(_("No SLA policy is active. Switch one on first."))
    policy, calendar = promised.policy, promised.calendar
    targets = {
        metric: {int(one): by_priority[str(int(one))] for one in Priority}
        for metric, by_priority in policy.targets.items()
    }
    return Promise(
        targets=targets,
        policy=(policy.pk, policy.version),
        calendar=(calendar.pk if calendar else 0, calendar.version if calendar else 0),
        openings=openings(promised.hours, size),
    )


def openings(hours: Calendar, size: Size) -> tuple[tuple[int, int], ...]:
    """All working time that tickets of this size can meet, in seconds since 1970."""
    begin = _date(size.start) - timedelta(days=2)
    days = (begin + timedelta(days=n) for n in range((size.now - size.start) // DAY + AHEAD))
    return tuple(
        (seconds(opens), seconds(closes)) for day in days for opens, closes in hours.spans(day)
    )


def _date(at: int) -> date:
    return datetime.fromtimestamp(at, UTC).date()


def _first_ids(shapes: dict[str, Shape]) -> dict[str, int]:
    """The ids and numbers that are free from here on."""
    found = {}
    with connection.cursor() as cursor:
        for name in NUMBERED:
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [shapes[name].table])
            (found[name],) = cursor.fetchone()
        cursor.execute("SELECT nextval('ticket_number')")
        (found["number"],) = cursor.fetchone()
    return found
