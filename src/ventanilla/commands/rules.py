"""ventanilla rules lint: what is wrong with the rules, before they ever run."""

import json

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    rules = groups.add_parser("rules", help=_("the desk's rules"))
    verbs = rules.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=type(rules))
    lint = verbs.add_parser("lint", help=_("what never happens, is overruled, or tells nobody"))
    lint.add_argument("--json", action="store_true", help=_("for programs"))
    lint.set_defaults(run=run_lint)


def run_lint(chosen) -> int:
    """Returns 1 when something was found."""
    from ventanilla.commands import installation

    with installation("ventanilla rules lint"):
        from ventanilla.automation.queries import listed
        from ventanilla.lib import clock

        return told(listed(clock.now()), as_json=chosen.json)


def told(rules, *, as_json: bool) -> int:
    """Print what was found. Returns the command's exit code."""
    from ventanilla.automation.linting import lint

    found, names = lint(rules), {one.rule.pk: one.rule.name for one in rules}
    if as_json:
        shown = [
            {"rule": names[one.rule], "code": one.code, "message": one.message,
             "other": names.get(one.other)}
            for one in found
        ]  # fmt: skip
        print(json.dumps(shown, ensure_ascii=False, indent=2))
    else:
        for one in found:
            print(f"{names[one.rule]}: {one.message}")
        if not found:
            print(_("{count} rules, nothing to mend.").format(count=len(rules)))
    return 1 if found else 0
