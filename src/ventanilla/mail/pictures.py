"""Images inside an outgoing mail: what the page calls by our own addresses travels along."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from ventanilla.lib.html import clean

# Where the desk shows files: a path with the number of an upload or an attachment.
OWN_PLACE = re.compile(r"(?:/attachments/|/pictures/|/uploads/)(\d{1,18})(?:[/?#]|$)")
DATA = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=\s]*)")
MOST_PASTED = 10 * 1024 * 1024  # bytes of images that stand in the HTML itself
MARK = "/cid/"  # stands for `cid:` while the HTML is cleaned
MARKED = re.compile(r'src="/cid/(\d{1,4})"')


@dataclass(frozen=True, slots=True)
class Picture:
    """A file that the HTML may show: by `cid:…` or by one of its places on our pages."""

    cid: str
    places: tuple[str, ...]  # numbers of uploads and attachments, as text
    content_type: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """An image whose bytes stood in the HTML."""

    cid: str
    name: str
    content_type: str
    content: bytes


def place_of(source: str, base_url: str = "") -> str:
    """The number in an address of our own pages, "" for any other address."""
    path = source.strip()
    if base_url and path.startswith(f"{base_url}/"):
        path = path[len(base_url) :]
    found = OWN_PLACE.search(path) if path.startswith("/") and path[:2] != "//" else None
    return found[1] if found else ""


def places_in(html: str, base_url: str) -> set[int]:
    """The numbers of all own files that the HTML shows as images."""
    if "<img" not in html.lower():
        return set()
    sources = (image.attributes.get("src") or "" for image in LexborHTMLParser(html).css("img"))
    return {int(place) for source in sources if (place := place_of(source, base_url))}


def embed(html: str, pictures: Sequence[Picture]) -> tuple[str, set[str], list[Pasted]]:
    """Clean the HTML for sending, its images pointing at parts of the mail.

    Returns the HTML, the Content-IDs that it shows, and images that were written into it. Remote
    images stay as the author chose them; what can't be resolved keeps its `alt` only.
    """
    order: list[str] = []
    pasted: dict[str, Pasted] = {}
    if "<img" in html.lower():
        html = _marked(html, pictures, order, pasted)

    def own(cid: str) -> str | None:
        known = cid in {picture.cid for picture in pictures} or cid in pasted
        return f"{MARK}{_index(order, cid)}" if known else None

    cleaned = clean(html, cid_url=own, remote_url=lambda url: url)
    shown = {order[int(found)] for found in MARKED.findall(cleaned) if int(found) < len(order)}
    final = MARKED.sub(lambda found: _source(found, order), cleaned)
    return final, shown, [one for cid, one in pasted.items() if cid in shown]


def _marked(
    html: str, pictures: Sequence[Picture], order: list[str], pasted: dict[str, Pasted]
) -> str:
    """The HTML with `cid:` for every image that we have."""
    by_place = {place: picture.cid for picture in pictures for place in picture.places}
    tree = LexborHTMLParser(html)
    for image in tree.css("img"):
        source = (image.attributes.get("src") or "").strip()
        written = DATA.fullmatch(source)
        if written:
            one = _pasted(written[1], written[2])
            if one and sum(len(each.content) for each in pasted.values()) < MOST_PASTED:
                pasted[one.cid] = one
                image.attrs["src"] = f"cid:{one.cid}"
        elif cid := by_place.get(place_of(source)):
            image.attrs["src"] = f"cid:{cid}"
    return (tree.body.inner_html if tree.body else None) or html


def _pasted(content_type: str, encoded: str) -> Pasted | None:
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except binascii.Error:
        return None
    digest = hashlib.sha256(content).hexdigest()[:24]
    extension = content_type.rpartition("/")[2]
    return Pasted(f"{digest}@image", f"image-{digest[:6]}.{extension}", content_type, content)


def _index(order: list[str], cid: str) -> int:
    if cid not in order:
        order.append(cid)
    return order.index(cid)


def _source(found: re.Match[str], order: list[str]) -> str:
    index = int(found[1])
    return f'src="cid:{order[index]}"' if index < len(order) else found[0]
