"""The demonstration desk: a furniture shop, its teams, agents and customers."""

from __future__ import annotations

from typing import Any

COMPANY = "Casa Olmo"
ADDRESS = "hola@casaolmo.example"
SPEAKERS = "es", "en", "pt"

# team: (hue, routing)
TEAMS = {
    "Facturación": (205, "least_loaded"),
    "Envíos": (38, "round_robin"),
    "Devoluciones": (345, "least_loaded"),
    "Producto": (95, "least_loaded"),
}

# name, role, teams, languages, capacity
AGENTS = (
    ("Tomás Echeverría", "administrator", (), ("es", "en"), 10),
    ("Lucía Prieto", "supervisor", ("Facturación", "Devoluciones"), ("es", "en"), 15),
    ("Marta Ruiz", "agent", ("Facturación", "Devoluciones"), ("es", "en", "pt"), 25),
    ("Iván Ferrer", "agent", ("Facturación", "Envíos"), ("es",), 25),
    ("Nerea Olano", "agent", ("Envíos",), ("es", "en"), 25),
    ("Hugo Sanz", "agent", ("Envíos", "Producto"), ("es", "pt"), 25),
    ("Carmen Vila", "agent", ("Devoluciones", "Producto"), ("es", "en"), 25),
    ("Pau Riera", "agent", ("Producto",), ("es", "en"), 20),
    ("Olga Benítez", "light", ("Envíos",), ("es",), 0),
)

# parent: children
CATEGORIES = {
    "Facturación": ("Cobro duplicado", "Factura", "Reembolso", "Pago"),
    "Envíos": ("Retraso", "Dirección", "Fecha", "Paquete dañado", "Subida", "Falta una pieza"),
    "Devoluciones": ("Daño de transporte", "Desistimiento", "Cambio", "Recogida"),
    "Producto": (
        "Medidas", "Montaje", "Repuesto", "Existencias", "Garantía", "Cuidado", "Cuenta",
        "Empresas",
    ),
}  # fmt: skip

# macro: (texts by language, what it changes; tags and categories by name)
MACROS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "Envíos::Pedir el número de pedido": (
        {
            "es": "Hola, {{ contact.first_name | default: 'buenos días' }}:\n\nPara buscarlo hace"
            " falta el número del pedido: está en el correo de confirmación, junto a la"
            " fecha.\n\nUn saludo.",
            "": "Hello {{ contact.first_name | default: 'there' }},\n\nTo look this up we need the"
            " order number: it stands in the confirmation e-mail, next to the date.\n\nKind"
            " regards,",
        },
        ("status=2", "add=falta-pedido"),
    ),
    "Facturación::Reembolso hecho": (
        {
            "es": "Hola, {{ contact.first_name | default: 'buenos días' }}:\n\nEl reembolso está"
            " hecho. El banco suele reflejarlo en uno a tres días hábiles.\n\nUn saludo.",
            "": "Hello {{ contact.first_name | default: 'there' }},\n\nThe refund is on its way."
            " Banks usually show it within one to three working days.\n\nKind regards,",
        },
        ("status=4", "category=Reembolso", "add=reembolso"),
    ),
    "Queja grave": ({}, ("priority=3", "type=complaint", "assignee=me", "add=queja")),
}

# rule: (what it says, whether it runs); tags by name
RULES: dict[str, tuple[dict[str, Any], bool]] = {
    "Reembolsos a la vista": (
        {
            "on": ["created"],
            "conditions": {
                "any": [
                    {"field": "subject", "op": "contains", "value": "reembolso"},
                    {"field": "subject", "op": "contains", "value": "devol"},
                    {"field": "subject", "op": "contains", "value": "cobro"},
                ]
            },
            "changes": ["add=reembolso"],
        },
        True,
    ),
    "Cinco días sin respuesta del cliente": (
        {
            "after": {"since": "silence", "hours": 120, "working": False},
            "conditions": {"all": [{"field": "status", "op": "is", "value": ["pending"]}]},
            "changes": ["status=4"],
            "note": "{{ contact.first_name | default: 'La clientela' }} no ha respondido en cinco"
            " días.",
        },
        False,
    ),
}

ORGANIZATIONS = {
    "Hotel Arrayán": "hotelarrayan.example",
    "Estudio Lumbre": "estudiolumbre.example",
    "Coworking La Nave": "lanave.example",
}

GIVEN = (
    "Elena", "Javier", "Sofía", "Pedro", "Ainhoa", "Carlos", "Nuria", "Lucas", "Irene", "Álvaro",
    "Marina", "Gonzalo", "Beatriz", "Óscar", "Teresa", "Raúl", "Noelia", "Andrés", "Clara",
    "Jorge", "Silvia", "Mateo", "Paula", "Rubén", "Alicia", "Daniel", "Rocío", "Emilio", "Ximena",
    "Valentina",
)  # fmt: skip
FAMILY = (
    "Vidal", "Montes", "Lago", "Nuez", "Garmendia", "Peña", "Sanz", "Quiroga", "Robles", "Iborra",
    "Cano", "Duarte", "Escudero", "Figueroa", "Galán", "Herranz", "Izquierdo", "Jurado", "Luna",
    "Medrano", "Navas", "Ortega", "Pardo", "Rey", "Soler", "Tena", "Urrutia", "Valls",
)  # fmt: skip
FOREIGN = {
    "en": (("Emma", "Clarke"), ("James", "Whitfield"), ("Olivia", "Hart"), ("Noah", "Bennett")),
    "pt": (("Inês", "Carvalho"), ("Tiago", "Moreira"), ("Beatriz", "Lopes")),
}

PRODUCTS = (
    ("la mesa Roble 160", "389,00 €"),
    ("el sofá Brezo", "849,00 €"),
    ("la lámpara Ártico", "74,90 €"),
    ("la estantería Tejo", "159,00 €"),
    ("cuatro sillas Brezo", "312,00 €"),
    ("la cama Encina 150", "529,00 €"),
    ("el armario Haya", "689,00 €"),
    ("el escritorio Fresno", "245,00 €"),
    ("la butaca Jara", "299,00 €"),
    ("el aparador Nogal", "465,00 €"),
)
PRODUCTS_ABROAD = {
    "en": (("the Roble table", "€389.00"), ("the Brezo sofa", "€849.00")),
    "pt": (("a mesa Roble", "389,00 €"), ("o sofá Brezo", "849,00 €")),
}
CITIES = ("Sevilla", "Zaragoza", "Valencia", "Bilbao", "Málaga", "Vigo", "Murcia", "Granada")
DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
}
