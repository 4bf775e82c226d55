"""Taking a file over: through the verbs of the pages, in one transaction, all or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.automation.actions import remove_rule, save_rule
from ventanilla.configuration import custom, macros
from ventanilla.configuration.document import Document, read
from ventanilla.configuration.faults import Fault, Faulty
from ventanilla.configuration.kinds import DAYS, hours_json, mapped, matrix_of, seconds_of
from ventanilla.configuration.plan import Change, changes, digest, plan
from ventanilla.configuration.present import Desk, Values, the_desk
from ventanilla.configuration.shape import ORDER, SECTIONS
from ventanilla.configuration.text import text_of
from ventanilla.events.acts import Act
from ventanilla.lib.problems import Conflict, Problem
from ventanilla.mail.actions import SETTABLE, save_inbox
from ventanilla.mail.models import MailAccount
from ventanilla.people.actions import staff
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import change_desk
from ventanilla.people.actions.roles import save_role
from ventanilla.people.actions.second_step import require_of
from ventanilla.people.models import Agent, DeskSettings
from ventanilla.people.queries import forget_configuration
from ventanilla.people.rights import all_rights, require
from ventanilla.sla.actions import save_policy, set_hours
from ventanilla.tickets.actions.configure import hide_branch, save_category
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.macros import save_macro
from ventanilla.tickets.actions.templates import add_tags, save_template
from ventanilla.tickets.actions.views import DESK, TEAM, remove_view, save_view
from ventanilla.tickets.models import Priority, Tag

PERMISSIONS = ("setup.desk", "setup.people", "setup.inboxes")


@dataclass
class Outcome:
    """What a file changes, or has changed; `hints` say what is left for a person to do."""

    plan: list[Change]
    hints: list[str] = field(default_factory=list)

    @property
    def changes(self) -> list[Change]:
        return changes(self.plan)

    @property
    def digest(self) -> str:
        return digest(self.plan)


class DeskHasChanged(Conflict):
    code = "desk_has_changed"


def require_all(act: Act) -> None:
    """Who may see and change the whole configuration: administrators. Raises NotAllowed."""
    for permission in PERMISSIONS:
        require(act, permission)


def export(act: Act) -> str:
    """The whole configuration as a file. Raises NotAllowed."""
    require_all(act)
    text = text_of(the_desk())
    audit("configuration.exported", act.when, user_id=act.actor.id)
    return text


def preview(act: Act, data: bytes, *, prune: bool = False) -> Outcome:
    """What the file would change; nothing is. Raises NotAllowed, Faulty."""
    require_all(act)
    desk = the_desk()
    document = read(data, desk)
    return Outcome(_without_self(plan(document, desk, prune=prune), act))


def apply(
    act: Act, data: bytes, *, prune: bool = False, seen: str = "", trial: bool = False
) -> Outcome:
    """Make the desk as the file says. Applied again, it changes nothing.

    seen     the digest of the plan that somebody agreed to
    trial    take everything back in the end
    Raises NotAllowed, Faulty (also when a verb refuses), DeskHasChanged.
    """
    try:
        with transaction.atomic():
            DeskSettings.objects.select_for_update().get(pk=1)  # one at a time
            outcome = _apply(act, data, prune=prune, seen=seen)
            if trial:
                transaction.set_rollback(True)
    finally:
        forget_configuration()  # what was undone is not kept in memory either
    return outcome


def _apply(act: Act, data: bytes, *, prune: bool, seen: str) -> Outcome:
    require_all(act)
    desk = the_desk()
    document = read(data, desk)
    outcome = Outcome(_without_self(plan(document, desk, prune=prune), act))
    if seen and seen != outcome.digest:
        text = _("The desk has changed since you looked at the differences. Look again.")
        raise DeskHasChanged(text)
    todo = outcome.changes
    add_tags(act, [change.title for change in todo if change.section == "tags"])
    for section in ORDER:
        for change in _in_order(section, todo):
            _carry_out(change, desk, act)
    if todo:
        counted = Counter(f"{change.section} {change.kind}" for change in todo)
        audit("configuration.applied", act.when, user_id=act.actor.id, changes=dict(counted))
    outcome.hints = _hints(document)
    return outcome


def _in_order(section: str, todo: list[Change]) -> list[Change]:
    """A section's changes; of fields, each after those that it asks for."""
    found = [change for change in todo if change.section == section]
    if section != "fields":
        return found
    by_key = {(change.values or {})["key"]: change for change in found}
    order = custom.in_order({key: change.values or {} for key, change in by_key.items()})
    return [by_key[key] for key in order]


