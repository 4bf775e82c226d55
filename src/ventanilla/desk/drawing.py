"""Signs that stand on a page by the hundred, drawn by functions: as macros they were a third of a
list's time. What comes from outside is escaped here."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.templatetags.static import static
from django.utils.translation import gettext
from markupsafe import Markup, escape

from ventanilla.desk import formats, keys
from ventanilla.desk.reader import reader

SLA_ICONS = {"late": "triangle-alert", "soon": "hourglass", "ok": "clock"}


@lru_cache(maxsize=4096, typed=True)
def sign(symbol: str, size: str = "", label: str = "", **more: str) -> Markup:
    """A drawing of the sprite; with a label it is an image of that name. `class`: its further."""
    names = " ".join(filter(None, ("i", size, more.get("class", ""))))
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    place = f"{static('desk/icons.svg')}#{escape(symbol)}"
    return Markup(f'<svg class="{escape(names)}" {told}><use href="{place}"/></svg>')  # noqa: S704


def icon(name: str, size: str = "", label: str = "", **more: str) -> Markup:
    """A sign by its name without "i-"."""
    return sign(f"i-{name}", size, label, **more)


def time(at: datetime, form: str = "list", **more: str) -> Markup:
    """A moment: the browser keeps its words up to date. `class`: of the element."""
    own = f' class="{escape(more["class"])}"' if more.get("class") else ""
    title = f' title="{escape(formats.full_time(at))}"' if form != "list" else ""
    words = escape(formats.when(at, form))
    inner = f'<time datetime="{at.isoformat()}"{title}>{words}</time>'
    return Markup(f'<vt-time{own} format="{escape(form)}">{inner}</vt-time>')  # noqa: S704


def sla(
    due_at: datetime | None,
    warn_at: datetime | None = None,
    paused: bool = False,
    form: str = "short",
    metric: str = "",
) -> Markup:
    """A deadline: the browser keeps it up to date.

    form    "short" (18 min), "exact" (6 h 12 min) or "sentence" (Reply in 18 min)
    metric  "first_response", "next_response" or "resolution" gives the sentence and the title
    """
    state = formats.deadline(due_at, warn_at, paused=paused)
    if due_at is None or not state or state == "paused":
        return _stopped(reader().language) if state else Markup()
    opening, title, inside, closing = _around_left(state, form, metric, reader().language)
    due = f' due="{due_at.isoformat()}"'
    if warn_at:
        due += f' warn="{warn_at.isoformat()}"'
    left = formats.left(due_at, exact=form != "short")
    if form == "sentence":
        left = left.replace("−", "")
    if title:
        due += f' title="{title} {escape(formats.full_time(due_at))}"'
    return Markup(f"{opening}{due}>{inside}{left}{closing}")  # noqa: S704 (escaped below)


@lru_cache(maxsize=256)
def _around_left(state: str, form: str, metric: str, _language: str | None) -> tuple[str, ...]:
    """What a list's 50 deadlines have in common: the element's opening, its title (of "short" the
    browser makes it), what stands before the time that is left, and what behind."""
    words = {name: str(escape(text)) for name, text in sla_words(metric).items()}
    opening = f'<vt-sla class="sla sla-{state}" form="{form}"'
    before = after = ""
    if form == "short":
        opening += f' data-before="{words["title"]}"'
    if form == "sentence":
        opening += f' data-ahead="{words["ahead"]}" data-late="{words["late"]}"'
        before, _, after = words["late" if state == "late" else "ahead"].partition("{}")
    title = words["title"] if form != "short" else ""
    inside = f"{icon(SLA_ICONS[state])}<span>{before}"
    return opening, title, inside, f"{after}</span></vt-sla>"


@lru_cache(maxsize=16)
def _stopped(_language: str | None) -> Markup:
    inner = f"{icon('pause')}{escape(gettext('Clock stopped'))}"
    return Markup(f'<span class="sla sla-paused">{inner}</span>')  # noqa: S704 (escaped above)


def sla_words(metric: str) -> dict[str, str]:
    """What a deadline says: `{}` is the time; the title goes before the due moment."""
    return _sla_words(metric, reader().language)


@lru_cache(maxsize=64)
def _sla_words(metric: str, _language: str | None) -> dict[str, str]:
    """In the active language."""
    if metric == "first_response":
        late, title = gettext("First response {} late"), gettext("First response before")
    elif metric == "next_response":
        late, title = gettext("Reply {} late"), gettext("Next reply before")
    else:
        late, title = gettext("Resolution {} late"), gettext("Resolve before")
        return {"ahead": gettext("Resolve in {}"), "late": late, "title": title}
    return {"ahead": gettext("Reply in {}"), "late": late, "title": title}


def keyed(action: str, label: str = "") -> Markup:
    """What the control of an action says about its keys: attributes, each after a space.

    label   becomes its title, with the keys behind it
    """
    return _attributes(keys.own(), action, label)


@lru_cache(maxsize=4096, typed=True)
def _attributes(_own: keys.Own, action: str, label: str) -> Markup:
    found = keys.attributes(action, label)
    shown = (f' {name}="{escape(value)}"' for name, value in found.items() if value is not None)
    return Markup("".join(shown))  # noqa: S704 (escaped above)
