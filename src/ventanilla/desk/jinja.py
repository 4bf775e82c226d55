"""The Jinja2 environment of the desk's pages. Named in settings.TEMPLATES."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from ventanilla.desk import formats, keys
from ventanilla.tickets.models import Channel, Priority, Status

STATUS_SIGNS = ("st-new", "st-open", "st-wait", "st-hold", "st-done", "st-closed")
PRIORITY_SIGNS = ("pr-low", "pr-normal", "pr-high", "pr-urgent")
CHANNEL_ICONS = {
    "email": "mail",
    "form": "globe",
    "chat": "message-circle",
    "phone": "phone",
    "api": "plug",
}


def environment(**options: Any) -> Environment:
    """Jinja2 with our words and formats. A missing name is an error, never an empty string."""
    options |= {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n", "jinja2.ext.do"],
    }
    env = Environment(**options)  # noqa: S701 (Django's backend passes autoescape=True)
    env.template_class = PlainTemplate
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals |= {
        "_": translated,
        "url": url,
        "static": static,
        "language": get_language,
        "deadline": formats.deadline,
        "status_sign": STATUS_SIGNS.__getitem__,
        "status_name": lambda status: Status(status).label,
        "priority_sign": PRIORITY_SIGNS.__getitem__,
        "priority_name": lambda priority: Priority(priority).label,
        "channel_icon": lambda channel: CHANNEL_ICONS.get(channel, "mail"),
        "channel_name": lambda channel: Channel(channel).label,
        "sla_words": sla_words,
        "drawn": _drawn(env),
        "drawn_icon": icon,
        "drawn_sign": sign,
        "drawn_time": time,
        "key": keys.shown,
        "keyed": keys.attributes,
        "key_sheet": _key_sheet(env),
    }
    env.filters |= {
        "when": formats.when,
        "full_time": formats.full_time,
        "left": formats.left,
        "duration": formats.duration,
        "number": formats.number,
        "capped": formats.capped,
        "size": formats.size,
        "initials": formats.initials,
        "hue": formats.hue,
        "address": formats.address,
        "addresses": formats.addresses,
    }
    return env


class PlainTemplate(Template):
    """A template whose globals are the environment's, as all of ours are: an import has nothing
    to compare, which took a tenth of a list's time with 50 rows that import."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def translated(message: str, **variables: Any) -> Markup:
    """_("Hello %(name)s", name=…): the text as ours, what is filled in escaped.

    As Jinja2's own, which looked each text up anew: a page has hundreds, the same each time.
    """
    text = _known(get_language(), message)
    return text % variables if "%" in text else text


@lru_cache(maxsize=8192)
def _known(_language: str | None, message: str) -> Markup:
    """The text in the active language."""
    return Markup(gettext(message))  # noqa: S704 (ours, from the catalogue)


def _drawn(env: Environment) -> Callable[..., Markup]:
    """drawn("status", 2, True): a macro of marks.html with plain arguments, once per language.

    Rows of a list have the same few signs; drawing each anew was a third of a list's time.
    """

    @lru_cache(maxsize=512)
    def draw(language: str | None, macro: str, *arguments: Any) -> Markup:
        marks: Any = env.get_template("desk/components/marks.html").module
        return Markup(getattr(marks, macro)(*arguments))  # noqa: S704 (the macro escapes)

    return lambda macro, *arguments: draw(get_language(), macro, *arguments)


# Signs that stand on a page by the hundred: as macros they were a third of a list's time.
@lru_cache(maxsize=4096)
def sign(symbol: str, size: str = "", label: str = "", **more: str) -> Markup:
    """A drawing of the sprite; with a label it is an image of that name. `class`: its further."""
    names = " ".join(filter(None, ("i", size, more.get("class", ""))))
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    place = f"{static('desk/icons.svg')}#{escape(symbol)}"
    return Markup(f'<svg class="{escape(names)}" {told}><use href="{place}"/></svg>')  # noqa: S704


def icon(name: str, size: str = "", label: str = "", **more: str) -> Markup:
    return sign(f"i-{name}", size, label, **more)


def time(at: datetime, form: str = "list", **more: str) -> Markup:
    """A moment: the browser keeps its words up to date. `class`: of the element."""
    own = f' class="{escape(more["class"])}"' if more.get("class") else ""
    title = f' title="{escape(formats.full_time(at))}"' if form != "list" else ""
    words = escape(formats.when(at, form))
    inner = f'<time datetime="{at.isoformat()}"{title}>{words}</time>'
    return Markup(f'<vt-time{own} format="{escape(form)}">{inner}</vt-time>')  # noqa: S704


def _key_sheet(env: Environment) -> Callable[[], Markup]:
    """key_sheet(): what each key does, for who is asking; once per language and set of keys."""

    @lru_cache(maxsize=256)
    def draw(language: str | None, own: keys.Own) -> Markup:
        sheet: Any = env.get_template("desk/components/keys.html").module
        return Markup(sheet.sheet(keys.GROUPS, keys.bound(own), keys.caps))  # noqa: S704 (escapes)

    return lambda: draw(get_language(), keys.own())


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """`reverse`, short: url("desk:ticket", 481)."""
    return reverse(name, args=args, kwargs=kwargs)


def sla_words(metric: str) -> dict[str, str]:
    """What a deadline says: `{}` is the time; the title goes before the due moment."""
    return _sla_words(metric, get_language())


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
