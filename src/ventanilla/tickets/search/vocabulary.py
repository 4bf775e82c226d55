"""The words that tickets hold, for "did you mean": told once, until they are well known."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
from django.db import connection, transaction

from ventanilla.tickets.search import trigrams
from ventanilla.tickets.search.models import Word
from ventanilla.tickets.search.words import Forms, is_natural

MANY = 3  # tickets that are enough for a word to be called known
REMEMBERED = 200_000  # words that this process need not tell the database again

# In the order of the alphabet: two workers that learn the same words must not wait for each other
# in a circle. Says what is now known of each, so that it need not be told again.
WRITE_WORDS = f"""
INSERT INTO search_word AS known (word, forms, seen, last_ticket, trigrams)
SELECT word, ARRAY(SELECT jsonb_array_elements_text(forms)), seen, last_ticket,
       ARRAY(SELECT jsonb_array_elements_text(pieces))
FROM unnest(%s::text[], %s::jsonb[], %s::int[], %s::bigint[], %s::jsonb[])
     AS given(word, forms, seen, last_ticket, pieces)
ORDER BY word
ON CONFLICT (word) DO UPDATE SET
  forms = ARRAY(SELECT DISTINCT unnest(known.forms || excluded.forms) COLLATE "C" ORDER BY 1),
  seen = CASE WHEN known.last_ticket = excluded.last_ticket AND excluded.seen = 1 THEN known.seen
         ELSE least({MANY}, known.seen + excluded.seen) END,
  last_ticket = excluded.last_ticket
RETURNING word, seen, forms
"""  # noqa: S608 (a constant)

_well_known: dict[str, frozenset[str]] = {}  # words in many tickets, with their forms


def learn(ids: list[int], spoken: list[set[str]], forms: dict[str, Forms]) -> None:
    """Tell the vocabulary of words that it may not know well yet."""
    count: Counter[str] = Counter()
    last: dict[str, int] = {}
    known_as: dict[str, set[str]] = {}
    for pk, words in zip(ids, spoken, strict=True):
        for word in words:
            of_it = forms[word]
            if not of_it or len(word) < 3 or not is_natural(word):
                continue
            plain = of_it[0][:30]
            if plain in _well_known and _well_known[plain].issuperset(of_it):
                continue
            count[plain] += 1
            last[plain] = pk
            known_as.setdefault(plain, set()).update(of_it)
    if not count:
        return
    new = sorted(count)
    values: list[Any] = [
        new,
        [orjson.dumps(sorted(known_as[word])).decode() for word in new],
        [min(MANY, count[word]) for word in new],
        [last[word] for word in new],
        [orjson.dumps(sorted(set(trigrams.padded(word)))).decode() for word in new],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE_WORDS, values)
        many = [(word, forms) for word, seen, forms in cursor.fetchall() if seen >= MANY]
    transaction.on_commit(lambda: _remember(many))


def _remember(words: list[tuple[str, list[str]]]) -> None:
    if len(_well_known) > REMEMBERED:
        _well_known.clear()
    _well_known.update((word, frozenset(forms)) for word, forms in words)


def forget() -> None:
    """Begin anew: the words of what has been erased go too."""
    Word.objects.all().delete()
    _well_known.clear()
