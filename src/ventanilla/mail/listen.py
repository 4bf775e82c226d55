"""Where something listens, as written in a setting: `host:port`, or the path of a socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ventanilla.lib.env import BadSetting

SOCKET_MODE = 0o660  # the group of the socket's folder decides which mail server may write


@dataclass(frozen=True, slots=True)
class Place:
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.path or f"{host}:{self.port}"

    async def serve(self, protocol: Callable[[], asyncio.BaseProtocol]) -> asyncio.Server:
        """Listen. Raises OSError: the port is taken, the folder can't be written."""
        loop = asyncio.get_running_loop()
        if not self.path:
            return await loop.create_server(protocol, self.host, self.port)
        with contextlib.suppress(FileNotFoundError):
            if stat.S_ISSOCK(Path(self.path).stat().st_mode):
                Path(self.path).unlink()  # left by a process that was killed
        server = await loop.create_unix_server(protocol, self.path)
        os.chmod(self.path, SOCKET_MODE)  # noqa: PTH101 (the loop takes no mode)
        return server


def place(name: str, value: str, *, sockets: bool = False) -> Place | None:
    """Read a setting; None when it is empty: not to listen at all. Raises BadSetting."""
    if not value:
        return None
    if sockets and value.startswith("/"):
        return Place(path=value)
    host, _, port = value.rpartition(":")
    if not (port.isascii() and port.isdecimal()) or int(port) > 65_535 or not host:
        also = ", or the path of a socket" if sockets else ""
        raise BadSetting(f"{name}={value!r}: expected an address such as 127.0.0.1:2525{also}.")
    return Place(host.strip("[]"), int(port))
