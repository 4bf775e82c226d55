"""How hard a password is to guess."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ventanilla.people.models import User
from ventanilla.people.queries import desk

LEAST = 3  # of 4: more than 10^8 guesses
WEIGHED = 72  # characters: weighing takes longer the longer it is
# What Spanish passwords are made of; the library knows English.
FREQUENT = (
    "contraseña", "contrasena", "clave", "hola", "usuario", "secreto", "acceso", "españa",
    "madrid", "barcelona", "sevilla", "valencia", "realmadrid", "atletico", "amor", "teamo",
    "tequiero", "princesa", "estrella", "corazon", "familia", "alejandro", "alejandra", "carmen",
    "cristina", "daniela", "fernando", "francisco", "gabriela", "guillermo", "javier", "manuel",
    "mariposa", "sebastian", "valentina", "verano", "invierno", "otoño", "primavera", "enero",
    "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre", "lunes", "martes", "miercoles", "jueves", "viernes", "soporte",
    "ventanilla", "empresa", "oficina", "bienvenido", "cambiame",
)  # fmt: skip


class Strong:
    """A validator as Django's settings name them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for what would be guessed soon."""
        from zxcvbn import zxcvbn  # on first use: its lists take memory

        found = zxcvbn(password[:WEIGHED], user_inputs=[*FREQUENT, *_about(user)])
        if found["score"] < LEAST:
            raise ValidationError(
                _(
                    "This password would soon be guessed. Three or four words that don't belong "
                    "together are hard to guess and easy to remember."
                ),
                code="password_too_weak",
            )

    def get_help_text(self) -> str:
        return _("Hard to guess: three or four words that don't belong together, for example.")


def _about(user: User | None) -> list[str]:
    """What anybody tries first: names and address, and their parts."""
    said = [desk().name, *([user.name, user.email] if user else [])]
    parts = [part for each in said for part in re.split(r"\W+", each.lower()) if part]
    return [*said, *parts, *("".join(re.split(r"\W+", each.lower())) for each in said)]
