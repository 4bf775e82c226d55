"""Address headers (From, To, Cc, Reply-To) by an own strict reader.

An address is only taken from address position: between angle brackets, or a bare `a@b`. Display
names, comments and encoded words never yield one (CVE-2023-27043 and its kin), and where a
field could be read in two ways, none is taken and `address_ambiguous` is noted. Linear.
"""

import re
from dataclasses import dataclass

from ventanilla.mail.parse import words
from ventanilla.mail.parse.headers import single_line
from ventanilla.mail.parse.limits import ADDRESSES, Defects
from ventanilla.mail.parse.model import Address

TOKEN = re.compile(
    r"(?P<blank>\s+)"
    r"|(?P<word>=\?[^?\s=]{1,60}\?[bBqQ]\?[^?]*+\?=)"
    r'|(?P<special>[<>,;:@()"\[\]])'
    r'|(?P<atom>(?:[^\s<>,;:@()"\[\]=]|=(?!\?))++|=)'
)
ENCODED_COMMA = re.compile(r"=\?[^?]{1,60}\?q\?=2c\?=", re.IGNORECASE)
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"')
LITERAL = re.compile(r"\[[^\[\]\s\\]{1,100}\]")
ESCAPE = re.compile(r"\\(.)")
LOCAL = re.compile(r"[^\x00-\x20\x7f<>()\[\]\\,;:@\"\u00a0\u2028\u2029]{1,250}")
QUOTED_LOCAL = re.compile(r'"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e]){0,64}"')
DOMAIN = re.compile(r"[^\x00-\x20\x7f<>()\[\]\\,;:@\"'=\u00a0\u2028\u2029]{1,253}")
DOMAIN_LITERAL = re.compile(r"\[[0-9A-Za-z.:]{1,60}\]")
LABEL = re.compile(r"[a-z]{3,10}:", re.IGNORECASE)
_SPEC = (
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30}){0,3}"
    r"@[A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60}){1,3}"
)
_NAME = r"[A-Za-z]{1,40}(?: [A-Za-z]{1,40}){0,5}"
# One address with or without a name, all of plain letters: it reads in one way only.
PLAIN = re.compile(rf"(?P<bare>{_SPEC})|(?:(?P<name>{_NAME}) )?<(?P<addr>{_SPEC})>")


@dataclass(slots=True)
class Token:
    """One lexical piece: kind is atom, word, quoted, comment, literal or a special character."""

    kind: str
    text: str
    spaced: bool  # blanks stand before it


def parse(source: str, defects: Defects, *, hint: str = "") -> list[Address]:
    """The addresses of one header in order, members of groups included."""
    if plain := PLAIN.fullmatch(source):
        return [Address(plain["name"] or "", plain["bare"] or plain["addr"])]
    addresses: list[Address] = []
    for entry in _entries(_tokens(source, defects)):
        for address in _addresses(entry, defects, hint):
            if len(addresses) >= ADDRESSES:
                defects.add("too_many_addresses")
                return addresses
            addresses.append(address)
    return addresses


def normal(text: str) -> str:
    """`text` as one address, "" if it isn't one: local part and domain, nothing else."""
    text = text.strip().strip("<>").strip()
    local, at, domain = text.rpartition("@")
    if not at or len(text) > 320:
        return ""
    domain = domain.rstrip(".")
    if not (DOMAIN.fullmatch(domain) or DOMAIN_LITERAL.fullmatch(domain)):
        return ""
    if ".." in domain or domain.startswith("."):
        return ""
    if LOCAL.fullmatch(local):
        return f"{local}@{domain}"
    if not QUOTED_LOCAL.fullmatch(local):
        return ""
    bare = ESCAPE.sub(r"\1", local[1:-1])
    return f"{bare if LOCAL.fullmatch(bare) else local}@{domain}"


def _tokens(source: str, defects: Defects) -> list[Token]:
    tokens: list[Token] = []
    at, spaced = 0, False
    unclosed: set[str] = set()  # openers that never close: from here on plain characters
    while found := TOKEN.match(source, at):
        kind, text = found.lastgroup or "", found[0]
        if kind == "blank":
            at, spaced = found.end(), True
            continue
        if kind == "special":
            kind = text
            if text in '"([' and text not in unclosed:
                end = _closing(source, at)
                if end < 0:
                    unclosed.add(text)
                    defects.add("address_unbalanced")
                else:
                    kind = {'"': "quoted", "(": "comment", "[": "literal"}[text]
                    text, found_end = source[at:end], end
                    tokens.append(Token(kind, text, spaced))
                    at, spaced = found_end, False
                    continue
        tokens.append(Token(kind, text, spaced))
        at, spaced = found.end(), False
    return tokens


