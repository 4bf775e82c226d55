"""Takes the demonstration away again."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.automation.models import Rule
from ventanilla.demo import cast
from ventanilla.demo.load.people import TEAMS as LOADED
from ventanilla.events.erase import erasing
from ventanilla.lib.problems import Conflict
from ventanilla.people.models import Agent, DeskSettings, Team, User
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Ticket

# In this order: what points before what is pointed at. Everything of these goes.
WHOLE = (
    "notifications.Notification", "mail.KnownId", "mail.OutgoingMail", "mail.RawMail",
    "tickets.HeldReply", "tickets.HeldMail", "tickets.Presence", "tickets.OperationItem",
    "tickets.Operation", "tickets.MacroUse", "automation.RuleRun",
    "sla.Clock", "tickets.SetAside",
    "tickets.TicketLink", "tickets.Read", "tickets.Draft", "tickets.Participant",
    "tickets.Attachment", "tickets.Message", "tickets.Ticket", "events.Timer", "events.Outbox",
    "events.EventText", "events.Signal", "events.Event", "tickets.Category", "tickets.Tag",
    "people.Identity", "people.Contact", "people.Organization", "search.Word", "search.Stale",
)  # fmt: skip


@transaction.atomic
def clear() -> dict[str, int]:
    """Remove the demonstration: its tickets, customers, agents, teams and inbox.

    Settings, working hours and people who were added since stay; so do their teams. Whatever was
    written into the demo desk goes with it. Returns the counts of tickets and agents.
    Raises Conflict where there is no demonstration.
    """
    desk = DeskSettings.objects.select_for_update().get(pk=1)
    if not desk.demo:
        raise Conflict(_("This desk holds no demo data."))
    tickets = Ticket.objects.count()
    with erasing():
        for name in WHOLE:
            _empty(apps.get_model(name)._meta.db_table)
    Macro.objects.filter(agent=None, name__in=cast.MACROS).delete()
    agents = _clear_people()
    desk.demo, desk.name = False, "Ventanilla"
    desk.version += 1
    desk.save(update_fields=["demo", "name", "version"])
    return {"tickets": tickets, "agents": agents}


def _clear_people() -> int:
    demo = Q(user__email__endswith="@casaolmo.example")
    leaving = list(Agent.objects.filter(demo).values_list("pk", flat=True))
    inboxes: QuerySet[Any] = apps.get_model("tickets", "Inbox").objects.filter(address=cast.ADDRESS)
    if not Agent.objects.exclude(demo).exists():
        inboxes = apps.get_model("tickets", "Inbox").objects.all()
    apps.get_model("mail", "MailAccount").objects.filter(inbox__in=inboxes).delete()
    apps.get_model("mail", "Cursor").objects.filter(inbox__in=inboxes).delete()
    inboxes.delete()
    Team.objects.filter(inbox=None, name__in=[*cast.TEAMS, *LOADED]).exclude(
        members__in=Agent.objects.exclude(demo)
    ).delete()
    Rule.objects.filter(versions__author__in=leaving).delete()
    Agent.objects.filter(pk__in=leaving).delete()
    User.objects.filter(pk__in=leaving).delete()
    return len(leaving)


def _empty(table: str) -> None:
    """Delete all rows without loading them: nothing here has handlers of its own."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608
