"""What a template says the same way each time is said once, when the template is compiled.

An environment is of one language, so `_("Assign to me")` is text there, `url("desk:me")` an
address and `icon("lock")` a drawing: they become part of the template, as if they stood in it. A
page has hundreds of them, which were most of its time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer

Constant = Callable[..., Any]  # the same for the same arguments, for as long as the process lives


class FoldingEnvironment(Environment):
    """Calls the `constants` among its globals at once, where all arguments are plain values."""

    constants: Mapping[str, Constant] = {}

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
