"""Reading splits and moves, and the messages that can be chosen for one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from ventanilla.people.rights import Viewer
from ventanilla.tickets.models import Message, Ticket
from ventanilla.tickets.moving import Transfer, transfers

SHOWN = 200  # messages to choose from: the chosen ones, and the last


def to_choose(ticket: Ticket, chosen: Collection[int]) -> list[Message]:
    """The last messages of a visible ticket, and the chosen ones, in order. 1 statement."""
    last = ticket.messages.order_by("-pk").values("pk")[:SHOWN]
    also = ticket.messages.filter(pk__in=list(chosen)).order_by().values("pk")
    several = Message.objects.filter(pk__in=also.union(last, all=True))
    return list(several.select_related("agent__user", "contact").order_by("pk"))


def standing(ticket: Ticket, viewer: Viewer) -> list[Transfer]:
    """What left this ticket or came to it and was not undone, newest first. 1 statement.

    Only where the other ticket may be seen, too.
    """
    made = transfers(ticket).filter(pk__in=_both_seen(viewer), undone_at=None)
    return list(made.select_related("source", "target").order_by("-pk"))


def transfer(pk: int, viewer: Viewer) -> Transfer | None:
    """1 statement. None where one of its tickets may not be seen."""
    return _both_seen(viewer).filter(pk=pk).select_related("source", "target").first()


def _both_seen(viewer: Viewer) -> QuerySet[Transfer]:
    seen = Ticket.objects.visible_to(viewer)
    return Transfer.objects.filter(source__in=seen, target__in=seen)
