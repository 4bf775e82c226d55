"""ventanilla seed, ventanilla demo clear: a believable desk to look around in, of any size."""

import os
import sys
import time

from ventanilla.lib.terminal import gettext as _

COPIED = 1000  # tickets from which on they are copied in, not lived through the real actions


def register(groups) -> None:
    command = groups.add_parser("seed", help=_("fill an empty installation with a demo desk"))
    command.add_argument(
        "--tickets",
        type=int,
        default=300,
        help=_("how many (default: 300); from 1000 on they are copied in, for measurements"),
    )
    command.add_argument(
        "--seed", type=int, default=481, help=_("what chance begins with, from 1000 tickets on")
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
        from ventanilla.lib import clock
        from ventanilla.people.models import Agent

        if Agent.objects.exists():
            if chosen.demo:
                return 0
            raise Conflict(_("This desk has agents already. The demo is for an empty one."))
        if chosen.tickets < 1:
            raise Conflict(_("--tickets must be at least 1."))
        fill = _load if chosen.tickets >= COPIED else _live
        fill(clock.now(), chosen)
    return 0


def _live(now, chosen) -> None:
    from ventanilla.demo.desk import seed as fill

    made = fill(now, tickets=chosen.tickets, told=_progress)
    print(_("Demo desk ready: %(count)s tickets.") % {"count": made})


def _load(now, chosen) -> None:
    from ventanilla.demo.load.load import load

    done = load(now, tickets=chosen.tickets, seed=chosen.seed, told=Rate())
    told = {
        "count": f"{done.tickets:,}",
        "seconds": round(done.seconds),
        "rate": f"{done.tickets / done.seconds:,.0f}",
        "copying": round(done.copying),
        "indexing": round(done.indexing),
        "analysing": round(done.analysing),
    }
    print(
        _(
            "%(count)s tickets in %(seconds)s s, %(rate)s a second:"
            " %(copying)s s copied, %(indexing)s s indexed, %(analysing)s s counted."
        )
        % told
    )


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{_('Making the demo desk')} {100 * done // total} %", end="\r", flush=True)


class Rate:
    """Says how far the copying is, and how fast."""

    def __init__(self) -> None:
        self.began = self.said = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self.said + 1 and done < total:
            return
        self.said, rate = now, done / max(now - self.began, 0.001)
        line = _("Copying %(done)s of %(total)s tickets, %(rate)s a second") % {
            "done": f"{done:,}",
            "total": f"{total:,}",
            "rate": f"{rate:,.0f}",
        }
        end = "\n" if done >= total or not sys.stdout.isatty() else "\r"
        print(line, end=end, flush=True)


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
