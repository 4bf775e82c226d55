"""A parsed mail becomes a ticket, a message of one, or a recorded outcome. One transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from ventanilla.events.acts import Act, Via
from ventanilla.mail import bounces, evidence, facts, ids, sender, thread, tokens, unreadable
from ventanilla.mail.arrived import Mail, Outcome
from ventanilla.mail.content import content_of
from ventanilla.mail.ids import Known
from ventanilla.mail.parse.model import Address
from ventanilla.mail.thread import Decision, Evidence, How, Kind
from ventanilla.people.actions.contacts import find_or_make, make
from ventanilla.people.models import Contact
from ventanilla.people.senders import blocked_by
from ventanilla.tickets.actions import link, open_ticket, receive, set_aside, set_participants
from ventanilla.tickets.actions.receive import TooLateToReopen
from ventanilla.tickets.aside import SetAside
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Aside, Message, Ticket, TicketLink


def admit(mail: Mail) -> Outcome:
    """Decide what the mail is and act on it, in the caller's transaction."""
    if mail.is_own:
        return _own_mail(mail)
    if mail.is_bounce:
        return bounces.take(mail)
    return _Admission(mail).outcome()


def _own_mail(mail: Mail) -> Outcome:
    message = bounces.message_of([tokens.ticket_of_message_id(mail.parsed.message_id or "")])
    if message is None:
        return Outcome("auto", "own_mail", no_answer="own_mail")
    return Outcome("duplicate", "own_mail", message.ticket_id, message.pk, "own_mail")


def is_spam(ticket: Ticket) -> bool:
    return ticket.aside == Aside.SPAM


