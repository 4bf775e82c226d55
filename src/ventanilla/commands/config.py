"""ventanilla config: the whole configuration as one file."""

import sys
from pathlib import Path

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    config = groups.add_parser("config", help=_("the configuration as one readable file"))
    verbs = config.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=type(config))
    export = verbs.add_parser("export", help=_("write the configuration, without secrets"))
    export.set_defaults(run=run_export)
    apply = verbs.add_parser("apply", help=_("make the desk as a file says; show the differences"))
    apply.add_argument("file", metavar=_("FILE"), help=_("a YAML file; - reads standard input"))
    apply.add_argument("--dry-run", action="store_true", help=_("only show what would change"))
    apply.add_argument(
        "--prune",
        action="store_true",
        help=_("archive or deactivate what the desk has and the file does not"),
    )
    apply.set_defaults(run=run_apply)
    lint = verbs.add_parser("lint", help=_("look for faults in a file; needs no desk"))
    lint.add_argument("file", metavar=_("FILE"), help=_("a YAML file; - reads standard input"))
    lint.set_defaults(run=run_lint)


def run_export(_chosen) -> None:
    from ventanilla.commands import installation

    with installation("ventanilla config export"):
        from ventanilla.configuration.apply import export

        sys.stdout.write(export(_act()))


def run_apply(chosen) -> int:
    from ventanilla.commands import installation, terminals_language

    data = _bytes(chosen.file)
    with installation("ventanilla config apply"), terminals_language():
        from ventanilla.configuration.apply import apply
        from ventanilla.configuration.faults import Faulty
        from ventanilla.configuration.words import as_text

        try:
            outcome = apply(_act(), data, prune=chosen.prune, trial=chosen.dry_run)
        except Faulty as refusal:
            return _complain(chosen.file, refusal)
        print(as_text(outcome, trial=chosen.dry_run))
    return 0


def run_lint(chosen) -> int:
    from ventanilla.commands import set_up_django, terminals_language

    data = _bytes(chosen.file)
    set_up_django()
    with terminals_language():
        from ventanilla.configuration.document import read
        from ventanilla.configuration.faults import Faulty

        try:
            read(data)
        except Faulty as refusal:
            return _complain(chosen.file, refusal)
    print(_("%(file)s: no faults.") % {"file": chosen.file})
    return 0


def _complain(file: str, refusal) -> int:
    for fault in refusal.faults:
        where = f"{file}:{fault.line}:{fault.column}:"
        print(where, f"{fault.path}:" if fault.path else "", fault.message, file=sys.stderr)
    return 1


def _bytes(name: str) -> bytes:
    from ventanilla.lib.problems import NotFound

    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        reason = {"file": name, "reason": error.strerror or ""}
        raise NotFound(_("%(file)s can't be read: %(reason)s.") % reason) from error


def _act():
    from ventanilla.events.acts import Act
    from ventanilla.lib import clock

    return Act.of_system(clock.now(), "cli")
