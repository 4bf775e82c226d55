"""Jobs of mail: shells around functions that are safe to run twice."""

from __future__ import annotations

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from ventanilla.events.jobs import AGAIN
from ventanilla.lib import clock
from ventanilla.mail.models import MailAccount
from ventanilla.people.actions.links import make_link
from ventanilla.people.models import OneTimeLink, User


@app.task(queue="mail", retry=AGAIN)
def mail_link(email: str, purpose: str) -> None:
    """Mail a one-time link to whoever signs in with this address; nothing if nobody does.

    The look-up is here and not in the page, so that asking takes as long either way. Run twice,
    the second link ends the first.
    """
    from ventanilla.mail.account_mail import send_link

    if not connection.in_atomic_block:
        close_old_connections()
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is not None:
        now, kind = clock.now(), OneTimeLink.Purpose(purpose)
        send_link(user, kind, make_link(user, now, purpose=kind), now)


@app.task(queue="mail", retry=AGAIN)
def tell_not_fetched(inbox_id: int) -> None:
    """Mail administrators that an inbox can't be fetched; nothing if it can again by now."""
    from ventanilla.mail.alerts import tell_administrators

    if not connection.in_atomic_block:
        close_old_connections()
    failing = MailAccount.objects.filter(pk=inbox_id, fetch_failures__gt=0)
    account = failing.select_related("inbox").first()
    if account is not None:
        tell_administrators(account, clock.now())
