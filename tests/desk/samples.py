"""A desk as the templates see it, without a database: the shop Casa Olmo on a Saturday at 10:43."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from markupsafe import Markup

from ventanilla.desk.present.rows import of_ticket
from ventanilla.desk.shapes import (
    Bubble,
    Composer,
    Customer,
    CustomInput,
    CustomProp,
    Draft,
    Entry,
    EventLine,
    File,
    Frame,
    Group,
    Held,
    Menu,
    Option,
    OtherTicket,
    Place,
    Row,
    TicketView,
    Timer,
)
from ventanilla.people.models import Agent, Contact, Team, User
from ventanilla.tickets.models import Priority, Status, Ticket

NOW = datetime(2026, 11, 21, 9, 43, tzinfo=UTC)  # 10:43 in Madrid

TEAMS = {
    name: Team(id=n, name=name, hue=hue)
    for n, (name, hue) in enumerate(
        [("Facturación", 198), ("Envíos", 32), ("Devoluciones", 340), ("Producto", 96)], 1
    )
}


def agent(name: str = "Marta Ruiz", **fields: Any) -> Agent:
    user = User(id=7, name=name, email="marta.ruiz@casaolmo.example")
    return Agent(user=user, **fields)


def ticket(number: int, name: str, subject: str, snippet: str, **fields: Any) -> Ticket:
    values = {
        "channel": "email",
        "status": Status.OPEN,
        "priority": Priority.NORMAL,
        "team": TEAMS["Facturación"],
        "contact": Contact(id=number, name=name),
        "language": "es",
        "created_at": NOW - timedelta(hours=3),
        "updated_at": NOW,
        "last_message_at": NOW - timedelta(minutes=30),
        "assignee": agent(),
        "due_metric": "first_response",
    } | fields
    return Ticket(id=number, number=number, subject=subject, snippet=snippet, **values)


def at(hour: int, minute: int, days_ago: int = 0) -> datetime:
    """That time in Madrid."""
    midnight = NOW.replace(hour=0, minute=0) - timedelta(hours=1)
    return midnight + timedelta(days=-days_ago, hours=hour, minutes=minute)


def due(minutes: int) -> dict[str, Any]:
    due_at = NOW + timedelta(minutes=minutes, seconds=30)
    return {"due_at": due_at, "due_warn_at": due_at - timedelta(hours=1)}


def frame(**fields: Any) -> Frame:
    values: dict[str, Any] = {
        "desk_name": "Casa Olmo",
        "me": agent(),
        "here": "mine",
        "inbox_count": 38,
        "views": [
            Place("mine", "Asignados a mí", "/inbox/mine/", "user", count=12),
            Place("unassigned", "Sin asignar", "/inbox/unassigned/", "inbox", count=9),
            Place("today", "Vencen hoy", "/inbox/today/", "hourglass", count=6, hot=True),
            Place("mentions", "Menciones", "/inbox/mentions/", "at-sign", count=2),
            Place("vip", "Empresas y VIP", "/inbox/vip/", "building-2", count=7),
        ],
        "teams": [
            Place(f"team-{n}", team.name, f"/inbox/team-{n}/", hue=team.hue, count=count)
            for n, (team, count) in enumerate(zip(TEAMS.values(), (14, 21, 11, 8), strict=True))
        ],
        "new_url": "/tickets/new/",
        "search_url": "/search/",
        "customers_url": "/customers/",
        "settings_url": "/settings/",
        "setup_url": "/setup/",
        "setup": (7, 10),
        "me_url": "/me/",
        "availability_url": "/me/availability",
        "logout_url": "/logout/",
        "last_event": 4711,
    } | fields
    return Frame(**values)


def row(
    number: int, name: str, subject: str, snippet: str, *, unread: bool = False, **fields: Any
) -> Row:
    one = ticket(number, name, subject, snippet, **fields)
    url = f"/inbox/mine/{number}/"
    return of_ticket(one, url=url, row_url=f"{url}row/", unread=unread, draft=number == 48190)


def groups() -> list[Group]:
    quiet = {"clock_paused": True, "status": Status.PENDING}
    return [
        Group(
            "Ahora",
            [
                row(
                    48207,
                    "Javier Montes",
                    "El sofá llegó con una pata rota",
                    "Adjunto fotos. Necesito una solución antes del sábado",
                    priority=Priority.HIGH,
                    last_message_at=at(10, 2),
                    **due(-25),
                ),
                row(
                    48213,
                    "Elena Vidal",
                    "Cobro duplicado en el pedido 20931",
                    "Perdonad que insista, ¿me confirmáis que lo habéis visto?",
                    unread=True,
                    priority=Priority.URGENT,
                    last_message_at=at(10, 31),
                    **due(18),
                ),
                row(
                    48211,
                    "Sofía Lago",
                    "¿Puedo cambiar la dirección de entrega?",
                    "Es que estaré fuera el jueves",
                    unread=True,
                    status=Status.NEW,
                    channel="chat",
                    last_message_at=at(10, 40),
                    **due(41),
                ),
            ],
            3,
        ),
        Group(
            "Hoy",
            [
                row(
                    48198,
                    "Hotel Arrayán",
                    "Factura con CIF incorrecto (3 pedidos)",
                    "Os paso los números: 20877, 20878 y 20902",
                    priority=Priority.HIGH,
                    last_message_at=at(9, 47),
                    **due(130),
                ),
                row(
                    48195,
                    "Inês Carvalho",
                    "Encomenda atrasada",
                    "Bom dia, a minha encomenda devia ter chegado na terça",
                    language="pt",
                    last_message_at=at(9, 40),
                    **due(190),
                ),
                row(
                    48190,
                    "Pedro Nuez",
                    "Llamada perdida: quiere anular el pedido",
                    "Buzón de voz, 0:42",
                    unread=True,
                    status=Status.NEW,
                    channel="phone",
                    last_message_at=at(9, 28),
                    **due(200),
                ),
                row(
                    48186,
                    "Ainhoa Garmendia",
                    "No recibo el correo para cambiar la contraseña",
                    "He mirado en spam y tampoco está",
                    channel="form",
                    last_message_at=at(9, 15),
                    **due(310),
                ),
            ],
            4,
        ),
        Group(
            "En espera del cliente",
            [
                row(
                    48171,
                    "Carlos Peña",
                    "Plazo de entrega de la lámpara Ártico",
                    "Tú: Llega al almacén el 27, te aviso en cuanto salga",
                    priority=Priority.LOW,
                    last_message_at=at(17, 2, 1),
                    **quiet,
                ),
                row(
                    48166,
                    "Nuria Sanz",
                    "Reembolso aún no recibido",
                    "Tú: El banco tarda de 3 a 5 días hábiles",
                    priority=Priority.HIGH,
                    last_message_at=at(16, 11, 1),
                    **quiet,
                ),
                row(
                    48160,
                    "Raúl Ibarra",
                    "Montaje a domicilio en Ibiza",
                    "Tú: Pedimos presupuesto",
                    last_message_at=at(12, 1, 4),
                    **(quiet | {"status": Status.ON_HOLD}),
                ),
            ],
            4,
        ),
        Group(
            "Resueltos hoy",
            [
                row(
                    48159,
                    "Laura Cid",
                    "¿Las fundas se pueden lavar a máquina?",
                    "¡Perfecto, muchas gracias!",
                    priority=Priority.LOW,
                    status=Status.RESOLVED,
                    channel="chat",
                    last_message_at=at(11, 0, 1),
                    resolved_at=NOW,
                ),
            ],
            1,
        ),
    ]


STATUSES = [
    Option("0", "Nuevo", icon="st-new"),
    Option("1", "En proceso", icon="st-open", chosen=True),
    Option("2", "Espera al cliente", icon="st-wait"),
    Option("3", "En pausa", icon="st-hold"),
    Option("4", "Resuelto", icon="st-done"),
    Option("5", "Cerrado", icon="st-closed"),
]
PRIORITIES = [
    Option("3", "Urgente", icon="pr-urgent", chosen=True),
    Option("2", "Alta", icon="pr-high"),
    Option("1", "Normal", icon="pr-normal"),
    Option("0", "Baja", icon="pr-low"),
]
SHOP = {"name": "Casa Olmo", "addr": "hola@casaolmo.example"}
ELENA = {"name": "Elena Vidal", "addr": "elena.vidal@correo.example"}


def entries() -> list[Entry]:
    return [
        Entry(
            Bubble(
                1,
                "inbound",
                "Elena Vidal",
                at(10, 1),
                to=[SHOP],
                sender=ELENA["addr"],
                forward="/tickets/48213/forward/1",
                original="/messages/1/original/",
                html_page="/messages/1/frame/",
                body=Markup(
                    "<p>Buenos días:</p><p>Ayer compré la mesa Roble (pedido 20931) y en mi "
                    "banco aparecen <b>dos cargos de 389,00 €</b>, a las 19:42 y a las 19:43. Solo "
                    "hice un pedido y solo he recibido una confirmación.</p><p>¿Podéis devolverme "
                    "el segundo cargo cuanto antes? Me ha dejado la cuenta en números rojos.</p>"
                ),
                folded=Markup("<p>-- <br>Elena Vidal · Sevilla</p>"),
                files=[File("extracto-20-nov.png", 184_000, "/attachments/1/", "image/png")],
            )
        ),
        Entry(
            events=[
                EventLine(
                    Markup(
                        "Prioridad <b>Urgente</b> · asignado a <b>Marta Ruiz</b>: "
                        "quien menos tiene, 3 de 8"
                    ),
                    at(10, 1),
                    "workflow",
                ),
                EventLine(Markup("Confirmación de recepción enviada"), at(10, 1), "mail-check"),
            ]
        ),
        Entry(
            Bubble(
                2,
                "note",
                "Lucía Prieto",
                at(10, 24),
                body=Markup(
                    '<p><span class="mention">@Marta</span> confirmado en la pasarela: la '
                    "operación 7C41 quedó duplicada por un reintento. Ya he lanzado la "
                    "devolución, tarda entre 24 y 72 h.</p>"
                ),
            )
        ),
        Entry(
            Bubble(
                3,
                "inbound",
                "Elena Vidal",
                at(10, 31),
                sender=ELENA["addr"],
                to=[SHOP],
                body=Markup(
                    "<p>Perdonad que insista, ¿me confirmáis que lo habéis visto? Gracias.</p>"
                ),
            )
        ),
    ]


def awkward_entries() -> list[Entry]:
    """What goes wrong, too: unverified, failed, a frame, plain text in another language."""
    return [
        *entries(),
        Entry(
            Bubble(
                4,
                "reply",
                "Marta Ruiz",
                at(10, 35),
                sender=SHOP["addr"],
                to=[ELENA],
                body=Markup("<p>Lo tenemos, Elena.</p>"),
                delivery="sent",
                delivered_at=at(10, 35),
            )
        ),
        Entry(
            Bubble(
                5,
                "reply",
                "Marta Ruiz",
                at(10, 36),
                sender=SHOP["addr"],
                to=[ELENA],
                body=Markup("<p>Y ya está devuelto.</p>"),
                delivery="failed",
                delivery_reason="El servidor de correo rechaza la contraseña desde las 10:12.",
            )
        ),
        Entry(
            Bubble(
                6,
                "inbound",
                "Desconocido",
                at(10, 37),
                sender="x@otro.example",
                to=[SHOP],
                verified=False,
                plain=True,
                language="en",
                body=Markup("Hello,\nwhat about me?"),
            )
        ),
        Entry(
            Bubble(
                7,
                "inbound",
                "Newsletter",
                at(10, 38),
                sender="n@otro.example",
                to=[SHOP],
                frame="/messages/7/frame/",
                auto="auto_reply",
            )
        ),
    ]


def composer(**fields: Any) -> Composer:
    values: dict[str, Any] = {
        "id": "48213",
        "at": NOW,
        "action": "/tickets/48213/messages",
        "draft_url": "/drafts/{kind}/48213",
        "upload_url": "/uploads",
        "suggest_url": "/addresses",
        "to": [ELENA],
        "seen": 3,
        "statuses": [
            Option("2", "Espera al cliente", icon="st-wait", chosen=True),
            Option("1", "En proceso", icon="st-open"),
            Option("4", "Resuelto", icon="st-done"),
        ],
    } | fields
    return Composer(**values)


def own_input(kind: str, **fields: Any) -> CustomInput:
    values = {"name": f"custom.{kind}", "kind": kind, "label": "Causa", "help": "Por qué pasó"}
    values |= {"value": "", "options": [("a", "Uno"), ("b", "Dos")], "required": True, "error": ""}
    return CustomInput(**values | fields)


def own_fields() -> list[CustomProp]:
    """One that is filled in, one to choose, one that is missing."""
    chosen = Menu([Option("a", "Transporte", chosen=True), Option("b", "Fábrica")])
    return [
        CustomProp("serial", "text", "Número de serie", "Está debajo", "XJ 4", "XJ 4", "", Menu()),
        CustomProp("cause", "choices", "Causa", "", "Transporte", "", "", chosen),
        CustomProp("what", "long_text", "Qué pasó", "", "", "", "Falta", Menu()),
    ]


def ticket_view(**fields: Any) -> TicketView:
    one = ticket(
        48213,
        "Elena Vidal",
        "Cobro duplicado en el pedido 20931",
        "",
        priority=Priority.URGENT,
        **due(18),
    )
    people = [("Marta Ruiz", True), ("Iván Ferrer", False), ("Lucía Prieto", False)]
    values: dict[str, Any] = {
        "ticket": one,
        "entries": entries(),
        "composer": composer(),
        "here": "mine",
        "back": "/inbox/mine/",
        "statuses": STATUSES,
        "priorities": PRIORITIES,
        "assignees": [
            Option("me", "Yo", icon="i-user"),
            *(
                Option(name, name, initials=name[0] + name.split()[1][0], hue=30, chosen=chosen)
                for name, chosen in people
            ),
        ],
        "teams": [Option(str(t.id), t.name, hue=t.hue, chosen=t.id == 1) for t in TEAMS.values()],
        "categories": [Option("1", "Cobro duplicado", chosen=True), Option("2", "Factura")],
        "fields": own_fields(),
        "tags": [
            Option("1", "pasarela", chosen=True),
            Option("2", "reembolso", chosen=True),
            Option("3", "transporte"),
        ],
        "category_name": "Cobro duplicado",
        "tag_names": ["pasarela", "reembolso"],
        "customer": Customer(
            "Elena Vidal",
            "Cliente desde 2023 · Sevilla",
            ELENA["addr"],
            url="/customers/1/",
            facts=[("7", "tickets"), ("2", "abiertos"), ("4 h", "respuesta")],
        ),
        "timers": [
            Timer(
                "Primera respuesta",
                "soon",
                NOW + timedelta(minutes=18, seconds=30),
                NOW - timedelta(minutes=1),
                70,
            ),
            Timer("Resolución", "ok", NOW + timedelta(hours=6, minutes=12, seconds=30), None, 18),
        ],
        "others": [
            OtherTicket(
                47011, "Cambio de fecha de entrega", Status.CLOSED, "/tickets/47011/", at(10, 0, 90)
            ),
            OtherTicket(
                44102,
                "Factura a nombre de empresa",
                Status.CLOSED,
                "/tickets/44102/",
                at(10, 0, 250),
            ),
        ],
        "why": {"priority": "Por la regla «Cobros y cargos»"},
    } | fields
    return TicketView(**values)


def draft() -> Draft:
    return Draft(
        Markup("<p>Hola, Elena:</p>"),
        "Hola, Elena:",
        at(10, 26),
        [File("factura.pdf", 82_000, content_type="application/pdf", id=9)],
    )


def held(**fields: Any) -> Held:
    values = {
        "id": 5,
        "author": "Marta Ruiz",
        "own": True,
        "clicked_at": NOW,
        "due_at": NOW + timedelta(days=2),
        "left": 172_800,
        "body": Markup("<p>Ya está lista.</p>"),
        "to": [{"name": "Elena Vidal", "addr": "elena.vidal@correo.example"}],
        "later": True,
        "url": "/held/mails/5/",
        "subject": "Su mesa",
    } | fields
    return Held(**values)
