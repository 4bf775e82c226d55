"""ventanilla up: the whole installation under one supervisor, until Ctrl-C."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

from ventanilla.commands.roles import SUPERVISED
from ventanilla.lib import embedded, env, home, ports
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.postgres import Server
from ventanilla.lib.supervisor import Database, Part, Process, Step, supervise
from ventanilla.lib.terminal import gettext as _

FOUND = {
    "new": _("A new database was made."),
    "recovered": _("The database had not been stopped properly; it has recovered."),
    "adopted": _("The database was still running and was taken over."),
}
DEMO_MARK = "demo.seeded"  # in the home: the demo data came once, and never comes back by itself


def register(groups) -> None:
    command = groups.add_parser("up", help=_("run everything: database, web, worker and mail"))
    command.add_argument("--port", type=int, help=_("port (default: VENTANILLA_PORT, else 8000)"))
    command.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=False,
        help=_("fill a new installation with a believable desk"),
    )
    command.set_defaults(run=up)


def up(chosen) -> int:
    if chosen.port is not None:
        os.environ["VENTANILLA_PORT"] = str(chosen.port)
    place = home.path()
    home.prepare(place)
    with home.owned(place, "ventanilla up"):
        return run(place, demo=chosen.demo)


def run(place: Path, *, demo: bool) -> int:
    host, port = env.text("VENTANILLA_HOST", "127.0.0.1"), env.port("VENTANILLA_PORT", 8000)
    if why := obstacle_to_the_end(host, port):
        raise HomeProblem(ports.choose_another(why))
    os.environ[SUPERVISED] = "1"

    async def pages() -> None:
        await answering(host, port)

    async def ready() -> None:
        await pages()
        say(_("Ventanilla is at %(address)s") % {"address": address(port)})
        if sys.stdout.isatty():
            await run_once("signin-link", "--if-any")

    asyncio.run(supervise(parts(place, pages, demo=demo), say=say, ready=ready))
    return 0


def parts(place: Path, pages: Callable[[], Awaitable[None]], *, demo: bool) -> list[Part]:
    """Return what an installation consists of, in the order in which it starts.

    pages   returns once the pages are there: they come first, the others have time
    """
    found: list[Part] = []
    needed, done = (lambda: True), (lambda: None)
    if embedded.is_embedded():
        server = embedded.server(place)
        seal = embedded.SchemaSeal(server, place)
        needed, done = (lambda: not seal.holds()), seal.renew
        found.append(database(server))
    found.append(Step("migrate", ours("migrate"), needed=needed, done=done))
    if demo:
        mark = place / DEMO_MARK
        seed = ours("seed", "--demo")
        found.append(Step("demo", seed, needed=lambda: not mark.exists(), done=mark.touch))
    found.append(Process("web", ours("web"), ready=pages))
    if find_spec("ventanilla.worker"):
        found.append(Process("worker", ours("worker")))
    if find_spec("ventanilla.mail.role"):
        found.append(Process("mail", ours("mail")))
    return found


def database(server: Server) -> Database:
    def ready(found: str) -> None:
        server.provision(home.ROLE, home.DATABASE)
        if found in FOUND:
            say(FOUND[found])

    return Database(server, ready)


def ours(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ventanilla", *arguments]


async def run_once(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(*ours(*arguments))
    await process.wait()


async def answering(host: str, port: int) -> None:
    """Return once the pages are there."""
    while True:
        try:
            _reader, writer = await asyncio.open_connection(ports.loopback(host), port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return


def address(port: int) -> str:
    return env.url("VENTANILLA_BASE_URL", f"http://127.0.0.1:{port}")


def obstacle_to_the_end(host: str, port: int) -> str | None:
    """Return why the port can't be had, after giving a web process of before time to leave it."""
    end = time.monotonic() + 3
    while (why := ports.obstacle(host, port)) and time.monotonic() < end:
        time.sleep(0.1)
    return why


def say(sentence: str) -> None:
    print(sentence, flush=True)
