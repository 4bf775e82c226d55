"""The command `ventanilla`. Each module in `ventanilla.commands` adds its part by `register`."""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from ventanilla import __version__, commands
from ventanilla.lib.env import BadSetting
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.problems import Problem
from ventanilla.lib.supervisor import HOPELESS, GaveUp
from ventanilla.lib.terminal import gettext as _


class Command(argparse.ArgumentParser):
    """A parser that takes --home, as every command does."""

    def __init__(self, **options):
        super().__init__(**options)
        self.add_argument(
            "--home",
            metavar="DIR",
            default=argparse.SUPPRESS,
            help=_("where everything lives (default: VENTANILLA_HOME)"),
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. A refusal is one sentence, never a traceback."""
    chosen = make_parser().parse_args(arguments)
    if home := getattr(chosen, "home", None):
        os.environ["VENTANILLA_HOME"] = os.path.abspath(os.path.expanduser(home))  # noqa: PTH100, PTH111
    try:
        return chosen.run(chosen) or 0
    except (BadSetting, HomeProblem) as problem:
        return complain(problem, HOPELESS)
    except (Problem, GaveUp) as problem:
        return complain(problem, 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stdout = None  # the reader left: nothing more to say
        return 0


def complain(problem: Exception, code: int) -> int:
    if str(problem):
        print(f"ventanilla: {problem}", file=sys.stderr)
    return code


def make_parser() -> argparse.ArgumentParser:
    parser = Command(prog="ventanilla", description=_("The help desk in one window."))
    parser.add_argument("--version", action="version", version=f"ventanilla {__version__}")
    groups = parser.add_subparsers(
        metavar=_("COMMAND"), required=True, parser_class=Command, dest="command"
    )
    for module in pkgutil.iter_modules(commands.__path__):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(groups)
    return parser


if __name__ == "__main__":
    sys.exit(main())