def _closing(source: str, at: int) -> int:
    """Just behind what closes the quote, comment or literal that opens at `at`; -1: nothing."""
    opener = source[at]
    if opener != "(":
        found = (QUOTED if opener == '"' else LITERAL).match(source, at)
        return found.end() if found else -1
    depth = 0
    for mark in PARENTHESIS.finditer(source, at):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.end()
    return -1


PARENTHESIS = re.compile(r"[()]|\\.")


def _entries(tokens: list[Token]) -> list[list[Token]]:
    """Split at commas and semicolons outside angle brackets; a group's name is left out."""
    entries: list[list[Token]] = [[]]
    angle = False
    groups = any(token.kind == ";" for token in tokens)
    for token in tokens:
        if token.kind == "<":
            angle = True
        elif token.kind == ">":
            angle = False
        elif _is_encoded_comma(token, entries[-1]) or (
            token.kind in ",;" and not (angle and _is_route(entries[-1]))
        ):
            angle = False
            entries.append([])
            continue
        elif token.kind == ":" and not angle and groups and _is_group_name(entries[-1]):
            entries[-1] = []
            continue
        entries[-1].append(token)
    return _with_commas_in_names([entry for entry in entries if entry])


def _with_commas_in_names(entries: list[list[Token]]) -> list[list[Token]]:
    """`Ruiz, Ana <ana@x.org>`: a comma that should have been quoted."""
    joined: list[list[Token]] = []
    for entry in entries:
        before = joined[-1] if joined else []
        bare_name = before and all(token.kind in ("atom", "word") for token in before)
        if bare_name and entry[0].kind in NAMING and any(token.kind == "<" for token in entry):
            joined[-1] = [*before, Token("atom", ",", False), *entry]
        else:
            joined.append(entry)
    return joined


def _is_encoded_comma(token: Token, entry: list[Token]) -> bool:
    """Python's own generator has encoded the comma between two people (cpython#121284)."""
    behind_bracket = bool(entry) and entry[-1].kind == ">"
    return token.kind == "word" and behind_bracket and bool(ENCODED_COMMA.fullmatch(token.text))


def _is_route(entry: list[Token]) -> bool:
    """`<@relay1,@relay2:`, where a comma doesn't end the address."""
    opening = max(place for place, token in enumerate(entry) if token.kind == "<")
    return len(entry) > opening + 1 and entry[opening + 1].kind == "@"


def _is_group_name(entry: list[Token]) -> bool:
    return bool(entry) and all(token.kind in NAMING for token in entry)


NAMING = {"atom", "word", "quoted", "comment"}


def _addresses(entry: list[Token], defects: Defects, hint: str) -> list[Address]:
    entry = _without_doubled_brackets(entry)
    openings = [place for place, token in enumerate(entry) if token.kind == "<"]
    if openings:
        return _bracketed(entry, openings, defects, hint)
    return _bare(entry, defects, hint)


def _without_doubled_brackets(entry: list[Token]) -> list[Token]:
    kept: list[Token] = []
    for token in entry:
        if token.kind in "<>" and kept and kept[-1].kind == token.kind:
            continue
        kept.append(token)
    return kept


def _bracketed(
    entry: list[Token], openings: list[int], defects: Defects, hint: str
) -> list[Address]:
    """`Name <address>`; several brackets count only when one of them holds an address."""
    spans = []
    for opening, following in zip(openings, [*openings[1:], len(entry)], strict=True):
        inside = entry[opening + 1 : following]
        closing = next((n for n, token in enumerate(inside) if token.kind == ">"), None)
        if closing is None:
            defects.add("address_unbalanced")
            closing = len(inside)
        spans.append((opening, opening + 1 + closing, _spec(inside[:closing])))
    good = [span for span in spans if "@" in span[2]]
    if len(good) > 1 or (len(spans) > 1 and not good):
        defects.add("address_ambiguous")
        name = _name(entry, hint)
        return [Address(name, "")] if name else []
    opening, closing, addr = good[0] if good else spans[0]
    if not addr and any(token.kind != ">" for token in entry[opening + 1 : closing]):
        defects.add("address_broken")
    if _escapes_its_brackets(entry, opening):
        defects.add("address_ambiguous")
        addr = ""
    outside = entry[:opening] + entry[closing + 1 :]
    name = _name(entry[:opening], hint) or _name(outside, hint)
    return [Address(name, addr)] if name or addr else []


