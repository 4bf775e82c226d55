"""What the templates need beyond the models: plain values, made by views, shown by Jinja2.

A template's first comment names the shapes that it takes. Where a field is typed `Ticket`, the row
is shown as it is (with `contact`, `team` and `assignee__user` selected); nothing here asks the
database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from ventanilla.people.models import Agent
from ventanilla.tickets.models import Ticket

NOTHING = Markup()
LONGEST_KEPT = 10_000  # characters of a message whose drawing is kept


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the sidebar: a view or a team's queue, with its live count."""

    slug: str
    name: str
    url: str
    icon: str = "inbox"  # a name in the sprite, without "i-"
    hue: int | None = None  # a team's: a dot instead of the icon
    count: int | None = None
    hot: bool = False  # holds something overdue


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page of the desk. `me` is None on pages without sign-in."""

    desk_name: str
    me: Agent | None = None
    views: Sequence[Place] = ()
    teams: Sequence[Place] = ()
    here: str = ""  # the slug of the place shown, or "settings", "me", "notices" …
    inbox_count: int | None = None
    last_event: int = 0  # live updates begin after it
    notices: int = 0  # unread notifications
    setup: tuple[int, int] | None = None  # steps done, of how many
    demo: bool = False
    # where entries lead; empty: the page does not exist or may not be seen, no entry
    home_url: str = "/"
    may_change: bool = False  # tickets: rows can be ticked
    views_url: str = ""  # to arrange them
    new_view_url: str = ""
    new_url: str = ""
    search_url: str = ""
    customers_url: str = ""
    settings_url: str = ""
    setup_url: str = ""
    me_url: str = ""
    availability_url: str = ""
    notice_list_url: str = ""
    notices_url: str = ""  # JSON title, text, url, tag of the newest notice; 204: none
    logout_url: str = ""


class Option(NamedTuple):
    """One choice of a menu. (A tuple: menus have hundreds, and each is looked up when drawn.)"""

    value: str
    label: str
    hint: str = ""
    icon: str = ""  # a symbol of the sprite, whole: "st-open", "i-user"
    hue: int | None = None  # an avatar's or dot's colour
    initials: str = ""
    chosen: bool = False


class Menu(list[Option]):
    """Options that come again as the same list, which nobody changes: it can be a key."""

    __hash__ = object.__hash__  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Row:
    """A ticket in a list: plain values, so that it is drawn once for as long as it is the same."""

    number: int
    url: str  # the ticket inside this view
    row_url: str  # this row alone
    status: int
    priority: int
    channel: str
    name: str  # the customer's; what was found is marked, here and in the next two
    subject: str
    snippet: str
    at: datetime  # of its last message
    due: Markup = NOTHING  # the deadline, drawn: it changes each minute
    language: str = ""
    held_until: datetime | None = None
    wrote: bool = False  # the customer, since it was snoozed
    unread: bool = False
    gone: bool = False  # no longer belongs to the view; greyed until focus moves on
    draft: bool = False  # the looking agent has begun to write
    extras: Sequence[tuple[str, str]] = ()  # what chosen columns show: their name, the value
    there: Sequence[tuple[str, bool]] = ()  # colleagues who are at it: name, whether they write


@dataclass(frozen=True, slots=True)
class LookMenu:
    """How a list can look: choices as (value, label, whether it is chosen)."""

    url: str
    orders: Sequence[tuple[str, str, bool]]
    columns: Sequence[tuple[str, str, bool]]
    groups: Sequence[tuple[str, str, bool]] = ()
    edit_url: str = ""  # of a saved view
    board_url: str = ""  # the same as a board; empty: there is none


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading: Now, Today, Waiting for customer … `title` may be empty."""

    title: str
    rows: Sequence[Row]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    name: str
    size: int
    url: str = ""
    content_type: str = ""
    thumb: str = ""  # URL of a small picture
    id: int | None = None
    warning: str = ""  # why opening it may be dangerous
    preview: str = ""  # URL of a dialog that shows it


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as it is shown: `body` is cleaned, or `frame` is the URL of its sandboxed page."""

    id: int
    kind: str  # "inbound", "reply", "note", "call", "system"
    author: str
    at: datetime
    channel: str = "email"
    body: Markup = NOTHING
    folded: Markup = NOTHING  # quoted history and signature: hidden, never cut
    frame: str = ""
    plain: bool = False  # `body` is text: line breaks count
    language: str = ""  # two letters, if not the reader's
    sender: str = ""  # address
    to: Sequence[dict[str, str]] = ()  # {"name", "addr"}
    cc: Sequence[dict[str, str]] = ()
    bcc: Sequence[dict[str, str]] = ()
    files: Sequence[File] = ()
    delivery: str = ""  # "", "queued", "sent", "failed", "bounced"
    delivery_reason: str = ""
    next_try_at: datetime | None = None  # while it waits: the last try failed, for delivery_reason
    delivered_at: datetime | None = None
    verified: bool = True  # False: the sender does not take part yet
    auto: str = ""
    forwarded: bool = False
    subject: str = ""  # only where it differs from the ticket's
    defects: Sequence[str] = ()
    original: str = ""  # URL of the raw mail
    forward: str = ""  # URL of a composer to pass it on: ticket/_composer.html
    part: str = ""  # URL of the page that splits it off or moves it
    redact: str = ""  # URL of the page that blacks something out
    html_page: str = ""  # URL that shows the HTML as it came, pictures and all

    @property
    def lasts(self) -> bool:
        """Whether its drawing may be kept: it holds no form, and is not large."""
        asks = not self.verified or self.delivery in ("failed", "bounced")
        return not asks and len(self.body) + len(self.folded) <= LONGEST_KEPT


@dataclass(frozen=True, slots=True)
class Held:
    """A reply that was sent and has not left yet."""

    id: int
    author: str
    own: bool  # the reader's: they may take it back
    clicked_at: datetime
    due_at: datetime
    left: int  # seconds until then
    body: Markup
    to: Sequence[dict[str, str]]
    files: Sequence[File] = ()
    later: bool = False  # at a chosen time
    status: str = ""  # what the ticket will be set to
    stopped: str = ""  # why it did not leave
    url: str = ""  # POST do=take_back or do=send
    subject: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One change, as a sentence: "Priority **Urgent** by the rule …"."""

    text: str | Markup
    at: datetime
    icon: str = "history"


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of the conversation: one message, or neighbouring events."""

    bubble: Bubble | None = None
    events: Sequence[EventLine] = ()


@dataclass(frozen=True, slots=True)
class Timer:
    """One promise of a ticket, for its bar in the context pane."""

    name: str
    state: str  # "ok", "soon", "late", "paused", "met"
    due_at: datetime | None = None
    warn_at: datetime | None = None
    share: int = 0  # 0-100 of its time gone
    text: str = ""  # shown where there is no due time ("Stopped", "Met in 12 min")


@dataclass(frozen=True, slots=True)
class OtherTicket:
    number: int
    subject: str
    status: int
    url: str
    at: datetime
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done about a ticket."""

    id: int
    text: str
    done: bool
    whose: str  # a name; empty: whoever comes
    told: str = ""  # who did it, and when


