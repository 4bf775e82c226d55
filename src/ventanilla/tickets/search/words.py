"""Text as words, and words as what stands in the index."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import orjson
from django.db import connection

from ventanilla.lib.fold import fold

WORD = re.compile(r"[^\W_]+")
DIGITS = re.compile(r"\d{3,}")
LONGEST = 60  # letters of a word that count
STEMMED = 30  # what is longer is no word of a language
REMEMBERED = 300_000  # words whose forms a process keeps in mind

# A word and its stems, for many at once. A stop word ("de", "the") comes back as an empty array.
STEMS = """
SELECT json_agg(json_build_array(word,
         ts_lexize('spanish_stem', word), ts_lexize('english_stem', word),
         ts_lexize('spanish_stem', folded), ts_lexize('english_stem', folded)))
FROM unnest(%s::text[], %s::text[]) AS given(word, folded)
"""

Forms = tuple[str, ...]
_remembered: dict[str, Forms] = {}


def words_in(text: str) -> list[str]:
    """The words of a text in order, in lower case, with the accents that their stems need."""
    return [word[:LONGEST] for word in WORD.findall(unicodedata.normalize("NFC", text.lower()))]


def forms_of(words: Iterable[str]) -> dict[str, Forms]:
    """What the index holds for each word: itself, folded, first; nothing for a stop word.

    Then its stems, folded: of the accented word, and of the folded one for who writes without
    accents. 1 statement if this process meets some of them for the first time, else none.
    """
    wanted = set(words)
    forms = {word: known for word in wanted if (known := _remembered.get(word)) is not None}
    if new := wanted - forms.keys():
        with connection.cursor() as cursor:
            cursor.execute(STEMS, ask(new))
            forms |= learned(new, cursor.fetchone()[0])
    return forms


def ask(words: Iterable[str]) -> list[list[str]]:
    """What `STEMS` is asked for these words."""
    natural = [word for word in words if is_natural(word)]
    return [natural, [plain(word) for word in natural]]


def learned(words: Iterable[str], answer: Any) -> dict[str, Forms]:
    """The forms of words, from what `STEMS` answered."""
    forms = {word: _of_code(word) for word in words if not is_natural(word)}
    rows = orjson.loads(answer) if isinstance(answer, str) else answer
    forms |= {word: _of_word(word, stems) for word, *stems in rows or ()}
    if len(_remembered) > REMEMBERED:
        _remembered.clear()
    _remembered.update(forms)
    return forms


def is_natural(word: str) -> bool:
    """Whether it may have endings: letters only, and not too many."""
    return word.isalpha() and len(word) <= STEMMED


def plain(word: str) -> str:
    """A word folded, no longer than the index takes; empty for signs that fold to nothing."""
    return fold(word)[:LONGEST]


def _of_word(word: str, stems: list[list[str] | None]) -> Forms:
    if stems[0] == [] or stems[1] == []:
        return ()
    return _different([plain(word), *(plain(one) for each in stems for one in each or ())])


def _of_code(word: str) -> Forms:
    """A number or a code is found as it is, and by the digits in it: "es20931b" by "20931"."""
    return _different([plain(word), *(() if word.isdecimal() else DIGITS.findall(plain(word)))])


def _different(forms: Iterable[str]) -> Forms:
    return tuple(dict.fromkeys(form for form in forms if form))
