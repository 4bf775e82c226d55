"""ventanilla search: write anew what is searched."""

import sys

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    search = groups.add_parser("search", help=_("what is searched"))
    verbs = search.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=type(search))
    rebuild = verbs.add_parser(
        "rebuild", help=_("write anew what is searched, while people work; newest tickets first")
    )
    rebuild.set_defaults(run=run_rebuild)


def run_rebuild(_chosen) -> int:
    from ventanilla.commands import installation, terminals_language

    with installation("ventanilla search"), terminals_language():
        from ventanilla.tickets.search.build import rebuild

        done = rebuild(told=_progress)
    print(_("%(count)d tickets can be searched.") % {"count": done})
    return 0


def _progress(done: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{done}", end="\r", flush=True)
