"""The engine under `lib.liquid`: which tags and filters there are, and the limits of each step."""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import liquid
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.filters import array, math, misc, string
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.exceptions import FilterArgumentError, LiquidError
from liquid.expression import Expression
from liquid.utils import ReadOnlyChainMap

MOST_OUTPUT = 100_000  # bytes; also characters or items of any value on the way
MOST_LOOPS = 1_000  # rounds of a loop with those around it
MOST_NUMBER = 10**15
CPU_SECONDS = 0.1


class OutOfTime(LiquidError):
    """The template has computed for too long."""


class Range(LiquidError):
    """The template holds a range."""


class TooLarge(FilterArgumentError):
    """A value on the way is too large."""


class _Context(liquid.RenderContext):
    """Knows only the given values, and ends when the time is up."""

    __slots__ = ("_ends",)

    def __init__(self, *args: Any, **kwargs: Any):
        self._ends = time.thread_time() + CPU_SECONDS
        super().__init__(*args, **kwargs)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)

    @property
    def disabled_tags(self) -> list[str]:
        """Asked by each node before it renders, which makes it the place to look at the clock."""
        if time.thread_time() > self._ends:
            raise OutOfTime("too long", token=None)
        return []

    @disabled_tags.setter
    def disabled_tags(self, tags: list[str]) -> None:
        """Nothing can be disabled further: `render` and `include` don't exist here."""


class _Template(liquid.BoundTemplate):
    context_class = _Context


class _Environment(liquid.Environment):
    template_class = _Template
    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = MOST_LOOPS
    local_namespace_limit = 4 * MOST_OUTPUT
    output_stream_limit = MOST_OUTPUT
    suppress_blank_control_flow_blocks = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        for tag in _TAGS:
            self.add_tag(tag)
        for name, function in _FILTERS.items():
            self.add_filter(name, _bounded(name, function))


def parsed(source: str, *, escaping: bool) -> liquid.BoundTemplate:
    """Return the template. Raises LiquidError, RecursionError, ValueError."""
    template = _ENVIRONMENTS[escaping].from_string(source)
    _refuse_ranges(template)
    return template


def _refuse_ranges(template: liquid.BoundTemplate) -> None:
    """Refuse `(1..9)`: a range may be endless before any limit is looked at."""
    context, nodes = _Context(template), list(template.nodes)
    while nodes:
        node = nodes.pop()
        nodes += node.children(context, include_partials=False)
        expressions: list[Expression] = list(node.expressions())
        while expressions:
            expression = expressions.pop()
            if isinstance(expression, RangeLiteral):
                raise Range("range", token=expression.token)
            expressions += expression.children()


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a filter from making something huge out of something small."""

    def filtered(value: Any, *args: Any, **kwargs: Any) -> Any:
        for each in (value, *args):
            _weigh(each)
        if name == "replace" and args:
            text, old, new = str(value), str(args[0]), str((*args, "")[1])
            _require(len(text) + text.count(old) * len(new))
        elif name == "join" and args and isinstance(value, list):
            _require(len(value) * len(str(args[0])))
        result = function(value, *args, **kwargs)
        _weigh(result)
        return result

    for mark in ("with_context", "with_environment"):
        if hasattr(function, mark):
            setattr(filtered, mark, True)
    return filtered


def _weigh(value: Any) -> None:
    if isinstance(value, int | float):
        if abs(value) > MOST_NUMBER:
            raise TooLarge("too large", token=None)
    elif isinstance(value, str):
        _require(len(value))
    elif isinstance(value, list | tuple):
        _require(len(value) + sum(len(each) for each in value if isinstance(each, str)))


def _require(size: int) -> None:
    if size > MOST_OUTPUT:
        raise TooLarge("too large", token=None)


def _date(value: Any, form: Any = "%Y-%m-%d") -> Any:
    """Write a date by strftime's letters. Anything else stays as it is: there is no clock here."""
    return value.strftime(str(form)[:100]) if isinstance(value, date) else value


_TAGS = (
    liquid.builtin.content.Literal,
    liquid.builtin.output.Output,
    liquid.builtin.illegal.Illegal,
    assign_tag.AssignTag,
    capture_tag.CaptureTag,
    case_tag.CaseTag,
    comment_tag.CommentTag,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    for_tag.ForTag,
    if_tag.IfTag,
    inline_comment_tag.InlineCommentTag,
    unless_tag.UnlessTag,
)
_FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_,
    "append": string.append,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "capitalize": string.capitalize,
    "ceil": math.ceil,
    "compact": array.compact,
    "date": _date,
    "default": misc.default,
    "divided_by": math.divided_by,
    "downcase": string.downcase,
    "escape": string.escape,
    "first": array.first,
    "floor": math.floor,
    "join": array.join,
    "last": array.last,
    "lstrip": string.lstrip,
    "map": array.map_,
    "minus": math.minus,
    "modulo": math.modulo,
    "newline_to_br": string.newline_to_br,
    "plus": math.plus,
    "prepend": string.prepend,
    "remove": string.remove,
    "replace": string.replace,
    "reverse": array.reverse,
    "round": math.round_,
    "rstrip": string.rstrip,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "split": string.split,
    "strip": string.strip,
    "strip_newlines": string.strip_newlines,
    "times": math.times,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "uniq": array.uniq,
    "upcase": string.upcase,
    "url_encode": string.url_encode,
    "where": array.where,
}
_ENVIRONMENTS = {escaping: _Environment(autoescape=escaping) for escaping in (False, True)}
