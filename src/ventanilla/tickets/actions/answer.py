"""The same answer to many tickets: for the incidents of a problem that is solved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib.html import text_to_html
from ventanilla.lib.liquid import TemplateFault, render
from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent, Identity
from ventanilla.people.queries import configuration
from ventanilla.tickets.actions.reply import reply
from ventanilla.tickets.content import Address, Content
from ventanilla.tickets.models import MessageKind, Status, Ticket
from ventanilla.tickets.variables import EXAMPLE, variables

LONGEST = 20_000  # characters


def answer_all(change: dict[str, Any]) -> Callable[[Ticket, Act], Event | None]:
    """The verb of an operation {"text": Liquid, "to": status}: what is resolved stays as it is.

    Raises Invalid (nothing written, or a fault in the text).
    """
    text, status = str(change["text"]).strip(), Status(change["to"])
    if not text:
        raise Invalid(_("The message is empty. Write something first."), field="text")
    if len(text) > LONGEST:
        raise Invalid(
            _("Write the text in at most %(most)s characters.") % {"most": LONGEST}, field="text"
        )
    try:
        render(text, EXAMPLE)
    except TemplateFault as fault:
        raise Invalid(str(fault), field="text") from None

    def answer(ticket: Ticket, act: Act) -> Event | None:
        if ticket.status >= Status.RESOLVED:
            return None
        author = Agent.objects.select_related("user").get(pk=act.actor.id)
        words = render(text, variables(ticket, author, configuration().name))
        to, cc = recipients(ticket)
        reply(ticket, act, content=Content(html=text_to_html(words), to=to, cc=cc), status=status)
        return Event.objects.filter(ticket_id=ticket.pk, kind="message.replied").latest("seq")

    return answer


def recipients(ticket: Ticket) -> tuple[list[Address], list[Address]]:
    """Whom an answer goes to: the last verified writer, else the customer; and who takes part.

    3 statements.
    """
    written = ticket.messages.filter(kind=MessageKind.INBOUND, verified=True, auto="")
    last = written.order_by("-pk").values("author_name", "sender").first()
    to: list[Address] = []
    if last and "@" in last["sender"]:
        to = [{"name": last["author_name"], "addr": last["sender"].lower()}]
    own = _addresses([ticket.contact_id] if ticket.contact_id else [])
    beside = _addresses(list(ticket.participants.values_list("contact_id", flat=True)))
    everybody = {one["addr"]: one for one in [*to, *own, *beside]}
    found = list(everybody.values())
    return found[:1], found[1:]


def _addresses(contacts: list[int]) -> list[Address]:
    """The first address of each."""
    known = Identity.objects.filter(contact__in=contacts, kind=Identity.Kind.EMAIL)
    firsts = known.order_by("contact", "pk").distinct("contact").select_related("contact")
    return [{"name": one.contact.name, "addr": one.value} for one in firsts]
