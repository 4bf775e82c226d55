"""What the machine decides, read from the environment: typed, and refused loudly.

Every reader takes the variable's name and a default. `NAME_FILE` may name a file that holds the
value instead (secrets in containers); both at once is refused. Nothing here knows any setting:
settings.py lists them, docs/settings.md explains them.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ventanilla.lib.proxies import Network
from ventanilla.lib.proxies import networks as parse_networks
from ventanilla.lib.terminal import gettext as _

YES, NO = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


class BadSetting(Exception):
    """A variable holds something else than it should. The message names it and shows an example."""


def text(name: str, default: str = "") -> str:
    """Return the value of `name`, or the content of the file that `name`_FILE names."""
    value, file = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if value is not None and file:
        raise BadSetting(
            _("%(name)s and %(name)s_FILE are both set: keep one of them.") % {"name": name}
        )
    if file:
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(
                _("%(name)s_FILE=%(file)s: the file can't be read (%(error)s).")
                % {"name": name, "file": file, "error": error}
            ) from error
    return default if value is None else value.strip()


def flag(name: str, default: bool) -> bool:
    value = text(name, "on" if default else "off").lower()
    if value not in YES | NO:
        raise BadSetting(
            _("%(name)s=%(value)r: expected yes or no.") % {"name": name, "value": value}
        )
    return value in YES


def number(name: str, default: int, *, low: int = 0, high: int | None = None) -> int:
    value = text(name, str(default))
    if value.isascii() and value.isdecimal() and low <= int(value) <= (high or int(value)):
        return int(value)
    found = {"name": name, "value": value, "low": low, "high": high}
    if high is None:
        raise BadSetting(_("%(name)s=%(value)r: expected a whole number from %(low)d on.") % found)
    raise BadSetting(
        _("%(name)s=%(value)r: expected a whole number from %(low)d to %(high)d.") % found
    )


def port(name: str, default: int) -> int:
    """Return a port; 0 lets the system pick a free one."""
    return number(name, default, low=0, high=65535)


def seconds(name: str, default: int) -> timedelta:
    return timedelta(seconds=number(name, default, low=1))


def days(name: str, default: int) -> timedelta:
    return timedelta(days=number(name, default, low=1))


def words(name: str, default: str = "") -> list[str]:
    """Return the parts of a list that is separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def networks(name: str) -> list[Network]:
    """Return addresses and CIDR ranges."""
    try:
        return parse_networks(words(name))
    except ValueError as error:
        raise BadSetting(
            _("%(name)s: %(error)s; expected ranges such as 10.0.0.0/8.")
            % {"name": name, "error": error}
        ) from error


def choice(name: str, default: str, among: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in among:
        raise BadSetting(
            _("%(name)s=%(value)r: expected one of %(among)s.")
            % {"name": name, "value": value, "among": ", ".join(among)}
        )
    return value


def url(name: str, default: str, schemes: tuple[str, ...] = ("http", "https")) -> str:
    """Return an address without a slash at its end."""
    value = text(name, default).rstrip("/")
    if value and (urlsplit(value).scheme not in schemes or not urlsplit(value).hostname):
        shown = value if "@" not in value else "…"  # it may hold a password
        raise BadSetting(
            _("%(name)s=%(value)r: expected an address such as %(scheme)s://host.")
            % {"name": name, "value": shown, "scheme": schemes[-1]}
        )
    return value


def database(name: str) -> dict[str, Any] | None:
    """Return Django's database entry for a postgresql:// address, or None when it isn't set.

    What stands behind the question mark goes to libpq as it is (sslmode, host for a socket ...).
    """
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(
            _("%(name)s must begin with postgresql://, such as postgresql://user@host/ventanilla.")
            % {"name": name}
        )
    options = dict(parse_qsl(parts.query))
    try:
        server_port = str(parts.port or "")
    except ValueError as error:
        raise BadSetting(_("%(name)s: the port is not a number.") % {"name": name}) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "ventanilla",
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": options.pop("port", server_port),
        "OPTIONS": options,
    }
