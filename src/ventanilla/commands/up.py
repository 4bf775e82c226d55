"""ventanilla up: the whole installation under one supervisor, until Ctrl-C."""

import argparse
import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from ventanilla.commands.roles import SUPERVISED
from ventanilla.lib import embedded, env, home, ports
from ventanilla.lib.home import HomeProblem
from ventanilla.lib.postgres import Server
from ventanilla.lib.supervisor import Database, Part, Process, Step, supervise
from ventanilla.lib.terminal import gettext as _
from ventanilla.mail.listen import place

FOUND = {
    "new": _("A new database was made."),
    "recovered": _("The database had not been stopped properly; it has recovered."),
    "adopted": _("The database was still running and was taken over."),
}
SMTP_LISTEN, LMTP_LISTEN = "VENTANILLA_SMTP_LISTEN", "VENTANILLA_LMTP_LISTEN"
DEFAULT_SMTP = "127.0.0.1:2525"
AFTER_A_KILL = 20.0
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
    folder = home.path()
    home.prepare(folder)
    with home.owned(folder, "ventanilla up") as was_killed:
        patience = AFTER_A_KILL if was_killed else 0
        return run(folder, demo=chosen.demo, patience=patience)


def run(folder: Path, *, demo: bool, patience: float) -> int:
    """Run everything until told to stop.

    patience   seconds that processes of a killed predecessor get to leave their ports
    """
    host, port = env.text("VENTANILLA_HOST", "127.0.0.1"), env.port("VENTANILLA_PORT", 8000)
    if why := obstacle(host, port, patience):
        raise HomeProblem(ports.choose_another(why))
    receivers = mail_receivers(patience)
    os.environ[SUPERVISED] = "1"
    if demo and not env.text("VENTANILLA_SMTP_URL"):  # its customers are nobody: nothing is sent
        os.environ.setdefault("VENTANILLA_MAIL_FOLDER", str(folder / "outbox"))

    async def pages() -> None:
        await answering(host, port)

    async def ready() -> None:
        await pages()
        say(_("Ventanilla is at %(address)s") % {"address": address(port)})
        for sentence in receivers:
            say(sentence)
        if demo or sys.stdout.isatty():  # a log of a real desk shall let nobody in
            await run_once("signin-link", "--if-any")

    asyncio.run(supervise(parts(folder, pages, demo=demo), say=say, ready=ready))
    return 0


def parts(folder: Path, pages: Callable[[], Awaitable[None]], *, demo: bool) -> list[Part]:
    """Return what an installation consists of, in the order in which it starts.

    pages   returns once the pages are there: they come first, the others have time
    """
    found: list[Part] = []
    needed, done = (lambda: True), (lambda: None)
    if embedded.is_embedded():
        server = embedded.server(folder)
        seal = embedded.SchemaSeal(server, folder)
        needed, done = (lambda: not seal.holds()), seal.renew
        found.append(database(server))
    found.append(Step("migrate", ours("migrate"), needed=needed, done=done))
    if demo:
        mark = folder / DEMO_MARK
        seed = ours("seed", "--demo")
        found.append(Step("demo", seed, needed=lambda: not mark.exists(), done=mark.touch))
    found.append(Process("web", ours("web"), ready=pages))
    found.append(Process("worker", ours("worker")))
    found.append(Process("mail", ours("mail")))
    return found


def mail_receivers(patience: float) -> list[str]:
    """Return a sentence about each place where mail is received.

    The usual place may be another installation's: then this one goes on without, and says so. A
    place that was chosen must be had. Raises HomeProblem.
    """
    chosen = env.text(SMTP_LISTEN)
    at = place(SMTP_LISTEN, env.text(SMTP_LISTEN, DEFAULT_SMTP))
    lmtp = place(LMTP_LISTEN, env.text(LMTP_LISTEN), sockets=True)
    sentences = []
    if at and (why := obstacle(at.host, at.port, patience)):
        advice = _("Choose another place for mail with %(name)s.") % {"name": SMTP_LISTEN}
        if chosen:
            raise HomeProblem(f"{why} {advice}")
        os.environ[SMTP_LISTEN] = ""
        sentences.append(_("Mail is not received by SMTP: %(why)s") % {"why": f"{why} {advice}"})
    elif at:
        sentences.append(_("Mail is received by SMTP at %(place)s") % {"place": at})
    if lmtp:
        sentences.append(_("Mail is received by LMTP at %(place)s") % {"place": lmtp})
    return sentences


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


def obstacle(host: str, port: int, patience: float) -> str | None:
    """Return why the port can't be had, even after a while."""
    end = time.monotonic() + patience
    while (why := ports.obstacle(host, port)) and time.monotonic() < end:
        time.sleep(0.1)
    return why


def say(sentence: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever read it has left; the work goes on
        print(sentence, flush=True)
