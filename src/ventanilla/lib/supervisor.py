"""Keep the parts of an installation running: start in order, restart what dies, stop in reverse.

A part is anything that starts, ends and can be stopped; this module does not know what they do.
"""

import asyncio
import contextlib
import resource
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from ventanilla.lib.postgres import Cancelled, DatabaseProblem, Server
from ventanilla.lib.terminal import gettext as _
from ventanilla.lib.tether import Tether

HOPELESS = 78  # a part's exit code (EX_CONFIG): it said why, and starting it again is of no use
LONGEST_WAIT = 30.0
STEADY = 60.0  # seconds of life after which earlier deaths are forgotten
STOPS = ((signal.SIGTERM, 15), (signal.SIGKILL, 0))  # for what outlives a killed supervisor
HEAD_START = 10.0  # seconds that a part gets to be ready before the next one starts
TRIES = 5  # failed starts in a row after which the database is given up

Say = Callable[[str], None]


class GaveUp(Exception):
    """One part can't run, so none can. It holds the sentence for the operator, if any is left."""


class Part(Protocol):
    name: str

    async def start(self) -> None:
        """Return when the next part may start. Raises GaveUp or HomeProblem."""

    async def wait(self) -> int:
        """Return the exit code, once it has ended."""

    async def stop(self) -> None: ...


class Process:
    """A program of ours: SIGTERM asks it to end, SIGKILL after `grace` seconds makes it.

    ready   returns once it does its work; the next part waits for that, for a while
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        grace: float = 20,
        ready: Callable[[], Awaitable[None]] | None = None,
    ):
        self.name, self.command, self.grace, self.ready = name, command, grace, ready
        self._process: asyncio.subprocess.Process | None = None
        self._tether: Tether | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self.command,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone
        )
        self._tether = Tether(self._process.pid, STOPS)
        if self.ready is not None:
            works = asyncio.ensure_future(self.ready())
            ended = asyncio.create_task(self._process.wait())
            await asyncio.wait(
                {works, ended}, timeout=HEAD_START, return_when=asyncio.FIRST_COMPLETED
            )
            works.cancel()
            ended.cancel()

    async def wait(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} has not been started")
        code = await self._process.wait()
        if self._tether is not None:
            self._tether.let_go()
            self._tether = None
        return code

    async def stop(self) -> None:
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.wait(), self.grace)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


class Step(Process):
    """A program that has to finish well before the next part starts.

    needed   asked first, in a thread; then `done` is told, in a thread too
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        needed: Callable[[], bool],
        done: Callable[[], None],
    ):
        super().__init__(name, command)
        self.needed, self.done = needed, done

    async def start(self) -> None:
        if not await asyncio.to_thread(self.needed):
            return
        await super().start()
        if code := await super().wait():
            raise GaveUp("" if code > 0 else _("%(name)s was ended.") % {"name": self.name})
        await asyncio.to_thread(self.done)

    async def wait(self) -> int:
        return await asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._signal(signal.SIGTERM)
            await super().wait()


class Database:
    """The embedded server; `ready` runs in a thread after each start, with what it found."""

    name = "postgres"

    def __init__(self, server: Server, ready: Callable[[str], None]):
        self.server, self.ready = server, ready
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        async with self._starting:
            with contextlib.suppress(Cancelled):
                self.ready(await asyncio.to_thread(self.server.start))

    async def wait(self) -> int:
        while self.server.alive():
            await asyncio.sleep(0.2)
        await asyncio.to_thread(self.server.stop)
        return 1

    async def stop(self) -> None:
        self.server.cancel()
        async with self._starting:
            await asyncio.to_thread(self.server.stop)


async def supervise(
    parts: Sequence[Part], *, say: Say, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Run the parts until a signal comes, then stop them.

    ready   awaited beside them once all have started
    Raises, after all have stopped, GaveUp or HomeProblem when one of them can't run.
    """
    _raise_file_limit()
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
            loop.add_signal_handler(number, stop.set)
    async with _Watch(say) as watch:
        for part in parts:
            watch.starting(part)
            await watch.until(asyncio.ensure_future(part.start()), stop)
            if stop.is_set():
                break
            watch.keep(part)
        else:
            if ready is not None:
                watch.beside(ready())
            await watch.until(None, stop)


class _Watch:
    """The parts that have been started, each with the task that keeps it running."""

    def __init__(self, say: Say):
        self.say = say
        self._parts: list[Part] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "_Watch":
        return self

    async def __aexit__(self, *_unused: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for part in reversed(self._parts):
            await part.stop()

    def starting(self, part: Part) -> None:
        self._parts.append(part)

    def keep(self, part: Part) -> None:
        self._tasks.add(asyncio.create_task(_keep(part, self.say)))

    def beside(self, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work
            await asyncio.get_running_loop().create_future()

        self._tasks.add(asyncio.create_task(run()))

    async def until(self, work: "asyncio.Future[None] | None", stop: asyncio.Event) -> None:
        """Wait for the work, the stop, or a part that gives up, whichever comes first."""
        stopped = asyncio.create_task(stop.wait())
        awaited = {stopped, *self._tasks} | ({work} if work else set())
        done, _rest = await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
        try:
            for task in done - {stopped}:
                if error := task.exception():
                    raise error
        finally:
            stopped.cancel()
            if work is not None and not work.done():
                await self._parts[-1].stop()
                await asyncio.gather(work, return_exceptions=True)


async def _keep(part: Part, say: Say) -> None:
    """Start the part again whenever it ends. Raises GaveUp when that is of no use."""
    deaths = 0
    while True:
        began = time.monotonic()
        code = await part.wait()
        if code == HOPELESS:
            raise GaveUp
        deaths = 1 if time.monotonic() - began > STEADY else deaths + 1
        pause = min(LONGEST_WAIT, 0.25 * 2**deaths)
        say(
            _("%(name)s ended (%(code)d) and starts again in %(seconds)g s.")
            % {"name": part.name, "code": code, "seconds": pause}
        )
        await asyncio.sleep(pause)
        await _start_again(part, say)


async def _start_again(part: Part, say: Say) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            await part.start()
            return
        except DatabaseProblem as problem:
            if attempt == TRIES:
                raise
            say(str(problem))
            await asyncio.sleep(min(LONGEST_WAIT, 0.25 * 2**attempt))


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(65_536, hard)
    if soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
