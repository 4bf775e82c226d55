"""How dear a foreign HTML document would be to parse, found in one linear pass without parsing it.

HTML parsers take time quadratic in nesting depth, and they repeat unclosed formatting elements in
every following block, so that 40 KB can become 14 MB. Whoever hands foreign HTML to a parser asks
`too_dear` first.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

LARGEST = 2 * 1024 * 1024  # characters
DEEPEST = 500
FEW = 400  # tags that can't reach either limit, whatever they are
MOST_REPEATED = 200_000  # formatting elements that the parser would repeat

# Possessive, and every alternative ends at the document's end at the latest: one pass, no retries.
ATTRIBUTES = (
    r"""(?:[\s/]++|=?+[^\s/>=]*+\s*+(?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+)"""
)
TOKEN = re.compile(
    r"(?P<comment><!--(?:-?>|(?s:.*?)(?:--!?>|\Z)))"
    r"|(?P<bogus><(?:[!?]|/[^a-zA-Z])[^>]*+>?)"
    rf"|<(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:(?=[^>]){ATTRIBUTES})*+)>?"
)
RAW_TEXT = {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"}
FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
    *("tt", "u"),
}
VOID = {
    *("area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input"),
    *("keygen", "link", "meta", "param", "source", "track", "wbr"),
}
CLOSED_BY_THE_NEXT = {
    *("p", "li", "dd", "dt", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup"),
    *("colgroup", "caption", "rp", "rt", "body", "html", "head"),
}


def tokens(html: str) -> Iterator[tuple[str, re.Match[str] | str]]:
    """Split into ("text", words), ("raw", words of script, style and the like) and ("tag", match).

    Comments and declarations are left out.
    """
    at = 0
    while token := TOKEN.search(html, at):
        if token.start() > at:
            yield "text", html[at : token.start()]
        at = token.end()
        if not token["name"]:
            continue
        yield "tag", token
        if not token["slash"] and (name := token["name"].lower()) in RAW_TEXT:
            end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
            after = end.start() if end else len(html)
            yield "raw", html[at:after]
            at = after
    if at < len(html):
        yield "text", html[at:]


def too_dear(html: str) -> bool:
    """True beyond 2 MB, nesting of 500, or formatting that the parser would repeat without end."""
    if len(html) > LARGEST:
        return True
    return html.count("<") >= FEW and _nests_or_repeats(html)


@lru_cache(maxsize=1)
def _nests_or_repeats(html: str) -> bool:
    """Remembered, for a mail's HTML is judged before it is kept, read aloud and searched."""
    lowered = html.lower()
    if "<![cdata[" in lowered and ("<svg" in lowered or "<math" in lowered):
        return True  # foreign content hides tags from the count below; no mail program writes it
    opened: Counter[str] = Counter()
    depth = formatting = repeated = 0
    for kind, token in tokens(html):
        if kind == "raw":
            depth += str(token).count("<") if "<svg" in lowered or "<math" in lowered else 0
        if isinstance(token, str):
            continue
        name = token["name"].lower()
        step = -1 if token["slash"] else 1
        if name not in VOID and name not in CLOSED_BY_THE_NEXT and (step > 0 or opened[name]):
            opened[name] += step
            depth += step
            formatting += step if name in FORMATTING else 0
        if step > 0 and name not in FORMATTING:
            repeated += formatting
        if depth > DEEPEST or repeated > MOST_REPEATED:
            return True
    return False
