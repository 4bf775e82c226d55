"""Who may do what to each URL of the desk. What is not declared here fails the tests (R28).

People: `nobody` is signed out, `own` an agent of the ticket's team, `light` may only write notes
there, `stranger` is an agent of another team, `admin` may do everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.desk.world import World
from ventanilla.tickets.models import Ticket

PEOPLE = ("nobody", "own", "light", "stranger", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Arguments = Callable[[World], list[Any]]
Body = Callable[[World], dict[str, Any]]


def nothing(world: World) -> Any:
    return {}


@dataclass(frozen=True)
class Allowed:
    """The status for each person, and what is sent."""

    own: int
    light: int
    stranger: int
    admin: int
    nobody: int = 302  # to the sign-in
    body: Body = nothing


def same(status: int, **others: Any) -> Allowed:
    values = dict.fromkeys(("own", "light", "stranger", "admin"), status)
    return Allowed(**values | others)


def of_ticket(status: int, *, light: int | None = None, body: Body = nothing) -> Allowed:
    """Of a ticket: who does not see it hears that there is none."""
    return Allowed(status, status if light is None else light, 404, status, body=body)


@dataclass(frozen=True)
class Place:
    arguments: Arguments = lambda world: []
    methods: dict[str, Allowed] = field(default_factory=dict)
    query: str = ""


def number(world: World) -> list[Any]:
    return [world.number]


def changing(field_name: str, value: Callable[[World], Any]) -> Place:
    """A property: agents change it, light agents may not."""
    post = of_ticket(303, light=403, body=lambda world: {field_name: value(world)})
    return Place(number, {"POST": post})


SEEN = {"GET": of_ticket(200)}
OPEN = {"GET": same(200)}
MESSAGE = {
    "kind": "reply",
    "html": "<p>Hola</p>",
    "to": "elena.vidal@correo.example",
    "status": "2",
}

VIEWING = {"state": "viewing"}

VIEW = {
    "name": "Urgentes",
    "share": "me",
    "order": "due",
    "k:0": "all",
    "f:0.0": "priority",
    "o:0.0": "is",
    "w:0.0": "priority/several",
    "v:0.0": "urgent",
}

MATRIX: dict[str, Place] = {
    "home": Place(methods={"GET": same(302)}),
    "counts": Place(methods=OPEN, query="here=all"),
    "inbox": Place(lambda world: ["all"], OPEN),
    "board": Place(
        lambda world: ["all"],
        {
            "GET": same(303),
            "POST": same(
                303,
                light=403,
                stranger=404,
                body=lambda world: {
                    "n": world.number,
                    "by": "status",
                    "was": Ticket.objects.get(pk=world.ticket.pk).status,
                    "to": 2,
                },
            ),
        },
    ),
    "inbox_ticket": Place(lambda world: ["all", world.number], SEEN),
    "row": Place(lambda world: ["all", world.number], SEEN),
    "row_menu": Place(lambda world: ["all", world.number], {"GET": of_ticket(200, light=403)}),
    "views": Place(
        methods={"GET": same(200), "POST": same(303, body=lambda world: {"slug": ["all", "mine"]})}
    ),
    "new_view": Place(
        methods={
            "GET": same(200),
            "POST": same(303, body=lambda world: VIEW),
        },
        query="status=open",
    ),
    "view": Place(
        lambda world: [world.view.pk],
        {"GET": same(200), "POST": same(303, body=lambda world: VIEW)},  # others make a copy
    ),
    "view_removal": Place(lambda world: [world.view.pk], {"POST": same(403, admin=303)}),
    "look": Place(
        lambda world: ["all"],
        {"POST": same(303, body=lambda world: {"order": "updated", "columns": ["team"]})},
    ),
    "operations": Place(
        methods={
            "GET": same(200),
            "POST": same(
                303,
                light=403,
                stranger=404,
                body=lambda world: {"n": world.number, "priority": 3},
            ),
        }
    ),
    "bulk_bar": Place(methods={"GET": same(200, light=403)}, query="view=all"),
    "operation": Place(lambda world: [world.operation.pk], {"GET": same(404, own=200)}),
    "operation_undo": Place(lambda world: [world.operation.pk], {"POST": same(404, own=303)}),
    "search": Place(methods=OPEN, query="q=cobro"),
    "search_ticket": Place(number, SEEN, query="q=cobro"),
    "search_row": Place(number, SEEN, query="q=cobro"),
    "palette": Place(methods=OPEN, query="q=cobro"),
    "customers": Place(methods=OPEN, query="q=elena"),
    "customer": Place(
        lambda world: [world.contact.pk],
        SEEN | {"POST": of_ticket(302, light=403, body=lambda world: {"name": "Elena V."})},
    ),
    "new_customer": Place(
        methods={
            "GET": same(200, light=403),
            "POST": same(303, light=403, body=lambda world: {"email": "eva@correo.example"}),
        }
    ),
    "customer_points": Place(
        lambda world: [world.contact.pk],
        {"POST": of_ticket(302, light=403, body=lambda world: {"kind": "phone", "value": "60012"})},
    ),
    "point_removal": Place(
        lambda world: [world.contact.pk],
        {"POST": of_ticket(302, light=403, body=lambda world: {"identity": 999_999})},
    ),
    "customer_merging": Place(
        lambda world: [world.contact.pk],
        {
            "GET": of_ticket(200, light=403),
            "POST": of_ticket(404, light=403, body=lambda world: {"other": 999_999}),
        },
        query="q=vidal",
    ),
    "customer_merge_undo": Place(lambda world: [999_999], {"POST": same(404)}),
    "organizations": Place(methods=OPEN, query="q=sol"),
    "new_organization": Place(
        methods={
            "GET": same(200, light=403),
            "POST": same(303, light=403, body=lambda world: {"name": "Hotel Luna"}),
        }
    ),
    "organization": Place(
        lambda world: [world.organization.pk],
        SEEN | {"POST": of_ticket(303, light=403, body=lambda world: {"name": "Arrayán"})},
    ),
    "organization_merging": Place(
        lambda world: [world.organization.pk],
        {"POST": of_ticket(422, light=403, body=lambda world: {"into": "Nadie"})},
    ),
    "take": Place(methods={"POST": same(303, light=403)}),
    "new_ticket": Place(
        methods={
            "GET": same(200, light=403),
            "POST": same(
                303,
                light=403,
                body=lambda world: {
                    "customer": "Ana <ana@correo.example>",
                    "subject": "Llamada",
                    "body": "Quiere anular",
                    "channel": "phone",
                    "team": world.team.pk,
                    "priority": "1",
                },
            ),
        }
    ),
    "new_fields": Place(methods={"POST": same(200, light=403)}),
    "ticket": Place(number, SEEN),
    "explaining": Place(number, SEEN),
    "tasks": changing("text", lambda world: "Llamar al banco"),
    "task": Place(
        lambda world: [world.number, 999_999],
        {"POST": of_ticket(404, light=403, body=lambda world: {"do": "tick"})},
    ),
    "times": changing("time", lambda world: "15 min"),
    "time": Place(
        lambda world: [world.number, "abc"],
        {"POST": of_ticket(404, light=403, body=lambda world: {"do": "remove"})},
    ),
    "incidents": Place(
        number,
        {
            "GET": of_ticket(200, light=403),
            "POST": of_ticket(404, light=403, body=lambda world: {"n": [999_999], "text": "Hola"}),
        },
    ),
    "conversation": Place(number, SEEN, query="here=all&did=reply"),
    "messages": Place(
        number,
        {
            "GET": of_ticket(200),
            "POST": of_ticket(303, light=403, body=lambda world: MESSAGE),
        },
    ),
    "forward": Place(lambda world: [world.number, world.message.pk], SEEN),
    "read": Place(number, {"POST": of_ticket(204, body=lambda world: {"message": 1})}),
    "presence": Place(
        number, {"GET": of_ticket(200), "POST": of_ticket(200, body=lambda world: VIEWING)}
    ),
    "merging": Place(
        number,
        SEEN | {"POST": of_ticket(422, light=403, body=lambda world: {"other": world.number})},
        query="q=cobro",
    ),
    # who may undo one that is there: tests/desk/test_merging.py
    "redaction": Place(
        number,
        {
            "GET": Allowed(403, 403, 404, 200),
            "POST": Allowed(
                403,
                403,
                404,
                303,
                body=lambda world: {"message": world.message.pk, "words": "igual", "why": "x"},
            ),
        },
    ),
    "aside": changing("lay", lambda world: "spam"),
    "merge_undo": Place(lambda world: [0], {"POST": same(404)}),
    "parting": Place(
        number,
        SEEN
        | {
            "POST": of_ticket(303, light=403, body=lambda world: {"messages": world.message.pk}),
        },
        query="q=cobro&messages=1",
    ),
    # who may undo one that is there: tests/desk/test_parting.py
    "parting_undo": Place(lambda world: [0], {"POST": same(404)}),
    "mentions": Place(number, SEEN),
    "macros_for": Place(number, SEEN),
    "macro_at": Place(
        lambda world: [world.number, world.macro.pk], SEEN | {"POST": of_ticket(303, light=403)}
    ),
    "held": Place(
        lambda world: [world.held.pk],
        {"POST": same(404, own=303)},
    ),
    "held_mail": Place(
        lambda world: [world.held_mail.pk],
        {"GET": same(404, own=200), "POST": same(404, own=303)},
    ),
    "status": changing("status", lambda world: 3),
    "snooze": changing("until", lambda world: "customer"),
    "priority": changing("priority", lambda world: 3),
    "type": changing("type", lambda world: "incident"),
    "impact": changing("level", lambda world: "high"),
    "urgency": changing("level", lambda world: "low"),
    # of what is no incident; of one: tests/tickets/test_rating.py
    "matrix": Place(number, {"POST": of_ticket(422, light=403)}),
    "team": changing("team", lambda world: world.other_team.pk),
    "assignee": changing("assignee", lambda world: world.people["own"].pk),
    "category": changing("category", lambda world: ""),
    "tags": changing("add", lambda world: "vip"),
    "field": Place(
        lambda world: [world.number, world.own_field.key],
        {"POST": of_ticket(303, light=403, body=lambda world: {"value": "Transporte"})},
    ),
    "subject": changing("subject", lambda world: "Otro asunto"),
    "contact": changing("customer", lambda world: "nueva@correo.example"),
    # to the ticket itself; to others: tests/desk/test_linking.py
    "ticket_link": Place(
        number,
        {
            "POST": of_ticket(
                422, light=403, body=lambda world: {"other": world.number, "how": "child"}
            )
        },
    ),
    "ticket_unlink": Place(
        lambda world: [world.number, world.number], {"POST": of_ticket(404, light=403)}
    ),
    "participants": changing("add", lambda world: "vecina@correo.example"),
    "draft": Place(
        lambda world: ["new"],
        {
            "GET": same(204),
            "POST": same(200, body=lambda world: {"html": "<p>a</p>"}),
            "PUT": same(200, body=lambda world: {"html": "<p>a</p>"}),
            "DELETE": same(204),
        },
    ),
    "ticket_draft": Place(
        lambda world: ["reply", world.number],
        {
            "GET": Allowed(200, 204, 404, 204),
            "POST": of_ticket(200, body=lambda world: {"html": "<p>a</p>"}),
            "PUT": of_ticket(200, body=lambda world: {"html": "<p>a</p>"}),
            "DELETE": of_ticket(204),
        },
    ),
    "uploads": Place(methods={"GET": same(200), "POST": same(422)}),  # no file in the body
    "upload": Place(
        lambda world: [world.upload.pk],
        {"POST": same(404, own=204), "DELETE": same(404, own=204)},
    ),
    "addresses": Place(methods=OPEN, query="q=elena"),
    "message_html": Place(lambda world: [world.message.pk], SEEN),
    "original": Place(lambda world: [world.message.pk], SEEN),
    "acceptance": Place(lambda world: [world.unverified.pk], {"POST": of_ticket(303, light=403)}),
    "resend": Place(lambda world: [world.failed.pk], {"POST": of_ticket(303, light=403)}),
    "attachment": Place(lambda world: [world.attachment.pk, "factura.pdf"], SEEN),
    "preview": Place(lambda world: [world.picture.pk], SEEN),
    "pdf_page": Place(lambda world: [world.picture.pk, 1], {"GET": same(404)}),  # no PDF
    "picture": Place(lambda world: [world.picture.pk], SEEN),
    "availability": Place(methods={"POST": same(303, body=lambda world: {"availability": "away"})}),
    "notice_list": Place(methods={"GET": same(200), "POST": same(303)}),
    "notices": Place(methods={"GET": same(204)}),
    "healthz": Place(methods={"GET": same(200, nobody=200)}),
    "readyz": Place(methods={"GET": same(200, nobody=200)}),
    "metrics": Place(methods={"GET": same(200, nobody=200)}),
}


# -- signing in, preferences, settings: asked by people who have just signed in --------------------
def setting(get: int = 200, post: int | None = None, body: Body = nothing) -> dict[str, Allowed]:
    """A page of administrators: others hear which right is missing. `post`: a form's answer."""
    methods = {"GET": same(403, admin=get)} if get else {}
    return methods | ({"POST": same(403, admin=post, body=body)} if post else {})


