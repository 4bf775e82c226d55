"""ventanilla migrate: bring the database's tables up to date."""

import os

from ventanilla.commands.roles import SUPERVISED
from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    command = groups.add_parser("migrate", help=_("bring the database's tables up to date"))
    command.set_defaults(run=migrate)


def migrate(_chosen) -> int:
    from ventanilla.commands import answering, set_up_django
    from ventanilla.lib import home, schema
    from ventanilla.lib.embedded import running_database

    with running_database(home.path(), "ventanilla migrate"):
        set_up_django()
        with answering():
            done = schema.update()
    if not os.environ.get(SUPERVISED):
        print(_("The database is now up to date.") if done else _("The database is up to date."))
    return 0