@dataclass(frozen=True, slots=True)
class Spent:
    """Time that somebody spent on a ticket."""

    id: str
    words: str  # how long
    note: str
    told: str  # who, and when
    mine: bool  # it may be corrected


@dataclass(frozen=True, slots=True)
class Customer:
    """The head of the context pane."""

    name: str
    line: str = ""  # "Customer since 2023 · Seville"
    address: str = ""
    phone: str = ""
    organization: str = ""
    vip: bool = False
    blocked: bool = False
    url: str = ""
    facts: Sequence[tuple[str, str]] = ()  # figure, what it counts; three at most
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody besides the customer who gets public replies and may answer."""

    id: int  # the contact's: posted as `remove`
    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    html: Markup = NOTHING
    text: str = ""
    saved_at: datetime | None = None
    files: Sequence[File] = ()
    composing: int = 0  # seconds of writing so far


@dataclass(frozen=True, slots=True)
class Composer:
    """The form to write with. `mode` chooses what it offers; drafts are by kind."""

    id: str  # "48213", or "new": part of the element's id
    at: datetime  # when the page is drawn: what was saved later is not in `drafts`
    action: str  # POST: kind, html or body, to, cc, bcc, subject, attachments, status, seen …
    draft_url: str  # "{kind}" in it stands for the tab's kind; POST html, to, cc, … answers JSON
    upload_url: str  # POST file: JSON id, name, size, url; DELETE <upload_url>/<id>
    suggest_url: str = ""  # JSON {"addresses": [{"name", "addr"}]} for ?q=
    mode: str = "ticket"  # "ticket" (reply and note), "note" (notes only), "forward", "new"
    kind: str = "reply"  # the tab shown first
    to: Sequence[dict[str, str]] = ()
    cc: Sequence[dict[str, str]] = ()
    bcc: Sequence[dict[str, str]] = ()
    subject: str = ""
    drafts: dict[str, Draft] = field(default_factory=dict)
    seen: int = 0  # id of the last message shown: a newer one stops the reply
    forward: int | None = None  # id of the message passed on
    senders: Sequence[Option] = ()  # mode "new": from which inbox; posted as `inbox`
    statuses: Sequence[Option] = ()  # what "Send" sets; the chosen one is the default
    max_file: int = 25_000_000
    prepared: str = ""  # ids of macros in the draft, between commas
    also: Sequence[Any] = ()  # what they change besides: present.macros.ChangeView
    later: Sequence[Option] = ()  # times that sending may wait for: local ISO, words
    prepared_url: str = ""  # JSON {"texts": […]} of macros, filled in for the ticket
    mention_url: str = ""  # JSON {"agents": [{"id", "name"}]} who may be mentioned


@dataclass(frozen=True, slots=True)
class CustomProp:
    """One of the desk's own fields beside a ticket."""

    key: str
    kind: str
    label: str
    help: str
    words: str  # its value; empty: none
    typed: str  # the same as a form holds it
    missing: str  # why it should be filled in; empty: it need not be
    options: Menu  # to choose from


