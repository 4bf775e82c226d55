"""Who: teams of very different size, agents, and any number of customers, by number alone."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ventanilla.demo.load.size import Size

DOMAIN = "casaolmo.example"
TEAMS = (
    "Atención general", "Envíos nacionales", "Facturas", "Devoluciones y cambios", "Pagos",
    "Garantías", "International", "Montaje", "Tienda Madrid", "Empresas", "Tienda Barcelona",
    "Marketplace", "Recogidas", "Cuenta y acceso", "Tienda Valencia", "Repuestos", "Hoteles",
    "Portugal", "Tienda Sevilla", "Reclamaciones", "Tienda Bilbao", "Cocinas", "Baños", "Exterior",
    "Tienda Zaragoza", "Fraude", "Tienda Málaga", "Almacén central", "Almacén norte", "Infantil",
    "Iluminación", "Textil", "Tienda Vigo", "Prensa", "Proveedores", "Protección de datos",
    "Accesibilidad", "Tienda Palma", "Redes", "Dirección",
)  # fmt: skip
CATEGORIES = {
    "Pedidos": ("Sin noticias", "Cambio", "Anulación", "Presupuesto"),
    "Transporte": ("Retraso", "Daño", "Dirección", "Falta un bulto"),
    "Dinero": ("Cobro duplicado", "Reembolso", "Factura rectificada", "Descuento"),
    "Artículos": ("Medidas", "Existencias", "Pieza que falta", "Defecto", "Instrucciones"),
    "Otros": ("Datos personales", "Elogio", "Boletín"),
}
TAGS = (
    "transporte", "factura", "reembolso", "pasarela", "recogida", "montaje", "garantía", "repuesto",
    "compensación", "empresas", "cuenta", "descuento", "urgente", "reincidente", "almacén",
)  # fmt: skip
SPANISH = (
    "María", "Carmen", "Ana", "Lucía", "Elena", "Sofía", "Paula", "Marta", "Nuria", "Irene",
    "Antonio", "José", "Manuel", "Javier", "David", "Carlos", "Miguel", "Alejandro", "Pablo",
    "Íñigo", "Ainhoa", "Begoña", "Rocío", "Álvaro", "Óscar", "Raúl", "Ximena", "Valentina",
    "Noelia", "Teresa", "Rosa", "Julia", "Andrés", "Jorge", "Sergio", "Alberto", "Hugo", "Mateo",
)  # fmt: skip
ENGLISH = ("Emma", "James", "Olivia", "Noah", "Grace", "Liam", "Amelia", "Oliver", "Harriet", "Tom")
FAMILIES = (
    "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez",
    "Gómez", "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez",
    "Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos", "Gil",
    "Ramírez", "Serrano", "Blanco", "Molina", "Morales", "Suárez", "Ortega", "Delgado", "Castro",
    "Ortiz", "Rubio", "Marín", "Sanz", "Iglesias", "Núñez", "Medina", "Garrido", "Cortés",
    "Castillo", "Santos", "Lozano", "Guerrero", "Cano", "Prieto", "Méndez", "Cruz", "Calvo",
    "Gallego", "Vidal", "León", "Márquez", "Herrera", "Peña", "Flores", "Cabrera", "Campos",
    "Vega", "Fuentes", "Carrasco", "Diez", "Reyes", "Caballero", "Nieto", "Aguilar", "Pascual",
    "Santana", "Herrero", "Montero", "Lorenzo", "Hidalgo", "Giménez", "Ibáñez", "Ferrer", "Durán",
    "Etxeberria", "Urrutia", "Quiroga", "Zubiaurre", "Olano", "Echeverría", "Iborra", "Valls",
)  # fmt: skip
FAMILIES_ABROAD = (
    "Clarke", "Whitfield", "Hart", "Bennett", "Hughes", "Baker", "Ashworth", "Fletcher", "Marsh",
    "Okafor", "Patel", "Sinclair", "Thornton", "Wainwright", "Yates", "Holloway", "Pemberton",
)  # fmt: skip
MAILBOXES = ("correo.example", "buzon.example", "mail.example", "postal.example", "webmail.example")
FIRMS = ("Hotel", "Estudio", "Grupo", "Clínica", "Talleres", "Librería", "Bodegas", "Academia")


@dataclass(frozen=True, slots=True)
class Customer:
    number: int  # from 0
    name: str
    email: str
    language: str
    organization: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent: member of these teams, by their numbers."""

    number: int
    name: str
    role: str
    teams: tuple[int, ...]

    @property
    def email(self) -> str:
        return f"{_plain(self.name).replace(' ', '.')}.{self.number}@{DOMAIN}"


@lru_cache(maxsize=4096)
def customer(size: Size, number: int) -> Customer:
    """The customer of this number; the low ones write most. One in seven writes English."""
    mixed = number * 2_654_435_761 & 0xFFFFFFFF
    abroad = mixed % 7 == 0
    given = _of(ENGLISH if abroad else SPANISH, mixed >> 3)
    families = FAMILIES_ABROAD if abroad else FAMILIES
    name = f"{given} {_of(families, mixed >> 9)}"
    if not abroad:
        name += f" {_of(families, mixed >> 17)}"
    organization = None
    domain = MAILBOXES[mixed % len(MAILBOXES)]
    if mixed % 6 == 1:  # large firms have many people
        organization = int(size.organizations * ((mixed >> 8) / 0xFFFFFF) ** 2)
        domain = domain_of(organization)
    local = _plain(f"{given} {name.split()[1]}").replace(" ", ".")
    return Customer(
        number, name, f"{local}.{number}@{domain}", "en" if abroad else "es", organization
    )


def organization(number: int) -> str:
    mixed = number * 2_246_822_519 & 0xFFFFFFFF
    return f"{_of(FIRMS, mixed >> 4)} {_of(FAMILIES, mixed >> 11)} {number + 1}"


def domain_of(organization: int) -> str:
    return f"firma{organization + 1}.example"


def weights(size: Size) -> list[float]:
    """What part of all tickets each team gets: the first one many, the last ones hardly any."""
    shares = [1 / (number + 1) ** 0.9 for number in range(size.teams)]
    return [share / sum(shares) for share in shares]


def colleagues(size: Size) -> list[Colleague]:
    """Three administrators, a supervisor per ten agents, few who only read, the others answer."""
    random = size.random("agents")
    edges = list(accumulate(weights(size)))
    found = []
    for number in range(size.agents):
        name = f"{_of(SPANISH, number * 7)} {_of(FAMILIES, number * 13)}"
        home = next(
            n for n, edge in enumerate(edges) if (number + 0.5) / size.agents <= edge + 1e-9
        )
        teams = {number if number < size.teams else home}  # nobody's team is empty
        while random.random() < 0.3:
            teams.add(random.choices(range(size.teams), weights(size))[0])
        found.append(Colleague(number, name, _role(number, size), tuple(sorted(teams))))
    return found


def _role(number: int, size: Size) -> str:
    if number >= size.agents - max(1, size.agents // 150):
        return "administrator"
    if number % 10 == 9:
        return "supervisor"
    return "light" if number >= size.teams and number % 23 == 5 else "agent"


def tags(size: Size) -> list[str]:
    """Some words, then the same ones with what distinguishes them."""
    known = len(TAGS)
    return [
        _of(TAGS, number) + (f"-{number // known}" if number >= known else "")
        for number in range(size.tags)
    ]


def _of(names: tuple[str, ...], number: int) -> str:
    return names[number % len(names)]


def _plain(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in apart if c.isalnum() or c == " ")
