"""The live test of fetching: step by step, in words, without taking anything in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Problem
from ventanilla.mail import imap
from ventanilla.mail.conversation import NotEncrypted
from ventanilla.mail.imap import FAILURES, Mailbox, NoFolder, SignInRefused
from ventanilla.mail.imap_advice import advice
from ventanilla.mail.models import MailAccount
from ventanilla.mail.steps import Step

TIMEOUT = 10.0  # seconds: somebody waits in front of the page
ANY = (SignInRefused, NoFolder, NotEncrypted, Problem, *FAILURES)


def check(account: MailAccount) -> list[Step]:
    """Connect, sign in, open the folder. The last step is not `ok` when something failed."""
    steps: list[Step] = []
    try:
        _walk(account, steps)
    except ANY as error:
        steps.append(Step(_names()[len(steps)], False, advice(error, account)))
    return steps


def _walk(account: MailAccount, steps: list[Step]) -> None:
    connect, sign_in, open_folder, news = _names()
    host = {"host": account.imap_host, "port": account.imap_port, "user": account.imap_user}
    imap.connect(account, TIMEOUT).client.shutdown()
    steps.append(Step(connect, True, _("%(host)s answers on port %(port)d.") % host))
    with Mailbox(account, timeout=TIMEOUT) as box:
        steps.append(Step(sign_in, True, _("Signed in as %(user)s.") % host))
        folder = box.open(account.imap_folder)
        if account.after_fetch == MailAccount.AfterFetch.MOVE:
            _find(box, account.done_folder)
        found = {"folder": account.imap_folder, "count": folder.uidnext - 1}
        steps.append(Step(open_folder, True, _("“%(folder)s” is there.") % found))
        told = (
            _("The server tells at once when mail comes.")
            if box.can_idle
            else _("The server is asked for new mail every %(seconds)d seconds.") % {"seconds": 20}
        )
        steps.append(Step(news, True, told))


def _find(box: Mailbox, folder: str) -> None:
    if not folder or not box.has_folder(folder):
        raise Problem(
            _("The folder “%(folder)s”, where fetched mail is to go, does not exist. Make it.")
            % {"folder": folder}
        )


def _names() -> tuple[str, str, str, str]:
    return _("Connection"), _("Sign-in"), _("Folder"), _("New mail")
