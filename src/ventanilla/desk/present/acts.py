"""The log of administrative acts, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.people.models import AuditEntry, Contact, Role, Team, User
from ventanilla.people.permissions import PERMISSIONS
from ventanilla.tickets.models import Category, Inbox

# What can stand in the log, by what people look for: code -> what was done.
GROUPS: dict[str, tuple[Any, dict[str, Any]]] = {
    "access": (
        gettext_lazy("Signing in"),
        {
            "signin.succeeded": gettext_lazy("Signed in"),
            "signin.failed": gettext_lazy("Gave a wrong password"),
            "second_step.failed": gettext_lazy("Gave a wrong code"),
            "second_step.recovered": gettext_lazy("Used a recovery code"),
            "second_step.on": gettext_lazy("Switched two steps on"),
            "second_step.off": gettext_lazy("Switched two steps off"),
            "second_step.codes_renewed": gettext_lazy("Made new recovery codes"),
            "second_step.reset": gettext_lazy("Took a second step back"),
            "password.set": gettext_lazy("Chose a new password"),
            "session.ended": gettext_lazy("Signed out a device"),
            "sessions.ended": gettext_lazy("Signed out everywhere"),
        },
    ),
    "people": (
        gettext_lazy("People and rights"),
        {
            "agent.created": gettext_lazy("Invited somebody"),
            "agent.changed": gettext_lazy("Changed somebody's role or teams"),
            "agent.activated": gettext_lazy("Let somebody sign in again"),
            "agent.deactivated": gettext_lazy("No longer let somebody sign in"),
            "role.created": gettext_lazy("Made a role"),
            "role.changed": gettext_lazy("Changed a role"),
            "role.removed": gettext_lazy("Removed a role"),
            "role.second_step": gettext_lazy("Decided whether a role needs two steps"),
            "team.created": gettext_lazy("Made a team"),
            "team.changed": gettext_lazy("Changed a team"),
        },
    ),
    "customers": (
        gettext_lazy("Customers"),
        {
            "contact.merged": gettext_lazy("Merged two customers"),
            "contact.parted": gettext_lazy("Undid a merge of customers"),
            "sender.blocked": gettext_lazy("Blocked a sender"),
            "sender.unblocked": gettext_lazy("No longer blocked a sender"),
            "ticket.erased": gettext_lazy("Deleted a ticket for good"),
            "message.redacted": gettext_lazy("Blacked something out for good"),
        },
    ),
    "desk": (
        gettext_lazy("Settings"),
        {
            "inbox.created": gettext_lazy("Made an inbox"),
            "inbox.changed": gettext_lazy("Changed an inbox"),
            "desk.changed": gettext_lazy("Changed the desk's settings"),
            "sla.changed": gettext_lazy("Changed deadlines"),
            "hours.changed": gettext_lazy("Changed working hours"),
            "category.created": gettext_lazy("Made a category"),
            "category.changed": gettext_lazy("Changed a category"),
            "field.created": gettext_lazy("Made a field"),
            "field.changed": gettext_lazy("Changed a field"),
            "field.moved": gettext_lazy("Moved a field"),
            "tags.created": gettext_lazy("Made tags"),
            "tag.renamed": gettext_lazy("Renamed a tag"),
            "template.changed": gettext_lazy("Changed an automatic text"),
            "rule.created": gettext_lazy("Wrote a rule"),
            "rule.changed": gettext_lazy("Changed a rule"),
            "rule.switched_on": gettext_lazy("Switched a rule on"),
            "rule.switched_off": gettext_lazy("Switched a rule off"),
            "rule.arranged": gettext_lazy("Changed the order of rules"),
            "rule.removed": gettext_lazy("Removed a rule"),
            "macro.created": gettext_lazy("Made a macro"),
            "macro.changed": gettext_lazy("Changed a macro"),
            "prepared.created": gettext_lazy("Made a prepared reply"),
            "prepared.changed": gettext_lazy("Changed a prepared reply"),
            "view.saved": gettext_lazy("Saved a shared view"),
            "view.removed": gettext_lazy("Removed a shared view"),
            "configuration.exported": gettext_lazy("Took the configuration as a file"),
            "configuration.applied": gettext_lazy("Applied a configuration file"),
        },
    ),
}
NAMES = {code: words for _title, codes in GROUPS.values() for code, words in codes.items()}
# Whose name a thing in the log has: "role:3".
KINDS: dict[str, type[Model]] = {
    "user": User,
    "role": Role,
    "team": Team,
    "inbox": Inbox,
    "category": Category,
    "contact": Contact,
}
# What the ids in a field are of.
OF_KIND = {"teams": "team", "agents": "user", "hidden": "category", "source": "contact"}
FIELDS = {
    "name": gettext_lazy("Name"),
    "role": gettext_lazy("Role"),
    "teams": gettext_lazy("Teams"),
    "agents": gettext_lazy("People"),
    "to": gettext_lazy("Instead"),
    "by": gettext_lazy("By"),
    "left": gettext_lazy("Left"),
    "source": gettext_lazy("Who was merged"),
    "sender": gettext_lazy("Sender"),
    "messages": gettext_lazy("Messages"),
    "files": gettext_lazy("Files"),
    "visibility": gettext_lazy("What they see"),
    "permissions": gettext_lazy("What they may do"),
    "hidden": gettext_lazy("Categories that they don't see"),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the log."""

    id: int
    at: datetime
    who: str
    what: str
    thing: str  # the name of what it was done to
    changes: list[tuple[str, str, str]]  # field, before, after
    ip: str


