"""What stands in the file: every section, its fields, and the column that each field is of.

A test walks the models: a column that no field stands for needs its reason in `LEFT_OUT`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from ventanilla.automation.definition import ASSIGNEE, LONGEST, SINCE, TEAM, TRIGGERS
from ventanilla.automation.models import Rule, RuleVersion
from ventanilla.configuration import custom, kinds, macros
from ventanilla.configuration.kinds import Reader, choice, flag, ref, several, text, whole, zone
from ventanilla.mail.models import MailAccount
from ventanilla.people import senders
from ventanilla.people.models import Agent, Calendar, DeskSettings, Role, Team, User
from ventanilla.people.permissions import PERMISSIONS
from ventanilla.sla.models import Policy
from ventanilla.tickets.actions.macros import tidy
from ventanilla.tickets.actions.templates import EXAMPLES
from ventanilla.tickets.custom_fields import CustomField, Kind
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Category, Inbox, MessageTemplate, Tag
from ventanilla.tickets.variables import EXAMPLE
from ventanilla.tickets.views import Column, Display, Grouping, Order, SavedView

_SAID = (RuleVersion, "said")
FORMAT = 1  # of the file; stands in its first field
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True)
class Field:
    """`default` is what a new entry gets when the file does not say; a call makes a fresh one."""

    name: str
    read: Reader
    default: Any = ""
    needed: bool = False  # a new entry can't do without
    of: tuple[type[models.Model], str] | None = None  # when it is called otherwise there


@dataclass(frozen=True)
class Section:
    name: str
    note: Any  # what stands above it, for people
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    models: tuple[type[models.Model], ...]
    prune: str = ""  # what --prune does with what only the desk has
    names: dict[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", {each.name: each for each in self.fields})

    def ident(self, values: dict[str, Any]) -> tuple[str, ...]:
        """What an entry is known by, whatever its capitals."""
        return tuple(str(values.get(name) or "").casefold() for name in self.key)

    def title(self, values: dict[str, Any]) -> str:
        return " / ".join(str(values[name]) for name in self.key if values.get(name))


def _server(name: str) -> tuple[Field, ...]:
    return (
        Field(f"{name}_host", text(253)),
        Field(f"{name}_port", whole(1, 65535), 993 if name == "imap" else 465),
        Field(f"{name}_security", choice(MailAccount.Security.values), "tls"),
        Field(f"{name}_sign_in", choice(MailAccount.SignIn.values), "password"),
        Field(f"{name}_user", text(254, change=str.strip)),
    )


def _macro_variables() -> dict[str, Any]:
    return EXAMPLE


def _template_variables() -> dict[str, Any]:
    return {name: value for each in EXAMPLES.values() for name, value in each.items()}


SECTIONS: dict[str, Section] = {
    each.name: each
    for each in (
        Section(
            "desk",
            _("The desk itself. Days and seconds are whole numbers."),
            (
                Field("name", text(80, needed=True)),
                Field("language", choice(LANGUAGES)),
                Field("time_zone", zone),
                Field("calendar", ref("calendars", optional=True), None),
                Field("acknowledge", flag),
                Field("close_after_days", whole(1, 365)),
                Field("reopen_within_days", whole(1, 365)),
                Field("undo_seconds", whole(0, 120)),
                Field("priorities", kinds.matrix, of=(DeskSettings, "priority_matrix")),
                Field("blocked_senders", several(kinds.sender, most=senders.MOST), list),
                Field("heed_spam_header", flag),
                Field("spam_days", whole(0, 3650)),
                Field("trash_days", whole(0, 3650)),
                Field("mask_numbers", flag),
            ),
            (),
            (DeskSettings,),
        ),
        Section(
            "calendars",
            _(
                "Working hours, in which deadlines count. Days without hours are closed; under"
                " exceptions stand single days: [] is a holiday."
            ),
            (
                Field("name", text(60, needed=True), needed=True),
                Field("time_zone", zone, "Europe/Madrid", of=(Calendar, "zone")),
                Field("week", kinds.week, needed=True),
                Field("exceptions", kinds.special_days, dict),
            ),
            ("name",),
            (Calendar,),
        ),
        Section(
            "roles",
            format_lazy(
                _(
                    "Roles. The name is empty for those that every desk has. Visibility: own, team"
                    " or all tickets. Permissions: {permissions}."
                ),
                permissions=", ".join(PERMISSIONS),
            ),
            (
                Field("key", text(40, needed=True, change=str.strip), needed=True),
                Field("name", text(60)),
                Field("visibility", choice(Role.Visibility.values), "team"),
                Field("permissions", several(choice(tuple(PERMISSIONS))), list),
                Field("second_step_by", kinds.moment, None),
            ),
            ("key",),
            (Role,),
        ),
        Section(
            "teams",
            _(
                "Teams. Routing of new tickets: manual, round_robin or least_loaded. The hue is the"
                " colour of their dot, from 0 to 359. Members stand with the agents."
            ),
            (
                Field("name", text(60, needed=True), needed=True),
                Field("routing", choice(Team.Routing.values), "least_loaded"),
                Field("hue", whole(0, 359), 200),
                Field("calendar", ref("calendars", optional=True), None),
                Field("archived", flag, False),
                Field("signature", text(5000, change=kinds.html)),
                Field("signatures", kinds.signatures(LANGUAGES), dict),
            ),
            ("name",),
            (Team,),
            "archive",
        ),
        Section(
            "agents",
            _(
                "Agents, by the address that they sign in with. Passwords never stand here: new"
                " ones are invited in the settings."
            ),
            (
                Field("email", kinds.email, needed=True, of=(User, "email")),
                Field("name", text(120, needed=True), needed=True, of=(User, "name")),
                Field("role", ref("roles"), needed=True),
                Field("teams", several(ref("teams")), list),
                Field("capacity", whole(0, 500), 20),
                Field("languages", several(text(8, needed=True), most=20, ordered=True), list),
                Field("time_zone", zone, "Europe/Madrid"),
                Field("active", flag, True, of=(User, "is_active")),
            ),
            ("email",),
            (Agent, User),
            "deactivate",
        ),
        Section(
            "inboxes",
            _(
                "Mail inboxes, by their address. Passwords and tokens never stand here: what is"
                " stored stays, and what is missing is told."
            ),
            (
                Field("address", kinds.email, needed=True),
                Field("name", text(80, needed=True), needed=True),
                Field("team", ref("teams"), needed=True),
                Field("language", choice(LANGUAGES), "es"),
                Field("active", flag, True),
                Field("aliases", several(kinds.email, most=100), list),
                *_server("imap"),
                Field("imap_folder", text(200, needed=True, change=str.strip), "INBOX"),
                Field("after_fetch", choice(MailAccount.AfterFetch.values), "leave"),
                Field("done_folder", text(200, change=str.strip)),
                Field("start_at", kinds.moment, None),
                *_server("smtp"),
                Field("oauth_token_url", kinds.address_or_nothing),
                Field("oauth_client_id", text(254, change=str.strip)),
                Field("trusted_authserv", text(253, change=str.strip)),
                Field("plus_addresses", flag, True),
            ),
            ("address",),
            (Inbox, MailAccount),
            "deactivate",
        ),
        Section(
            "categories",
            _(
                "The category tree: children stand under “below”. In views a category is called by"
                " its whole way: Parent > Child. Roles that it is hidden from don't see its"
                " tickets, nor those of what is below it, unless they are assigned to them."
            ),
            (
                Field("name", text(80, needed=True), needed=True),
                Field("archived", flag, False),
                Field("hidden_from", several(ref("roles")), list, of=(Role, "hidden")),
            ),
            ("path",),
            (Category,),
            "archive",
        ),
        Section(
            "tags",
            _("Tags that are offered. Further ones appear when agents use them."),
            (Field("name", text(60, needed=True, change=lambda v: kinds.tidy(v).lower())),),
            ("name",),
            (Tag,),
        ),
        Section(
            "promises",
            _(
                "Deadlines: working time by priority, such as 4h or 1h 30m. The first active one by"
                " position applies; without a calendar, the team's hours count."
            ),
            (
                Field("name", text(80, needed=True), needed=True),
                Field("position", whole(0, 32767), 0),
                Field("active", flag, True),
                Field("calendar", ref("calendars", optional=True), None),
                Field("targets", kinds.targets, dict),
            ),
            ("name",),
            (Policy,),
            "deactivate",
        ),
        Section(
            "templates",
            _("What Ventanilla writes by itself, by language, with variables in {{ }}."),
            (
                Field("key", choice(tuple(EXAMPLES)), needed=True),
                Field("language", choice(LANGUAGES), needed=True),
                Field("subject", kinds.liquid(200, _template_variables), needed=True),
                Field("body", kinds.liquid(20_000, _template_variables), needed=True),
            ),
            ("key", "language"),
            (MessageTemplate,),
        ),
        Section(
            "macros",
            _(
                "Texts that agents put into messages, and what goes with them: of a team, or of the"
                " whole desk when the team is null. Texts stand by language, “any” for all others."
                " Changes: status, snooze (customer, 4h, 2d), priority, type, category, team,"
                " assignee (me, nobody or an address), add and remove (tags), fields (the desk's"
                " own, by their keys). Macros of single agents stay theirs."
            ),
            (
                Field("name", text(80, needed=True, change=tidy), needed=True),
                Field("team", ref("teams", optional=True), None),
                Field("position", whole(0, 32767), 0),
                Field("archived", flag, False),
                Field("write_as", choice(Macro.WriteAs.values), ""),
                Field("texts", macros.texts(_macro_variables), dict),
                Field("changes", macros.changes, dict),
            ),
            ("team", "name"),
            (Macro,),
            "archive",
        ),
        Section(
            "fields",
            _(
                "Fields that the desk adds to its tickets, by their keys, in the order of their"
                " positions. Conditions ask for them as custom.key; they are shown on tickets of"
                " these categories and what is below them, or all, that fit the conditions."
            ),
            (
                Field("key", custom.key, needed=True),
                Field("kind", choice(Kind.values), needed=True),
                Field(
                    "name", custom.words(80, needed=True), needed=True, of=(CustomField, "labels")
                ),
                Field("help", custom.words(400), dict, of=(CustomField, "helps")),
                Field("options", custom.options, list),
                Field("pattern", custom.pattern),
                Field("categories", several(ref("categories")), list),
                Field("conditions", kinds.conditions, lambda: {"all": []}),
                Field("to_create", flag, False),
                Field("to_resolve", flag, False),
                Field("position", whole(0, 32767), 0),
                Field("active", flag, True),
            ),
            ("key",),
            (CustomField,),
            "deactivate",
        ),
        Section(
            "rules",
            _(
                "What the desk does by itself, in the order of the positions: on these events,"
                " where the conditions fit. Changes stand as in macros; notify names agents, or"
                " assignee and team; stop lets no later rule look at the same event. Instead of on,"
                " after counts hours (by the clock, or working ones) since a ticket was opened, its"
                " status changed, the customer has waited, or our answer met silence."
            ),
            (
                Field("name", text(80, needed=True), needed=True),
                Field("position", whole(0, 32767), 0),
                Field("active", flag, True),
                Field("on", several(choice(tuple(TRIGGERS))), list, of=_SAID),
                Field("after", kinds.after(tuple(SINCE), LONGEST), None, of=_SAID),
                Field("conditions", kinds.conditions, lambda: {"all": []}, of=_SAID),
                Field("changes", macros.changes, dict, of=_SAID),
                Field("note", kinds.liquid(5000, _macro_variables, needed=False), of=_SAID),
                Field("message", macros.texts(_macro_variables), dict, of=_SAID),
                Field("notify", several(macros.either((ASSIGNEE, TEAM), "agents")), list, of=_SAID),
                Field("stop", flag, False, of=_SAID),
            ),
            ("name",),
            (Rule, RuleVersion),
            "remove",
        ),
        Section(
            "views",
            _(
                "Views of a team, or of the whole desk when the team is null. Conditions name what"
                " they ask for; groups of them stand in groups, and query holds words as one types"
                " them into the search. Those of single agents stay theirs."
            ),
            (
                Field("name", text(60, needed=True), needed=True),
                Field("team", ref("teams", optional=True), None),
                Field("order", choice(Order.values), "due"),
                Field("group", choice(Grouping.values), "due"),
                Field("display", choice(Display.values), "list"),
                Field("columns", several(choice(Column.values)), list),
                Field("query", text(200)),
                Field("conditions", kinds.conditions, lambda: {"all": []}),
            ),
            ("team", "name"),
            (SavedView,),
            "remove",
        ),
    )
}

# the order in which they are applied: what is named comes before what names it
ORDER = (
    "calendars", "desk", "roles", "teams", "agents", "inboxes", "categories", "tags", "promises",
    "templates", "fields", "macros", "rules", "views",
)  # fmt: skip

_COUNTS = "a counter that the desk keeps by itself"
_HEALTH = "the state of the mailbox, not how it is set up"
_SECRET = "a secret: never leaves the desk"  # noqa: S105
_OWN = "the agent's own choice, made in the preferences"
LEFT_OUT: dict[str, str] = {
    "DeskSettings.id": "there is one desk",
    "DeskSettings.version": _COUNTS,
    "DeskSettings.demo": "says that the demonstration's data is there, which no file brings",
    "Calendar.version": _COUNTS,
    "Role.hidden": "stands with the categories, as hidden_from",
    "Team.members": "stands with the agents, as their teams",
    "Agent.user": "stands as e-mail and name",
    "Agent.availability": "changes by the hour",
    "Agent.last_assigned_at": "whose turn it is",
    "Agent.theme": _OWN,
    "Agent.density": _OWN,
    "Agent.signature": _OWN,
    "Agent.signatures": _OWN,
    "Agent.notices": _OWN,
    "Agent.letter_keys": _OWN,
    "Agent.shortcuts": _OWN,
    "User.language": _OWN,
    "User.password": _SECRET,
    "User.epoch": _COUNTS,
    "User.last_login": "when they came last",
    "User.created_at": "when they came first",
    "Inbox.channel": "mail is the only channel that is set up so far",
    "MailAccount.inbox": "stands with the inbox",
    "MailAccount.imap_password": _SECRET,
    "MailAccount.smtp_password": _SECRET,
    "MailAccount.oauth_client_secret": _SECRET,
    "MailAccount.oauth_refresh_token": _SECRET,
    "MailAccount.fetched_since": _HEALTH,
    "MailAccount.fetched_at": _HEALTH,
    "MailAccount.fetch_error": _HEALTH,
    "MailAccount.fetch_failures": _HEALTH,
    "MailAccount.sent_at": _HEALTH,
    "MailAccount.send_error": _HEALTH,
    "Category.parent": "the tree itself says it",
    "Policy.version": _COUNTS,
    "Macro.agent": "macros of single agents stay theirs",
    "Macro.changed_at": "when, not what",
    "Rule.removed": "what is removed stands in no file",
    "Rule.version": _COUNTS,
    "RuleVersion.rule": "stands with the rule",
    "RuleVersion.number": _COUNTS,
    "RuleVersion.author": "whoever applies the file",
    "RuleVersion.created_at": "when, not what",
    "SavedView.words": "made of the query",
    "SavedView.agent": "views of single agents stay theirs",
    "SavedView.created_by": "who, not what",
    "SavedView.changed_at": "when, not what",
}
