"""A query with what this desk knows: stems, how words are spelled here, teams, tags, customers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from django.db.models import Q
from django.utils import timezone

from ventanilla.lib.fold import fold
from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import TeamChoice
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.search import marks, operators, own, trigrams
from ventanilla.tickets.search.asking import NAMES, ask
from ventanilla.tickets.search.operators import Filter
from ventanilla.tickets.search.parse import Query, Term, Trouble
from ventanilla.tickets.search.spans import Span
from ventanilla.tickets.search.vectors import quoted
from ventanilla.tickets.search.words import Forms, is_natural, learned, plain

MONTHS = 36  # longer spans are left to the tickets' rows
SHORTEST_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody whom the words name."""

    id: int
    name: str
    organization: str
    values: Sequence[str]  # addresses and numbers
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """Another spelling: words as typed (folded) and what may be meant; its `Understood.match`."""

    words: dict[str, str]
    match: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What to ask the database.

    match      the words and marks that must be there, as a tsquery; empty: nothing in particular
    rank       the words by which one hit is better than another, as a tsquery; empty: none
    condition  what the tickets' rows must say
    """

    query: Query
    match: str
    rank: str
    condition: Q
    top: int  # id of the newest message
    impossible: bool = False  # an operator names something that does not exist
    troubles: tuple[Trouble, ...] = ()
    customers: Sequence[Customer] = ()
    teams: Sequence[TeamChoice] = ()
    forms: dict[str, Forms] = field(default_factory=dict)  # of the words that were asked for
    corrections: Sequence[Correction] = ()  # the likeliest first


def understand(query: Query, viewer: Viewer, today: date) -> Understood:
    """Look up what the query speaks of. 1 statement."""
    return _Reader(query, viewer, today).read()


class _Reader:
    def __init__(self, query: Query, viewer: Viewer, today: date):
        self.query, self.viewer, self.today = query, viewer, today
        self.words = [word for term in _terms(query) for word in term.words]
        self.natural = [word for word in dict.fromkeys(self.words) if is_natural(word)]
        self.troubles = list(query.troubles)
        self.impossible = False
        self.corrected: dict[str, Forms] = {}  # words to be read as if they were others

    def read(self) -> Understood:
        answer = ask(self.query, self.natural, self.viewer)
        forms = learned(self.words, answer["stems"])
        known = {word: (forms, seen) for word, forms, seen in answer["known"]}
        self.forms = {
            word: _forms(plain(word), [*own, *known.get(plain(word), ((), 0))[0]], known)
            if own
            else ()
            for word, own in forms.items()
        }
        self.well_known = {word for word, (_forms, seen) in known.items() if seen >= 3}
        teams = [TeamChoice(**row) for row in answer["teams"]]
        self.names: dict[str, list[Any]] = {
            "team": [[team.id, team.name] for team in teams],
            **{name: answer.get(name, []) for name in NAMES},
        }
        condition, others = Q(), [*self._unwanted(), *self._seen()]
        for one in self.query.filters:
            found, rows = self._filter(one)
            others += found
            condition &= rows
        wanted = list(self._wanted())
        if self.query.wanted and not wanted and not self.query.filters:
            self.troubles.append(Trouble("common", " ".join(self.words)))
            self.impossible = True
        return Understood(
            query=self.query,
            match=" & ".join([*wanted, *others]),
            rank=" & ".join(wanted),
            condition=condition,
            top=answer["top"] or 0,
            impossible=self.impossible,
            troubles=tuple(self.troubles),
            customers=[Customer(*row) for row in answer["customers"]],
            teams=teams,
            forms=self.forms,
            corrections=list(self._corrections(answer["near"], others)),
        )

    # -- words ---------------------------------------------------------------------------------
    def _wanted(self) -> Iterator[str]:
        for group in self.query.wanted:
            parts = [part for term in group if (part := self._term(term))]
            if parts:
                yield parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"

    def _unwanted(self) -> Iterator[str]:
        yield from (f"!{part}" for term in self.query.unwanted if (part := self._term(term)))

    def _term(self, term: Term) -> str:
        """A term as a tsquery; empty for what nobody finds anything by."""
        sign = "@" if term.place == "from" else ""
        if len(term.words) == 1 and not term.exact and not sign:
            return self._word(term)
        return self._row_of_words(term, sign)

    def _word(self, term: Term) -> str:
        (word,) = term.words
        weight = "A" if term.place == "subject" else ""
        typed = plain(word)
        if typed in self.corrected:
            return f"({' | '.join(_lexeme(form, weight) for form in self.corrected[typed])})"
        forms = [_lexeme(form, weight) for form in self.forms.get(word, ())]
        goes_on = term.prefix or (bool(forms) and typed not in self.well_known)
        if goes_on and len(typed) >= SHORTEST_PREFIX:
            forms.append(_lexeme(typed, f"*{weight}"))
        return f"({' | '.join(forms)})" if forms else ""

    def _corrections(self, rows: list[Any], others: list[str]) -> Iterator[Correction]:
        """All unknown words by their nearest; where only one is unknown, by the next ones too."""
        forms = {row["word"]: tuple(row["forms"]) for row in rows}
        near = _nearest(rows)
        choices = [{word: best[0] for word, best in near.items()}] if near else []
        if len(near) == 1:
            ((word, best),) = near.items()
            choices = [{word: one} for one in best]
        for choice in choices:
            self.corrected = {word: forms[meant] for word, meant in choice.items()}
            yield Correction(choice, " & ".join([*self._wanted(), *others]))

    def _row_of_words(self, term: Term, sign: str) -> str:
        """Words that follow each other: `'cargo' <2> 'tarjeta'` where one that says nothing is."""
        weight = "A" if term.place == "subject" else ""
        written, gap = "", 0
        for at, word in enumerate(term.words, start=1):
            forms, gap = self.forms.get(word, ()), gap + 1
            last = at == len(term.words)
            goes_on = last and (term.prefix or bool(sign)) and not term.exact and len(word) > 1
            if not plain(word) or not (forms or (goes_on and term.prefix)):
                continue
            lexeme = _lexeme(sign + plain(word), ("*" if goes_on else "") + weight)
            written, gap = (f"{written} <{gap}> {lexeme}" if written else lexeme), 0
        return f"({written})" if written else ""

    # -- operators -----------------------------------------------------------------------------
    def _seen(self) -> Iterator[str]:
        """What the viewer may see, as marks: a first sieve. `visible_to` is asked too."""
        if self.viewer.visibility == "all":
            return
        own = [marks.assignee(self.viewer.user_id)]
        teams = sorted(self.viewer.teams) if self.viewer.visibility == "team" else ()
        yield marks.any_of([*own, *map(marks.team, teams)])

    def _filter(self, one: Filter) -> tuple[list[str], Q]:
        before = self.impossible
        if one.field.startswith(own.PREFIX):
            sieve, rows = self._own(one)
            return ([sieve] if sieve else []), rows
        found, rows = getattr(self, f"_{one.field}")(one.values)
        if one.negated:
            self.impossible = before  # nothing is called so: nothing to leave out
        if one.field == "created":
            return ([] if one.negated else found), (~rows if one.negated else rows)
        if not found:
            return [], Q()
        sieve = marks.any_of(found)
        return ([f"!{sieve}"], ~rows) if one.negated else ([sieve], rows)

    def _own(self, one: Filter) -> tuple[str, Q]:
        """One of the desk's own fields: any of the values."""
        field = defined(one.field.removeprefix(own.PREFIX))
        sieves, rows, found = [], Q(), False
        for value in one.values if field else ():
            asked = own.asked(field, value, self.today) if field else None
            if asked is None:
                self.troubles.append(Trouble("name", value, one.field))
                continue
            sieves.append(asked[0])
            rows, found = (rows | asked[1]) if found else asked[1], True
        if field is None or not found:
            self.impossible |= not one.negated
            return "", Q()
        together = f"({' | '.join(sieves)})", rows
        return own.without(field, together) if one.negated else together

    def _status(self, values: tuple[int, ...]) -> tuple[list[str], Q]:
        return [marks.status(value) for value in values], Q(status__in=values)

    def _priority(self, values: tuple[int, ...]) -> tuple[list[str], Q]:
        return [marks.priority(value) for value in values], Q(priority__in=values)

    def _channel(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        return [marks.channel(value) for value in values], Q(channel__in=values)

    def _type(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        return [marks.kind(value) for value in values], Q(type__in=values)

    def _has(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        return [marks.has(value) for value in values], Q()

    def _team(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        ids = self._called("team", values)
        return [marks.team(pk) for pk in ids], Q(team__in=ids)

    def _tag(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        ids = self._called("tag", values)
        return [marks.tag(pk) for pk in ids], Q(tags__overlap=ids)

    def _category(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        """A category, and all that stand under it."""
        named = [value for value in values if value not in operators.NOBODY]
        ids = set(self._called("category", tuple(named)))
        below = [(pk, parent) for pk, _name, parent in self.names["category"]]
        for _level in range(9):
            ids |= {pk for pk, parent in below if parent in ids}
        none = len(named) < len(values)
        rows = Q(category__in=ids) | (Q(category=None) if none else Q(pk__in=()))
        return [*map(marks.category, sorted(ids)), *([marks.category(None)] if none else [])], rows

    def _assignee(self, values: tuple[str, ...]) -> tuple[list[str], Q]:
        named = [one for one in values if one not in operators.ME | operators.NOBODY]
        ids = self._called("assignee", tuple(named))
        ids += [self.viewer.user_id] if operators.ME.intersection(values) else []
        none = bool(operators.NOBODY.intersection(values))
        rows = Q(assignee__in=ids) | (Q(assignee=None) if none else Q(pk__in=()))
        return [*map(marks.assignee, ids), *([marks.assignee(None)] if none else [])], rows

    def _created(self, values: tuple[Span, ...]) -> tuple[list[str], Q]:
        (days,) = values
        zone, rows = timezone.get_current_timezone(), Q()
        if days.start:
            rows &= Q(created_at__gte=_begins(days.start, zone))
        if days.end:
            rows &= Q(created_at__lt=_begins(days.end, zone))
        return _months(days, self.today), rows

    def _called(self, name: str, values: tuple[str, ...]) -> list[int]:
        """The ids of what is called so: exactly, else by the beginning, else by any part."""
        ids: list[int] = []
        for value in values:
            found = _by_name(value, self.names[name])
            if not found:
                self.troubles.append(Trouble("name", value, name))
            ids += found
        if values and not ids:
            self.impossible = True
        return ids


def _terms(query: Query) -> Iterator[Term]:
    yield from (term for group in query.wanted for term in group)
    yield from query.unwanted


def _forms(typed: str, forms: Sequence[str], known: Container[str]) -> Forms:
    """The forms that somebody means, without stumps that are a word of their own.

    "mes" is the stem of "mesa" as well as a word: who looks for tables wants no months.
    """
    wanted = [
        form
        for form in forms
        if form == typed or len(form) > 3 or form not in known or typed in (f"{form}s", f"{form}es")
    ]
    return tuple(dict.fromkeys(wanted))


def _lexeme(word: str, flags: str = "") -> str:
    return f"{quoted(word)}:{flags}" if flags else quoted(word)


def _by_name(value: str, rows: Iterable[Sequence[Any]]) -> list[int]:
    """Of rows (id, name, …), those that a folded value means."""
    names = [(row[0], fold(row[1])) for row in rows]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        if found := [pk for pk, name in names if fits(name, value)]:
            return found
    return []


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _months(days: Span, today: date) -> list[str]:
    """The months that a span touches, a day more at each end for the zones; none: too many."""
    if days.start is None or days.start.year < 2:
        return []
    end = min(days.end or today, today) + timedelta(days=2)
    start = days.start - timedelta(days=1)
    if (end - start).days > MONTHS * 30:
        return []
    return [marks.any_of(marks.months(start, end))] if start < end else []


def _nearest(rows: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    near: dict[str, list[str]] = {}
    for row in rows:
        near.setdefault(row["given"], []).append(row["word"])
    return {
        word: best
        for word, candidates in near.items()
        if (best := trigrams.nearest(word, candidates))
    }
