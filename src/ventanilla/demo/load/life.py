"""What becomes of a ticket: who writes when, who answers, how it ends. All by chance, up to now."""

from __future__ import annotations

from math import log
from random import Random

from ventanilla.demo.load.hours import DAY
from ventanilla.demo.load.ledger import Desk, Ledger, stamp, text
from ventanilla.demo.load.people import customer
from ventanilla.demo.load.size import Size, arrivals, contacts_by
from ventanilla.demo.load.ticket import (
    CLOSED,
    CLOSES_AFTER,
    INBOUND,
    NEW,
    NOTE,
    ON_HOLD,
    OPEN,
    PENDING,
    REPLY,
    RESOLVED,
    SYSTEM,
    Ticket,
)
from ventanilla.demo.load.words import SPEAKS, Writer

# How often each happens.
BY_MAIL, ACKNOWLEDGED, ROUTED, STUCK, HTML = 0.8, 0.9, 0.97, 0.2, 0.55
CATEGORISED, PRIORITISED, TAGGED, NOTED = 0.5, 0.16, 0.5, 0.28
MOVED, RENAMED, LINKED, TAKES_PART, WITH_FILE = 0.05, 0.01, 0.02, 0.04, 0.09
BOUNCED, REOPENED, DRAFTED = 0.006, 0.05, 0.02
TURNS = (0.56, 0.82, 0.92, 0.96)  # as many further questions as lie below the chance, or more
ANSWER, CUSTOMER = 5_400, 30_000  # seconds: working ones of an agent, any of a customer
SETTLED = 120  # seconds within which all that follows from an act has happened
STUCK_FOR = 1 / 9  # of the desk's days, on average: what nobody has come back to


def live(desk: Desk, chunk: int) -> dict[str, str]:
    """The rows of a chunk of tickets, as text for COPY by model."""
    size, ledger = desk.size, Ledger(desk, chunk)
    random = size.random(f"tickets {chunk}")
    for position, at in enumerate(arrivals(size, chunk)):
        ledger.position = position
        Life(ledger, size, random, at).happen()
    return ledger.copied()


