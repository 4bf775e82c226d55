"""Run inside an installation: makes its desk by the real actions, as the set-up pages would.

    python -m tests.make_desk < desk.json

{"imap": port, "smtp": port, "password": "…"}: where the desk's inboxes fetch and send.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ventanilla.commands import installation

DESK = "Casa Olmo"
INBOXES = {"hola@casaolmo.example": "es", "hello@casaolmo.example": "en"}
AGENTS = {
    "marta@casaolmo.example": ("Marta Ruiz", "es"),
    "ben@casaolmo.example": ("Ben Hart", "en"),
}
ADMINISTRATOR = "ada@casaolmo.example"
SIGNED = "<p>Casa Olmo · Atención al cliente</p>"


def main(servers: dict[str, Any]) -> None:
    with installation("a test's desk"):
        make(servers)


def make(servers: dict[str, Any]) -> None:
    from ventanilla.events.acts import Act
    from ventanilla.lib import clock
    from ventanilla.mail.actions import save_inbox
    from ventanilla.people.actions.desk import change_desk
    from ventanilla.people.actions.staff import create_agent, create_team, first_administrator
    from ventanilla.people.models import Role

    now = clock.now()
    ada = first_administrator(
        email=ADMINISTRATOR, name="Ada Sanz", password="el olmo de la plaza", now=now
    )
    act = Act.of_agent(ada.pk, now)
    change_desk(act, name=DESK, undo_seconds=0)  # tests wait for what they send
    role = Role.objects.get(key="agent")
    agents = [
        create_agent(act, email=email, name=name, role=role, language=language)
        for email, (name, language) in AGENTS.items()
    ]
    team = create_team(act, name="Pedidos", members=agents, signature=SIGNED, routing="manual")
    for address, language in INBOXES.items():
        save_inbox(
            act,
            name=DESK,
            address=address,
            team=team,
            language=language,
            **account(servers, address),
        )


def account(servers: dict[str, Any], address: str) -> dict[str, Any]:
    return {
        "imap_host": "127.0.0.1",
        "imap_port": servers["imap"],
        "imap_security": "none",
        "imap_user": address,
        "imap_password": servers["password"],
        "after_fetch": "seen",
        "smtp_host": "127.0.0.1",
        "smtp_port": servers["smtp"],
        "smtp_security": "none",
        "smtp_sign_in": "none",
    }


if __name__ == "__main__":
    main(json.load(sys.stdin))