def _escapes_its_brackets(entry: list[Token], opening: int) -> bool:
    """An address before the bracket and a stray parenthesis: two readings, so neither."""
    before = entry[:opening]
    stray = any(token.kind in "()" for token in entry)
    return stray and any(token.kind == "@" for token in before)


def _bare(entry: list[Token], defects: Defects, hint: str) -> list[Address]:
    """`a@b`, `a@b (Name)`, `Name a@b`; without an @ it is a name."""
    body = [token for token in entry if token.kind != "comment"]
    while body and body[-1].kind == ">":
        body.pop()
    ats = [place for place, token in enumerate(body) if token.kind == "@"]
    if not ats:
        return _nameless(entry, body, hint)
    stray = any(token.kind in ("(", ")", "[", "]", '"', ":", ">") for token in body)
    if len(ats) > 1:
        defects.add("address_ambiguous")  # `a@b c@d`: which one is but a name?
        name = _name(body, hint)
        return [Address(name, "")] if name else []
    whole = _spec(body)
    if whole and not stray:
        return [Address(_comment_name(entry, hint), whole)]
    return _around(entry, body, ats[0], stray, defects, hint)


def _nameless(entry: list[Token], body: list[Token], hint: str) -> list[Address]:
    """A local user such as `root` or `MAILER-DAEMON`; several words are but a name."""
    if len(body) == 1 and body[0].kind == "atom" and LOCAL.fullmatch(body[0].text):
        return [Address(_comment_name(entry, hint), body[0].text)]
    name = _name(entry, hint) if body else ""
    return [Address(name, "")] if name else []


def _around(
    entry: list[Token], body: list[Token], at: int, stray: bool, defects: Defects, hint: str
) -> list[Address]:
    """`Ana Ruiz ana@x.org`: what touches the @ is the address, the rest the name."""
    first = at - 1 if at and not body[at].spaced else at
    last = at + 1
    while last < len(body) and not body[last].spaced and body[last].kind in ("atom", "literal"):
        last += 1
    addr = _spec(body[first:last])
    defects.add("address_broken")
    rest = body[:first] + body[last:]
    name = _name(rest, hint) or _comment_name(entry, hint)
    if stray and any("@" in token.text for token in entry if token.kind == "comment"):
        addr = ""
    return [Address(name, addr)] if name or addr else []


def _spec(tokens: list[Token]) -> str:
    """The tokens between two brackets as an address: route, comments and `mailto:` left out."""
    tokens = [token for token in tokens if token.kind != "comment"]
    if tokens and tokens[0].kind == "@":  # source route: <@relay:user@host>
        colons = [place for place, token in enumerate(tokens) if token.kind == ":"]
        tokens = tokens[colons[-1] + 1 :] if colons else []
    text = ""
    for token in tokens:
        glued = text.endswith((".", "@")) or token.text.startswith((".", "@")) or not text
        if token.spaced and not glued:
            return ""
        if token.kind == "word":
            return ""
        text += token.text
    if LABEL.match(text) and text.lower().startswith(("mailto:", "smtp:")):
        text = text.partition(":")[2]
    text = text.strip("'") if text.count("'") == 2 else text
    return normal(text) if "@" in text else text if LOCAL.fullmatch(text) else ""


def _name(tokens: list[Token], hint: str) -> str:
    """A phrase as people read it; comments serve only where there is no phrase."""
    text = ""
    for token in tokens:
        if token.kind == "comment":
            continue
        piece = token.text
        if token.kind == "quoted":
            piece = ESCAPE.sub(r"\1", piece[1:-1])
        text += (" " if token.spaced and text else "") + piece
    name = _readable(text, hint)
    return name or _comment_name(tokens, hint)


def _comment_name(tokens: list[Token], hint: str) -> str:
    comments = [token.text[1:-1] for token in tokens if token.kind == "comment"]
    return _readable(ESCAPE.sub(r"\1", comments[-1]), hint) if comments else ""


def _readable(text: str, hint: str) -> str:
    name = single_line(" ".join(words.decode(text, hint=hint).split()))
    return name[1:-1].strip() if len(name) > 2 and name[0] == name[-1] == '"' else name
