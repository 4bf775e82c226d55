"""An outgoing server with moods: slow, refusing for now or for good, breaking off."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.mail.outgoing.sink import Sink, sink

MOODS = ("slow", "later", "never", "cut", "cut_after")
REFUSALS = {"later": "451 4.3.0 come again", "never": "550 5.7.1 not from you"}


@dataclass
class Moody(Sink):
    """A sink whose mood the storm changes. `met` counts how often each mood was felt."""

    mood: str = "fair"
    slow: float = 0.0  # seconds before each answer, when it is slow
    met: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self._drag()
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._drag()
        if self.mood == "cut":
            return self._break_off(server)
        if self.mood in REFUSALS:
            self.met[self.mood] += 1
            return REFUSALS[self.mood]
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):
        await self._drag()
        answer = await super().handle_DATA(server, session, envelope)
        return self._break_off(server) if self.mood == "cut_after" else answer

    async def _drag(self) -> None:
        if self.mood == "slow":
            self.met["slow"] += 1
            await asyncio.sleep(self.slow)

    def _break_off(self, server) -> str:
        self.met[self.mood] += 1
        server.transport.abort()
        return "421 gone"


@contextmanager
def moody(slow: float) -> Iterator[Moody]:
    with sink(box=Moody(slow=slow)) as box:
        yield box
