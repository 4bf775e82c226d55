"""The web process: granian inside one event loop, until a signal comes."""

import asyncio
import signal

from django.conf import settings
from granian.constants import Interfaces, TaskImpl
from granian.log import LogLevels
from granian.server.embed import Server

from ventanilla.lib import garbage, ports
from ventanilla.lib.home import HomeProblem

CONNECTIONS = 20_000  # at once; every open browser holds one for its live stream
GRACE = 10  # seconds that requests under way get to finish


def run() -> int:
    """Serve until SIGTERM or SIGINT. Raises HomeProblem when the port is taken."""
    if why := ports.obstacle(settings.WEB_HOST, settings.WEB_PORT):
        raise HomeProblem(ports.choose_another(why))
    return asyncio.run(_serve())


async def _serve() -> int:
    from ventanilla import asgi

    server = Server(
        asgi.application,
        address=settings.WEB_HOST,
        port=settings.WEB_PORT,
        interface=Interfaces.ASGINL,
        task_impl=TaskImpl.asyncio,
        websockets=False,
        backlog=1024,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
    )
    loop, ending = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ending.set)
    await asgi.startup()
    garbage.settle()
    serving = asyncio.create_task(server.serve())
    asked = asyncio.create_task(ending.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    await asgi.shutdown()
    server.stop()
    await asyncio.wait({serving}, timeout=GRACE)
    return 0 if asked.done() else 1
