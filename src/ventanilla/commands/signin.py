"""ventanilla signin-link: a link that signs one person in, once."""

from ventanilla.lib.terminal import gettext as _


def register(groups) -> None:
    command = groups.add_parser("signin-link", help=_("print a one-time link to sign in with"))
    command.add_argument(
        "email", nargs="?", help=_("who (default: the first administrator)"), metavar="EMAIL"
    )
    command.add_argument(
        "--if-any",
        action="store_true",
        help=_("print nothing where there is nobody yet"),
    )
    command.add_argument(
        "--take-second-step-back",
        action="store_true",
        help=_(
            "take the second step back first, from somebody who has lost phone and recovery codes"
        ),
    )
    command.set_defaults(run=signin_link)


def signin_link(chosen) -> int:
    from ventanilla.commands import installation
    from ventanilla.lib.problems import NotFound

    with installation("ventanilla signin-link"):
        user = find(chosen.email)
        if user is None and chosen.if_any:
            return 0
        if user is None:
            raise NotFound(_("Nobody of that address may sign in here."))
        from ventanilla.lib import clock
        from ventanilla.people.actions.links import make_link

        if chosen.take_second_step_back:
            from ventanilla.events.acts import Act
            from ventanilla.people.actions.second_step import reset

            reset(user.agent, Act.of_system(clock.now()))
        link = make_link(user, clock.now())
    if chosen.if_any:
        print(_("Sign in as %(name)s, once, within 15 minutes:") % {"name": user.name})
    print(link)
    return 0


def find(email: str | None):
    """Return the active user of this address; without one, the first administrator."""
    from ventanilla.people.models import User

    users = User.objects.filter(is_active=True).order_by("pk")
    if email:
        return users.filter(email=email.strip().lower()).first()
    return users.filter(agent__role__key="administrator").first()