def acts(entries: Iterable[AuditEntry]) -> list[Act]:
    """Entries in words, with the names that people and things have now. 5 statements at most."""
    entries = list(entries)
    names = _names(entries)
    return [
        Act(
            id=entry.pk,
            at=entry.at,
            who=names.get(("user", entry.user_id), "") if entry.user_id else _nobody(entry),
            what=str(NAMES.get(entry.what, entry.what)),
            thing=_thing(entry, names),
            changes=list(_changes(entry.data, names)),
            ip=entry.ip or "",
        )
        for entry in entries
    ]


Names = dict[tuple[str, int], str]


def _names(entries: list[AuditEntry]) -> Names:
    wanted: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for entry in entries:
        kind, pk = _parts(entry.thing)
        if kind in KINDS:
            wanted[kind].add(pk)
        if entry.user_id:
            wanted["user"].add(entry.user_id)
        for told in (entry.data, entry.data.get("old"), entry.data.get("new")):
            for name in OF_KIND.keys() & (told if isinstance(told, dict) else {}).keys():
                wanted[OF_KIND[name]].update(told[name] or ())
    return {
        (kind, row.pk): str(row)
        for kind, ids in wanted.items()
        if ids - {0}
        for row in KINDS[kind]._base_manager.filter(pk__in=ids)
    }


def _parts(thing: str) -> tuple[str, int]:
    kind, _colon, number = thing.partition(":")
    kind = "user" if kind == "agent" else kind
    return kind, int(number) if number.isdecimal() else 0


def _thing(entry: AuditEntry, names: Names) -> str:
    kind, pk = _parts(entry.thing)
    if kind == "user" and pk == entry.user_id:
        return ""  # themselves
    if kind == "ticket":
        return f"#{pk}"
    said = entry.data.get("old") or entry.data.get("new")
    gone = said.get("name", "") if isinstance(said, dict) else ""
    return names.get((kind, pk)) or gone or (f"{kind} {pk}" if pk else "")


def _nobody(entry: AuditEntry) -> str:
    return _("Somebody unknown") if entry.what == "signin.failed" else "Ventanilla"


def _changes(data: dict[str, Any], names: Names) -> Iterator[tuple[str, str, str]]:
    """What differs between old and new, and whatever else is told."""
    old, new = data.get("old"), data.get("new")
    if not isinstance(old, dict) and not isinstance(new, dict):
        old, new = {"": old}, {"": new}
    old, new = old or {}, new or {}
    for name in {**old, **new}:
        before, after = (_said(name, each.get(name), names) for each in (old, new))
        if before != after:
            yield _field(name), before, after
    for name, value in data.items():
        if name not in ("old", "new") and value not in (None, [], {}):
            yield _field(name), "", _said(name, value, names)


def _field(name: str) -> str:
    return str(FIELDS.get(name, name))


def _said(field: str, value: Any, names: Names) -> str:
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_said(field, each, names) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_said(name, each, names)}" for name, each in value.items())
    if field in OF_KIND:
        return names.get((OF_KIND[field], value), str(value))
    if field == "visibility":
        return str(dict(Role.Visibility.choices).get(value, value))
    return str(PERMISSIONS.get(value, value))
