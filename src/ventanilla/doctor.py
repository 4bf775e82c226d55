"""What `ventanilla doctor` looks at: each check yields findings, each with what to do.

A package adds its own check by a line in CHECKS. A check that needs the database stands in
WITH_DATABASE, one that needs today's tables in WITH_TABLES: those are left out without.
"""

import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.db import Error, connection

from ventanilla.lib import ports, schema
from ventanilla.lib.terminal import gettext as _

GIGABYTE = 10**9
MISSED_POLLS = 3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `advice` is empty when all is well; what is `wrong` fails the run."""

    what: str
    advice: str = ""
    wrong: bool = True

    @property
    def is_wrong(self) -> bool:
        return bool(self.advice) and self.wrong

    @property
    def mark(self) -> str:
        return "!!" if self.is_wrong else "--" if self.advice else "ok"


Check = Callable[[], Iterator[Finding]]


def examine(checks: list[Check]) -> Iterator[Finding]:
    for check in checks:
        yield from check()


def python() -> Iterator[Finding]:
    yield Finding(f"Python {'.'.join(map(str, sys.version_info[:3]))}")


def home() -> Iterator[Finding]:
    place: Path = settings.HOME
    if not place.is_dir():
        yield Finding(
            _("There is nothing at %(home)s yet") % {"home": place},
            _("Start Ventanilla once: ventanilla up"),
        )
        return
    yield _closed(place, 0o700)
    secrets = place / "secrets"
    if secrets.is_dir():
        yield _closed(secrets, 0o700)
        for file in sorted(secrets.iterdir()):
            yield _closed(file, 0o600)


def _closed(path: Path, mode: int) -> Finding:
    found = path.stat()
    place = {"path": path, "mode": f"{mode:o}"}
    if stat.S_IMODE(found.st_mode) & ~mode:
        return Finding(
            _("%(path)s can be read by others") % place,
            _("Close it: chmod %(mode)s %(path)s") % place,
        )
    return Finding(_("%(path)s is closed to others") % place)


def disk() -> Iterator[Finding]:
    if not settings.HOME.is_dir():
        return
    free = shutil.disk_usage(settings.HOME).free
    what = _("%(free).1f GB free in %(home)s") % {"free": free / GIGABYTE, "home": settings.HOME}
    if free < GIGABYTE:
        yield Finding(what, _("Make room: below this, mail is refused for the time being."))
    elif free < 5 * GIGABYTE:
        yield Finding(what, _("Make room soon, or move the home to a larger disk."), wrong=False)
    else:
        yield Finding(what)


def web_port() -> Iterator[Finding]:
    host, port = settings.WEB_HOST, settings.WEB_PORT
    place = {"host": host, "port": port}
    why = ports.obstacle(host, port)
    if why is None:
        yield Finding(_("Port %(port)d on %(host)s is free for the pages") % place)
    elif _is_us(host, port):
        yield Finding(_("The pages are served on %(host)s, port %(port)d") % place)
    else:
        yield Finding(why, _("Choose another port with --port or VENTANILLA_PORT."))


def _is_us(host: str, port: int) -> bool:
    try:
        with urlopen(f"{ports.url(host, port)}/healthz", timeout=3) as answer:  # noqa: S310
            return answer.status == 200
    except (OSError, ValueError):
        return False


def base_url() -> Iterator[Finding]:
    parts = urlsplit(settings.BASE_URL)
    what = _("Links in mail begin with %(url)s") % {"url": settings.BASE_URL}
    here = _is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not here:
        yield Finding(
            what,
            _(
                "Put a proxy with TLS in front and set VENTANILLA_BASE_URL to its https:// "
                "address: without it, passwords travel in the clear."
            ),
        )
    elif here and not _is_loopback(settings.WEB_HOST):
        yield Finding(
            what,
            _("Others can reach this server, but not that address: set VENTANILLA_BASE_URL."),
        )
    else:
        yield Finding(what)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def database_server() -> Iterator[Finding]:
    found = schema.server()
    what = _("PostgreSQL %(major)d, %(encoding)s")
    advice = ""
    if found.major < schema.OLDEST_POSTGRES:
        advice = _("Ventanilla needs PostgreSQL 15 or newer.")
    elif found.encoding != "UTF8":
        advice = _("Make the database anew with ENCODING 'UTF8'.")
    yield Finding(what % {"major": found.major, "encoding": found.encoding}, advice)
    if found.has_vector:
        yield Finding(_("The extension vector is there"))
    else:
        yield Finding(_("The extension vector is missing"), schema.advice_on_vector(found))
    advice = _("It is a superuser. Give Ventanilla a role of its own that owns its database.")
    yield Finding(
        _("The database's role is %(name)s") % {"name": found.role},
        advice if found.is_superuser else "",
        wrong=False,
    )


def database_schema() -> Iterator[Finding]:
    found = schema.state()
    if found is schema.State.CURRENT:
        yield Finding(_("The database's tables are up to date"))
    elif found is schema.State.BEHIND:
        yield Finding(_("The database is older than this release"), _("Run: ventanilla migrate"))
    else:
        yield Finding(_("The database is newer than this release"), schema.too_new())


def shared_storage() -> Iterator[Finding]:
    """Several machines need storage that all of them see."""
    if settings.STORAGE_URL:
        yield Finding(_("Files are kept in %(url)s") % {"url": settings.STORAGE_URL})
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT application_name FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'ventanilla@%%'"
        )
        machines = {row[0].partition("@")[2] for row in cursor.fetchall()} | {socket.gethostname()}
    what = _("Files are kept on this machine's disk")
    if len(machines) > 1:
        yield Finding(
            what,
            _(
                "Several machines work on this database (%(machines)s): attachments of one are "
                "missing on the others. Set VENTANILLA_STORAGE=s3://bucket/prefix on all of them."
            )
            % {"machines": ", ".join(sorted(machines))},
        )
    else:
        yield Finding(what)


def inboxes() -> Iterator[Finding]:
    """Whether each inbox is fetched and can send (R5)."""
    from ventanilla.mail.models import MailAccount

    for account in MailAccount.objects.filter(inbox__active=True).select_related("inbox"):
        who = {"inbox": account.inbox.address or account.inbox.name}
        if account.imap_host:
            failing = account.fetch_failures >= MISSED_POLLS
            late = failing or account.fetched_at is None
            yield Finding(
                _("%(inbox)s is fetched") % who,
                account.fetch_error or _("It has not been fetched yet.") if late else "",
                wrong=failing,
            )
        if account.smtp_host:
            yield Finding(_("%(inbox)s sends") % who, account.send_error)


def parked_mail() -> Iterator[Finding]:
    """Mail that could not be read (R4)."""
    from ventanilla.mail.models import RawMail

    count = RawMail.objects.filter(state=RawMail.State.PARKED).count()
    yield Finding(
        _("Mails that could not be read: %(count)d") % {"count": count},
        _("After a fix: ventanilla mail retry --all") if count else "",
        wrong=False,
    )


def database_away() -> Finding | None:
    """Return what keeps the database away, or None when it answers."""
    try:
        connection.ensure_connection()
    except Error as error:
        return Finding(
            _("The database does not answer"),
            _("Check DATABASE_URL: %(error)s") % {"error": str(error).strip().splitlines()[0]},
        )
    return None


CHECKS: list[Check] = [python, home, disk, web_port, base_url]
WITH_DATABASE: list[Check] = [
    database_server,
    database_schema,
    shared_storage,
]
WITH_TABLES: list[Check] = [inboxes, parked_mail]
