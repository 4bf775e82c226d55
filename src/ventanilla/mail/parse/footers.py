"""Paragraphs below a mail that its writer did not write: lawyers', virus scanners', lists'."""

import re
from collections.abc import Sequence

from ventanilla.mail.parse.closings import (
    DATA_PROTECTION,
    FOOTERS,
    HEADINGS,
    OF_THE_MAIL,
    SECRECY,
)
from ventanilla.mail.parse.signature_lines import LONGEST, READ, RULE

FOOTER_WORD = re.compile("|".join(re.escape(max(words, key=len)) for words in FOOTERS))


def footers(lines: Sequence[str], end: int) -> int:
    """Paragraphs at the end that lawyers, scanners and lists have added.

    One about data protection counts beside one about secrecy: customers write of the former too.
    """
    found, at = end, end
    while (last := last_words(lines, at)) >= 0:
        first = last
        while first and lines[first - 1].strip():
            first -= 1
        low = " ".join(line[:2000] for line in lines[first : last + 1])[:6000].casefold()
        if _is_footer(low):
            found = at = _where_footer_begins(lines, first, last)
            if at > first:
                return at
        elif _is_disclaimer(low) and first > 0:
            found = at = first
        elif at == last + 1 and RULE.match(lines[last][:READ]):
            at = last
        elif _speaks_of_data_protection(low) and first > 0:
            at = first
        else:
            break
        if found == end and end - at > LONGEST:
            break
    return found


def _is_disclaimer(low: str) -> bool:
    if len(low) <= 80:
        return False
    secret = sum(word in low for word in SECRECY)
    headed = low.lstrip(" *_-#").startswith(HEADINGS)
    told = any(word in low for word in OF_THE_MAIL)
    data = sum(word in low for word in DATA_PROTECTION)
    return (told and secret >= 2) or (headed and (secret > 0 or data >= 2))


def _speaks_of_data_protection(low: str) -> bool:
    return len(low) > 60 and sum(word in low for word in DATA_PROTECTION) >= 2 and "?" not in low


def _is_footer(low: str) -> bool:
    if len(low) >= 700 or not FOOTER_WORD.search(low):
        return False
    return any(all(word in low for word in words) for words in FOOTERS)


def _where_footer_begins(lines: Sequence[str], first: int, last: int) -> int:
    """Own words may stand right above a footer: then it begins at a rule or its first line."""
    for at in range(last, first, -1):
        if RULE.match(lines[at][:READ]):
            return at
    if last - first > 3:
        for at in range(last, first, -1):
            low = " ".join(lines[at : last + 1])[:2000].casefold()
            if _is_footer(low):
                return at
    return first


def last_words(lines: Sequence[str], end: int) -> int:
    """The last line before `end` that holds words, -1 when there is none."""
    at = end - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    return at
