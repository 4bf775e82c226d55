"""Why an outgoing server can't be used and what to do, in a sentence or two."""

from __future__ import annotations

import smtplib
import socket
import ssl

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Problem
from ventanilla.mail.conversation import NotEncrypted, Server, Unavailable

WRONG_PROTOCOL = {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"}
EXPIRED, NOT_YET_VALID, WRONG_NAME = 10, 9, 62  # OpenSSL's verification codes


def advice(problem: Unavailable, server: Server) -> str:
    """What went wrong, with the names at hand, then the way out."""
    if problem.stage == "connect":
        return _not_reached(problem, server)
    if problem.stage == "tls":
        return _not_encrypted(problem, server)
    if problem.stage == "sign_in":
        return _not_signed_in(problem, server)
    return _("The server %(host)s ended the conversation: %(words)s") % _names(problem, server)


def _not_reached(problem: Unavailable, server: Server) -> str:
    names, error = _names(problem, server), problem.error
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return _("There is no server called %(host)s. Check how the name is written.") % names
    if isinstance(error, TimeoutError):
        return (
            _(
                "%(host)s does not answer on port %(port)d. Check the port (465 for TLS, 587 for "
                "STARTTLS); a firewall or the hosting provider may block it."
            )
            % names
        )
    if isinstance(error, ConnectionRefusedError):
        return (
            _(
                "%(host)s refuses connections on port %(port)d. Check the port: 465 for TLS, "
                "587 for STARTTLS."
            )
            % names
        )
    if isinstance(error, smtplib.SMTPServerDisconnected) and server.security == "none":
        return (
            _(
                "%(host)s closed the connection on port %(port)d. It may expect TLS: choose it as "
                "encryption."
            )
            % names
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return _("%(host)s does not want to talk to this machine: %(words)s") % names
    return _("No connection to %(host)s, port %(port)d: %(words)s") % names


def _not_encrypted(problem: Unavailable, server: Server) -> str:
    names, error = _names(problem, server), problem.error
    if isinstance(error, ssl.SSLCertVerificationError):
        return _bad_certificate(error, names)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return (
            _(
                "%(host)s offers no STARTTLS on port %(port)d. Choose TLS with port 465, or ask "
                "your provider."
            )
            % names
        )
    if isinstance(error, ssl.SSLError) and error.reason in WRONG_PROTOCOL:
        return (
            _(
                "%(host)s speaks no TLS on port %(port)d from the start. Choose STARTTLS (usually "
                "port 587), or port 465 for TLS."
            )
            % names
        )
    return _("The encryption with %(host)s failed: %(words)s") % names


def _bad_certificate(error: ssl.SSLCertVerificationError, names: dict[str, object]) -> str:
    if error.verify_code == WRONG_NAME:
        return (
            _(
                "The certificate of %(host)s belongs to another name. Enter the server's name as "
                "your provider writes it."
            )
            % names
        )
    if error.verify_code in (EXPIRED, NOT_YET_VALID):
        return _("The certificate of %(host)s is out of date: its operator must renew it.") % names
    return (
        _(
            "The certificate of %(host)s comes from an authority that this machine does not know. "
            "Have the server use a public one, or add the authority to this machine."
        )
        % names
    )


def _not_signed_in(problem: Unavailable, server: Server) -> str:
    names, error = _names(problem, server), problem.error
    if isinstance(error, Problem):
        return error.message
    if isinstance(error, NotEncrypted):
        return _(
            "Without encryption the password could be read on the way. Choose TLS or STARTTLS."
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _("%(host)s takes no sign-in on port %(port)d. Choose “None” as sign-in.") % names
    if server.sign_in == "none":
        return _("%(host)s wants a sign-in: enter user and password. It said: %(words)s") % names
    if server.sign_in == "oauth2":
        return (
            _(
                "%(host)s did not accept the OAuth2 sign-in of %(user)s. Authorise the account "
                "again. It said: %(words)s"
            )
            % names
        )
    return (
        _(
            "%(host)s did not accept the user or the password of %(user)s. Gmail and Microsoft "
            "want an app password or OAuth2 instead of the ordinary one. It said: %(words)s"
        )
        % names
    )


def _names(problem: Unavailable, server: Server) -> dict[str, object]:
    return {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "words": problem.words,
    }
