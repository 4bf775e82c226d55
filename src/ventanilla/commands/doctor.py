"""ventanilla doctor: look at the installation and say what to do."""

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    command = groups.add_parser("doctor", help=_("check the installation and say what to do"))
    command.set_defaults(run=examine)


def examine(_chosen) -> int:
    from ventanilla.commands import set_up_django

    set_up_django()
    from ventanilla import doctor

    findings = [*doctor.examine(doctor.CHECKS), *with_database()]
    for finding in findings:
        print(f"{finding.mark}  {finding.what}")
        if finding.advice:
            print(f"    {finding.advice}")
    wrong = sum(1 for finding in findings if finding.is_wrong)
    print(_("Wrong: %(count)d") % {"count": wrong} if wrong else _("All is well."))
    return 1 if wrong else 0


def with_database():
    """Return what is found where the database is needed; started for the while if need be."""
    from ventanilla import doctor
    from ventanilla.lib import embedded, home
    from ventanilla.lib.home import HomeProblem

    place = home.path()
    if embedded.is_embedded() and not (place / "postgres" / "data").exists():
        return []
    try:
        with embedded.running_database(place, "ventanilla doctor"):
            return list(of_database())
    except HomeProblem as problem:
        return [doctor.Finding(_("The database does not start"), str(problem))]


def of_database():
    from ventanilla import doctor
    from ventanilla.lib import schema

    if away := doctor.database_away():
        yield away
        return
    yield from doctor.examine(doctor.WITH_DATABASE)
    if schema.state() is schema.State.CURRENT:
        yield from doctor.examine(doctor.WITH_TABLES)
