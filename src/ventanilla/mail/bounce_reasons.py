"""Why a mail came back, in words: what its status code means, then what the other server said."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ventanilla.mail.parse.model import Bounce

# Subject and detail of an enhanced status code (RFC 3463), the longest that fits wins.
NO_MAILBOX, FULL, TOO_LARGE, REFUSED, AWAY = range(5)
MEANING = {
    "1": NO_MAILBOX, "2.1": NO_MAILBOX, "2.2": FULL, "2.3": TOO_LARGE, "3.4": TOO_LARGE,
    "4": AWAY, "7": REFUSED,
}  # fmt: skip


def in_words(bounce: Bounce) -> str:
    said = " ".join(filter(None, [bounce.status, bounce.diagnostic]))
    sentence = _sentence(bounce)
    return f"{sentence} ({said})" if said else sentence


def _sentence(bounce: Bounce) -> str:
    several = bounce.recipients or bounce.original_to
    names = {"address": ", ".join(several)}
    if not several:
        return _("The mail could not be delivered.")
    if bounce.still_trying:
        return _("The mail has not reached %(address)s yet; their server goes on trying.") % names
    detail = bounce.status.partition(".")[2]
    meaning = MEANING.get(detail, MEANING.get(detail.partition(".")[0]))
    if meaning == NO_MAILBOX:
        return _("There is no mailbox %(address)s. Check how the address is written.") % names
    if meaning == FULL:
        return _("The mailbox of %(address)s is full.") % names
    if meaning == TOO_LARGE:
        return _("The mail is too large for %(address)s. Send it with smaller files.") % names
    if meaning == REFUSED:
        return _("The server of %(address)s refuses the mail, often because of spam.") % names
    if meaning == AWAY:
        return _("The server of %(address)s could not be reached.") % names
    return _("The mail could not be delivered to %(address)s.") % names
