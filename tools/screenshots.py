"""Pictures of every page of a demonstration desk: .venv/bin/python tools/screenshots.py [FOLDER]

Light and dark, on a desktop and on a phone, in Spanish and in English. With --docs only those that
the documents show, into docs/pictures.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import product as combined
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import tests.conftest  # noqa: E402, F401 (it prepares the environment)
from tests.browser import DESKTOP, PHONE, Person, chromium  # noqa: E402
from tests.installation import Installation, installed  # noqa: E402

AGENT, ADMINISTRATOR = "marta.ruiz@casaolmo.example", "tomas.echeverria@casaolmo.example"
PAGES = {
    AGENT: {
        "inbox": "/inbox/mine/",
        "unassigned": "/inbox/unassigned/",
        "resolved": "/inbox/resolved/",
        "inbox-ticket": "/inbox/mine/{number}/",
        "ticket": "/tickets/{number}/",
        "new-ticket": "/tickets/new/",
        "new-mail": "/tickets/new/?purpose=mail",
        "search": "/search/?q=mesa",
        "search-nothing": "/search/?q=xyzzy",
        "me": "/me/",
        "not-found": "/tickets/999999/",
    },
    ADMINISTRATOR: {
        "setup": "/setup/",
        "people": "/settings/people/",
        "new-agent": "/settings/people/new/",
        "teams": "/settings/teams/",
        "new-team": "/settings/teams/new/",
        "inboxes": "/settings/inboxes/",
        "new-inbox": "/settings/inboxes/new/",
        "inbox-settings": "/settings/inboxes/1/",
        "parked": "/settings/parked/",
        "categories": "/settings/categories/",
        "promises": "/settings/promises/",
        "hours": "/settings/hours/1/",
        "desk": "/settings/desk/",
    },
    "": {"login": "/login/", "password": "/password/"},
}
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True, "device_scale_factor": 2},
}
LANGUAGES = {"es": "es-ES", "en": "en-GB"}


class Look(NamedTuple):
    theme: str
    size: str
    language: str


DOCS = {
    ("inbox-ticket", Look("light", "desktop", "es")): "inbox",
    ("inbox-ticket", Look("dark", "desktop", "es")): "inbox-dark",
    ("ticket", Look("light", "desktop", "es")): "ticket",
    ("ticket", Look("light", "phone", "es")): "phone",
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
    number = desk.value(
        "SELECT number FROM tickets_ticket JOIN people_user AS person ON person.id = assignee_id"
        " WHERE person.email = %s AND status < 4 ORDER BY message_count DESC, number LIMIT 1",
        AGENT,
    )
    with chromium() as browser:
        for email, name, path in pages(wanted):
            with_options = SIZES[look.size] | {
                "color_scheme": look.theme,
                "locale": LANGUAGES[look.language],
            }
            person = Person(browser, desk, **with_options)
            if email:
                person.sign_in(email, sessions)
            person.page.goto(path.format(number=number))
            person.page.evaluate("document.fonts.ready")
            file = folder / f"{DOCS[name, look] if wanted else '-'.join((name, *look))}.png"
            person.page.screenshot(path=file)
            print(file, *person.troubles)
            person.close()


sessions: dict[str, Any] = {}


def pages(wanted: list[str] | None) -> Iterator[tuple[str, str, str]]:
    for email, own in PAGES.items():
        for name, path in own.items():
            if wanted is None or name in wanted:
                yield email, name, path


if __name__ == "__main__":
    main()