@dataclass(frozen=True, slots=True)
class CustomInput:
    """One of them in a form. `value` is a text, or a list of several choices."""

    name: str
    kind: str
    label: str
    help: str
    value: Any
    options: Sequence[tuple[str, str]]
    required: bool
    error: str


@dataclass(frozen=True, slots=True)
class TicketView:
    """Everything that the conversation and its context show of one ticket."""

    ticket: Ticket
    entries: Sequence[Entry]
    composer: Composer | None  # None: may not write, or it was merged
    held: Sequence[Held] = ()  # replies that wait to leave
    here: str = ""  # slug of the view around it; empty on the ticket's own page
    hidden: int = 0  # messages behind the fold
    older: str = ""  # URL that answers them
    last_message: int = 0  # its id is posted to desk:read once it is on screen
    statuses: Sequence[Option] = ()
    types: Sequence[Option] = ()
    impacts: Sequence[Option] = ()  # of incidents
    urgencies: Sequence[Option] = ()
    rated: str = ""  # the priority of the matrix, where another was set by hand
    priorities: Sequence[Option] = ()
    snoozes: Sequence[Option] = ()  # until when it can be put away
    teams: Sequence[Option] = ()
    assignees: Sequence[Option] = ()
    categories: Sequence[Option] = ()
    tags: Sequence[Option] = ()  # all of them; the ticket's are chosen
    link_kinds: Sequence[tuple[str, str]] = ()  # how it can be linked to another ticket
    category_name: str = ""
    tag_names: Sequence[str] = ()
    fields: Sequence[CustomProp] = ()  # the desk's own
    customer: Customer | None = None
    participants: Sequence[Participant] = ()
    timers: Sequence[Timer] = ()
    others: Sequence[OtherTicket] = ()  # the customer's other tickets
    links: Sequence[OtherTicket] = ()  # perhaps the same, follow-up of …
    why: dict[str, str] = field(default_factory=dict)  # field: who or what set it
    may_change: bool = True
    may_reply: bool = True
    merged: bool = False  # its conversation goes on in another ticket
    stay: Any = None  # present.aside.Stay: it is spam, or in the trash
    laying: Any = None  # present.aside.Laying: what can be done so that it is
    tasks: Sequence[Task] = ()
    spent: Sequence[Spent] = ()  # time, entry by entry
    spent_by: Sequence[tuple[str, str]] = ()  # name, how long: of each agent
    spent_in_all: str = ""  # how long; empty: no time was written down
    incidents: int = 0  # of this problem that are not resolved
    merged_into: int | None = None  # that one's number, where it may be seen
    place: tuple[int, int] | None = None  # which of how many in the view
    before: str = ""  # URLs of its neighbours in the view
    after: str = ""
    back: str = ""  # URL of the list

    @property
    def number(self) -> int:
        return self.ticket.number


@dataclass(frozen=True, slots=True)
class Banner:
    """What is true now and stays until solved. kind: "info", "ok", "warn", "bad"."""

    title: str
    text: str = ""
    kind: str = "info"
    icon: str = ""
    reference: str = ""  # to find it in the log
    # {"label", "href", "post" or "opens" (the id of a menu), "primary"}
    actions: Sequence[dict[str, Any]] = ()
