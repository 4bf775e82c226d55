"""What the plain tools need from Django when it starts."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class LibConfig(AppConfig):
    name = "ventanilla.lib"

    def ready(self) -> None:
        connection_created.connect(_read_moments)


def _read_moments(connection: Any, **_more: Any) -> None:
    from ventanilla.lib import moments  # psycopg loads when something connects, not before

    moments.read_by(connection.connection)
