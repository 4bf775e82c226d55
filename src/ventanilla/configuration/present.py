"""The desk as it is, in the file's terms: names instead of numbers, in an order that stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from ventanilla.automation.queries import current
from ventanilla.configuration import custom, macros
from ventanilla.configuration.kinds import (
    DAYS,
    GONE,
    html,
    in_words,
    mapped,
    matrix_in_words,
    moment_in_words,
    order_of,
    tidy,
)
from ventanilla.configuration.shape import SECTIONS
from ventanilla.mail.models import MailAccount
from ventanilla.people.models import (
    Agent,
    Calendar,
    Contact,
    DeskSettings,
    Organization,
    Role,
    Team,
)
from ventanilla.sla.models import Metric, Policy
from ventanilla.tickets.conditions import read, written
from ventanilla.tickets.custom_fields import CustomField
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Category, Channel, Inbox, MessageTemplate, Priority, Tag
from ventanilla.tickets.views import SavedView

Values = dict[str, Any]


@dataclass
class Desk:
    """Every entry of every section, with its row, by what it is known by."""

    entries: dict[str, dict[tuple[str, ...], Values]] = field(default_factory=dict)
    rows: dict[str, dict[tuple[str, ...], Any]] = field(default_factory=dict)
    labels: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, section: str, values: Values, row: Model) -> None:
        """Two of the same name get a number each: both are read, and neither hides the other."""
        key, of = SECTIONS[section].key, self.entries.setdefault(section, {})
        last, n, base = (key[-1], 1, values[key[-1]]) if key else ("", 1, "")
        while SECTIONS[section].ident(values) in of:
            n += 1
            values[last] = f"{base} #{n}"
        ident = SECTIONS[section].ident(values)
        of[ident] = values
        self.put(section, ident, row, values[last] if last else "")

    def put(self, section: str, ident: tuple[str, ...], row: Any, label: str) -> None:
        self.rows.setdefault(section, {})[ident] = row
        self.labels.setdefault(section, {})[row.pk] = label

    def label(self, section: str, pk: int | None) -> str | None:
        return None if pk is None else self.labels.get(section, {}).get(pk, GONE)

    def row(self, section: str, label: str | None) -> Any:
        """What the label stands for; None when it is none or nothing of this name is there."""
        if label is None:
            return None
        if section == "contacts":
            found = Contact.objects.filter(identities__value__iexact=label)
            return found.order_by("pk").first()
        if section == "organizations":
            return Organization.objects.filter(name__iexact=label).order_by("pk").first()
        return self.rows.get(section, {}).get((label.casefold(),))


def the_desk() -> Desk:
    """Read everything. About 20 statements."""
    desk = Desk()
    for name in SECTIONS:
        desk.entries[name] = {}
    for section, read_section in READERS.items():
        read_section(desk)
        desk.entries[section] = dict(desk.entries[section])
    return desk


def _sorted(rows: Iterable[Any], key: Callable[[Any], Any]) -> list[Any]:
    return sorted(rows, key=lambda row: (*key(row), row.pk))


def _calendars(desk: Desk) -> None:
    for row in _sorted(Calendar.objects.all(), lambda row: order_of(row.name)):
        week = {day: _spans(row.week.get(str(n), [])) for n, day in enumerate(DAYS)}
        exceptions = {day: _spans(spans) for day, spans in sorted(row.exceptions.items())}
        desk.add(
            "calendars",
            {"name": tidy(row.name), "time_zone": row.zone, "week": week, "exceptions": exceptions},
            row,
        )


def _spans(spans: list[list[str]]) -> list[str]:
    return ["-".join(span) for span in spans]


def _the_desk_itself(desk: Desk) -> None:
    row = DeskSettings.objects.get(pk=1)
    own = [name for name in SECTIONS["desk"].names if name not in ("calendar", "priorities")]
    values = {name: getattr(row, name) for name in own}
    values["priorities"] = matrix_in_words(row.priority_matrix)
    values["calendar"] = desk.label("calendars", row.calendar_id)
    desk.add("desk", {name: values[name] for name in SECTIONS["desk"].names}, row)


def _roles(desk: Desk) -> None:
    for row in _sorted(Role.objects.all(), lambda row: (row.key,)):
        permissions = sorted(row.permissions, key=order_of)
        values = {"key": row.key, "name": tidy(row.name), "visibility": row.visibility}
        values |= {"permissions": permissions}
        values["second_step_by"] = moment_in_words(row.second_step_by)
        desk.add("roles", values, row)


def _teams(desk: Desk) -> None:
    for row in _sorted(Team.objects.all(), lambda row: order_of(row.name)):
        values = {
            "name": tidy(row.name),
            "routing": row.routing,
            "hue": row.hue,
            "calendar": desk.label("calendars", row.calendar_id),
            "archived": row.archived,
            "signature": html(row.signature),
            "signatures": dict(sorted((code, html(one)) for code, one in row.signatures.items())),
        }
        desk.add("teams", values, row)


def _agents(desk: Desk) -> None:
    rows = Agent.objects.select_related("user").prefetch_related("teams")
    for row in _sorted(rows, lambda row: (row.user.email,)):
        teams = [str(desk.label("teams", team.pk)) for team in row.teams.all()]
        values = {
            "email": row.user.email,
            "name": tidy(row.user.name),
            "role": desk.label("roles", row.role_id),
            "teams": sorted(teams, key=order_of),
            "capacity": row.capacity,
            "languages": list(row.languages),
            "time_zone": row.time_zone,
            "active": row.user.is_active,
        }
        desk.add("agents", values, row)


def _inboxes(desk: Desk) -> None:
    rows = Inbox.objects.filter(channel=Channel.EMAIL).exclude(address="").select_related("mail")
    for row in _sorted(rows, lambda row: (row.address,)):
        account = getattr(row, "mail", None) or MailAccount()
        own = {"name": tidy(row.name), "team": desk.label("teams", row.team_id)}
        values: Values = {}
        for name in SECTIONS["inboxes"].names:
            values[name] = own.get(name, getattr(row, name, None))
            if hasattr(account, name) and name not in own and not hasattr(row, name):
                values[name] = getattr(account, name)
        values["aliases"] = sorted(account.aliases, key=order_of)
        values["start_at"] = moment_in_words(account.start_at)
        desk.add("inboxes", values, row)


def _categories(desk: Desk) -> None:
    below: dict[int | None, list[Category]] = {}
    for row in _sorted(Category.objects.all(), lambda row: order_of(row.name)):
        below.setdefault(row.parent_id, []).append(row)

    roles = dict(Role.objects.order_by("key").values_list("key", "hidden"))

    def walk(parent: int | None, way: str | None) -> None:
        for row in below.get(parent, []):
            name = tidy(row.name)
            path = name if way is None else f"{way} > {name}"
            values: Values = {"path": path, "name": name, "parent": way}
            values["archived"] = row.archived
            values["hidden_from"] = [
                key for key, hidden in roles.items() if row.pk in hidden and parent not in hidden
            ]
            desk.add("categories", values, row)
            walk(row.pk, values["path"])

    walk(None, None)


def _tags(desk: Desk) -> None:
    for row in _sorted(Tag.objects.all(), lambda row: (row.name,)):
        desk.add("tags", {"name": tidy(row.name)}, row)


def _promises(desk: Desk) -> None:
    words = {str(int(priority)): priority.word for priority in reversed(Priority)}
    for row in sorted(Policy.objects.all(), key=lambda row: (row.position, row.pk)):
        targets = {
            metric: {
                word: in_words(row.targets[metric][number])
                for number, word in words.items()
                if row.targets.get(metric, {}).get(number)
            }
            for metric in Metric.values
        }
        values = {
            "name": tidy(row.name),
            "position": row.position,
            "active": row.active,
            "calendar": desk.label("calendars", row.calendar_id),
            "targets": targets,
        }
        desk.add("promises", values, row)


def _templates(desk: Desk) -> None:
    for row in _sorted(MessageTemplate.objects.all(), lambda row: (row.key, row.language)):
        values = {"key": row.key, "language": row.language}
        texts = {"subject": row.subject.strip(), "body": row.body.strip()}
        desk.add("templates", values | texts, row)


def _macros(desk: Desk) -> None:
    rows = Macro.objects.filter(agent=None).select_related("team")
    for row in _sorted(rows, lambda row: (_of_team(row), *order_of(row.name), row.pk)):
        values = {
            "name": tidy(row.name),
            "team": desk.label("teams", row.team_id),
            "position": row.position,
            "archived": row.archived,
            "write_as": row.write_as,
            "texts": macros.texts_in_words(row.texts),
            "changes": macros.in_words(row.changes, lambda of, pk: desk.label(of, pk) or GONE),
        }
        desk.add("macros", values, row)


def _own_fields(desk: Desk) -> None:
    named = _names_of_customers(desk)
    for row in CustomField.objects.order_by("position", "pk"):
        categories = [str(desk.label("categories", pk)) for pk in row.categories]
        values = {
            "key": row.key,
            "kind": row.kind,
            "name": dict(sorted(row.labels.items())),
            "help": dict(sorted(row.helps.items())),
            "options": custom.options_in_words(row.options),
            "pattern": row.pattern,
            "categories": sorted(categories, key=order_of),
            "conditions": mapped(written(read(row.conditions)), named),
            "to_create": row.to_create,
            "to_resolve": row.to_resolve,
            "position": row.position,
            "active": row.active,
        }
        desk.add("fields", values, row)


def _rules(desk: Desk) -> None:
    named = _names_of_customers(desk)
    for version in current().filter(rule__removed=False):
        row, said = version.rule, version.said
        values = {
            "name": tidy(row.name),
            "position": row.position,
            "active": row.active,
            "on": sorted(said["on"], key=order_of),
            "after": said["after"],
            "conditions": mapped(written(read(said["conditions"])), named),
            "changes": macros.in_words(said["changes"], lambda of, pk: desk.label(of, pk) or GONE),
            "note": said["note"],
            "message": macros.texts_in_words(said["message"]),
            "notify": sorted((_told(desk, one) for one in said["notify"]), key=order_of),
            "stop": said["stop"],
        }
        desk.add("rules", values, row)


def _told(desk: Desk, one: str) -> str:
    return str(desk.label("agents", int(one)) or GONE) if one.isdecimal() else one


def _views(desk: Desk) -> None:
    named = _names_of_customers(desk)
    rows = SavedView.objects.filter(agent=None).select_related("team")
    for row in _sorted(rows, lambda row: (_of_team(row), *order_of(row.name))):
        values = {
            "name": tidy(row.name),
            "team": desk.label("teams", row.team_id),
            "order": row.order,
            "group": row.group,
            "display": row.display,
            "columns": sorted(row.columns, key=order_of),
            "query": row.query,
            "conditions": mapped(written(read(row.conditions)), named),
        }
        desk.add("views", values, row)


def _of_team(row: Any) -> tuple[str, str]:
    return order_of(row.team.name) if row.team else ("", "")


def _names_of_customers(desk: Desk) -> Callable[[str, Any], str]:
    """Names for the numbers in conditions; customers are looked up one by one."""

    def named(section: str, pk: Any) -> str:
        if section == "contacts":
            known = Contact.objects.filter(pk=pk).exclude(identities=None)
            value = known.order_by("identities__kind", "identities__pk")
            return value.values_list("identities__value", flat=True).first() or GONE
        if section == "organizations":
            found = Organization.objects.filter(pk=pk).values_list("name", flat=True).first()
            return tidy(found) if found else GONE
        return str(desk.label(section, pk))

    return named


READERS: dict[str, Callable[[Desk], None]] = {
    "calendars": _calendars,
    "desk": _the_desk_itself,
    "roles": _roles,
    "teams": _teams,
    "agents": _agents,
    "inboxes": _inboxes,
    "categories": _categories,
    "tags": _tags,
    "promises": _promises,
    "templates": _templates,
    "macros": _macros,
    "rules": _rules,
    "fields": _own_fields,
    "views": _views,
}
