"""One ticket and its verbs: each leaves the rows that the verb of `tickets.actions` leaves."""

from __future__ import annotations

import hashlib
from typing import Any

from ventanilla.demo.load.clock import Running
from ventanilla.demo.load.hours import DAY, stamp
from ventanilla.demo.load.ledger import EVENTS, MESSAGES, NULL, Ledger, known, moment, text
from ventanilla.demo.load.people import Customer
from ventanilla.demo.load.size import CHUNK
from ventanilla.lib.fold import snippet

NEW, OPEN, PENDING, ON_HOLD, RESOLVED, CLOSED = range(6)
INBOUND, REPLY, NOTE, CALL, SYSTEM = range(5)
LAST_WORDS = 8  # messages that there is always room for
CLOSES_AFTER = 4 * DAY


class Ticket:
    """A ticket as it stands, and what has been written down about it so far."""

    def __init__(self, ledger: Ledger, customer: Customer, *, channel: str, team: int):
        desk = ledger.desk
        order = ledger.chunk * CHUNK + ledger.position
        self.ledger, self.customer, self.channel = ledger, customer, channel
        self.stand_with(team)
        self.give_to(None)
        self.id, self.number = desk.first["tickets.Ticket"] + order, desk.first["number"] + order
        self.contact = desk.first["people.Contact"] + customer.number
        self.inbox, self.address = desk.inboxes[team]  # stays, whoever gets the ticket
        self.status, self.priority = NEW, 1
        self.version = self.count = self.reopened = 0
        self.pinned: list[str] = []
        self.tags: tuple[int, ...] = ()
        self.category: int | None = None
        self.hold = self.subject = self.last_words = ""
        self.created = self.updated = 0
        self.resolved: int | None = None
        self.resolved_as = 0  # the number of the event
        self.closed: int | None = None
        self.first_replied: int | None = None
        self.waiting: int | None = None
        self.last: tuple[int, int, int] = (0, 0, 0)  # when, kind, id
        self.seen = 0  # the last message that an agent wrote
        self.clock: Running | None = None
        self.cycles = {"first_response": 0, "next_response": 0}
        self.sent_as = ""  # the Message-ID of our mail that nobody has answered yet

    def stand_with(self, team: int) -> None:
        self.team, self.teams = team, f"{{{self.ledger.desk.teams[team]}}}"

    def give_to(self, agent: int | None) -> None:
        self.assignee, self.people = agent, f"{{{'' if agent is None else agent}}}"

    @property
    def has_room(self) -> bool:
        """Whether it may go on: its ids are not used up."""
        return self.count < MESSAGES - LAST_WORDS and self.version < EVENTS - 6 * LAST_WORDS

    @property
    def by_mail(self) -> bool:
        return self.channel == "email"

    # -- events --------------------------------------------------------------------------------
    def happens(
        self, what: str, at: int, *facts: Any, by: int | None = None, cause: int | None = None,
        depth: int = 0, teams: str = "", people: str = "",
    ) -> int:  # fmt: skip
        """Record an event; returns its id. `by` is an agent's or contact's id.

        teams, people   who may hear of it, where these are not the ticket's own
        """
        ledger, version = self.ledger, self.version
        found = ledger.event_id(version)
        actor = NULL if by is None else by
        when = stamp(at)
        ledger.events[version].append(
            ledger.happenings[what] % (
                found, self.id, self.number, version + 1, actor, actor,
                NULL if cause is None else cause, depth, *facts, teams or self.teams,
                people or self.people, when, when,
            )
        )  # fmt: skip
        self.version = version + 1
        if at > self.updated:
            self.updated = at
        return found

    def until(self, at: int) -> None:
        """Let time pass: a clock that runs out meanwhile is noticed by the sweep."""
        clock = self.clock
        if clock is not None and clock.breached is None and clock.due < at:
            clock.breached = max(clock.due, self.updated)
            late = clock.breached - clock.due
            self.happens("breached", clock.breached, f'"{clock.metric}"', clock.cycle, late)

    # -- messages ------------------------------------------------------------------------------
    def add(
        self, kind: int, at: int, words: str, *, html: str = "", agent: int | None = None,
        to: str = "[]", subject: str = "", delivery: str = "", reason: str = "",
        composing: int = 0, template: str = "", quoted: str = "", language: str = "",
    ) -> int:  # fmt: skip
        """Write a message; returns its id."""
        ledger, customer = self.ledger, self.customer
        found, when, plain = ledger.message_id(self.count), stamp(at), text(words)
        inbound = kind == INBOUND
        mailed = kind in (REPLY, SYSTEM) or (inbound and (self.by_mail or self.count > 0))
        own_id = self._own_id(found, inbound) if mailed else ""
        ledger.messages[self.count].append(
            ledger.rows["tickets.Message"] % (
                found, self.id, self.id, kind, "email" if mailed else self.channel,
                self.contact if inbound else NULL, known(agent),
                customer.name if inbound else "", subject, html, plain + quoted, plain,
                customer.email if inbound else "", to, language,
                "t" if inbound and mailed else NULL, own_id, when, when, delivery, reason,
                stamp(at + 2) if delivery else NULL,
                stamp(at - composing) if composing else NULL, composing, template,
            )
        )  # fmt: skip
        self.count += 1
        if kind != SYSTEM:
            self.last, self.last_words = (at, kind, found), words
        if agent is not None:
            self.seen = found
        return found

    def _own_id(self, message: int, inbound: bool) -> str:
        """A Message-ID. A customer's leads here from now on, as does ours that it answers."""
        own = f"{message:x}.{self.id:x}@{self.customer.email.rpartition('@')[2]}"
        if inbound:
            self._lead_here(own, message)
            if self.sent_as:
                self._lead_here(self.sent_as, None)
        self.sent_as = "" if inbound else own
        return own

    def _lead_here(self, bare: str, message: int | None) -> None:
        digest = hashlib.sha256(bare.encode()).hexdigest()[:40]
        self.ledger.write("mail.KnownId", rf"\\x{digest}", self.id, known(message), self.inbox)

    def send(self, message: int, event: int, at: int, purpose: str) -> None:
        """Write the mail that a message went out as, and that it has arrived."""
        to, when, sent = f'["{self.customer.email}"]', stamp(at + 1), stamp(at + 2)
        self.ledger.write(
            "mail.OutgoingMail",
            self.inbox, self.id, message, purpose, event, self.sent_as,
            "" if purpose == "automatic" else self.address, to, to, when, when, stamp(at + 5 * DAY),
            sent, "sent", 1, "",
        )  # fmt: skip
        self.happens("sent", at + 2, message, 1, cause=event, depth=1)

    # -- clocks --------------------------------------------------------------------------------
    def start_clock(self, at: int) -> None:
        if self.clock is None:
            metric = "next_response" if self.first_replied else "first_response"
            self.cycles[metric] += 1
            self.clock = Running(metric, self.cycles[metric], at)
            self.clock.aim(self.ledger.desk.promise, self.ledger.hours, self.priority)

    def keep_promise(self, at: int, cause: int) -> None:
        """A person's reply stops the clock; in time, that is an event of its own."""
        clock, self.clock = self.clock, None
        if clock is None:
            return
        late = at > clock.due
        gone = clock.write(self.ledger, self.id, "breached" if late else "met", at)
        if not late:
            told = f'"{clock.metric}"', clock.cycle, gone
            self.happens("met", at, *told, cause=cause, depth=1)

    def drop_promise(self, at: int) -> None:
        clock, self.clock = self.clock, None
        if clock is not None:
            clock.write(self.ledger, self.id, "cancelled", at)

    # -- status --------------------------------------------------------------------------------
    def shift(self, what: str, at: int, to: int, reason: str, **how: Any) -> None:
        old, self.status = self.status, to
        if to >= RESOLVED:
            self.resolved = self.resolved or at
            self.closed = at if to == CLOSED else None
        else:
            self.resolved = self.closed = None
        self.hold = "other" if to == ON_HOLD else ""
        self.happens(what, at, old, to, f'"{reason}"', **how)
        if to >= RESOLVED:
            self.resolved_as = self.version
            self.drop_promise(at)

    def notify(self, what: str, event: int, at: int, read: int | None) -> None:
        """Tell who has the ticket; `read` is when they look, if they have."""
        if self.assignee is not None:
            self.ledger.write(
                "notifications.Notification",
                self.assignee, self.id, what, event, stamp(at), moment(read),
            )  # fmt: skip

    # -- its end -------------------------------------------------------------------------------
    def write(self, language: str, now: int) -> None:
        """Write the ticket's own row, and what still waits for its time."""
        self.until(now)
        ledger, clock, desk = self.ledger, self.clock, self.ledger.desk
        if clock is not None:
            clock.write(ledger, self.id, "running", None)
            if clock.breached is None:
                episode = f"{clock.metric}:{clock.cycle}"
                ledger.write("events.Timer", "sla.due", self.id, episode, stamp(clock.due))
        firm = self.customer.organization
        at, kind, message = self.last
        ledger.write(
            "tickets.Ticket",
            self.id, self.number, self.subject, self.status, self.hold, self.priority,
            "question" if self.id % 3 else "incident", self.channel,
            self.inbox if self.by_mail else NULL, desk.teams[self.team], known(self.assignee),
            self.contact, NULL if firm is None else desk.first["people.Organization"] + firm,
            known(self.category), f"{{{','.join(map(str, self.tags))}}}",
            f"{{{','.join(self.pinned)}}}", language, stamp(self.created), stamp(self.updated),
            moment(self.resolved), moment(self.closed), moment(self.first_replied),
            moment(self.waiting), stamp(at), kind, message, text(snippet(self.last_words, 160)),
            self.count, self.reopened, moment(clock.due if clock else None),
            clock.metric if clock else "", moment(clock.warn if clock else None), self.version,
        )  # fmt: skip
        if self.status == RESOLVED and self.resolved is not None:
            due = stamp(self.resolved + CLOSES_AFTER)
            ledger.write("events.Timer", "ticket.close", self.id, self.resolved_as, due)
        self._write_read()

    def _write_read(self) -> None:
        """Who has the ticket has seen what stood there when they wrote, or resolved it."""
        if self.assignee is not None:
            seen = self.last[2] if self.status >= RESOLVED else self.seen
            self.ledger.write("tickets.Read", self.assignee, self.id, seen)
