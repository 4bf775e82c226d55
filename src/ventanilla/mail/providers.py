"""The servers of large mail providers, so that an address and a password are enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Servers:
    imap_host: str
    smtp_host: str
    smtp_port: int = 465  # with TLS; 587 is STARTTLS
    imap_port: int = 993

    @property
    def smtp_security(self) -> str:
        return "starttls" if self.smtp_port == 587 else "tls"


def _same(host: str, **ports: int) -> Servers:
    return Servers(f"imap.{host}", f"smtp.{host}", **ports)


ICLOUD = Servers("imap.mail.me.com", "smtp.mail.me.com", 587)
GMX = Servers("imap.gmx.net", "mail.gmx.net")
PROVIDERS = {
    "gmail.com": _same("gmail.com"),
    "googlemail.com": _same("gmail.com"),
    "icloud.com": ICLOUD,
    "me.com": ICLOUD,
    "mac.com": ICLOUD,
    "yahoo.com": _same("mail.yahoo.com"),
    "yahoo.es": _same("mail.yahoo.com"),
    "ymail.com": _same("mail.yahoo.com"),
    "aol.com": _same("aol.com"),
    "gmx.net": GMX,
    "gmx.de": GMX,
    "gmx.es": Servers("imap.gmx.com", "mail.gmx.com"),
    "gmx.com": Servers("imap.gmx.com", "mail.gmx.com"),
    "web.de": _same("web.de", smtp_port=587),
    "t-online.de": Servers("secureimap.t-online.de", "securesmtp.t-online.de"),
    "posteo.de": Servers("posteo.de", "posteo.de"),
    "posteo.net": Servers("posteo.de", "posteo.de"),
    "mailbox.org": _same("mailbox.org"),
    "fastmail.com": _same("fastmail.com"),
    "zoho.com": _same("zoho.com"),
    "zoho.eu": _same("zoho.eu"),
    "yandex.com": _same("yandex.com"),
    "orange.fr": _same("orange.fr"),
    "free.fr": _same("free.fr"),
    "laposte.net": _same("laposte.net"),
    "libero.it": Servers("imapmail.libero.it", "smtp.libero.it"),
}
# Microsoft has ended passwords for IMAP and SMTP: these need OAuth2.
MICROSOFT = ("outlook.com", "outlook.es", "hotmail.com", "hotmail.es", "live.com", "msn.com")


def servers_of(address: str) -> Servers | None:
    """The servers of an address at a known provider. Asks nobody."""
    return PROVIDERS.get(_domain(address))


def wants_oauth(address: str) -> bool:
    """Whether a password is of no use there."""
    return _domain(address) in MICROSOFT


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().lower()
