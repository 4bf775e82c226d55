"""The Jinja2 environments of the desk's pages, one for each language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.templatetags.static import static
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import BaseLoader, FileSystemLoader, StrictUndefined, Template, TemplateNotFound
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from ventanilla.desk import drawing, formats, kept, keys
from ventanilla.desk.folding import FoldingEnvironment
from ventanilla.desk.links import link
from ventanilla.desk.reader import one_reader
from ventanilla.desk.shapes import Menu, Option
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
MARKS = "desk/components/marks.html"
AT_ONCE = (kept.SIGN, kept.Shape, kept.SharedShape)


class Pages(BaseEngine):
    """Django's engine of templates: each is of the language that is active when it's asked for."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]):
        super().__init__({name: value for name, value in params.items() if name != "OPTIONS"})
        self.loader = FileSystemLoader(self.template_dirs)
        self.environments: dict[str | None, FoldingEnvironment] = {}

    def get_template(self, template_name: str) -> Page:
        language = get_language()
        if language not in self.environments:
            self.environments[language] = environment(language, self.loader)
        try:
            return Page(self.environments[language].get_template(template_name))
        except TemplateNotFound as error:
            raise TemplateDoesNotExist(str(error.name), backend=self) from error


class Page:
    def __init__(self, template: Template):
        self.template = template

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> str:
        around = {} if request is None else {"request": request} | _forgery(request)
        with one_reader():
            return self.template.render({**(context or {}), **around})


def _forgery(request: HttpRequest) -> dict[str, Any]:
    """What tells our forms from forged ones: made where a page first needs it, then the same."""
    token = cache(lambda: get_token(request))
    field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    return {"csrf_token": _Made(token), "csrf_input": _Made(lambda: field.format(token()))}


class _Made:
    """Markup that is made where it is shown."""

    def __init__(self, make: Callable[[], str]):
        self.make = make

    def __html__(self) -> str:
        return self.make()


# -- an environment ----------------------------------------------------------------------------
def environment(language: str | None, loader: BaseLoader) -> FoldingEnvironment:
    """Jinja2 with our words and formats. A missing name is an error, never an empty string."""
    env = FoldingEnvironment(
        loader=loader,
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.template_class, env.context_class = kept.KeepingTemplate, PlainContext
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.constants = {
        "_": _words(),
        "language": lambda: language,
        "url": link,
        "static": static,
        "icon": drawing.icon,
        "sign": drawing.sign,
        "sla_words": drawing.sla_words,
        "status_sign": STATUS_SIGNS.__getitem__,
        "status_name": lambda status: Status(status).label,
        "priority_sign": PRIORITY_SIGNS.__getitem__,
        "priority_name": lambda priority: Priority(priority).label,
        "channel_icon": lambda channel: CHANNEL_ICONS.get(channel, "mail"),
        "channel_name": lambda channel: Channel(channel).label,
    }
    env.globals |= env.constants | {
        "deadline": formats.deadline,
        "time": drawing.time,
        "sla": drawing.sla,
        "key": keys.shown,
        "keyed": drawing.keyed,
        "key_sheet": _key_sheet(env),
        "items": _items(env),
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
        "bare": formats.bare,
    }
    return env


class PlainContext(Context):
    """Calls macros and our functions at once, without asking what each wants to know."""

    def call(__self, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 (as Jinja2's)
        kind = type(__obj)
        if kind is not Macro and kind not in AT_ONCE:
            return super().call(__obj, *args, **kwargs)
        if kwargs:
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        if kind is Macro:
            return __obj(__self.eval_ctx, *args, **kwargs)
        return __obj(*args, **kwargs)


def _words() -> Callable[..., Markup]:
    """_("Hello %(name)s", name=…): the text as ours, what is filled in escaped."""

    @lru_cache(maxsize=8192)
    def known(message: str) -> Markup:
        return Markup(gettext(message))  # noqa: S704 (ours, from the catalogue)

    def translated(message: str, **variables: Any) -> Markup:
        text = known(message)
        return text % variables if "%" in text else text

    return translated


def _items(env: FoldingEnvironment) -> Callable[..., Markup]:
    """items(options, name): of a menu, which may have hundreds. many: to add or to remove each."""

    @lru_cache(maxsize=256)
    def known(options: Menu, name: str, many: bool) -> Markup:
        return drawn(options, name, many)

    def draw(options: Iterable[Option], name: str, many: bool = False) -> Markup:
        if isinstance(options, Menu):
            return known(options, name, many)
        return drawn(options, name, many)

    def drawn(options: Iterable[Option], name: str, many: bool) -> Markup:
        marks: Any = env.get_template(MARKS)._get_default_module()
        names = (("remove" if one.chosen else "add") if many else name for one in options)
        return Markup("".join(map(marks.item, options, names)))  # noqa: S704 (the macro escapes)

    return draw


def _key_sheet(env: FoldingEnvironment) -> Callable[[], Markup]:
    """key_sheet(): what each key does, for who is asking; once for each set of keys."""

    @lru_cache(maxsize=256)
    def draw(own: keys.Own) -> Markup:
        sheet: Any = env.get_template("desk/components/keys.html").module
        return Markup(sheet.sheet(keys.GROUPS, keys.bound(own), keys.caps))  # noqa: S704 (escapes)

    return lambda: draw(keys.own())
