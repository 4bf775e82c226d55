"""ventanilla seed, ventanilla demo clear: a believable desk to look around in."""

import os
import sys

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    command = groups.add_parser("seed", help=_("fill an empty installation with a demo desk"))
    command.add_argument(
        "--tickets", type=int, default=300, help=_("how many, over sixty days (default: 300)")
    )
    command.add_argument(
        "--demo", action="store_true", help=_("do nothing where somebody has set up a desk already")
    )
    command.set_defaults(run=seed)
    demo = groups.add_parser("demo", help=_("the demo data"))
    verbs = demo.add_subparsers(metavar=_("COMMAND"), required=True, dest="verb")
    clear = verbs.add_parser("clear", help=_("remove the demo data"))
    clear.add_argument("--yes", action="store_true", help=_("without asking"))
    clear.set_defaults(run=clear_demo)


def seed(chosen) -> int:
    # sixty days in a minute: only what needs a look is worth a line
    os.environ.setdefault("VENTANILLA_LOG_LEVEL", "warning")
    from ventanilla.commands import installation
    from ventanilla.lib.problems import Conflict

    with installation("ventanilla seed"):
        from ventanilla.demo.desk import seed as fill
        from ventanilla.lib import clock
        from ventanilla.people.models import Agent

        if Agent.objects.exists():
            if chosen.demo:
                return 0
            raise Conflict(_("This desk has agents already. The demo is for an empty one."))
        if chosen.tickets < 1:
            raise Conflict(_("--tickets must be at least 1."))
        made = fill(clock.now(), tickets=chosen.tickets, told=_progress)
    print(_("Demo desk ready: %(count)s tickets.") % {"count": made})
    return 0


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{_('Making the demo desk')} {100 * done // total} %", end="\r", flush=True)


def clear_demo(chosen) -> int:
    from ventanilla.commands import installation
    from ventanilla.lib.problems import Conflict

    with installation("ventanilla demo clear"):
        from ventanilla.demo.clear import clear

        if not chosen.yes and input(_("Remove all demo data? Type yes: ")).strip() != "yes":
            raise Conflict(_("Nothing was removed."))
        gone = clear()
    print(_("Removed %(tickets)s tickets and %(agents)s agents of the demo.") % gone)
    return 0
