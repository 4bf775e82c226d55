"""From bytes that anybody may have written to YAML nodes that know their lines.

Nothing is ever constructed from a file: no tags, no aliases, little depth, a limit of size. What a
scalar means is decided by the field that it stands in, so `no` stays a language and `09:00` a time.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from django.utils.translation import gettext as _
from yaml import nodes
from yaml.error import MarkedYAMLError, YAMLError

from ventanilla.configuration.faults import Fault, Faulty

Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 1_000_000  # bytes
DEEPEST = 20
MOST_NODES = 100_000


def load(data: bytes) -> nodes.MappingNode:
    """The file's outermost mapping. Raises Faulty."""
    text = _decoded(data)
    try:
        _look_through(text)
        root = yaml.compose(text, Loader=Loader)
    except YAMLError as error:
        raise Faulty([_fault(error)]) from error
    if not isinstance(root, nodes.MappingNode):
        raise Faulty([Fault(1, 1, "", _("The file holds no sections. Export one to begin with."))])
    return root


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        text = _("The file is larger than %(most)s kB.") % {"most": LARGEST // 1000}
        raise Faulty([Fault(1, 1, "", text)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        text = _("This is no UTF-8 text. Save the file as UTF-8.")
        raise Faulty([Fault(line, column, "", text)]) from error


def _look_through(text: str) -> None:
    """Refuse what no configuration needs before anything grows from it. Raises Faulty."""
    depth = count = 0
    for event in yaml.parse(text, Loader=Loader):
        name, count = type(event).__name__, count + 1
        if name == "AliasEvent" or getattr(event, "anchor", None):
            raise _refusal(event, _("Anchors and aliases (& and *) are not read: write it out."))
        if getattr(event, "tag", None):
            raise _refusal(event, _("Tags (!) are not read: leave it out."))
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > DEEPEST:  # the stream and the document count too
            raise _refusal(event, _("This is nested too deeply."))
        if count > MOST_NODES:
            raise _refusal(event, _("The file holds too many values."))


def _refusal(event: yaml.Event, message: str) -> Faulty:
    mark = event.start_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Faulty([Fault(line, column, "", message)])


def _fault(error: YAMLError) -> Fault:
    mark = None
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Fault(line, column, "", _in_words(str(error)))


def _in_words(said: str) -> str:
    """What the parser stumbled over, with the way out."""
    if "mapping values are not allowed" in said:
        return _("A colon is not expected here. Put a text that holds “: ” into quotes.")
    if "character" in said and "start any token" in said:
        return _("No value begins like this. Indent with spaces, and quote texts with signs.")
    if "scanning a simple key" in said or "expected ':'" in said:
        return _("A colon is missing behind the name of the field.")
    if "quoted scalar" in said:
        return _("The quotes of this text are not closed, or it holds an unknown escape.")
    if "document" in said and "expected a single" in said:
        return _("The file holds more than one document. Remove the lines “---”.")
    if "special characters" in said or "control characters" in said:
        return _("The file holds control characters. Remove them.")
    if "flow" in said:
        return _("A bracket is not closed, or a comma is missing.")
    if "block mapping" in said or "block collection" in said:
        return _("The indentation does not fit the lines above.")
    return _("This is no YAML. Look at indentation, quotes and colons.")


def items(node: nodes.MappingNode) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    yield from node.value


def is_null(node: nodes.Node) -> bool:
    plain = isinstance(node, nodes.ScalarNode) and not node.style
    return plain and node.value in ("", "~", "null", "Null", "NULL")


def place(node: nodes.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
