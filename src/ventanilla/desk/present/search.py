"""What was found: rows with the words marked, what was not understood, what can be asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from ventanilla.desk.formats import number
from ventanilla.desk.links import link
from ventanilla.desk.present import rows
from ventanilla.desk.present.safe import marked, sentence
from ventanilla.desk.shapes import Group, Row
from ventanilla.tickets.models import MessageKind, Ticket
from ventanilla.tickets.search import find, operators
from ventanilla.tickets.search.find import Found
from ventanilla.tickets.search.marking import excerpt, pattern
from ventanilla.tickets.search.parse import Trouble
from ventanilla.tickets.search.understand import Understood

if TYPE_CHECKING:
    from ventanilla.desk.identity import Request

LONGEST = 400


def words_of(request: Request) -> str:
    """What is searched: as the page was asked for, or as the page says that asks."""
    given = request.GET.get("q")
    if given is None:
        shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
        given = parse_qs(urlsplit(shown).query).get("q", [""])[0]
    return " ".join(given[: LONGEST * 2].replace("\0", "").split())[: LONGEST + 1]


def page_url(words: str) -> str:
    return link("desk:search") + (f"?{urlencode({'q': words})}" if words else "")


def more_url(words: str, found: Found) -> str:
    if not found.after:
        return ""
    return f"{link('desk:search')}?{urlencode({'q': words, 'after': found.after})}"


def groups(found: Found, words: str) -> list[Group]:
    """The rows under no heading, best first, with the words marked."""
    wanted = pattern(found.understood)
    shown = [row(ticket, words, wanted) for ticket in found.tickets]
    return [Group("", shown)] if shown else []


def row(ticket: Ticket, words: str, wanted: re.Pattern[str] | None) -> Row:
    """A ticket as `find` gave it. Its line of text is the place where the words stand."""
    shape = rows.row(ticket, rows.SEARCH)
    query = f"?{urlencode({'q': words})}"
    return replace(
        shape,
        url=link("desk:search_ticket", ticket.number) + query,
        row_url=link("desk:search_row", ticket.number) + query,
        name=marked(shape.name, wanted),
        subject=marked(shape.subject, wanted),
        snippet=marked(_line(ticket, wanted), wanted),
    )


def _line(ticket: Ticket, wanted: re.Pattern[str] | None) -> str:
    """Where the words stand: in the last message's beginning, another of the newest, or a file."""
    if wanted is None:
        return ticket.snippet
    if found := excerpt([ticket.snippet], wanted):
        return found
    messages: list[str] = ticket.shown  # type: ignore[attr-defined]
    for message in messages:
        if found := excerpt([message[1:]], wanted):
            note = message[0] == str(MessageKind.NOTE.value)
            return _("Internal note: %(text)s") % {"text": found} if note else found
    files: list[str] = ticket.inside  # type: ignore[attr-defined]
    for file in files:
        name, _line_end, text = file.partition("\n")
        if found := excerpt([text], wanted):
            return _("In %(file)s: %(text)s") % {"file": name, "text": found}
    return ticket.snippet


def count_of(count: int) -> str:
    """A count as it is shown: exact up to a thousand."""
    return number(count) if count <= find.COUNTED else f"{number(find.COUNTED)}+"


def troubles(understood: Understood, number_missing: int | None = None) -> list[str]:
    """What could not be understood, and what to do, a sentence each."""
    told = [_told(one) for one in understood.troubles]
    if number_missing is not None:
        told.insert(0, sentence(_("There is no ticket %(number)s, or it isn't yours to see."),
                                number=f"#{number_missing}"))  # fmt: skip
    return told


def _told(one: Trouble) -> Markup | str:
    language = get_language() or "es"
    key = f"{operators.key_of(one.operator, language)}:" if one.operator else ""
    if one.code == "value":
        return sentence(
            _("%(key)s has no %(value)s, so it was left out. Try one of these: %(values)s."),
            key=key, value=one.text, values=", ".join(operators.values_of(one.operator, language)),
        )  # fmt: skip
    if one.code == "name":
        return sentence(_("Nothing here is called %(key)s%(value)s."), key=key, value=one.text)
    if one.code == "date":
        return sentence(
            _("%(value)s is no day, so %(key)s was left out. Write it like %(example)s."),
            key=key, value=one.text, example=_("2026-11-01, today or 7d"),
        )  # fmt: skip
    if one.code == "operator":
        return sentence(
            _("%(key)s is no operator, so it was searched as a word. Perhaps %(hint)s was meant."),
            key=one.text, hint=f"{one.hint}:",
        )  # fmt: skip
    if one.code == "or":
        return sentence(
            _("“or” joins words, or two values of one operator. %(word)s was taken in addition."),
            word=one.text,
        )
    if one.code == "common":
        return sentence(
            _("%(words)s is in almost every ticket. Add a word that says more."), words=one.text
        )
    return _("The text is too long: only its beginning was searched.")


def without_operators(understood: Understood) -> str:
    """The words alone, to ask again without narrowing down; empty when there is nothing to leave
    out, or nothing would be left."""
    if not understood.query.filters:
        return ""
    terms = [term for group in understood.query.wanted for term in group]
    return " ".join(f'"{term.text}"' if term.exact else term.text for term in terms)


def examples() -> Sequence[tuple[str, str]]:
    """What can be typed, and what it finds, in the reader's language."""
    return (
        (_("refund table"), _("both words, in any of their endings, with accents or without")),
        (_('"charged twice"'), _("these words, in this order")),
        (_("refund or return"), _("either of them")),
        (_("refund -newsletter"), _("not with this word")),
        (_("refu*"), _("words that begin so")),
        ("#1042", _("straight to this ticket")),
        (_("from:vidal"), _("name or address of the customer")),
        (_("subject:order"), _("in the subject only")),
        (
            _("status:open"),
            _("new, open, pending, hold, resolved, closed, unresolved; or with commas"),
        ),
        (_("assignee:me"), _("also a name, or nobody")),
        (_("team:billing"), _("the beginning of its name will do")),
        (_("tag:vip"), _("also with a minus: not with this tag")),
        (_("priority:urgent"), _("low, normal, high, urgent")),
        (_("category:payments"), _("and all that stand under it")),
        (_("channel:email"), _("email, form, chat, phone")),
        (_("has:attachment"), _("or a note")),
        (_("since:2026-11-01"), _("opened then or later; also before:, until:, created:today, 7d")),
    )
