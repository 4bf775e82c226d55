"""Macros: which an agent is offered at a ticket, and what their texts say there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.models import Event
from ventanilla.lib.liquid import render
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.macros import ANY, Macro, MacroUse
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.variables import variables


def of(viewer: Viewer, *, archived: bool = False) -> QuerySet[Macro]:
    """Those that the viewer may use: the desk's, their teams', their own; with team and agent."""
    desk = Q(team=None, agent=None)
    mine = Q(team__in=viewer.teams) | Q(agent=viewer.user_id)
    found = Macro.objects.filter(desk | mine).select_related("team")
    return found if archived else found.filter(archived=False)


def one_of(viewer: Viewer, pk: int) -> Macro:
    """One that the viewer may use. Raises NotFound."""
    found = of(viewer).filter(pk=pk).first()
    if found is None:
        raise missing()
    return found


def missing() -> NotFound:
    return NotFound(_("There is no such macro, or it isn't yours."))


def offered(ticket: Ticket, viewer: Viewer) -> list[Macro]:
    """Those for a ticket: in its language first, own ones before the team's. 1 statement."""

    def rank(one: Macro) -> tuple[bool, bool, bool, int, str]:
        fits = not one.texts or ANY in one.texts or ticket.language[:2] in one.texts
        mine = one.agent_id is None, one.team_id is None
        return not fits, *mine, one.position, one.name.casefold()

    return sorted(of(viewer), key=rank)


def text_for(texts: Mapping[str, str], ticket: Ticket, desk_language: str = "") -> str:
    """The variant in the ticket's language, else the customer's, else one that fits any. Pure."""
    customer = ticket.contact.language if ticket.contact else ""
    wanted = [one[:2].lower() for one in (ticket.language, customer) if one]
    order = [*wanted, ANY, desk_language[:2], *texts]
    return next((texts[one] for one in order if one in texts), "")


def filled_in(body: str, ticket: Ticket, agent: Agent, desk_name: str) -> str:
    """The text as it reads at this ticket. Raises TemplateFault."""
    return render(body, variables(ticket, agent, desk_name), target="text").strip()


# -- how much they are used ----------------------------------------------------------------------
def uses(macros: list[int]) -> dict[int, tuple[int, datetime | None]]:
    """How often each was used, and when last. 1 statement."""
    found = MacroUse.objects.filter(macro__in=macros).values("macro")
    rows = found.annotate(count=Count("pk"), last=Max("at")).values_list("macro", "count", "last")
    return {pk: (count, last) for pk, count, last in rows}


def note_use(event: Event) -> None:
    """Count the macros that an event names. Safe to run twice.

    Changes that went with a message are counted by the message.
    """
    named = event.data.get("prepared") or event.data.get("macros") or []
    if not named or (event.data.get("message") and "macros" in event.data):
        return
    known = Macro.objects.filter(pk__in=named).values_list("pk", flat=True)
    MacroUse.objects.bulk_create(
        [
            MacroUse(macro_id=pk, event=event.pk, agent=event.actor_id, at=event.occurred_at)
            for pk in known
        ],
        ignore_conflicts=True,
    )
