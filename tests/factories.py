"""A small cast, the same Monday, no dice."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from ventanilla.events.acts import Act
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Agent, Contact, Role, Team, User
from ventanilla.tickets.actions import open_ticket
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Inbox, Ticket

MONDAY_9AM = datetime(2026, 3, 2, 8, tzinfo=UTC)  # 9:00 in Madrid


def make_team(name: str = "Facturación", **fields: Any) -> Team:
    return Team.objects.get_or_create(name=name, defaults=fields)[0]


def make_agent(
    name: str = "Marta Ruiz", *, team: Team | None = None, role="agent", **fields
) -> Agent:
    """An agent of one team (the first team unless told), with the password "ventanilla-1"."""
    email = name.lower().replace(" ", ".") + "@casaolmo.example"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(email=email, name=name)
        user.password = _hashed("ventanilla-1", settings.PASSWORD_HASHERS[0])
        user.save()
    agent = Agent.objects.create(user=user, role=Role.objects.get(key=role), **fields)
    (team or make_team()).members.add(agent)
    return agent


def make_contact(name: str = "Elena Vidal", email: str = "") -> Contact:
    value = email or name.lower().replace(" ", ".") + "@correo.example"
    return find_or_make(system(), kind="email", value=value, name=name, language="es")


def make_inbox(
    address: str = "hola@casaolmo.example", *, team: Team | None = None, **fields
) -> Inbox:
    defaults = {"name": "Hola", "team": team or make_team()} | fields
    return Inbox.objects.get_or_create(address=address, defaults=defaults)[0]


def make_ticket(
    subject: str = "Cobro duplicado en el pedido 20931",
    *,
    text: str = "Ayer compré la mesa Roble y aparecen dos cargos de 389,00 €.",
    contact: Contact | None = None,
    team: Team | None = None,
    when: datetime = MONDAY_9AM,
    **fields: Any,
) -> Ticket:
    """A ticket as a customer's mail opens it, through the real action."""
    contact = contact or make_contact()
    return open_ticket(
        Act.of_contact(contact.pk, when),
        subject=subject,
        channel="email",
        team=team or make_team(),
        inbox=make_inbox(team=team),
        contact=contact,
        content=Content(text=text, author_name=contact.name),
        **fields,
    )


def act(agent: Agent | None = None, *, when: datetime = MONDAY_9AM, via="web") -> Act:
    return Act.of_agent(agent.pk, when, via) if agent else Act.of_system(when)


def system(when: datetime = MONDAY_9AM) -> Act:
    return Act.of_system(when)


def address(email: str, name: str = "") -> dict[str, str]:
    return {"name": name, "addr": email}


@cache
def _hashed(password: str, _by: str) -> str:
    """Argon2 is slow on purpose: once for all agents, and for each hasher that a test sets."""
    return make_password(password)
