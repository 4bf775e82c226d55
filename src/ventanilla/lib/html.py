"""Foreign HTML made safe to show (`clean`) and plain to read (`to_text`), and text made HTML."""

import html as entities
import re
from collections.abc import Callable

import nh3
from selectolax.lexbor import LexborHTMLParser

from ventanilla.lib.html_cost import too_dear
from ventanilla.lib.html_text import render, strip_tags

SANITISER_VERSION = (
    1  # raise it whenever `clean` answers differently: cached results are then redone
)

TAGS = {
    *("a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br"),
    *("caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl"),
    *("dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6"),
    *("header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q"),
    *("rp", "rt", "ruby", "s", "samp", "section", "small", "span", "strike", "strong", "sub"),
    *("sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr"),
}
DROPPED_WITH_CONTENT = {
    *("script", "style", "title", "xmp", "iframe", "object", "embed", "applet", "svg", "math"),
    *("template", "noembed", "noframes", "noscript", "textarea", "select", "audio", "video"),
    *("canvas", "plaintext", "frameset"),
}
ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title"},
    "a": {"href"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "size"},
    "img": {"alt", "height", "src", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "th": {"bgcolor", "colspan", "height", "rowspan", "valign", "width"},
    "tr": {"bgcolor", "valign"},
}
STYLES = {
    *("color", "background-color", "font-weight", "font-style", "text-align", "vertical-align"),
    *("text-decoration", "text-decoration-line", "list-style-type", "white-space"),
    *("border-collapse", "border-spacing", "border", "border-top", "border-right"),
    *("border-bottom", "border-left", "border-color", "border-style", "border-width"),
    *("padding", "padding-top", "padding-right", "padding-bottom", "padding-left"),
}
STYLE_VALUE = re.compile(
    r"(?:[a-z0-9#%., -]|(?:rgb|hsl)a?\([0-9.,% ]{1,40}\)){1,80}", re.IGNORECASE
)
NEGATIVE = re.compile(r"(?<![a-z0-9])-", re.IGNORECASE)
LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\x00-\x20\x7f]*", re.IGNORECASE)
REMOTE = re.compile(r"(?:https?:)?//[^\x00-\x20\x7f]+", re.IGNORECASE)
LINKED = re.compile(r"@|://|www\.", re.IGNORECASE)  # what every link holds
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[a-z0-9.-]{1,253}[a-z0-9]", re.IGNORECASE)
OPENING = "(<[\"'«“‘"
CLOSING = ")>]\"'»”’.,;:!?"

ImageUrl = Callable[[str], str | None]


def to_text(html: str) -> str:
    """The words of an HTML document in reading order, as plain text without a final newline.

    Links read `text <url>` where the two differ, quotes are marked `> ` per level, what the
    sender hid from the eye is left out. Linear: deeper than 500 or larger than 2 MB only loses
    its tags.
    """
    return strip_tags(html) if too_dear(html) else render(html)


def clean(html: str, *, cid_url: ImageUrl | None = None, remote_url: ImageUrl | None = None) -> str:
    """A fragment that shows the document and can neither act, nor call home, nor leave its place.

    cid_url     where the page finds the image with this Content-ID; None: it is left out
    remote_url  where our own proxy serves this remote image; without it nothing remote is loaded:
                the image keeps its `alt` and names its address in `title`, see `withheld_images`
    What is too dear to parse comes back as plain text in paragraphs.
    """
    if too_dear(html):
        return text_to_html(strip_tags(html))
    shown: set[str] = set()
    if "<img" in html.lower() or "<image" in html.lower():
        html = _with_own_images(html, cid_url, remote_url, shown)

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return _style(value)
        if name == "src":
            return value if value in shown else None
        if name == "href":
            return value.strip() if LINK.fullmatch(value.strip()) else None
        return value

    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )


def withheld_images(cleaned: str) -> tuple[str, ...]:
    """Addresses of the remote images that `clean` did not load, each once, in order."""
    if "<img" not in cleaned:
        return ()
    images = LexborHTMLParser(cleaned).css("img:not([src])[title]")
    addresses = (image.attributes.get("title") or "" for image in images)
    return tuple(dict.fromkeys(address for address in addresses if REMOTE.fullmatch(address)))


def text_to_html(text: str) -> str:
    """Escaped paragraphs of plain text; web and mail addresses become links."""
    paragraphs = re.split(r"\n[ \t]*(?:\n[ \t]*)++", text.replace("\r\n", "\n").strip("\n"))
    return "".join(
        f"<p>{'<br>'.join(map(_linked, paragraph.split(chr(10))))}</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


def _with_own_images(
    html: str, cid_url: ImageUrl | None, remote_url: ImageUrl | None, shown: set[str]
) -> str:
    """Give each image a place of ours or none; `shown` receives the places given."""
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        source = (image.attributes.get("src") or "").strip()
        place = None
        if source[:4].lower() == "cid:":
            place = cid_url(source[4:]) if cid_url else None
        elif REMOTE.fullmatch(source):
            source = source if source[0] != "/" else f"https:{source}"
            place = remote_url(source) if remote_url else None
            image.attrs["title"] = source
        if place:
            shown.add(place)
            image.attrs["src"] = place
        elif "src" in image.attrs:
            del image.attrs["src"]
    return tree.html or ""


def _style(value: str) -> str | None:
    kept = []
    for declaration in value.split(";"):
        name, _, setting = declaration.partition(":")
        name, setting = name.strip().lower(), " ".join(setting.split())
        fits = STYLE_VALUE.fullmatch(setting) and not NEGATIVE.search(setting)
        if name in STYLES and fits:
            kept.append(f"{name}:{setting}")
    return ";".join(kept) or None


def _linked(line: str) -> str:
    if not LINKED.search(line):
        return entities.escape(line)
    words = re.split(r"(\s+)", line)
    return "".join(_linked_word(word) if word.strip() else word for word in words)


def _linked_word(word: str) -> str:
    if "@" not in word and "." not in word:
        return entities.escape(word)
    core = word.lstrip(OPENING).rstrip(CLOSING)
    start = len(word) - len(word.lstrip(OPENING))
    if "(" in core and word[start + len(core) :].startswith(")"):  # it belongs to the address
        core += ")"
    if LINK.fullmatch(core) and core[:4].lower() == "http":
        target = core
    elif core[:4].lower() == "www.":
        target = f"http://{core}"
    elif ADDRESS.fullmatch(core):
        target = f"mailto:{core}"
    else:
        return entities.escape(word)
    return (
        f"{entities.escape(word[:start])}"
        f'<a href="{entities.escape(target)}" rel="noopener noreferrer nofollow" target="_blank">'
        f"{entities.escape(core)}</a>{entities.escape(word[start + len(core) :])}"
    )
