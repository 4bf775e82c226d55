"""Logs: one JSON object per line on standard error, or readable lines on a terminal.

Write what happened as a short name and plain values, never a text of a person's:

    logger = structlog.get_logger(__name__)
    logger.info("mail_kept", inbox=3, size=20480)

Ids that are bound (`bound(request="5f3a")`) go with every line of the thread or task. Above debug
addresses are hashed and secrets are dots. `settings.LOGGING_CONFIG` names `set_up`.
"""

import logging
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from secrets import token_hex
from typing import Any, TextIO

import orjson
import structlog
from django.utils.crypto import salted_hmac

from ventanilla.lib import clock

Line = MutableMapping[str, Any]

QUIET = ("PIL", "asyncio", "botocore", "boto3", "fontTools", "procrastinate", "urllib3")
LONGEST = 4_000  # characters of one value: enough for a reason, too few for a message's text
LONGEST_TRACE = 20_000

_ADDRESS = re.compile(r"(?<![^\s<>\"'(),:;=\[\]])[^\s<>\"'(),:;=\[\]@]+@[^\s<>\"'(),:;=\[\]@]+")
_SECRET_NAME = re.compile(r"pass|secret|token|authorization|cookie|credential|api_?key", re.I)
# Also the long random part of a one-time link.
_SECRET_TEXT = re.compile(r"\b(?:(?:Bearer|Basic) +|vt_)[\w.~+/=-]+|(?<=/)[\w-]{32,}")
_HIDDEN = "•••"
# Control characters and those that turn the direction of text, which could forge other lines.
_UNSAFE = [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F),
           *range(0x2066, 0x206A)]  # fmt: skip
_ESCAPED = {code: f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" for code in _UNSAFE}
_ESCAPED_TRACE = {code: text for code, text in _ESCAPED.items() if code != 0x0A}


def set_up(options: Mapping[str, str]) -> None:
    """Route all logging of this process, the standard library's too, to standard error.

    options   `level`: debug, info, warning or error; `form`: auto, json or console
    """
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(["status_code"]),
        _stamp,
        _number_incident,
    ]
    after = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _protect,
        _escape,
        _renderer(options.get("form", "auto")),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=after, foreign_pre_chain=before)
    )
    _install(handler, options.get("level", "info").upper())


def bind(**ids: object) -> None:
    """Put ids on every further line of this thread or task."""
    structlog.contextvars.bind_contextvars(**ids)


def unbind(*names: str) -> None:
    structlog.contextvars.unbind_contextvars(*names)


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Put ids on the lines that are written inside; afterwards all is as before."""
    with structlog.contextvars.bound_contextvars(**ids):
        yield


def incident() -> str:
    """Return the number under which an unexpected error is found in the log.

    The first call of a request makes it and binds it; show it to the person, nothing else.
    """
    known = structlog.contextvars.get_contextvars().get("incident")
    if known is None:
        known = token_hex(4)
        bind(incident=known)
    return known


class _StandardError(logging.StreamHandler):
    """Writes to whatever standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:
        return sys.stderr


def _install(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, _StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in ("django", "django.server", "django.request"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _renderer(form: str) -> Any:
    if form == "json" or (form == "auto" and not sys.stderr.isatty()):
        return _json
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="at")


def _json(_logger: object, _method: str, line: Line) -> str:
    return orjson.dumps(line, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()


def _stamp(_logger: object, _method: str, line: Line) -> Line:
    return {"at": clock.now().isoformat(timespec="milliseconds"), **line}


def _number_incident(_logger: object, _method: str, line: Line) -> Line:
    """Give an answer of 500 its number, also where no error page has asked for one."""
    if line.get("logger") == "django.request" and line.get("status_code", 0) >= 500:
        line.setdefault("incident", incident())
    return line


def _protect(_logger: object, _method: str, line: Line) -> Line:
    """Hide secrets always, and addresses above debug."""
    debug = line.get("level") == "debug"
    return {name: _hidden(value, name=name, debug=debug) for name, value in line.items()}


def _hidden(value: Any, *, name: str = "", debug: bool) -> Any:
    if _SECRET_NAME.search(name):
        return _HIDDEN
    if isinstance(value, Mapping):
        return {str(key): _hidden(each, name=str(key), debug=debug) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden(each, debug=debug) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = _shortened(value if isinstance(value, str) else str(value), trace=name == "exception")
    text = _SECRET_TEXT.sub(_HIDDEN, text)
    return text if debug else _ADDRESS.sub(_hashed, text)


def _shortened(text: str, *, trace: bool) -> str:
    """Cut a long text; of a trace the end stays, which says what was wrong."""
    longest = LONGEST_TRACE if trace else LONGEST
    if len(text) <= longest:
        return text
    return "…" + text[-longest:] if trace else text[:longest] + "…"


def _hashed(found: re.Match[str]) -> str:
    """The same address always gets the same hash, so its lines can be found."""
    address = found[0].lower().rstrip(".")
    return "@" + salted_hmac("ventanilla.log", address, algorithm="sha256").hexdigest()[:10]


def _escape(_logger: object, _method: str, line: Line) -> Line:
    return {
        name: _safe(value, _ESCAPED_TRACE if name == "exception" else _ESCAPED)
        for name, value in line.items()
    }


def _safe(value: Any, table: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, list):
        return [_safe(each, table) for each in value]
    if isinstance(value, dict):
        return {key.translate(table): _safe(each, table) for key, each in value.items()}
    return value
