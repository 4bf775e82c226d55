"""ventanilla ticket: look at tickets from the terminal."""

import json

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    ticket = groups.add_parser("ticket", help=_("look at tickets"))
    verbs = ticket.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=type(ticket))
    show = verbs.add_parser("show", help=_("print a ticket with its messages and events"))
    show.add_argument("number", type=int, metavar=_("NUMBER"))
    show.add_argument("--json", action="store_true", help=_("everything, as JSON"))
    show.set_defaults(run=run_show)


def run_show(chosen) -> int:
    from ventanilla.commands import installation, terminals_language

    with installation("ventanilla ticket"), terminals_language():
        from ventanilla.tickets.describe import describe

        found = describe(chosen.number)
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return 0
    print(f"#{found['number']} {found['subject']} ({found['status']})")
    for message in found["messages"]:
        print(f"\n{message['at']}  {message['author_name'] or message['agent'] or ''}")
        print(message["reply"])
    return 0
