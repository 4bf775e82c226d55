"""ventanilla mail: run the mail process, hand mail in, look at how it is read, try again."""

import json
import os
import sys
from pathlib import Path

from ventanilla.commands import installation, terminals_language
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.problems import Problem
from ventanilla.lib.terminal import gettext as _

TRY_AGAIN, NO_USER, TOO_LARGE, UNREADABLE = 75, 67, 65, 66  # as sysexits.h names them for MTAs


def register(groups) -> None:
    mail = groups.add_parser(
        "mail", help=_("fetch and receive mail; with a command: hand in, read, try again")
    )
    mail.set_defaults(run=run_role)
    verbs = mail.add_subparsers(metavar=_("COMMAND"), parser_class=type(mail))
    _register_ingest(verbs)
    parse = verbs.add_parser("parse", help=_("print what the parser makes of a mail"))
    parse.add_argument("file", nargs="?", metavar=_("FILE"), help=_("- is standard input"))
    form = parse.add_mutually_exclusive_group(required=True)
    form.add_argument("--json", action="store_true", help=_("one mail, as JSON"))
    form.add_argument("--jsonl", action="store_true", help=_("read paths, print a line for each"))
    parse.set_defaults(run=run_parse, misused=parse.error)
    retry = verbs.add_parser("retry", help=_("work on parked mail again"))
    retry.add_argument("ids", nargs="*", type=int, metavar="ID")
    retry.add_argument("--all", action="store_true", help=_("every parked mail"))
    retry.set_defaults(run=run_retry, misused=retry.error)
    aside = verbs.add_parser("aside", help=_("list mail that led to no ticket"))
    aside.set_defaults(run=run_aside)
    release = verbs.add_parser("release", help=_("take such mail in all the same"))
    release.add_argument("ids", nargs="+", type=int, metavar="ID")
    release.set_defaults(run=run_release)


def _register_ingest(verbs) -> None:
    ingest = verbs.add_parser("ingest", help=_("take in a mail, as a mail server's pipe"))
    ingest.add_argument("file", nargs="?", default="-", metavar=_("FILE"))
    ingest.add_argument("--inbox", default="", metavar=_("ADDRESS"), help=_("for which inbox"))
    ingest.add_argument("--sender", default=None, help=_("the envelope's sender"))
    ingest.add_argument("--recipient", action="append", help=_("a recipient of the envelope"))
    ingest.add_argument("--wait", action="store_true", help=_("work on it now and say the outcome"))
    ingest.add_argument("--json", action="store_true", help=_("say it as JSON"))
    ingest.set_defaults(run=run_ingest)


def run_role(_chosen) -> int:
    from ventanilla.commands.roles import get_ready

    get_ready()
    from ventanilla.mail import role

    return role.run()


def run_ingest(chosen) -> int:
    """Exit 0 only when the mail is safe; 75 asks the MTA to offer it again."""
    try:
        raw = _bytes(chosen.file)
    except OSError as error:
        return _complain(error, UNREADABLE)
    try:
        with installation("ventanilla mail ingest"), terminals_language():
            return _ingest(raw, chosen)
    except HomeProblem as problem:  # no database, no folder: it may come back
        return _complain(problem, TRY_AGAIN)


def _ingest(raw: bytes, chosen) -> int:
    from django.db import Error

    from ventanilla.mail.ingest import NoSuchInbox, Told, ingest, wait_for
    from ventanilla.mail.keep import TooLarge

    sender = os.environ.get("SENDER", "") if chosen.sender is None else chosen.sender
    recipients = chosen.recipient or [os.environ.get(name, "") for name in _RECIPIENT]
    try:
        kept = ingest(
            raw, named=chosen.inbox, sender=sender, recipients=[each for each in recipients if each]
        )
        told = Told("kept" if kept.new else "duplicate", None, None, f"mail {kept.row.pk}")
        if chosen.wait:
            told = wait_for(kept)
    except TooLarge as problem:
        return _complain(problem, TOO_LARGE)
    except NoSuchInbox as problem:
        return _complain(problem, NO_USER)
    except (Problem, Error) as problem:
        return _complain(problem, TRY_AGAIN)
    _say(told, as_json=chosen.json)
    return 0


_RECIPIENT = ("ORIGINAL_RECIPIENT", "RECIPIENT")  # as Postfix and Exim tell a pipe


def run_parse(chosen) -> int:
    from ventanilla.mail.parse.cli import parse_file_json, parse_files_jsonl

    if chosen.jsonl:
        parse_files_jsonl(sys.stdin, sys.stdout)
    elif chosen.file:
        print(parse_file_json(chosen.file))
    else:
        chosen.misused(_("name a file, or - for standard input"))
    return 0


def run_retry(chosen) -> int:
    if bool(chosen.ids) == chosen.all:
        chosen.misused(_("name the mails to try again, or --all"))
    with installation("ventanilla mail retry"), terminals_language():
        from ventanilla.mail.intake import retry

        _work_on(retry(None if chosen.all else chosen.ids))
    return 0


def run_aside(_chosen) -> int:
    with installation("ventanilla mail aside"), terminals_language():
        from ventanilla.mail.intake_health import aside

        for row in aside():
            at = f"{row.received_at:%Y-%m-%d %H:%M}"
            print(f"{row.pk}  {at}  {row.sender or '-'}  {row.outcome} ({row.why})")
    return 0


def run_release(chosen) -> int:
    with installation("ventanilla mail release"), terminals_language():
        from ventanilla.mail.intake import release

        _work_on(release(chosen.ids))
    return 0


def _work_on(ids) -> None:
    from ventanilla.mail.ingest import told
    from ventanilla.mail.intake import take_in_one

    for raw_id in ids:
        done = told(take_in_one(raw_id))
        print(f"{raw_id}: {done.outcome or _('waits')}" + _place(done))
    print(_("%(count)d mails were tried again.") % {"count": len(ids)})


def _say(told, *, as_json: bool) -> None:
    if as_json:
        values = {name: getattr(told, name) for name in ("outcome", "ticket", "message", "why")}
        print(json.dumps(values, ensure_ascii=False))
    else:
        print(f"{told.outcome}{_place(told)} ({told.why.partition(chr(10))[0]})")


def _place(told) -> str:
    return f" #{told.ticket}" if told.ticket else ""


def _bytes(file: str) -> bytes:
    from ventanilla.mail.parse.limits import MESSAGE

    with sys.stdin.buffer if file == "-" else Path(file).open("rb") as source:
        return source.read(MESSAGE + 1)


def _complain(problem: object, code: int) -> int:
    print(f"ventanilla: {problem}", file=sys.stderr)
    return code