def _without_self(found: list[Change], act: Act) -> list[Change]:
    """Who applies a file does not lock themselves out by not standing in it."""
    if act.actor.id is None:
        return found
    email = Agent.objects.filter(pk=act.actor.id).values_list("user__email", flat=True).first()
    is_me = ("agents", "retired", (email,))
    return [
        replace(change, kind="extra")
        if (change.section, change.kind, change.ident) == is_me
        else change
        for change in found
    ]


def _carry_out(change: Change, desk: Desk, act: Act) -> None:
    """Raises Faulty at the entry that a verb refuses."""
    row = desk.rows.get(change.section, {}).get(change.ident)
    values = change.values or {}
    try:
        if change.kind == "retired":
            RETIRE[change.section](act, desk, values, row)
            return
        made = VERBS[change.section](act, desk, values, row)
        label = values[SECTIONS[change.section].key[-1]] if change.ident else ""
        desk.put(change.section, change.ident, made, label)
    except Problem as problem:
        if change.entry is None:
            path = f"{change.section}[{change.title}]"
            raise Faulty([Fault(1, 1, path, problem.message)]) from problem
        raise Faulty([change.entry.fault(problem.field, problem.message)]) from problem


# -- one verb per section: (act, desk, values, row or None) -> row ---------------------------------
def _desk_itself(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    fields = {name: value for name, value in values.items() if name != "calendar"}
    fields["priority_matrix"] = matrix_of(fields.pop("priorities"))
    calendar = desk.row("calendars", values["calendar"])
    change_desk(act, **fields, calendar_id=calendar.pk if calendar else None)
    return row


def _calendar(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    week = {str(n): values["week"][day] for n, day in enumerate(DAYS) if values["week"][day]}
    return set_hours(
        act,
        calendar=row,
        name=values["name"],
        zone=values["time_zone"],
        week=hours_json(week),
        exceptions=hours_json(values["exceptions"]),
    )


def _role(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    fields = {name: value for name, value in values.items() if name != "second_step_by"}
    row = save_role(act, role=row, **fields)
    by = values["second_step_by"]
    require_of(row, act, by=datetime.fromisoformat(by) if by else None)
    return row


def _team(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    fields = {name: value for name, value in values.items() if name != "calendar"}
    calendar = desk.row("calendars", values["calendar"])
    fields["calendar_id"] = calendar.pk if calendar else None
    if row is None:
        return staff.create_team(act, **fields)
    staff.change_team(row, act, **fields)
    return row


def _agent(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    fields = {name: values[name] for name in ("name", *staff.PROFILE)}
    fields["role"] = desk.row("roles", values["role"])
    fields["teams"] = [desk.row("teams", label) for label in values["teams"]]
    if row is None:
        language = DeskSettings.objects.values_list("language", flat=True).get(pk=1)
        row = staff.create_agent(act, email=values["email"], language=language, **fields)
    else:
        staff.change_agent(row, act, **fields)
        row.refresh_from_db()
    staff.set_active(row, act, to=values["active"])
    return row


def _inbox(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    account = {name: values[name] for name in SETTABLE}
    if account["start_at"]:
        account["start_at"] = datetime.fromisoformat(account["start_at"])
    own = {name: values[name] for name in ("name", "address", "language", "active")}
    team = desk.row("teams", values["team"])
    return save_inbox(act, inbox=row, team=team, **own, **account)


def _category(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    parent = desk.row("categories", values["parent"])
    fields = {"name": values["name"], "archived": values["archived"]}
    row = save_category(act, category=row, parent=parent, **fields)
    hide_branch(act, row, roles=[desk.row("roles", key) for key in values["hidden_from"]])
    return row


def _tag(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    return Tag.objects.get(name=values["name"])  # they were all made at once


def _promise(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    numbers = {priority.word: str(int(priority)) for priority in Priority}
    targets = {
        metric: {numbers[word]: seconds_of(said) for word, said in by_priority.items()}
        for metric, by_priority in values["targets"].items()
    }
    calendar = desk.row("calendars", values["calendar"])
    given = values | {"targets": targets, "calendar": calendar}
    return save_policy(act, policy=row, **given)


def _template(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    return save_template(act, **values)


def _macro(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    given = values | {
        "team": desk.row("teams", values["team"]),
        "texts": macros.texts_from_words(values["texts"]),
        "changes": macros.from_words(values["changes"], lambda of, name: desk.row(of, name).pk),
    }
    return save_macro(act, macro=row, **given)


def _own_field(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    def number(section: str, label: str) -> int:
        return int(desk.row(section, label).pk)

    given = {name: value for name, value in values.items() if name not in ("name", "help")}
    return save_field(
        act,
        field=row,
        labels=values["name"],
        helps=values["help"],
        **given
        | {
            "options": custom.options_from_words(values["options"]),
            "categories": [number("categories", label) for label in values["categories"]],
            "conditions": mapped(values["conditions"], number),
        },
    )


def _rule(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    def number(section: str, label: str) -> int:
        return int(desk.row(section, label).pk)

    told = [str(number("agents", one)) if "@" in one else one for one in values["notify"]]
    said = {
        "on": values["on"],
        "after": values["after"],
        "conditions": mapped(values["conditions"], number),
        "changes": macros.from_words(values["changes"], number),
        "note": values["note"],
        "message": macros.texts_from_words(values["message"]),
        "notify": told,
        "stop": values["stop"],
    }
    about = {name: values[name] for name in ("name", "position", "active")}
    return save_rule(act, said=said, rule=row, **about)


def _remove_rule(act: Act, desk: Desk, values: Values, row: Any) -> None:
    remove_rule(act, row)


def _view(act: Act, desk: Desk, values: Values, row: Any) -> Any:
    team = desk.row("teams", values["team"])

    def number(section: str, label: str) -> int:
        return int(desk.row(section, label).pk)

    given = values | {"team": team, "conditions": mapped(values["conditions"], number)}
    share = TEAM if team else DESK
    return save_view(act, all_rights(act), view=row, share=share, **given)


Verb = Callable[[Act, Desk, Values, Any], Any]
VERBS: dict[str, Verb] = {
    "desk": _desk_itself,
    "calendars": _calendar,
    "roles": _role,
    "teams": _team,
    "agents": _agent,
    "inboxes": _inbox,
    "categories": _category,
    "tags": _tag,
    "promises": _promise,
    "templates": _template,
    "macros": _macro,
    "rules": _rule,
    "fields": _own_field,
    "views": _view,
}


def _with(verb: Verb, **fields: Any) -> Verb:
    return lambda act, desk, values, row: verb(act, desk, values | fields, row)


def _remove_view(act: Act, desk: Desk, values: Values, row: Any) -> None:
    remove_view(act, all_rights(act), row)


RETIRE: dict[str, Verb] = {
    "teams": _with(_team, archived=True),
    "agents": _with(_agent, active=False),
    "inboxes": _with(_inbox, active=False),
    "categories": _with(_category, archived=True),
    "promises": _with(_promise, active=False),
    "macros": _with(_macro, archived=True),
    "fields": _with(_own_field, active=False),
    "rules": _remove_rule,
    "views": _remove_view,
}


# -- what is left to do ----------------------------------------------------------------------------
def _hints(document: Document) -> list[str]:
    """Secrets that no file brings and that the desk has not got."""
    found = []
    addresses = [entry.values["address"] for entry in document.of("inboxes")]
    accounts = MailAccount.objects.filter(inbox__address__in=addresses, inbox__active=True)
    for account in accounts.select_related("inbox").order_by("inbox__address"):
        if missing := _missing(account):
            text = _("%(address)s: enter in its settings what no file brings: %(what)s.")
            found.append(text % {"address": account.inbox.address, "what": ", ".join(missing)})
    emails = [entry.values["email"] for entry in document.of("agents")]
    agents = Agent.objects.filter(user__email__in=emails, user__is_active=True)
    rows = agents.select_related("user").order_by("user__name")
    new = [row.user.name for row in rows if not row.user.has_usable_password()]
    if new:
        text = _("Without a password yet; invite them in the settings: %(names)s.")
        found.append(text % {"names": ", ".join(new)})
    return found


def _missing(account: MailAccount) -> list[str]:
    found = []
    for name in ("imap", "smtp"):
        how = getattr(account, f"{name}_sign_in") if getattr(account, f"{name}_host") else "none"
        if how == "password" and not getattr(account, f"{name}_password"):
            found.append(f"{name}_password")
        if how == "oauth2" and not account.oauth_refresh_token:
            found.append("oauth_refresh_token")
    return list(dict.fromkeys(found))
