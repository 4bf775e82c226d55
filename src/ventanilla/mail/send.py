"""The outbox empties: one outgoing server at a time per worker, no database lock while it talks.

Each mail is claimed in one commit and settled in another. Between them stands `unsure`, set just
before the mail's content is handed over and taken back once the answer is known: a worker that is
killed in between leaves the mark, so the next try knows that it may be the second copy (R52).
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.lib import clock, storage
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.literal import Literal
from ventanilla.mail import health, outlets, settle, smtp
from ventanilla.mail.conversation import Conversation, InDoubt, Server, Unavailable, Verdict
from ventanilla.mail.folder import SECURITY as FOLDER
from ventanilla.mail.folder import Folder
from ventanilla.mail.models import MailAccount, OutgoingMail
from ventanilla.mail.outages import through_outages
from ventanilla.mail.smtp_advice import advice
from ventanilla.people.queries import desk

logger = structlog.get_logger(__name__)
State = OutgoingMail.State
AT_ONCE = 50  # mails of one outlet before another one gets its turn


def drain(key: str) -> int:
    """Send what is due by one outlet. Returns how many mails were tried.

    Does nothing when another worker is at it, or the server rests. Safe to run twice and beside
    itself.
    """
    tried = 0
    with outlets.leased(key) as mine:
        if not mine:
            return 0
        take_back(key)
        with Line() as line, translation.override(desk().language):
            while tried < AT_ONCE and (mail := claim(key, clock.now())):
                tried += 1
                if not attempt(mail, key, line):
                    return tried
    return tried


class Line:
    """The connection in use: opened when first needed, kept while the next mail's server is the
    same."""

    def __init__(self) -> None:
        self._talk: Conversation | Folder | None = None

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def to(self, server: Server) -> Conversation | Folder:
        """Raises Unavailable."""
        if self._talk is not None and self._talk.server != server:
            self.close()
        if self._talk is None:
            if server.security == FOLDER:
                self._talk = Folder(server)
            else:
                self._talk = Conversation(server, settings.SMTP_TIMEOUT.total_seconds())
        return self._talk

    def close(self) -> None:
        if self._talk is not None:
            self._talk.close()
        self._talk = None


def take_back(key: str) -> int:
    """Free what a worker that is gone had claimed. Only for who holds the outlet's lease."""
    claimed = OutgoingMail.objects.filter(outlets.mails_of(key), state=State.SENDING)
    return claimed.update(state=State.WAITING, claimed_until=None)


def claim(key: str, now: datetime) -> OutgoingMail | None:
    """Take the next mail that is due. 2 statements."""
    if key == outlets.DESK:
        mail = _next_of_desk.first(now=now)
    else:
        mail = _next_of_inbox.first(now=now, inbox=outlets.inbox_of(key))
    if mail is None:
        return None
    mail.state, mail.attempts = State.SENDING, mail.attempts + 1
    mail.claimed_until = now + outlets.LEASE
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [mail.attempts, mail.claimed_until, mail.pk])
        return mail if cursor.rowcount else None


CLAIM = """UPDATE mail_outgoingmail SET state = 'sending', attempts = %s, claimed_until = %s
WHERE id = %s AND state = 'waiting'"""


@compiled
def _next_of_desk() -> QuerySet[OutgoingMail]:
    return _due(outlets.OF_DESK)


@compiled
def _next_of_inbox() -> QuerySet[OutgoingMail]:
    return _due(outlets.of_inbox(Given("inbox")))


def _due(theirs: Q) -> QuerySet[OutgoingMail]:
    """What of these mails may leave now, new mail before retries, in the order of each ticket.

    A mail waits for the first try of those before it in its ticket, and no longer.
    """
    before = OutgoingMail.objects.filter(ticket=OuterRef("ticket"), pk__lt=OuterRef("pk"))
    untried = Q(state=State.WAITING, attempts=0) | Q(state=State.SENDING, attempts__lte=1)
    mails = OutgoingMail.objects.filter(theirs, state=Literal("waiting"))
    due = mails.filter(~Exists(before.filter(untried)), next_try_at__lte=Given("now"))
    return due.select_related("inbox__mail", "message__ticket").order_by("attempts", "pk")


def attempt(mail: OutgoingMail, key: str, line: Line) -> bool:
    """Try one claimed mail and settle what became of it. False: the outlet rests from here on."""
    with structlog.contextvars.bound_contextvars(mail=mail.pk, ticket=mail.ticket_id):
        server = outlets.server_for(mail)
        if server is None:
            through_outages(lambda: settle.without_server(mail, clock.now(), smtp.no_server()))
            return True
        try:
            verdict = _deliver(mail, server, line)
        except Unavailable as problem:
            line.close()
            _rest(mail, key, server, problem)
            return False
        except InDoubt as problem:
            line.close()
            words = problem.args[0]
            logger.warning("mail_in_doubt", words=words)
            through_outages(lambda: settle.later(mail, clock.now(), words, unsure=True))
            return True
        except storage.Missing:
            through_outages(lambda: settle.lost(mail, clock.now()))
            return True
        except Exception as error:  # one mail's trouble must not hold up the others
            line.close()
            logger.exception("mail_not_tried")
            words = _("An unexpected fault: %(fault)s") % {"fault": type(error).__name__}
            through_outages(lambda: settle.later(mail, clock.now(), words))
            return True
        through_outages(lambda: _settle(mail, key, verdict))
        return True


def _deliver(mail: OutgoingMail, server: Server, line: Line) -> Verdict:
    content = storage.read(mail.digest)
    pending = [
        address
        for address in mail.recipients
        if address not in mail.accepted and address not in mail.refused
    ]
    return line.to(server).deliver(
        _senders(mail),
        pending,
        content,
        before_content=lambda: _mark_unsure(mail),
    )


def _mark_unsure(mail: OutgoingMail) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mail_outgoingmail SET unsure = true WHERE id = %s", [mail.pk])


def _senders(mail: OutgoingMail) -> list[str]:
    """The envelope's sender, then the plain one for providers that insist on it."""
    plain = mail.inbox.address if mail.inbox else outlets.desk_sender()
    return list(dict.fromkeys([mail.envelope_from, plain]))


@transaction.atomic
def _settle(mail: OutgoingMail, key: str, verdict: Verdict) -> None:
    now = clock.now()
    settle.answered(mail, now, verdict)
    outlets.works(key)
    health.sent(_account(mail), now)


def _rest(mail: OutgoingMail, key: str, server: Server, problem: Unavailable) -> None:
    """The server can't be used: all its mails wait, and those that waited too long fail."""
    now, words = clock.now(), advice(problem, server)
    logger.warning("outlet_rests", outlet=key, stage=problem.stage, words=problem.words)

    @transaction.atomic
    def rest() -> None:
        locked_out = problem.stage == "sign_in"
        until = outlets.let_rest(key, now, words=words, locked_out=locked_out)
        settle.back(mail, until, words)
        health.not_sent(_account(mail), words)

    through_outages(rest)
    late = OutgoingMail.objects.filter(outlets.mails_of(key), state=State.WAITING)
    for each in late.filter(give_up_at__lte=now).select_related("message__ticket"):
        settle.too_late(each, now, words)


def _account(mail: OutgoingMail) -> MailAccount | None:
    account: MailAccount | None = getattr(mail.inbox, "mail", None) if mail.inbox else None
    return account if account and account.smtp_host else None
