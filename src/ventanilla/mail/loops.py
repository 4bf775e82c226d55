"""What nothing automatic may answer (R11), and what is our own mail coming back. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from ventanilla.mail import tokens
from ventanilla.mail.parse.model import Parsed

FRESH = timedelta(hours=24)  # later nobody expects an acknowledgement any more
STORM = 20  # mails an hour from one sender; the rest is taken in without reactions
STORM_WINDOW = timedelta(hours=1)


def is_own_mail(parsed: Parsed, *, from_us: bool) -> bool:
    """Whether this is a mail of this desk that came back.

    from_us   its From is an address of the desk. A list or a gateway may send our mail on under
              another name: that is somebody's mail, though nothing answers it.
    """
    if any(tokens.is_our_loop(value) for value in parsed.loops):
        return True
    return from_us and parsed.message_id is not None and tokens.is_ours(parsed.message_id)


def no_answer(
    parsed: Parsed,
    *,
    from_us: bool,
    null_sender: bool,
    authenticated: bool | None,
    received_at: datetime,
    now: datetime,
) -> str:
    """The code of why nothing automatic may answer this mail; empty: it may be answered.

    from_us       its From is an address of the desk
    null_sender   the envelope names nobody to send to
    """
    if parsed.sender is None:
        return "no_sender"
    if from_us or tokens.is_ours(parsed.message_id or ""):
        return "own_mail"
    if parsed.suppress_reply:
        return (*parsed.suppress_reasons, "automatic")[0][:20]
    if null_sender:
        return "null_sender"
    if parsed.spam:
        return "spam"
    if authenticated is False:
        return "forged"
    if now - received_at > FRESH:
        return "old"
    return ""
