"""Pictures of every page of a demonstration desk: .venv/bin/python tools/screenshots.py [FOLDER]

Light and dark, on a desktop and on a phone, in Spanish and in English. With --docs only those that
the documents show, into docs/pictures.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product as combined
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import tests.conftest  # noqa: E402, F401 (it prepares the environment)
from PIL import Image  # noqa: E402
from tests.browser import DESKTOP, PHONE, Person, chromium  # noqa: E402
from tests.installation import Installation, installed  # noqa: E402
from tests.pages import AGENT, PAGES, TICKETS  # noqa: E402

SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2},
}
NO_DITHER = Image.Dither.NONE
LANGUAGES = {"es": "es-ES", "en": "en-GB"}


class Look(NamedTuple):
    theme: str
    size: str
    language: str


PLAIN = Look("light", "desktop", "es")
# what docs/pages.md shows: every page once, and the inbox and a ticket in other looks
DOCS = {(name, PLAIN): name for own in PAGES.values() for name in own} | {
    ("inbox-ticket", PLAIN): "inbox",
    ("inbox", PLAIN): "list",
    ("inbox-ticket", Look("dark", "desktop", "es")): "inbox-dark",
    ("inbox-ticket", Look("light", "desktop", "en")): "inbox-english",
    ("search", Look("dark", "desktop", "en")): "search-dark",
    ("ticket", Look("light", "phone", "es")): "phone",
    ("inbox", Look("dark", "phone", "es")): "phone-list",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / ".cache" / "pictures")
    parser.add_argument("--docs", action="store_true", help="only those of the documents")
    chosen = parser.parse_args()
    folder = ROOT / "docs" / "pictures" if chosen.docs else chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    with installed() as desk:
        desk.command("seed")
        for look in map(Look._make, combined(("light", "dark"), SIZES, LANGUAGES)):
            wanted = [name for name, of in DOCS if of == look] if chosen.docs else None
            if wanted != []:
                take(desk, look, folder, wanted)


def take(desk: Installation, look: Look, folder: Path, wanted: list[str] | None) -> None:
    """Take the wanted pages, or all, in one look."""
    desk.rows("UPDATE people_user SET language = %s RETURNING 1", look.language)
    numbers = {name: desk.value(sql, AGENT) for name, sql in TICKETS.items()}
    options = {"color_scheme": look.theme, "locale": LANGUAGES[look.language]}
    with chromium() as browser:
        for email, own in PAGES.items():
            names = [name for name in own if wanted is None or name in wanted]
            person = Person(browser, desk, **SIZES[look.size], **options)
            if email and names:
                person.sign_in(email, sessions)
            for name in names:
                person.page.goto(own[name].format(**numbers), wait_until="networkidle")
                person.page.evaluate("document.fonts.ready")
                file = folder / f"{DOCS[name, look] if wanted else '-'.join((name, *look))}.png"
                person.page.screenshot(path=file)
                shrink(file)
                print(file)
            print(*person.troubles, sep="\n", end="")
            person.close()


def shrink(file: Path) -> None:
    """Write the picture in 256 colours: a third of the bytes, and nobody sees it."""
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=NO_DITHER)
    small.save(file, optimize=True)


sessions: dict[str, Any] = {}


if __name__ == "__main__":
    main()
