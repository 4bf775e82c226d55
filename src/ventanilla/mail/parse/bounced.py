"""Whom a returned mail did not reach, where its report names nobody: read from the words."""

import re

from ventanilla.mail.parse.returned import Returned, unique

ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+=/~^!#$&'*?-])[A-Za-z0-9._%+=/~^!#$&'*?-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z][A-Za-z0-9-]{1,62}"
)
NAMED_RECIPIENT = re.compile(
    r"(?im)(?:rcpt to:|recipients?\s?:|recipient address:|to:|failed recipient:"
    r"|undeliverable address:|unknown user:|violation for|original[- ]recipient:?"
    r"|destinatario:?|destinataire:?|empfänger:?"
    r"|error-for:|mailbox:|delivery to|message to|could not be delivered to|no such user"
    r"|user unknown)\s{0,3}(?:rfc822;)?\s{0,3}[<'\"]?$"
)
HEAD = re.compile(r"[\s>*•]{0,12}(?:to|cc|from|subject)\s{0,2}:", re.I)
KIND = re.compile(r"\A(?:smtp|rfc822)=", re.I)  # X.400 writes what kind of address it is
ALONE = re.compile(r"^[\s>*•·#|-]{0,20}[<'\"(\[]{0,2}$")
ALONE_AFTER = re.compile(r"^[>'\")\]]{0,2}(?:[\s:;,.]|$)")
ROLES = {"postmaster", "mailer-daemon", "abuse", "hostmaster", "helpdesk", "support", "noc"}


def recipients(told: str, own: set[str], returned: Returned | None) -> tuple[str, ...]:
    """Addresses that the mail went to, else those in telling places, else all it went to.

    told  the words of the notice
    own   lower-case addresses that can't have failed: who writes and who is written to
    """
    sent_to = returned.sent_to if returned else ()
    found = [match for match in ADDRESS.finditer(told) if not _is_elsewhere(told, match)]
    known_lower = {addr.lower() for addr in sent_to}
    known = [addr for match in found if (addr := _address(match)).lower() in known_lower]
    if known:
        return unique(known)
    own = own | {addr.lower() for addr in (returned.senders if returned else ())}
    others = [match for match in found if _may_have_failed(_address(match), own)]
    others = [match for match in others if not _is_in_head(told, match)] or others
    telling = [match for match in others if _in_telling_place(told, match)]
    if others:
        return unique([_address(match) for match in telling or others[:1]])
    return sent_to


def _address(match: re.Match[str]) -> str:
    return KIND.sub("", match[0].strip("'\"=/"))


def _is_elsewhere(told: str, match: re.Match[str]) -> bool:
    """In a link, or whom the mail came from."""
    before = told[max(0, match.start() - 20) : match.start()].lower()
    if before.endswith(("generated from ", "expanded from ", "expanded from: ")):
        return False  # an alias of ours to send to
    return before.endswith(("mailto:", "//", "from "))


def _is_in_head(told: str, match: re.Match[str]) -> bool:
    """On a line of the returned mail's own head, as Exchange repeats it: whom it was for at all."""
    line = told.rfind("\n", 0, match.start()) + 1
    return bool(HEAD.match(told, line))


def _may_have_failed(addr: str, own: set[str]) -> bool:
    return addr.lower() not in own and addr.partition("@")[0].lower() not in ROLES


def _in_telling_place(told: str, match: re.Match[str]) -> bool:
    """Alone on its line, first on it, or behind a word such as `RCPT TO:`."""
    line = told.rfind("\n", 0, match.start()) + 1
    before, after = told[line : match.start()], told[match.end() : match.end() + 3]
    if NAMED_RECIPIENT.search(before[-80:]):
        return True
    return bool(ALONE.match(before)) and bool(ALONE_AFTER.match(after))
