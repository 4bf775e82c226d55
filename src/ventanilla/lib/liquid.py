"""Templates that people write: signatures, acknowledgements, macros. A small, bounded Liquid.

A template sees the plain values that it is given and nothing else: no clock, no files, no other
templates. What stands in a value is never read as a template. Rendering ends after a tenth of a
second of computing or 100 KB.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import liquid
from django.utils.translation import gettext as _
from liquid.exceptions import (
    BlockNestingError,
    LiquidError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    UnknownFilterError,
)

from ventanilla.lib.fields import Secret
from ventanilla.lib.liquid_engine import MOST_OUTPUT, OutOfTime, Range, TooLarge, parsed
from ventanilla.lib.problems import Invalid

Target = Literal["text", "html", "header"]

MOST_SOURCE = 20_000  # characters of a template
HEADER_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a template, for the person who wrote it.

    line   counts from 1; 0 is the template as a whole
    """

    line: int
    message: str


class TemplateFault(Invalid):
    """The template can't be used; `fault` says why and where."""

    code = "template_fault"

    def __init__(self, fault: Fault):
        named = _("Line %(line)d: %(fault)s") if fault.line else "%(fault)s"
        super().__init__(named % {"line": fault.line, "fault": fault.message})
        self.fault = fault


def render(source: str, variables: Mapping[str, Any], *, target: Target = "text") -> str:
    """Return the template with the values in it. Raises TemplateFault.

    variables   text, numbers, booleans, None, dates, and lists and dictionaries of those; what
                the template asks for and isn't there is empty
    target      html: values are escaped; the template's own tags stay, so clean the whole.
                header: one line without control characters, cut to 500 characters
    """
    plain = {name: _plain(value) for name, value in variables.items()}
    try:
        text = _parsed(source, target == "html").render(plain)
    except (LiquidError, RecursionError, ArithmeticError, ValueError) as error:
        raise TemplateFault(_fault(error)) from error
    return _header(text) if target == "header" else text


def check(source: str, known: Mapping[str, Any] | None = None) -> list[Fault]:
    """Return what is wrong with the template, in order of lines.

    known   the variables that it may use, and what is in them; None: names are not checked
    """
    try:
        template = _parsed(source, False)
    except TemplateFault as refusal:
        return [refusal.fault]
    found = template.analyze(include_partials=False)
    faults = [
        Fault(place.line_col(source)[0], _no_filter(name))
        for name, places in found.filters.items()
        if name not in template.env.filters
        for place in places
    ]
    if known is not None:
        faults += [
            Fault(use.span.line_col(source)[0], _no_variable(str(use)))
            for uses in found.globals.values()
            for use in uses
            if not _is_known(use.segments, known)
        ]
    return sorted(faults, key=lambda fault: fault.line)


def _is_known(path: Sequence[Any], known: Any) -> bool:
    """Whether the first steps of a path, as far as they are names, are there."""
    for step in path:
        if not isinstance(known, Mapping) or not isinstance(step, str):
            return True
        if step not in known:
            return False
        known = known[step]
    return True


@lru_cache(maxsize=256)
def _parsed(source: str, escaping: bool) -> liquid.BoundTemplate:
    if len(source) > MOST_SOURCE:
        raise TemplateFault(Fault(0, _("The template is longer than 20,000 characters.")))
    try:
        return parsed(source, escaping=escaping)
    except (LiquidError, RecursionError, ValueError) as error:
        raise TemplateFault(_fault(error)) from error


def _plain(value: Any, depth: int = 5) -> Any:
    if isinstance(value, Secret) or depth == 0:
        raise TypeError("Secrets and endless structures don't belong in a template.")
    if isinstance(value, str):
        return str.__str__(value)[:MOST_OUTPUT]  # loses marks that would spare it the escaping
    if value is None or isinstance(value, bool | int | date):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each, depth - 1) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, depth - 1) for each in value]
    raise TypeError(f"{type(value).__name__} is not a plain value for a template.")


def _header(text: str) -> str:
    """One line: each run of control characters, line and paragraph separators is a space."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).strip()[:HEADER_LENGTH]


def _fault(error: Exception) -> Fault:
    place = error.token if isinstance(error, LiquidError) else None
    if place is None or place.start_index < 0:
        return Fault(0, _sentence(error, ""))
    line = place.source.count("\n", 0, place.start_index) + 1
    return Fault(line, _sentence(error, place.value))


def _sentence(error: Exception, place: str) -> str:
    detail = str(error.message) if isinstance(error, LiquidError) else str(error)
    if isinstance(error, OutOfTime | LoopIterationLimitError):
        return _("The template computes for too long. Use fewer or shorter loops.")
    if isinstance(error, TooLarge | OutputStreamLimitError | LocalNamespaceLimitError):
        return _("The template makes a text or number that is too large.")
    if isinstance(error, RecursionError | BlockNestingError):
        return _("The template is nested too deeply.")
    if isinstance(error, Range):
        return _("Ranges such as (1..9) can't be used.")
    if isinstance(error, UnknownFilterError):
        return _no_filter(place)
    if detail.startswith("unexpected tag"):
        return _("There is no tag “%(name)s” here.") % {"name": place}
    return _("Something is missing or out of place (%(detail)s).") % {"detail": detail.rstrip(".")}


def _no_filter(name: str) -> str:
    return _("There is no filter “%(name)s”.") % {"name": name}


def _no_variable(name: str) -> str:
    return _("There is no variable “%(name)s”.") % {"name": name}
