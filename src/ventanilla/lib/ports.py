"""Whether a port can be listened on, and if not, the sentence that says why."""

import errno
import socket

from ventanilla.lib.terminal import gettext as _


def obstacle(host: str, port: int) -> str | None:
    """Return why nothing can listen on host:port now, or None when something can.

    Looks without sharing: a server that shares its port would not notice the other one.
    """
    place = {"host": host, "port": port}
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return _("%(host)s is no address of this machine.") % place
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return _("Port %(port)d on %(host)s is taken by another program.") % place
        if error.errno == errno.EACCES:
            return _("Port %(port)d is for the system: choose one above 1023.") % place
        return _("Nothing can listen on %(host)s, port %(port)d: %(error)s.") % (
            place | {"error": error.strerror}
        )
    return None


def choose_another(why: str) -> str:
    return f"{why} " + _("Choose another port with --port or VENTANILLA_PORT.")


def loopback(host: str) -> str:
    """Return where this machine itself reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def url(host: str, port: int) -> str:
    """Return the address by which this machine itself reaches the pages."""
    name = loopback(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