def of(pk: Callable[[World], Any], methods: dict[str, Allowed]) -> Place:
    return Place(lambda world: [pk(world)], methods)


ANYBODY = {"GET": same(200, nobody=200), "POST": same(200, nobody=200)}
SETTINGS: dict[str, Place] = {
    "login": Place(methods={"GET": same(200, nobody=200), "POST": same(422, nobody=422)}),
    "second_step": Place(methods={"GET": same(302), "POST": same(302)}),
    "logout": Place(methods={"POST": same(302)}),
    "first": Place(methods={"GET": same(302), "POST": same(302)}),
    "password_reset": Place(methods=ANYBODY),
    "link": of(
        lambda world: "x" * 43, {"GET": same(404, nobody=404), "POST": same(404, nobody=404)}
    ),
    "confirm": Place(methods={"GET": same(200), "POST": same(422)}),
    "language": Place(methods={"POST": same(302)}),
    "me": Place(methods={"GET": same(200), "POST": same(422, body=lambda world: {"theme": "x"})}),
    "shortcuts": Place(methods={"POST": same(302, body=lambda world: {"restore": "1"})}),
    "password": Place(methods={"POST": same(422)}),
    "two_steps": Place(methods={"GET": same(200), "POST": same(302)}),
    "recovery_codes": Place(methods={"POST": same(409)}),
    "two_steps_off": Place(methods={"POST": same(302)}),
    "sessions_end": Place(methods={"POST": same(302)}),
    "session_end": of(lambda world: 0, {"POST": same(404)}),
    "setup": Place(methods=setting()),
    "settings": Place(methods={"GET": same(302)}),
    "people": Place(methods=setting()),
    "new_agent": Place(methods=setting(post=200)),
    "agent": of(lambda world: world.people["own"].pk, setting(post=200)),
    "agent_active": of(
        lambda world: world.people["own"].pk, setting(0, 302, lambda world: {"active": "no"})
    ),
    "agent_second_step": of(lambda world: world.people["own"].pk, setting(0, 302)),
    "agent_sessions": of(lambda world: world.people["own"].pk, setting(0, 302)),
    "agent_invitation": of(lambda world: world.people["own"].pk, setting(0, 302)),
    "roles": Place(methods=setting()),
    "new_role": Place(methods=setting(post=200)),
    "role": of(lambda world: world.people["own"].role_id, setting(post=200)),
    "role_second_step": of(lambda world: world.people["own"].role_id, setting(0, 302)),
    "role_removal": of(lambda world: world.people["own"].role_id, setting(0, 422)),
    "teams": Place(methods=setting()),
    "new_team": Place(methods=setting(post=200)),
    "team_settings": of(lambda world: world.team.pk, setting(post=200)),
    "inboxes": Place(methods=setting()),
    "new_inbox": Place(methods=setting(post=200)),
    "inbox_settings": of(lambda world: 0, setting(404, 404)),
    "inbox_test": of(lambda world: 0, setting(0, 404)),
    "acts": Place(methods=setting(), query="who=0&what=access&since=2026-01-01"),
    "parked": Place(methods=setting()),
    "parked_retry": of(lambda world: 0, setting(0, 404)),
    "parked_release": of(lambda world: 0, setting(0, 404)),
    "categories": Place(methods=setting(post=200)),
    "category_settings": of(lambda world: world.category.pk, setting(post=200)),
    "signature_preview": Place(methods={"POST": same(200, body=lambda world: {"signature": "A"})}),
    "rules": Place(methods=setting(200, 302)),
    "rule": of(lambda world: 0, setting(200, 422)),
    "rule_runs": of(lambda world: 0, setting(404)),
    "rule_removal": of(lambda world: 0, setting(0, 404)),
    "rule_version": Place(lambda world: [0, 0], setting(0, 404)),
    "macros": Place(methods={"GET": same(200)}),
    "macro": of(lambda world: 0, {"GET": same(200), "POST": same(200)}),
    "fields": Place(methods=setting(post=404)),
    "custom_field": Place(lambda world: ["-"], setting(post=200)),
    "tags_settings": Place(methods=setting(post=200)),
    "tag_settings": of(lambda world: world.ticket.tags[0], setting(post=200)),
    "texts": Place(methods=setting()),
    "text": Place(lambda world: ["acknowledgement", "es"], setting(post=200)),
    "promises": Place(methods=setting()),
    "targets": Place(methods=setting(0, 302)),
    "hours": of(lambda world: 0, setting(post=200)),
    "desk": Place(methods=setting(post=200)),
    "spam": Place(methods=setting(post=200)),
    "configuration": Place(methods=setting(post=422)),
    "configuration_file": Place(methods=setting()),
}
