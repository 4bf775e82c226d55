"""Reading operations and the results of their tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from ventanilla.events.models import EventText
from ventanilla.lib.problems import NotFound
from ventanilla.people.models import Agent
from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Ticket
from ventanilla.tickets.operations import Operation, OperationItem
from ventanilla.tickets.queries import Day, for_rows, in_view

RECENT = 30
RESULTS = 200  # shown of an operation; those that were not done come first
AGENTS = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a ticket. `number` is None when the reader may not see it."""

    number: int | None
    subject: str
    outcome: int
    reason: str


def operation(pk: int, viewer: Viewer) -> Operation:
    """One of the agent's own operations. 1 statement. Raises NotFound."""
    mine = Operation.objects.select_related("undone_by", "undoes").filter(agent=viewer.user_id)
    found = mine.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such change, or it isn't yours."))
    return found


def recent(viewer: Viewer) -> list[Operation]:
    """The agent's last operations, newest first. 1 statement."""
    mine = Operation.objects.select_related("undone_by", "undoes").filter(agent=viewer.user_id)
    return list(mine.order_by("-pk")[:RECENT])


def results(of: Operation, viewer: Viewer) -> list[Result]:
    """What became of its tickets: first what was refused, then skipped, then done. 2 statements."""
    items = list(of.items.order_by("-outcome", "ticket_id")[:RESULTS])
    seen = Ticket.objects.visible_to(viewer, anywhere=True).filter(
        pk__in=[one.ticket_id for one in items]
    )
    known = {one.pk: one for one in seen.only("number", "subject")}
    return [_result(one, known.get(one.ticket_id)) for one in items]


def _result(item: OperationItem, ticket: Ticket | None) -> Result:
    if ticket is None:
        return Result(None, "", item.outcome, item.reason)
    return Result(ticket.number, ticket.subject, item.outcome, item.reason)


def left_out(of: Operation) -> str:
    """What of a macro could not be changed at its one ticket, and why. 1 statement."""
    told = EventText.objects.filter(event__operation_id=of.pk, event__kind="macro.applied")
    return told.filter(field="left_out").values_list("text", flat=True).first() or ""


def rows(
    of: Operation, view: str, viewer: Viewer, day: Day, columns: Sequence[str] = ()
) -> list[Ticket]:
    """Its tickets as `queries.row` gives one, each with `belongs`, for a list that shows some.

    view   empty where a list shows what was found: then all belong there
    1 statement.
    """
    items = OperationItem.objects.filter(operation=of).values("ticket_id")
    seen = for_rows(
        Ticket.objects.visible_to(viewer, anywhere=True).filter(pk__in=items), viewer, columns
    )
    there = in_view(view, viewer, day) if view else Ticket.objects.visible_to(viewer)
    return list(seen.annotate(belongs=Exists(there.filter(pk=OuterRef("pk")))))


def assignable(viewer: Viewer) -> list[Agent]:
    """Whom the agent can give tickets to: active people of the teams that they see. 1 statement."""
    agents = Agent.objects.select_related("user").filter(user__is_active=True)
    if not viewer.can("ticket.assign"):
        agents = agents.filter(pk=viewer.user_id)
    elif viewer.visibility != "all":
        near = Q(teams__in=viewer.teams) | Q(role__visibility="all") | Q(pk=viewer.user_id)
        agents = agents.filter(pk__in=Agent.objects.filter(near).values("pk"))
    return list(agents.order_by("user__name")[:AGENTS])
