"""What the headers say about where a mail comes from: servers' verdicts, list, return path."""

import re

from ventanilla.mail.parse import addresses
from ventanilla.mail.parse.headers import Headers
from ventanilla.mail.parse.limits import Defects
from ventanilla.mail.parse.model import Authentication

COMMENT = re.compile(r"\((?:[^()\\]|\\.)*+\)")
RESULT = re.compile(
    r"^\s*(spf|dkim|dmarc|sender-id)\s*(?:/\d+)?\s*=\s*([a-z]{2,20})", re.IGNORECASE
)
PROPERTY = re.compile(
    r"\bheader\.from\s*=\s*\"?(?:[^\s;@\"]{0,64}@)?([^\s;\"]{1,253})", re.IGNORECASE
)
LIST_ID = re.compile(r"<([^<>\s]{1,255})>")
RESULTS = 30  # headers of one mail, and verdicts in one header
RANK = {"pass": 2}


def authentication(fields: Headers) -> tuple[Authentication, ...]:
    """Authentication-Results, topmost first. Anyone may have written them (R17)."""
    sources = fields.sources("authentication-results")[:RESULTS]
    return tuple(_verdicts(source) for source in sources)


def _verdicts(source: str) -> Authentication:
    if "(" in source:
        for _ in range(3):  # comments nest
            source = COMMENT.sub(" ", source)
    server, *entries = source.split(";")[: RESULTS + 1]
    results: dict[str, str] = {}
    dmarc_from = ""
    for entry in entries:
        found = RESULT.match(entry)
        if not found:
            continue
        method, verdict = found[1].lower(), found[2].lower()
        if RANK.get(verdict, 1) > RANK.get(results.get(method, ""), 0):
            results[method] = verdict  # one good signature of several is enough
        if method == "dmarc" and (domain := PROPERTY.search(entry)):
            dmarc_from = domain[1].lower().rstrip(".")
    name = server.split()
    return Authentication(
        authserv_id=name[0].lower() if name and "=" not in name[0] else "",
        spf=results.get("spf", ""),
        dkim=results.get("dkim", ""),
        dmarc=results.get("dmarc", ""),
        dmarc_from=dmarc_from,
    )


def return_path(fields: Headers) -> str | None:
    """The envelope sender; "" for the null sender, None where no server noted it."""
    if "return-path" not in fields:
        return None
    found = addresses.parse(fields.source("return-path"), Defects())
    return found[0].addr if found else ""


def delivered_to(fields: Headers) -> tuple[str, ...]:
    """The mailboxes it was delivered to, plus-addresses included."""
    found: dict[str, None] = {}
    for name in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to"):
        for source in fields.sources(name)[:RESULTS]:
            for address in addresses.parse(source, Defects()):
                if address.usable:
                    found[address.addr] = None
    return tuple(found)


def list_id(fields: Headers) -> str:
    """The id of the mailing list that passed it on, "" if none did."""
    text = fields.text("list-id")
    found = LIST_ID.search(text)
    return found[1] if found else text[:255]


def is_marked_spam(fields: Headers) -> bool:
    """Whether a filter on the way called it spam."""
    if any(_says_yes(fields.source(name)) for name in ("x-spam-flag", "x-spam-status", "x-spam")):
        return True
    if fields.source("x-bogosity").lower().startswith(("spam", "yes")):
        return True
    if "sfv:spm" in fields.source("x-forefront-antispam-report").lower():
        return True
    return fields.source("x-rspamd-action").lower() in ("reject", "add header", "rewrite subject")


def _says_yes(value: str) -> bool:
    return value.lower().startswith(("yes", "true", "spam"))