class _Admission:
    """The facts about one mail, gathered once, and what follows from them."""

    def __init__(self, mail: Mail):
        self.mail = mail
        own = [mail.parsed.message_id] if mail.parsed.message_id else []
        wanted = [*own, *evidence.ids_of(mail.parsed)]
        self.known = ids.look_up(wanted, inbox_id=mail.raw.inbox_id)
        others = [address.addr.lower() for address in mail.copied]
        name = mail.author.name if mail.author else ""
        self.people = facts.people(mail.address, name, others, mail.raw.received_at)
        self.contact: Contact | None = self.people.contacts.get(mail.address)
        self.quiet = mail.raw.quiet or self.people.storm

    @property
    def act(self) -> Act:
        via: Via = "import" if self.mail.raw.quiet else "mail"
        contact_id = self.contact.pk if self.contact else None
        return Act.of_contact(contact_id, self.mail.raw.received_at, via)

    def outcome(self) -> Outcome:
        if copy := self._copy_among(k for k in self.known if k.inbox_id == self.mail.raw.inbox_id):
            return Outcome("duplicate", "same_message_id", copy.ticket_id, copy.pk)
        decision, found = self._decision()
        ticket = found.by_id.get(decision.ticket_id or 0)
        blocked = self._blocked()
        if ticket is not None and decision.how is How.JOIN and (not blocked or is_spam(ticket)):
            return self._join(decision, ticket, found.participants[ticket.pk])
        if self.mail.is_automatic:
            return Outcome("auto", str(self.mail.parsed.auto), no_answer=self._no_answer())
        if why := blocked or self._marked(decision):
            return self._set_aside(why)
        return self._open(decision, ticket)

    def _blocked(self) -> SetAside.Why | None:
        """Whether what this sender writes is spam, and by whose word."""
        if self.mail.released:
            return None
        if self.contact is not None and self.contact.blocked:
            return SetAside.Why.CONTACT
        entry = blocked_by(self.mail.address, self.mail.desk.blocked_senders)
        if not entry:
            return None
        return SetAside.Why.ADDRESS if "@" in entry else SetAside.Why.DOMAIN

    def _marked(self, decision: Decision) -> SetAside.Why | None:
        """A mail server's word counts against strangers, not against who answers us."""
        known = decision.how is How.FOLLOW_UP or self.mail.released
        heeded = self.mail.parsed.spam and self.mail.desk.heed_spam_header
        return SetAside.Why.HEADER if heeded and not known else None

    def _set_aside(self, why: SetAside.Why) -> Outcome:
        """Spam: kept as a ticket that nobody is bothered with, and nothing answers."""
        self.quiet = True
        opened = self._open(Decision(How.NEW, why=f"spam:{why}"), None)
        ticket = Ticket(pk=opened.ticket_id)  # read when it is locked
        set_aside(ticket, Act.of_system(self.mail.raw.received_at), place=Aside.SPAM, why=why)
        return replace(opened, no_answer="spam")

    def _decision(self) -> tuple[Decision, facts.Tickets]:
        mail = self.mail
        found = evidence.signed(mail.parsed, mail.recipients)
        found += evidence.stored(mail.parsed, self.known, mail.raw.inbox_id)
        if now_in := facts.moved({item.message_id for item in found}):
            found = evidence.followed(found, now_in, evidence.answered(mail.parsed, self.known))
        numbers = evidence.numbers(mail.parsed, mail.recipients)
        tickets = facts.tickets({item.ticket_id for item in found}, numbers)
        hints = [tickets.by_number[n].pk for n in numbers if n in tickets.by_number]
        decision = thread.decide(
            found + [Evidence(Kind.NUMBER, ticket_id) for ticket_id in hints],
            facts.candidates(tickets, self.contact, mail.address, self.act),
            authenticated=mail.authenticated,
            automatic=mail.is_automatic,
        )
        return decision, tickets

    def _copy_among(self, known: Iterable[Known]) -> Message | None:
        """The same message, come before: same Message-ID, sender, subject and text (R2)."""
        own = ids.digest(self.mail.parsed.message_id or "")
        same = [each.message_id for each in known if each.digest == own and each.message_id]
        content = self.content
        wanted = (content.sender, content.subject, content.text)
        for message in Message.objects.filter(pk__in=same) if same else ():
            if (message.sender, message.subject, message.text) == wanted:
                return message
        return None

    @cached_property
    def content(self) -> Content:
        mail = self.mail
        marks: list[str] = []
        if mail.author is not None:
            marks = sender.marks(
                mail.author,
                desk_name=mail.desk.name,
                agent_has_name=self.people.agents_name,
                agent_has_address=mail.address in self.people.agents,
            )
        return content_of(
            mail.parsed,
            mail.raw,
            mail.files,
            auto=str(mail.parsed.auto) if mail.is_automatic else "",
            author=mail.author,
            authenticated=mail.authenticated,
            marks=marks,
        )

    def _no_answer(self) -> str:
        return self.mail.no_answer(storm=self.people.storm)

    def _join(self, decision: Decision, ticket: Ticket, present: frozenset[int]) -> Outcome:
        if copy := self._copy_among(k for k in self.known if k.ticket_id == ticket.pk):
            return Outcome("duplicate", "same_message_id", copy.ticket_id, copy.pk)
        self._make_contact()
        try:
            message = receive(
                ticket,
                self.act,
                content=self.content,
                channel="email",
                contact=self.contact,
                verified=decision.verified,
                quiet=self.quiet,
            )
        except TooLateToReopen:  # it was closed while this mail was being looked at
            return self._open(Decision(How.FOLLOW_UP, ticket.pk, True, decision.why), ticket)
        if decision.verified and not self.mail.is_automatic:
            self._let_take_part(message.ticket, present)
        self._remember(ticket.pk, message.pk)
        return Outcome("appended", decision.why, message.ticket_id, message.pk, self._no_answer())

    def _open(self, decision: Decision, other: Ticket | None) -> Outcome:
        mail = self.mail
        self._make_contact()
        if mail.waiting is not None:
            ticket = unreadable.fill(mail.waiting, self.act, mail, self.content, self.contact)
        else:
            ticket = open_ticket(
                self.act,
                subject=mail.parsed.subject,
                channel="email",
                team=mail.inbox.team,
                inbox=mail.inbox,
                contact=self.contact,
                content=self.content,
                quiet=self.quiet,
                language=(mail.parsed.language or "")[:8],
            )
        if other is not None:
            follows = decision.how is How.FOLLOW_UP
            how = TicketLink.How.FOLLOW_UP if follows else TicketLink.How.PERHAPS
            link(ticket, self.act, other=other, how=how, why=decision.why[:40])
        if mail.copied and mail.authenticated is not False:
            self._let_take_part(ticket, frozenset([ticket.contact_id or 0]))
        message_id = ticket.last_message_id or 0
        self._remember(ticket.pk, message_id)
        return Outcome("opened", decision.why, ticket.pk, message_id, self._no_answer())

    def _make_contact(self) -> None:
        """Let the author be a contact, if nobody has that address yet, with a name."""
        mail = self.mail
        if mail.author is None:
            return
        name, value = mail.author.name, mail.address
        if self.contact is None:
            language = (mail.parsed.language or "")[:8]
            self.contact = make(self.act, kind="email", value=value, name=name, language=language)
        elif name and not self.contact.name:
            self.contact = find_or_make(self.act, kind="email", value=value, name=name)

    def _let_take_part(self, ticket: Ticket, present: frozenset[int]) -> None:
        """Whoever belongs may copy others in, who then get what follows (R14). Agents don't."""
        others = [a for a in self.mail.copied if a.addr.lower() not in self.people.agents]
        people = [self.contact, *map(self._contact_of, others)]
        missing = [each for each in people if each and each.pk not in present and not each.blocked]
        if missing:
            set_participants(ticket, self.act, add=missing)

    def _contact_of(self, address: Address) -> Contact:
        value = address.addr.lower()
        known = self.people.contacts.get(value)
        return known or make(self.act, kind="email", value=value, name=address.name)

    def _remember(self, ticket_id: int, message_id: int) -> None:
        parsed = self.mail.parsed
        ids.remember(
            parsed.message_id,
            [*parsed.references, *parsed.in_reply_to_all],
            ticket_id=ticket_id,
            message_id=message_id,
            inbox_id=self.mail.raw.inbox_id,
        )
