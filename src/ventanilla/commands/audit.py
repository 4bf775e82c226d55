"""ventanilla audit verify: whether the log of administrative acts is whole (R46)."""

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    audit = groups.add_parser("audit", help=_("the log of administrative acts"))
    verbs = audit.add_subparsers(metavar=_("COMMAND"), required=True, parser_class=type(audit))
    verify = verbs.add_parser("verify", help=_("whether an entry was changed or taken away"))
    verify.set_defaults(run=run_verify)


def run_verify(_chosen) -> int:
    from ventanilla.commands import installation

    with installation("ventanilla audit verify"):
        from ventanilla.people.actions.audit import first_broken
        from ventanilla.people.models import AuditEntry

        broken, count = first_broken(), AuditEntry.objects.count()
    return tell(broken, count)


def tell(broken: int | None, count: int) -> int:
    """Print what was found. Returns the command's exit code."""
    if broken is None:
        print(_("The log is whole: {count} entries.").format(count=count))
        return 0
    print(
        _(
            "Entry {entry} of {count} does not fit: it was changed, or one before it was taken "
            "away. Compare with a backup from before."
        ).format(entry=broken, count=count)
    )
    return 1
