"""A desk with one of everything, and the people who look at it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from tests.factories import (
    MONDAY_9AM,
    act,
    address,
    make_agent,
    make_contact,
    make_inbox,
    make_team,
    make_ticket,
    system,
)
from ventanilla.events.acts import Act
from ventanilla.lib import clock, storage
from ventanilla.people.models import Agent, Contact, DeskSettings, Organization, Team
from ventanilla.people.rights import viewer
from ventanilla.tickets.actions import (
    categorise,
    hold,
    hold_mail,
    mark_failed,
    note,
    receive,
    reply,
    set_participants,
    set_tags,
)
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.macros import save_macro
from ventanilla.tickets.actions.personal import add_upload, save_draft
from ventanilla.tickets.actions.views import save_view
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.custom_fields import CustomField
from ventanilla.tickets.macros import Macro
from ventanilla.tickets.models import Attachment, Category, Message, Ticket
from ventanilla.tickets.operations import Operation, OperationItem
from ventanilla.tickets.views import SavedView
from ventanilla.tickets.writing import HeldMail, HeldReply

TO = [address("elena.vidal@correo.example", "Elena Vidal")]
# Statements that hold no work of ours: the test's transactions.
NO_WORK = re.compile(r"(?:SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK|BEGIN|COMMIT)\b")
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (60, 120, 140)).save(out, form)
    return out.getvalue()


def stored(data: bytes, name: str, content_type: str, **fields: Any) -> File:
    return File(storage.put(data), name, content_type, len(data), **fields)


class statements:  # noqa: N801 (reads as a word: `with statements() as done`)
    """Counts the statements that do work."""

    def __enter__(self) -> statements:
        self._capture = CaptureQueriesContext(connection)
        self._capture.__enter__()
        return self

    def __exit__(self, *why: object) -> None:
        self._capture.__exit__(*why)
        self.sql = [
            query["sql"]
            for query in self._capture.captured_queries
            if not NO_WORK.match(query["sql"])
        ]

    @property
    def count(self) -> int:
        return len(self.sql)


@dataclass
class World:
    team: Team
    other_team: Team
    ticket: Ticket
    message: Message  # of the customer: HTML, original, attachment, picture
    unverified: Message
    failed: Message  # a reply that was not sent
    attachment: Attachment
    picture: Attachment
    contact: Contact
    participant: Contact
    category: Category
    people: dict[str, Agent]
    upload: Attachment
    held: HeldReply  # of `own`, for tomorrow
    held_mail: HeldMail  # of `own`, for tomorrow
    clients: dict[str, Client] = field(default_factory=dict)
    operation: Operation | None = None  # a bulk change of "own"
    view: SavedView | None = None  # of the whole desk
    organization: Organization | None = None  # the contact's
    macro: Macro | None = None  # of the whole desk: a text and a change
    own_field: CustomField | None = None  # of the desk's own, empty on the ticket

    def client(self, who: str) -> Client:
        """A browser: "nobody", or signed in as "own", "light", "stranger", "admin"."""
        if who not in self.clients:
            self.clients[who] = client = Client()
            if who != "nobody":
                client.force_login(self.people[who].user)
        return self.clients[who]

    @cached_property
    def number(self) -> int:
        return self.ticket.number


def make_world(name: str = "") -> World:
    """`name` is put into every text that a person can choose."""
    team, other = make_team("Facturación" + name), make_team("Envíos" + name)
    people = {
        "own": make_agent("Marta Ruiz", team=team),
        "light": make_agent("Luz Gil", team=team, role="light"),
        "stranger": make_agent("Iván Ferrer", team=other),
        "admin": make_agent("Ada Sanz", team=team, role="administrator"),
    }
    marta, own_field = people["own"], _own_field(name)
    if name:
        marta.user.name = ("Marta" + name)[:120]
        marta.user.save()
    contact = make_contact("Elena Vidal" + name, "elena.vidal@correo.example")
    ticket = make_ticket("Cobro duplicado" + name, contact=contact, team=team)
    category = Category.objects.create(name=("Cobros" + name)[:80])
    categorise(ticket, act(marta), to=category)
    set_tags(ticket, act(marta), add=["reembolso" + name])
    participant = make_contact("Pau Roca" + name, "pau@correo.example")
    set_participants(ticket, act(marta), add=[participant])
    message = _received(ticket, contact, name)
    unverified = _received(ticket, make_contact("Otra" + name, "otra@correo.example"), name, False)
    note(ticket, act(marta), content=Content(text="Lo miro" + name))
    failed = reply(ticket, act(marta), content=Content(html=f"<p>Hola{name}</p>", to=TO))
    mark_failed(failed, system(), attempts=3, reason="550 mailbox full" + name)
    files = {one.filename[-3:]: one for one in message.attachments.all()}
    upload = _upload(marta)
    save_draft(
        marta.pk,
        ticket,
        "reply",
        html=f"<p>Empiezo{name}</p>",
        fields={"to": TO, "attachments": [upload.pk]},
        composing=5,
        now=MONDAY_9AM,
    )
    ticket.refresh_from_db()
    DeskSettings.objects.filter(pk=1).update(undo_seconds=0)  # what is sent leaves at once
    return World(
        team, other, ticket, message, unverified, failed, files["pdf"], files["png"], contact,
        participant, category, people, upload, _held(ticket, marta, name),
        _held_mail(ticket, marta, name),
        operation=_bulk(ticket, marta), view=_view(people["admin"], name),
        organization=_organization(contact, name), macro=_macro(people["admin"], name),
        own_field=own_field,
    )  # fmt: skip


def _own_field(name: str) -> CustomField:
    words = {"es": ("Pedido" + name)[:80], "en": ("Order" + name)[:80]}
    return save_field(system(), key="order_code", kind="text", labels=words, helps=words)


def _received(ticket: Ticket, contact: Contact, name: str, verified: bool = True) -> Message:
    files = [
        stored(b"%PDF-1.7 hello", "factura.pdf", "application/pdf"),
        stored(picture(), "foto.png", "image/png", cid="foto@correo", inline=True),
    ]
    html = f'<p>Sigue <b>igual</b>{name}</p><img src="cid:foto@correo"><script>alert(1)</script>'
    return receive(
        ticket,
        Act.of_contact(contact.pk, MONDAY_9AM),
        content=Content(
            html=html,
            author_name="Elena" + name,
            subject="Otro asunto" + name,
            sender="elena.vidal@correo.example",
            to=[address("hola@casaolmo.example", "Hola" + name)],
            files=files,
            raw_digest=storage.put(b"Subject: hola\r\n\r\nhola"),
        ),
        channel="email",
        contact=contact,
        verified=verified,
    )


def _macro(admin: Agent, name: str) -> Macro:
    return save_macro(
        act(admin),
        name=f"Macro{name}"[:80],
        texts={"": f"Un saludo{name}".replace("{", "")},
        changes=["priority=3"],
    )


def _held(ticket: Ticket, agent: Agent, name: str) -> HeldReply:
    return hold(
        ticket,
        act(agent),
        content=Content(html=f"<p>Mañana{name}</p>", text=f"Mañana{name}", to=TO),
        until=MONDAY_9AM + timedelta(days=1),
        later=True,
        fields={"to": TO, "cc": [], "bcc": [], "attachments": []},
    )


def _held_mail(ticket: Ticket, agent: Agent, name: str) -> HeldMail:
    subject = f"Tu mesa{name}"
    return hold_mail(
        act(agent),
        inbox=ticket.inbox,
        content=Content(html=f"<p>Lista{name}</p>", text=f"Lista{name}", to=TO, subject=subject),
        until=MONDAY_9AM + timedelta(days=1),
        later=True,
        fields={"to": TO, "cc": [], "bcc": [], "attachments": [], "subject": subject},
    )


def _bulk(ticket: Ticket, agent: Agent) -> Operation:
    """One that changed nothing, so that nothing else in this world depends on it."""
    now = clock.now()  # it can still be undone
    fields = {"what": "priority", "change": {"to": 2}, "created_at": now, "finished_at": now}
    done = Operation.objects.create(agent=agent, total=1, done=1, **fields)
    OperationItem.objects.create(operation=done, ticket=ticket, outcome=OperationItem.Outcome.DONE)
    return done


def _view(agent: Agent, name: str) -> SavedView:
    rights = viewer(agent.pk)
    urgent = {"all": [{"field": "priority", "op": "at_least", "value": "high"}]}
    name = ("Urgentes" + name)[:60]
    return save_view(act(agent), rights, name=name, conditions=urgent, share="desk")


def _organization(contact: Contact, name: str) -> Organization:
    made = Organization.objects.create(name="Hotel Sol" + name, notes="Paga tarde" + name)
    Contact.objects.filter(pk=contact.pk).update(organization=made)
    return made


def _upload(agent: Agent) -> Attachment:
    data = picture()
    return add_upload(
        agent.pk,
        None,
        digest=storage.put(data),
        filename="captura.png",
        content_type="image/png",
        size=len(data),
        now=MONDAY_9AM,
    )


__all__ = ["PARTIAL", "TO", "World", "make_inbox", "make_world", "picture", "statements", "stored"]
