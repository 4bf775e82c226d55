"""One module per group of commands; each has `register(groups)`.

    def register(groups):
        command = groups.add_parser("ticket", help=_("look at tickets"))
        command.set_defaults(run=show)

`run` gets the parsed arguments and returns the exit code, or None for 0. These modules are all
imported whenever `ventanilla` is: what they need beyond the standard library and `lib.terminal`
they import inside their functions. What needs the database runs inside `installation`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ventanilla.lib.terminal import gettext as _


@contextmanager
def installation(purpose: str) -> Iterator[None]:
    """Yield with Django set up and the database there, as new as this code.

    purpose   shown to whoever finds the home in use, such as "ventanilla seed"
    """
    from ventanilla.lib import home
    from ventanilla.lib.embedded import running_database

    with running_database(home.path(), purpose) as started:
        set_up_django()
        from ventanilla.lib import schema

        with answering():
            if started:
                schema.update()
            else:
                schema.require_current()
        yield


@contextmanager
def terminals_language() -> Iterator[None]:
    """Let refusals be in the operator's language instead of the desk's; inside `installation`."""
    from django.utils import translation

    from ventanilla.lib.terminal import language

    with translation.override(language()):
        yield


@contextmanager
def answering() -> Iterator[None]:
    """Turn a database that is away into one sentence."""
    from django.db import OperationalError

    from ventanilla.lib.home import HomeProblem

    try:
        yield
    except OperationalError as error:
        raise HomeProblem(
            _("The database does not answer: %(reason)s")
            % {"reason": str(error).strip().partition("\n")[0]}
        ) from error


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.settings")
    import django

    django.setup()
