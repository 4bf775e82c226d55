"""Which server an inbox sends through, and a live test of it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from ventanilla.lib.env import BadSetting
from ventanilla.mail import folder, mime, oauth
from ventanilla.mail.conversation import Conversation, Server, Unavailable
from ventanilla.mail.models import MailAccount
from ventanilla.mail.smtp_advice import advice
from ventanilla.mail.steps import Step

TEST_TIMEOUT = timedelta(seconds=10)
PORTS = {"tls": 465, "starttls": 587, "none": 25}
SCHEMES = {"smtps": "tls", "smtp+starttls": "starttls", "smtp": "none"}


def server_of(account: MailAccount | None) -> Server | None:
    """The server of an inbox: its own, else the desk's; None when neither is set up."""
    if account is None or not account.smtp_host:
        return desk_server()
    return Server(
        host=account.smtp_host,
        port=account.smtp_port,
        security=account.smtp_security,
        sign_in=account.smtp_sign_in,
        user=account.smtp_user,
        password=account.smtp_password,
        token=partial(oauth.access_token, account),
        forget_token=partial(oauth.forget, account),
        helo=_helo(account.inbox.address),
    )


def desk_server() -> Server | None:
    """The server for the desk's own mail and for inboxes without one, as the environment says."""
    if settings.SMTP_URL:
        return from_url(settings.SMTP_URL)
    if settings.MAIL_FOLDER:
        return folder.server(settings.MAIL_FOLDER, _helo(settings.MAIL_FROM))
    return None


def from_url(url: str) -> Server:
    """Read `smtps://user:password@host:port`; the scheme is checked at start. Raises BadSetting.

    smtps:// is TLS from the start, smtp+starttls:// is STARTTLS, smtp:// is without encryption.
    """
    parts = urlsplit(url)
    security = SCHEMES[parts.scheme]
    try:
        port = parts.port or PORTS[security]
    except ValueError as error:
        raise BadSetting("VENTANILLA_SMTP_URL: the port is not a number up to 65535.") from error
    return Server(
        host=parts.hostname or "",
        port=port,
        security=security,
        sign_in="password" if parts.username else "none",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        helo=_helo(settings.MAIL_FROM),
    )


def check(account: MailAccount, *, recipient: str = "") -> list[Step]:
    """Try the server of an inbox, as saved or as just entered: nothing is sent.

    recipient  an address that the server is asked to take mail for; default: the inbox's own
    Talks for up to half a minute. The last step tells what to do when something fails.
    """
    server = server_of(account)
    if server is None:
        return [Step(_("Server"), False, no_server())]
    if server.security == folder.SECURITY:
        written = _("Nothing is sent from here: mails are written to %(folder)s.")
        return [Step(_("Server"), True, written % {"folder": server.host})]
    try:
        with Conversation(server, TEST_TIMEOUT.total_seconds()) as talk:
            return [*_connected(server), *_addresses(talk, account.inbox.address, recipient)]
    except Unavailable as problem:
        reached = {"connect": 0, "tls": 1, "sign_in": 2}.get(problem.stage, 3)
        return [
            *_connected(server)[:reached],
            Step(_stage_name(problem.stage), False, advice(problem, server)),
        ]


def no_server() -> str:
    return _(
        "No outgoing server is set up for this inbox. Enter one in the inbox's settings; what "
        "waits is sent then."
    )


def _connected(server: Server) -> list[Step]:
    """The steps that opening a conversation takes, all done."""
    names = {"host": server.host, "port": server.port, "user": server.user}
    encryption = {
        "tls": _("Encrypted with TLS; the certificate is valid."),
        "starttls": _("Encrypted with STARTTLS; the certificate is valid."),
        "none": _("Not encrypted, as chosen."),
    }[server.security]
    signed_in = _("Signed in as %(user)s.") % names
    return [
        Step(_stage_name("connect"), True, _("%(host)s answers on port %(port)d.") % names),
        Step(_stage_name("tls"), True, encryption),
        Step(
            _stage_name("sign_in"),
            True,
            signed_in if server.sign_in != "none" else _("Without sign-in, as chosen."),
        ),
    ]


def _addresses(talk: Conversation, sender: str, recipient: str) -> list[Step]:
    recipient = recipient or sender
    stage, code, words = talk.try_addresses(sender, mime.checked(recipient))
    if stage == "sender":
        return [
            Step(
                _stage_name("sender"),
                False,
                _(
                    "The server does not let this account send as %(address)s. Allow that address "
                    "for the account at your provider. It said: %(words)s"
                )
                % {"address": sender, "words": words},
            )
        ]
    allowed = Step(_stage_name("sender"), True, _("May send as %(address)s.") % {"address": sender})
    if code >= 400:
        refused = _("The server takes no mail for %(address)s. It said: %(words)s")
        message = refused % {"address": recipient, "words": words}
        return [allowed, Step(_stage_name("recipient"), False, message)]
    taken = _("Takes mail for %(address)s.") % {"address": recipient}
    return [allowed, Step(_stage_name("recipient"), True, taken)]


def _stage_name(stage: str) -> str:
    return {
        "connect": _("Connection"),
        "tls": _("Encryption"),
        "sign_in": _("Sign-in"),
        "sender": _("Sender"),
        "recipient": _("Recipient"),
    }.get(stage, _("Conversation"))


def _helo(address: str) -> str:
    """What we call ourselves: the sender's domain, which is a full name, unlike a container's."""
    domain = address.rpartition("@")[2]
    return domain if domain and domain.isascii() else "localhost"
