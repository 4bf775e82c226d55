"""Why a mailbox can't be fetched and what to do, in a sentence or two."""

from __future__ import annotations

import imaplib
import socket
import ssl

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Problem
from ventanilla.mail.conversation import NotEncrypted
from ventanilla.mail.imap import NoFolder, SignInRefused
from ventanilla.mail.models import MailAccount

OTHER_PROTOCOL = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"}


def advice(error: BaseException, account: MailAccount) -> str:
    """What went wrong, with the names at hand, then the way out."""
    names = {
        "host": account.imap_host,
        "port": account.imap_port,
        "user": account.imap_user,
        "words": str(error).strip()[:300],
    }
    if isinstance(error, Problem):
        return error.message
    if isinstance(error, SignInRefused):
        return _refused(account) % names
    if isinstance(error, NoFolder):
        return _("%(host)s does not open the folder “%(folder)s”: %(words)s") % (
            names | {"folder": account.imap_folder}
        )
    if isinstance(error, NotEncrypted):
        return (
            _(
                "Without encryption a password is sent to this machine only, not to %(host)s. "
                "Choose TLS (port 993) or STARTTLS (port 143)."
            )
            % names
        )
    return _not_reached(error) % names


def _refused(account: MailAccount) -> str:
    if account.imap_sign_in == MailAccount.SignIn.OAUTH2:
        return _(
            "%(host)s did not accept the OAuth2 sign-in of %(user)s. Authorise the account again, "
            "for IMAP too. It said: %(words)s"
        )
    return _(
        "%(host)s did not accept the user %(user)s with this password. Check both; some providers "
        "want an app password, or OAuth2, and IMAP switched on. It said: %(words)s"
    )


def _not_reached(error: BaseException) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return _("There is no server called %(host)s. Check how the name is written.")
    if isinstance(error, TimeoutError):
        return _(
            "%(host)s does not answer on port %(port)d. Check the port (993 for TLS, 143 for "
            "STARTTLS); a firewall may block it."
        )
    if isinstance(error, ConnectionRefusedError):
        return _("Nothing listens on port %(port)d of %(host)s. IMAP has 993 (TLS) or 143.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("The certificate of %(host)s can't be trusted: %(words)s")
    if isinstance(error, ssl.SSLError) and error.reason in OTHER_PROTOCOL:
        return _("Port %(port)d of %(host)s does not speak TLS. Choose STARTTLS or port 993.")
    if isinstance(error, imaplib.IMAP4.abort | ConnectionError | EOFError):
        return _("%(host)s ended the connection: %(words)s")
    return _("%(host)s can't be used: %(words)s")
