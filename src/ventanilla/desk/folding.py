"""What a template says the same way each time is said once, when the template is compiled; and what
differs is written out at a third of what Jinja2 takes for it.

An environment is of one language, so `_("Assign to me")` is text there, `url("desk:me")` an
address and `icon("lock")` a drawing: they become part of the template, as if they stood in it. A
page has hundreds of them, which were most of its time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

Constant = Callable[..., Any]  # the same for the same arguments, for as long as the process lives


SPECIAL = re.compile("[&<>\"']").search


def written(value: Any) -> str:
    """What stands in a page for a value: as `escape`, which makes markup anew of each text."""
    kind = type(value)
    if kind is Markup or (kind is str and not SPECIAL(value)):
        return value
    return str(value) if kind is int else escape(value)


class Writing(CodeGenerator):
    """Writes values out by `written`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        context = frame.eval_ctx
        if context.volatile or not context.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.written(")


class FoldingEnvironment(Environment):
    """Calls the `constants` among its globals at once, where all arguments are plain values."""

    constants: Mapping[str, Constant] = {}
    code_generator_class = Writing
    written = staticmethod(written)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        own = _named_here(template)
        known = {name: make for name, make in self.constants.items() if name not in own}
        folded: nodes.Template = _Folding(known).visit(template)
        return folded


def _named_here(template: nodes.Template) -> set[str]:
    """The names that the template gives a meaning of its own."""
    names = {one.name for one in template.find_all(nodes.Name) if one.ctx != "load"}
    names |= {one.name for one in template.find_all(nodes.Macro)}
    names |= {one.target for one in template.find_all(nodes.Import)}
    for each in template.find_all(nodes.FromImport):
        names |= {one if isinstance(one, str) else one[1] for one in each.names}
    return names


class _Folding(NodeTransformer):
    def __init__(self, constants: Mapping[str, Constant]):
        self.constants = constants

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 (Jinja2 calls it so)
        self.generic_visit(node)
        make = self.constants.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        given = [*node.args, *(each.value for each in node.kwargs)]
        dynamic = node.dyn_args or node.dyn_kwargs
        if make is None or dynamic or not all(isinstance(one, nodes.Const) for one in given):
            return node
        named = {each.key: each.value.value for each in node.kwargs}  # type: ignore[attr-defined]
        values = [one.value for one in node.args]  # type: ignore[attr-defined]
        return nodes.Const(make(*values, **named), lineno=node.lineno)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:  # noqa: N802
        """As at run time. (Left to itself, Jinja2 forgets here what is escaped already.)"""
        self.generic_visit(node)
        if not all(isinstance(one, nodes.Const) for one in node.nodes):
            return node
        joined = markup_join(one.value for one in node.nodes)  # type: ignore[attr-defined]
        return nodes.Const(joined, lineno=node.lineno)
