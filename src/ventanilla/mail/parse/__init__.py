"""The mail parser: bytes in, plain values out. Without Django, slim enough for a child process.

`parse(raw)` reads in this process; `child.ParserChild` does so in one that may be killed.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ventanilla.mail.parse.message import parse as parse

__all__ = ["parse"]


def __getattr__(name: str) -> Any:
    """`parse` is loaded when first asked for: who only talks to the child never needs it."""
    if name != "parse":
        raise AttributeError(name)
    from ventanilla.mail.parse.message import parse

    return parse
