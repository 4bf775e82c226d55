"""The words of the query language, in both languages. Pure.

Keys and values are compared folded: `categoría:`, `Categoria:` and `category:` are one operator.
"""

from __future__ import annotations

from dataclasses import dataclass

from ventanilla.lib.fold import fold
from ventanilla.tickets.models import Channel, Priority, Status, Type

# operator -> how it may be written; the first is shown to who reads Spanish, the second to others
KEYS: dict[str, tuple[str, ...]] = {
    "status": ("estado", "status"),
    "from": ("de", "from", "cliente", "customer", "remitente", "sender"),
    "subject": ("asunto", "subject"),
    "tag": ("etiqueta", "tag", "etiquetas", "tags"),
    "assignee": ("asignado", "assignee", "asignada", "agente", "agent", "assigned"),
    "team": ("equipo", "team"),
    "priority": ("prioridad", "priority"),
    "category": ("categoria", "category"),
    "channel": ("canal", "channel"),
    "type": ("tipo", "type"),
    "has": ("tiene", "has", "con", "with"),
    "since": ("desde", "since", "after"),
    "before": ("antes", "before"),
    "until": ("hasta", "until"),
    "created": ("creado", "created", "fecha", "date"),
}
OPERATORS = {written: name for name, keys in KEYS.items() for written in keys}

# the first word of each value is shown to who reads Spanish, the second to others
LIVE = tuple(int(status) for status in Status if status < Status.RESOLVED)
DONE = tuple(int(status) for status in Status if status >= Status.RESOLVED)
STATUSES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("nuevo", "new"), (Status.NEW,)),
    **dict.fromkeys(("abierto", "open", "proceso", "en proceso"), (Status.OPEN,)),
    **dict.fromkeys(("pendiente", "pending", "espera", "waiting"), (Status.PENDING,)),
    **dict.fromkeys(("pausa", "hold", "en pausa", "on hold", "on_hold"), (Status.ON_HOLD,)),
    **dict.fromkeys(("resuelto", "resolved", "solved"), (Status.RESOLVED,)),
    **dict.fromkeys(("cerrado", "closed"), (Status.CLOSED,)),
    **dict.fromkeys(("vivo", "unresolved", "sin resolver", "live"), LIVE),
    **dict.fromkeys(("terminado", "done"), DONE),
}
PRIORITIES: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("baja", "low"), (Priority.LOW,)),
    **dict.fromkeys(("normal", "medium", "media"), (Priority.NORMAL,)),
    **dict.fromkeys(("alta", "high"), (Priority.HIGH,)),
    **dict.fromkeys(("urgente", "urgent"), (Priority.URGENT,)),
}
CHANNELS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("correo", "email", "e-mail", "mail"), (Channel.EMAIL,)),
    **dict.fromkeys(("formulario", "form", "web"), (Channel.FORM,)),
    **dict.fromkeys(("chat",), (Channel.CHAT,)),
    **dict.fromkeys(("telefono", "phone", "llamada", "call"), (Channel.PHONE,)),
    **dict.fromkeys(("api",), (Channel.API,)),
}
TYPES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("pregunta", "question", "consulta"), (Type.QUESTION,)),
    **dict.fromkeys(("incidencia", "incident"), (Type.INCIDENT,)),
    **dict.fromkeys(("problema", "problem"), (Type.PROBLEM,)),
    **dict.fromkeys(("peticion", "request", "solicitud"), (Type.REQUEST,)),
    **dict.fromkeys(("queja", "complaint", "reclamacion"), (Type.COMPLAINT,)),
}
THINGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("adjunto", "attachment", "adjuntos", "attachments"), ("file",)),
    **dict.fromkeys(("archivo", "archivos", "file", "files", "fichero"), ("file",)),
    **dict.fromkeys(("nota", "note", "notas", "notes"), ("note",)),
}
FIXED: dict[str, dict[str, tuple]] = {
    "status": STATUSES,
    "priority": PRIORITIES,
    "channel": CHANNELS,
    "type": TYPES,
    "has": THINGS,
}
NAMED = ("tag", "assignee", "team", "category")  # by what this desk calls them
IN_TEXT = ("from", "subject")  # words, looked for in one place only
DATES = ("since", "before", "until", "created")
ME, NOBODY = {"yo", "me", "mi"}, {"nadie", "nobody", "none", "ninguno", "ninguna"}
OR = {"o", "or", "u", "|"}
SHOWN = 7  # values that a message names


@dataclass(frozen=True, slots=True)
class Filter:
    """One operator. `values` are alternatives.

    status, priority: codes; channel, type, has: codes; tag, assignee, team, category: folded names
    created: a Span
    """

    field: str
    values: tuple
    negated: bool = False
    text: str = ""  # as it was typed


def operator(key: str) -> str:
    """Which operator a key is; empty when it is none."""
    return OPERATORS.get(fold(key), "")


def fixed_values(name: str, written: str) -> tuple | None:
    """The codes that a word stands for in an operator with fixed values; None: none."""
    return FIXED[name].get(fold(" ".join(written.split())))


def values_of(name: str, language: str) -> list[str]:
    """Some values of an operator, as one writes them in a language: for help and messages."""
    first: dict[tuple, list[str]] = {}
    for written, codes in FIXED[name].items():
        first.setdefault(codes, []).append(written)
    at = 1 if language != "es" else 0
    return [written[min(at, len(written) - 1)] for written in first.values()][:SHOWN]


def key_of(name: str, language: str) -> str:
    """How an operator is written in a language."""
    if name not in KEYS:  # one of the desk's own fields
        return name.rpartition(".")[2]
    return KEYS[name][0 if language == "es" else 1]
