"""The promises of one ticket: which clock runs, when it is due, how it ends."""

from __future__ import annotations

from dataclasses import dataclass

from ventanilla.demo.load.hours import Hours, stamp
from ventanilla.demo.load.ledger import NULL, Ledger, Promise, moment

AMBER_SHARE, AMBER_LEFT = 0.75, 3600  # as `sla.clocks` has them


@dataclass(slots=True)
class Running:
    """A clock that runs, as `sla.Clock` keeps it."""

    metric: str
    cycle: int
    started: int
    target: int = 0
    due: int = 0
    warn: int = 0
    breached: int | None = None

    def aim(self, promise: Promise, hours: Hours, priority: int) -> None:
        """Set when it is due, at a ticket of this priority."""
        self.target = promise.targets[self.metric][priority]
        self.due = hours.due(self.started, self.target)
        share = hours.due(self.started, int(self.target * AMBER_SHARE))
        self.warn = min(share, self.due - AMBER_LEFT)

    def write(self, ledger: Ledger, ticket: int, state: str, ended: int | None) -> int:
        """Write its row; returns the working seconds that it has run."""
        gone = 0 if ended is None else ledger.hours.elapsed(self.started, ended)
        promise = ledger.desk.promise
        ledger.write(
            "sla.Clock",
            ticket, self.metric, self.cycle, state, stamp(self.started), self.target,
            stamp(self.due), stamp(self.warn), moment(self.breached), moment(ended),
            NULL if ended is None else gone, *promise.policy, *promise.calendar,
        )  # fmt: skip
        return gone
