"""A search as what a saved view keeps: operators become conditions, words stay words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from ventanilla.lib.fold import fold
from ventanilla.lib.problems import Invalid
from ventanilla.people.rights import Viewer
from ventanilla.tickets.choices import Choices
from ventanilla.tickets.custom import YES
from ventanilla.tickets.custom_fields import Kind
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.models import Priority, Status
from ventanilla.tickets.search import operators, own
from ventanilla.tickets.search.operators import Filter
from ventanilla.tickets.search.parse import Query, Term, parse
from ventanilla.tickets.search.spans import Span, span
from ventanilla.tickets.search.understand import understand

K = TypeVar("K", int, str)
EVERYONE = Viewer(0, frozenset(), "all", frozenset())
WORDS = {
    "status": lambda value: Status(value).word,
    "priority": lambda value: Priority(value).word,
}
KEPT = ("has",)  # operators that the index of words answers alone


def tsquery(query: str, now: datetime) -> str:
    """The words of a view as the database reads them; empty for none. 1 statement.

    How words are spelled here is looked up now: a view that is saved again looks again.
    Raises Invalid for words that nobody finds anything by, and for operators that are conditions.
    """
    if not query:
        return ""
    asked = parse(query, now.date(), own.operators())
    for one in asked.filters:
        if one.field not in KEPT:
            raise Invalid(
                _("“%(text)s” belongs among the conditions: here stand only words.")
                % {"text": f"{one.field.removeprefix(own.PREFIX)}:{one.text}"},
                field="query",
            )
    understood = understand(asked, EVERYONE, now.date())
    if understood.impossible or not understood.match:
        raise Invalid(
            _("Nothing can be found by “%(words)s”. Add a word that says more.") % {"words": query},
            field="query",
        )
    return understood.match


def from_search(text: str, today: date, known: Choices) -> tuple[dict[str, Any], str]:
    """The conditions and the words that ask for the same as a search.

    What is called by no name that this desk knows is left out, as the search does.
    """
    query = parse(text, today, own.operators())
    tests = [test for one in query.filters for test in _tests(one, known, today)]
    return ({"all": tests} if tests else {}), " ".join(_words(query))[:200]


def _words(query: Query) -> Iterator[str]:
    for group in query.wanted:
        yield " or ".join(map(_written, group))
    yield from (f"-{_written(term)}" for term in query.unwanted)
    for one in query.filters:
        if one.field in KEPT:
            yield f"{'-' if one.negated else ''}{one.field}:{one.text}"


def _written(term: Term) -> str:
    place = f"{term.place}:" if term.place else ""
    return f'{place}"{term.text}"' if term.exact else f"{place}{term.text}"


def _tests(one: Filter, known: Choices, today: date) -> Iterator[dict[str, Any]]:
    if one.field.startswith(own.PREFIX):
        several = [tests for value in one.values if (tests := list(_own(one, value, today)))]
        if one.negated or len(several) == 1:
            yield from (test for tests in several for test in tests)
        elif several:
            yield {"any": [tests[0] if len(tests) == 1 else {"all": tests} for tests in several]}
    elif one.field == "created":
        yield from _days(one)
    elif one.field in ("status", "priority", "channel", "type"):
        words = [WORDS.get(one.field, str)(value) for value in one.values]
        yield _test(one.field, "is_not" if one.negated else "is", words)
    elif one.field not in KEPT and (values := _named(one, known)):
        yes, no = {"tag": ("any", "none"), "category": ("under", "not_under")}.get(
            one.field, ("is", "is_not")
        )
        field = "tags" if one.field == "tag" else one.field
        if values == ["nobody"] and field == "category":
            yield {"field": field, "op": "set" if one.negated else "empty"}
        else:
            numbers = [value for value in values if field == "assignee" or value != "nobody"]
            yield _test(field, no if one.negated else yes, numbers)


def _days(one: Filter) -> Iterator[dict[str, Any]]:
    (days,) = one.values
    if one.negated:
        return  # neither before nor after: no view asks for that
    if days.start:
        yield _test("created", "after", days.start.isoformat())
    if days.end:
        yield _test("created", "before", days.end.isoformat())


def _own(one: Filter, value: str, today: date) -> Iterator[dict[str, Any]]:
    """One of the desk's own fields. Of amounts and days only what must be, not what must not."""
    field = defined(one.field.removeprefix(own.PREFIX))
    if field is None:
        return
    if field.kind in (Kind.CHOICE, Kind.CHOICES):
        several = field.kind == Kind.CHOICES
        yes, no = ("any", "none") if several else ("is", "is_not")
        rows = [(option.key, fold(name)) for option in field.options
                for name in (option.key, *option.labels.values())]  # fmt: skip
        if keys := sorted(set(_called(value, rows))):
            yield _test(one.field, no if one.negated else yes, keys)
    elif field.kind == Kind.YES_NO:
        answer = value in {fold(word) for word in YES}
        yield _test(one.field, "is_not" if one.negated else "is", [answer])
    elif field.kind == Kind.NUMBER:
        yield from () if one.negated else _amount(one.field, value)
    elif field.kind == Kind.DATE:
        yield from () if one.negated else _between(one.field, span(value, today))
    else:
        yield _test(one.field, "lacks" if one.negated else "contains", value)


def _amount(field: str, value: str) -> Iterator[dict[str, Any]]:
    found = own.AMOUNT.fullmatch(value)
    if found is None:
        return
    amount = float(found[2].replace(",", "."))
    number: float = int(amount) if amount.is_integer() else amount
    beyond = 1 if amount.is_integer() else 0  # "more than 3" begins with 4
    op = found[1]
    if op == "":
        yield _test(field, "is", [number])
    elif op.startswith(">"):
        yield _test(field, "at_least", number + (beyond if op == ">" else 0))
    else:
        yield _test(field, "at_most", number - (beyond if op == "<" else 0))


def _between(field: str, days: Span | None) -> Iterator[dict[str, Any]]:
    if days and days.start:
        yield _test(field, "at_least", days.start.isoformat())
    if days and days.end:
        yield _test(field, "at_most", (days.end - timedelta(days=1)).isoformat())


def _test(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


def _named(one: Filter, known: Choices) -> list[int | str]:
    names: dict[str, Iterable[tuple[int, str]]] = {
        "tag": known.tags.items(),
        "team": ((pk, team.name) for pk, team in known.teams.items()),
        "category": ((pk, each.name) for pk, each in known.categories.items()),
        "assignee": ((pk, agent.name) for pk, agent in known.agents.items()),
    }
    rows = [(pk, fold(name)) for pk, name in names[one.field]]
    found: list[int | str] = []
    for value in one.values:
        if value in operators.ME and one.field == "assignee":
            found.append("me")
        elif value in operators.NOBODY:
            found.append("nobody")
        else:
            found += _called(value, rows)
    return found


def _called(value: str, rows: Iterable[tuple[K, str]]) -> list[K]:
    """Exactly so, else by the beginning, else by any part."""
    for fits in (str.__eq__, str.startswith, str.__contains__):
        if found := [pk for pk, name in rows if fits(name, value)]:
            return found
    return []
