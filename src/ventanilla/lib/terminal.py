"""Sentences for the terminal in the operator's language, before Django is even imported."""

import gettext as catalogues
import os
from functools import cache
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def gettext(message: str) -> str:
    """Return the message in the language that LC_ALL, LC_MESSAGES or LANG names; else English."""
    return _catalogue(language()).gettext(message)


def language() -> str:
    """Return the two letters of the terminal's language; "en" when nothing says otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value[:2].lower() if value[:2].isalpha() else "en"
    return "en"


@cache
def _catalogue(code: str) -> catalogues.NullTranslations:
    return catalogues.translation("django", LOCALE, [code], fallback=True)
