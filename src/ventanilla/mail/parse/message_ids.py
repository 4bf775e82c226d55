"""Message-ID, In-Reply-To and References: bare ids, cleaned, in order, each once."""

import re

from ventanilla.mail.parse.limits import IDS, Defects

BRACKETED = re.compile(r"<([^<>]{1,998})>")
BARE = re.compile(r"[^\s<>,;\"()]{1,400}@[^\s<>,;\"()]{1,400}")
BLANK = re.compile(r"\s+")


def all_ids(source: str, defects: Defects) -> tuple[str, ...]:
    """Every id of a header. Without any brackets, whatever looks like one."""
    found = [BLANK.sub("", text) for text in BRACKETED.findall(source)]
    found = [text for text in found if text]
    if not found and source.strip():
        found = BARE.findall(source)
        defects.add("message_id_broken")
    unique = tuple(dict.fromkeys(text for text in found if text.isprintable()))
    if len(unique) > IDS:
        defects.add("too_many_references")
        return unique[:1] + unique[-(IDS - 1) :]
    return unique


def own_id(source: str, defects: Defects) -> str | None:
    """The mail's own id; where it lacks brackets or @, what stands there as one word."""
    ids = all_ids(source, defects)
    if ids:
        return ids[0]
    bare = BLANK.sub("", source).strip("<>")
    return bare[:998] if bare and bare.isprintable() else None
