"""Many open browsers: what a live stream costs, and how soon a change has reached all of them.

Each is an agent's own connection to `/live`; agents see what their team sees, so that a change
goes to those who show it and not to the others.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import threading
import time
from collections import defaultdict

from bench.client import Client, sign_in
from bench.installation import Installation
from bench.measure import cost
from bench.table import Row
from ventanilla.events.acts import Act
from ventanilla.lib import clock
from ventanilla.people.models import Agent
from ventanilla.tickets.actions import set_priority
from ventanilla.tickets.models import Priority, Status, Ticket

AT_ONCE = 50  # browsers that open their streams at the same time
PATIENCE = 15.0  # seconds in which a change must have arrived
PAUSE = 0.5  # seconds between two changes


class Crowd:
    """The open streams, in an event loop of their own; each notes what it hears, and when."""

    def __init__(self, clients: list[Client]):
        self.clients, self.open, self.lost = clients, 0, 0
        self.heard: dict[int, list[float]] = defaultdict(list)  # a ticket's number -> moments
        threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True).start()

    async def _listen(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._try(client, gate) for client in self.clients))

    async def _try(self, client: Client, gate: asyncio.Semaphore) -> None:
        try:
            await self._one(client, gate)
        except OSError:
            self.lost += 1

    async def _one(self, client: Client, gate: asyncio.Semaphore) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", client.at.port)
            cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
            writer.write(f"GET /live HTTP/1.1\r\nHost: bench\r\nCookie: {cookies}\r\n\r\n".encode())
            while b'"hello"' not in await reader.readline():
                if reader.at_eof():
                    raise ConnectionError("no stream")
        self.open += 1
        while line := await reader.readline():
            if b'"n":' in line:
                number = int(line.partition(b'"n":')[2].partition(b",")[0].strip(b" }\n"))
                self.heard[number].append(time.perf_counter())
        self.open -= 1
        raise ConnectionError("the stream has ended")


def measure(at: Installation, *, browsers: int, changes: int) -> list[Row]:
    _allow(2 * browsers + 1000)
    agents = list(Agent.objects.filter(user__is_active=True).select_related("user", "role"))
    clients = [sign_in(at, agent.user.email) for agent in agents]
    at.wait_for(at.is_quiet)
    with cost(at.parts) as opening:
        crowd = Crowd(list(itertools.islice(itertools.cycle(clients), browsers)))
        at.wait_for(lambda: crowd.open + crowd.lost >= browsers)
    with cost(at.parts, memory=True) as spent:
        arrived, all_there = _changes(crowd, changes)
    return [
        Row(f"Opening {browsers:,} live streams", browsers, (), opening,
            told=f"{browsers / opening.wall:.0f}/s; {crowd.lost} lost"),
        Row("A change on all screens that show it", len(arrived), tuple(arrived), spent,
            parts=(), memory=spent.memory["web"],
            told=f"p99 {_p99(arrived):.0f} ms; the last screen after {_p99(all_there):.0f} ms (p99"
                 f" of {changes} changes); web {spent.ms('web', changes):.0f} ms CPU a change"),
    ]  # fmt: skip


def _changes(crowd: Crowd, count: int) -> tuple[list[float], list[float]]:
    """Milliseconds until each screen, and until the last one, heard of a ticket's new priority."""
    tickets = Ticket.objects.filter(status__lt=Status.RESOLVED).order_by("pk")[:count]
    arrived, last = list[float](), list[float]()
    for ticket in tickets:
        crowd.heard.clear()
        other = Priority.HIGH if ticket.priority != Priority.HIGH else Priority.NORMAL
        set_priority(ticket, Act.of_system(clock.now()), to=other)
        began = time.perf_counter()
        time.sleep(PAUSE)
        _until_still(crowd.heard[ticket.number])
        times = [1000 * (moment - began) for moment in crowd.heard[ticket.number]]
        arrived += times
        last.append(max(times, default=1000 * PATIENCE))
    return arrived, last


def _until_still(moments: list[float]) -> None:
    """Wait until nobody has heard of it anew for a while."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and (not moments or time.perf_counter() - moments[-1] < PAUSE):
        time.sleep(0.05)


def _p99(values: list[float]) -> float:
    ordered = sorted(values)
    return ordered[max(0, -(-99 * len(ordered) // 100) - 1)] if ordered else 0.0


def _allow(files: int) -> None:
    """Let this process have as many connections."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))