class Life:
    """One ticket's life."""

    def __init__(self, ledger: Ledger, size: Size, random: Random, at: int):
        self.ledger, self.desk, self.now, self.at = ledger, ledger.desk, size.now, at
        self.chance, self.writer = random.random, Writer(random)
        chance = self.chance
        # few customers write much, few teams have most of the work
        who = customer(size, int(contacts_by(size, at) * chance() ** 2.2))
        team = random.choices(range(size.teams), self.desk.team_weights)[0]
        channel = "email" if chance() < BY_MAIL else self.writer.one(("phone", "form"))
        self.ticket = Ticket(ledger, who, channel=channel, team=team)
        self.language = who.language
        self.about = self.writer.matter(who.language, who.name)
        age = (size.now - at) / (size.now - size.start)
        self.turns = self._turns()
        stuck = chance() < STUCK and age < -log(1 - chance()) * STUCK_FOR
        self.stuck_at = int(chance() * (self.turns + 1)) if stuck else -1

    def happen(self) -> None:
        self._open()
        at = self._talk(self.at + 2)
        if at and self.ticket.status != RESOLVED:
            at = self._resolve(at)
        if at and self.chance() < REOPENED and self.ticket.has_room:
            at = self._reopen(at)
        if at and at + CLOSES_AFTER < self.now:
            closing = at + CLOSES_AFTER
            self.ticket.shift("closed", closing, CLOSED, "auto_close")
        self.ticket.write(self.language, self.now)

    def _turns(self) -> int:
        chance = self.chance()
        for turns, edge in enumerate(TURNS):
            if chance < edge:
                return turns
        return min(18, 4 + int(-log(1 - self.chance()) * 3))

    # -- it comes ------------------------------------------------------------------------------
    def _open(self) -> None:
        ticket, at = self.ticket, self.at
        ticket.created = at
        ticket.subject = self.writer.subject(self.language, self.about)
        words = self.writer.inquiry(self.language, self.about)
        phoned = ticket.channel == "phone"
        agent = self._somebody() if phoned else None
        message = self._customer_says(at, words, agent=agent)
        ticket.seen = 0
        ticket.waiting = at
        inbox = ticket.inbox if ticket.by_mail else "null"
        told = (
            ticket.number, inbox, f'"{ticket.channel}"', ticket.contact,
            self.desk.teams[ticket.team], NEW, 1, message,
        )  # fmt: skip
        by = agent if phoned else ticket.contact
        opened = ticket.happens(f"opened by {ticket.channel}", at, *told, by=by)
        ticket.start_clock(at)
        if ticket.by_mail:
            self._is_not_alone(at)
        triaged = ticket.happens("triaged", at, '"none"', cause=opened, depth=1)
        if self.chance() < ROUTED and self.desk.routing[ticket.team] != "manual":
            self._route(at + 1, triaged)
        if ticket.by_mail and self.chance() < ACKNOWLEDGED:
            self._acknowledge(at + 1, triaged)

    def _is_not_alone(self, at: int) -> None:
        ticket, first = self.ticket, self.desk.first
        if self.chance() < LINKED and ticket.id > first["tickets.Ticket"] + 50:
            other = ticket.id - 1 - int(self.chance() * 49)
            told = other, '"perhaps"', '"subject_number"'
            self.ledger.write("tickets.TicketLink", ticket.id, other, "perhaps", "subject_number")
            ticket.happens("linked", at, *told, by=ticket.contact)
        if self.chance() < TAKES_PART:
            number = int(contacts_by(self.desk.size, at) * self.chance())
            if number != ticket.customer.number:
                contact = first["people.Contact"] + number
                self.ledger.write("tickets.Participant", ticket.id, contact)
                ticket.happens("takes part", at, f"[{contact}]", "[]", by=ticket.contact)

    def _route(self, at: int, cause: int) -> None:
        ticket, agent = self.ticket, self._somebody()
        ticket.give_to(agent)
        load, reason = int(20 * self.chance()), self.desk.routing[ticket.team]
        told = "null", agent, f'"{reason}"', load, 25
        event = ticket.happens("assigned", at, *told, cause=cause, depth=2)
        looked = at + 60 + int(self.chance() * 7_200)
        ticket.notify("assigned", event, at, looked if looked < self.now else None)

    def _acknowledge(self, at: int, cause: int) -> None:
        ticket, said = self.ticket, SPEAKS[self.language]
        told = {"number": ticket.number, "subject": ticket.subject}
        message = ticket.add(
            SYSTEM, at, said.ACKNOWLEDGED % told, to=self._to(), delivery="sent",
            subject=said.ACKNOWLEDGED_AS % told, template="acknowledgement",
            language=self.language,
        )  # fmt: skip
        event = ticket.happens("automatic", at, message, '"acknowledgement"', cause=cause, depth=2)
        ticket.send(message, event, at, "automatic")

    # -- by turns ------------------------------------------------------------------------------
    def _talk(self, at: int) -> int:
        """Questions and answers; returns when the last one was, 0 if it is not over yet."""
        for turn in range(self.turns + 1):
            if turn == self.stuck_at and self.chance() < 0.4:
                return 0  # nobody answers
            at = self._answer(at, turn, last=turn == self.turns)
            if not at:
                return 0
            if turn == self.stuck_at:
                self._leave(at)
                return 0
            if turn < self.turns:
                at = self._customer_writes(at)
            if not at:
                return 0
        return at

    def _answer(self, at: int, turn: int, *, last: bool) -> int:
        """An agent answers, within working hours; 0 if that is still to come."""
        ticket, chance = self.ticket, self.chance
        slow = ANSWER * (0.5 if ticket.priority > 1 else 1)
        at = self.ledger.hours.due(at, 30 + int(-log(1 - chance()) * slow))
        if at + SETTLED >= self.now:
            return 0
        if ticket.assignee is None:
            agent = self._somebody()
            ticket.give_to(agent)
            ticket.until(at - 25)
            ticket.happens("handed", at - 25, "null", agent, '"hand"', by=agent)
            ticket.pinned.append("assignee")
        if turn == 0:
            self._sort(at - 20)
        if chance() < NOTED:
            self._note(at - 5)
        self._reply(at, RESOLVED if last and chance() < 0.6 else PENDING)
        return at

    def _sort(self, at: int) -> None:
        """What an agent does before the first answer."""
        ticket, chance, agent = self.ticket, self.chance, self.ticket.assignee
        ticket.until(at)
        if chance() < MOVED:
            self._move(at)
            agent = ticket.assignee
        if chance() < CATEGORISED:
            ticket.category = self.writer.one(self.desk.categories)
            ticket.pinned.append("category")
            self._begins(at, ticket.happens("categorised", at, "null", ticket.category, by=agent))
        if chance() < PRIORITISED:
            old, ticket.priority = ticket.priority, self.writer.one((0, 2, 2, 3))
            ticket.pinned.append("priority")
            event = ticket.happens("prioritised", at + 4, old, ticket.priority, by=agent)
            if ticket.clock is not None:
                promise, hours = self.desk.promise, self.ledger.hours
                ticket.clock.aim(promise, hours, ticket.priority)
            self._begins(at + 4, event)
        if chance() < TAGGED:
            tags = self.desk.tags
            some = {tags[int(len(tags) ** chance()) - 1] for _ in range(1 + int(2.4 * chance()))}
            ticket.tags = tuple(sorted(some))
            event = ticket.happens("tagged", at + 6, list(ticket.tags), "[]", by=agent)
            self._begins(at + 6, event)
        if chance() < RENAMED:
            self._rename(at + 8)

    def _begins(self, at: int, event: int) -> None:
        """The first act of an agent opens the ticket."""
        ticket = self.ticket
        if ticket.status == NEW:
            by = ticket.assignee
            ticket.shift("status", at, OPEN, "first_act", by=by, cause=event, depth=1)

    def _move(self, at: int) -> None:
        ticket, by = self.ticket, self.ticket.assignee
        old = self.desk.teams[ticket.team]
        to = int(self.chance() * len(self.desk.teams))
        if to == ticket.team:
            return
        ticket.stand_with(to)
        ticket.pinned.append("team")
        event = ticket.happens(
            "moved", at, old, self.desk.teams[to], '"hand"', by=by,
            teams=f"{{{old},{self.desk.teams[to]}}}",
        )  # fmt: skip
        if by not in self.desk.members[to]:
            ticket.give_to(None)
            told = by, "null", '"team_changed"'
            ticket.happens("handed", at, *told, by=by, cause=event, depth=1, people=f"{{{by}}}")
            ticket.pinned = [field for field in ticket.pinned if field != "assignee"]
            self._begins_as(at, event, by)
            self._route(at + 1, event)
        else:
            self._begins(at, event)

    def _begins_as(self, at: int, event: int, by: int | None) -> None:
        if self.ticket.status == NEW:
            self.ticket.shift("status", at, OPEN, "first_act", by=by, cause=event, depth=1)

    def _rename(self, at: int) -> None:
        ticket = self.ticket
        event = ticket.happens("renamed", at, by=ticket.assignee)
        old, ticket.subject = ticket.subject, self.writer.subject(self.language, self.about)
        self.ledger.write("events.EventText", event, "old", old)
        self.ledger.write("events.EventText", event, "new", ticket.subject)
        self._begins(at, event)

    def _note(self, at: int) -> None:
        ticket, words = self.ticket, self.writer.note(self.about)
        ticket.until(at)
        message = ticket.add(NOTE, at, words, html=f"<p>{words}</p>", agent=ticket.assignee)
        event = ticket.happens("noted", at, message, by=ticket.assignee)
        self._begins(at, event)

    def _reply(self, at: int, status: int) -> None:
        ticket, agent = self.ticket, self.ticket.assignee
        ticket.until(at)
        about = self.about | {"agent": self.desk.agents[agent or 0]}
        words = self.writer.answer(self.language, about)
        back = self.chance() < BOUNCED
        reason = f"550 5.1.1 {ticket.customer.email}: mailbox unavailable" if back else ""
        message = ticket.add(
            REPLY, at, words, html=_html(words), agent=agent, to=self._to(), reason=reason,
            delivery="bounced" if back else "sent",
            composing=40 + int(400 * self.chance() ** 2),
        )  # fmt: skip
        first = ticket.first_replied is None
        ticket.waiting = None
        ticket.first_replied = ticket.first_replied or at
        told = message, "true" if first else "false"
        event = ticket.happens("replied", at, *told, by=agent)
        ticket.keep_promise(at, event)
        if ticket.status != status:
            ticket.shift("status", at, status, "replied", by=agent, cause=event, depth=1)
        ticket.send(message, event, at, "reply")
        if back:
            self._comes_back(message, at + 40, reason)

    def _comes_back(self, message: int, at: int, reason: str) -> None:
        ticket = self.ticket
        event = ticket.happens("bounced", at, message, "false")
        self.ledger.write("events.EventText", event, "recipients", ticket.customer.email)
        self.ledger.write("events.EventText", event, "reason", reason)
        ticket.notify("returned", event, at, at + 3_600 if at + 3_600 < self.now else None)
        ticket.shift("opened again", at, OPEN, "not_delivered", cause=event, depth=1)

    def _customer_writes(self, at: int, words: str = "") -> int:
        """The customer comes back; 0 if that is still to come."""
        ticket, chance = self.ticket, self.chance
        at += 300 + int(-log(1 - chance()) * CUSTOMER)
        if at + SETTLED >= self.now or not ticket.has_room:
            return 0
        message = self._customer_says(at, words or self.writer.follow_up(self.language, self.about))
        ticket.waiting = ticket.waiting or at
        told = message, '"email"', ticket.contact, "true"
        event = ticket.happens("received", at, *told, by=ticket.contact)
        ticket.start_clock(at)
        looked = at + 120 + int(chance() * 9_000)
        ticket.notify("answered", event, at, looked if looked < self.now else None)
        if ticket.status >= RESOLVED:
            ticket.reopened += 1
            times, by = ticket.reopened, ticket.contact
            event = ticket.happens("reopened", at, message, times, by=by, cause=event, depth=1)
        if ticket.status not in (NEW, OPEN):
            ticket.shift(
                "customer wrote", at, OPEN, "customer_wrote", by=ticket.contact, cause=event,
                depth=1,
            )  # fmt: skip
        return at

    def _customer_says(self, at: int, words: str, agent: int | None = None) -> int:
        ticket = self.ticket
        written = ticket.by_mail or ticket.count
        html = _html(words) if written and self.chance() < HTML else ""
        quoted = ""
        if ticket.count and self.chance() < 0.7:
            quoted = f"\\n\\n> {text(ticket.last_words)[:400]}"
        message = ticket.add(
            INBOUND, at, words, html=html, agent=agent, quoted=quoted, language=self.language,
            subject=ticket.subject if not ticket.count else "",
            to=f'[{{"name": "Casa Olmo", "addr": "{ticket.address}"}}]',
        )  # fmt: skip
        if self.chance() < WITH_FILE:
            digest, name, kind, size = self.writer.one(self.desk.pictures)
            self.ledger.write(
                "tickets.Attachment", message, ticket.id, digest, name, kind, size, stamp(at)
            )
        return message

    # -- it ends -------------------------------------------------------------------------------
    def _leave(self, at: int) -> None:
        """It stays where it is: with the customer, or on hold; now and then a draft is begun."""
        ticket, chance = self.ticket, self.chance
        if chance() < 0.4 and at + 60 < self.now and ticket.status != ON_HOLD:
            ticket.until(at + 60)
            ticket.shift("status", at + 60, ON_HOLD, "hand", by=ticket.assignee)
        if chance() < DRAFTED:
            words = _html(self.writer.answer(self.language, self.about | {"agent": ""}))
            when = stamp(min(at + DAY, self.now - 1))
            self.ledger.write(
                "tickets.Draft", ticket.assignee, ticket.id, "reply", words, when, when
            )

    def _resolve(self, at: int) -> int:
        """The customer says thanks, or nothing at all, and an agent resolves it by hand."""
        ticket = self.ticket
        if self.chance() < 0.5:
            at = self._customer_writes(at, self.writer.thanks(self.language))
            working = 900
        else:
            working = 60_000
        at = self.ledger.hours.due(at, int(working * (0.5 + self.chance()))) if at else 0
        if not at or at + SETTLED >= self.now:
            return 0
        ticket.until(at)
        ticket.shift("status", at, RESOLVED, "hand", by=ticket.assignee)
        return at

    def _reopen(self, at: int) -> int:
        """Not resolved after all."""
        if at + 3 * DAY > self.now:
            return at
        at = self._customer_writes(at)
        at = self._answer(at, 1, last=False) if at else 0
        return self._resolve(at) if at else 0

    # -- parts ---------------------------------------------------------------------------------
    def _somebody(self) -> int:
        """An agent of the ticket's team; some do more than others."""
        members = self.desk.members[self.ticket.team]
        return members[int(len(members) * self.chance() ** 1.4)]

    def _to(self) -> str:
        who = self.ticket.customer
        return f'[{{"name": "{who.name}", "addr": "{who.email}"}}]'


def _html(words: str) -> str:
    body = words.replace("\n\n", "</p><p>").replace("\n", "<br>")
    return f"<p>{body}</p>"
