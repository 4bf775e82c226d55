"""Events as sentences: what changed, by whom, and why, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from markupsafe import Markup

from ventanilla.automation import queries as rules
from ventanilla.desk.formats import duration, when
from ventanilla.desk.present import aside
from ventanilla.desk.present.safe import joined, sentence
from ventanilla.desk.shapes import EventLine
from ventanilla.events.models import Event
from ventanilla.lib import durations
from ventanilla.tickets.choices import Choices
from ventanilla.tickets.custom_queries import defined
from ventanilla.tickets.custom_words import in_words
from ventanilla.tickets.models import Level, Priority, Status, TicketLink, Type, Urgency

Text = str | Markup
LONGEST_SAID = 120  # characters of a value


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids in events are called."""

    choices: Choices
    contacts: dict[int, str] = field(default_factory=dict)
    tickets: dict[int, int] = field(default_factory=dict)  # id -> number

    def agent(self, pk: int | None) -> str:
        if pk is None:
            return _("Nobody")
        found = self.choices.agents.get(pk)
        return found.name if found else _("a former agent")

    def team(self, pk: int) -> str:
        found = self.choices.teams.get(pk)
        return found.name if found else _("a former team")

    def category(self, pk: int | None) -> str:
        return self.choices.path(pk) or _("None")

    def tags(self, pks: Iterable[int]) -> str:
        return ", ".join(self.choices.tags.get(pk, "…") for pk in pks)

    def people(self, pks: Iterable[int]) -> str:
        return ", ".join(self.contacts.get(pk) or _("a customer") for pk in pks)

    def ticket(self, pk: int) -> str:
        number = self.tickets.get(pk)
        return f"#{number}" if number else _("another ticket")


def line(event: Event, names: Names) -> EventLine | None:
    """One event as a line of the conversation; None for what needs no words."""
    said = SENTENCES[event.kind](event, names) if event.kind in SENTENCES else None
    if said is None:
        return None
    text, icon = said
    parts = [text, *filter(None, [why(event), _who(event, names)])]
    return EventLine(text=joined(parts), at=event.occurred_at, icon=icon)


# -- who and why -------------------------------------------------------------------------------
def who(event: Event, names: Names) -> str:
    """The doer's name; empty where the line says it already."""
    return _who(event, names)


def _who(event: Event, names: Names) -> str:
    if event.actor_kind == "agent":
        return names.agent(event.actor_id)
    if event.actor_kind == "rule":
        name = rules.names().get(event.actor_id or 0)
        return _("by the rule “%(name)s”") % {"name": name} if name else _("by a rule")
    return _("by the assistant") if event.actor_kind == "ai" else ""


REASONS: dict[str, Callable[[], str]] = {
    "customer_wrote": lambda: _("the customer has written"),
    "first_act": lambda: _("somebody has begun to work on it"),
    "woke": lambda: _("its time has come"),
    "taken": lambda: _("taken as the next"),
    "matrix": lambda: _("from impact and urgency"),
    "auto_close": lambda: _("resolved some days ago"),
    "not_delivered": lambda: _("the message was not delivered"),
    "round_robin": lambda: _("in turn"),
    "least_loaded": lambda: _("has least to do"),
    "moved": lambda: _("a message came that waits for an answer"),
    "team_changed": lambda: _("not in the new team"),
    "gave_back": lambda: _("is away"),
}


def why(event: Event) -> str:
    reason = event.data.get("reason", "")
    words = REASONS[reason]() if reason in REASONS else ""
    load, capacity = event.data.get("load"), event.data.get("capacity")
    if words and load is not None and capacity:
        return _("%(why)s: %(load)s of %(capacity)s") % {
            "why": words,
            "load": load,
            "capacity": capacity,
        }
    return words


# -- one sentence per kind ---------------------------------------------------------------------
Said = tuple[Text, str] | None


def _opened(event: Event, names: Names) -> Said:
    return (_("Ticket opened"), "plus") if event.actor_kind == "agent" else None


def _status(event: Event, names: Names) -> Said:
    if event.data["reason"] in ("replied", "snoozed"):
        return None
    return sentence(_("Status: %(new)s"), new=Status(event.data["new"]).label), "history"


def _snoozed(event: Event, names: Names) -> Said:
    until = event.data["until"]
    if until is None:
        return _("Snoozed until the customer writes"), "clock"
    moment = when(datetime.fromisoformat(until), "sentence")
    return sentence(_("Snoozed until %(when)s"), when=moment), "clock"


def _priority(event: Event, names: Names) -> Said:
    return sentence(_("Priority: %(new)s"), new=Priority(event.data["new"]).label), "flag"


def _impact(event: Event, names: Names) -> Said:
    return sentence(_("Impact: %(new)s"), new=_level(event, Level)), "flag"


def _urgency(event: Event, names: Names) -> Said:
    return sentence(_("Urgency: %(new)s"), new=_level(event, Urgency)), "flag"


def _level(event: Event, words: type[Level] | type[Urgency]) -> str:
    new = event.data["new"]
    return _("None") if new is None else str(words(new).label)


def _type(event: Event, names: Names) -> Said:
    return sentence(_("Type: %(new)s"), new=Type(event.data["new"]).label), "bookmark"


def _team(event: Event, names: Names) -> Said:
    values = {"old": names.team(event.data["old"]), "new": names.team(event.data["new"])}
    return sentence(_("Moved from %(old)s to %(new)s"), **values), "users"


def _assigned(event: Event, names: Names) -> Said:
    new = event.data["new"]
    if new is None:
        old = names.agent(event.data["old"])
        return sentence(_("No longer assigned to %(old)s"), old=old), "user"
    return sentence(_("Assigned to %(new)s"), new=names.agent(new)), "user"


def _category(event: Event, names: Names) -> Said:
    return sentence(_("Category: %(new)s"), new=names.category(event.data["new"])), "layers"


def _tags(event: Event, names: Names) -> Said:
    added, removed = event.data["added"], event.data["removed"]
    parts: list[Text] = []
    if added:
        words = ngettext("Tag added: %(tags)s", "Tags added: %(tags)s", len(added))
        parts.append(sentence(words, tags=names.tags(added)))
    if removed:
        words = ngettext("Tag removed: %(tags)s", "Tags removed: %(tags)s", len(removed))
        parts.append(sentence(words, tags=names.tags(removed)))
    return joined(parts), "tag"


def _field(event: Event, names: Names) -> Said:
    one = defined(event.data["field"])
    label = one.label if one else event.data["field"]
    if event.data["typed"]:
        texts = {each["field"]: each["text"] for each in _texts(event)}
        if not texts:  # erased
            return sentence(_("%(field)s changed"), field=label), "pencil"
        new = json.loads(texts["new"]) if "new" in texts else None
    else:
        new = event.data["after"]
    if new is None:
        return sentence(_("%(field)s: nothing any more"), field=label), "pencil"
    words = Truncator(in_words(one, new) if one else str(new)).chars(LONGEST_SAID)
    return sentence(_("%(field)s: %(new)s"), field=label, new=words), "pencil"


TASKS = {
    "added": gettext_lazy("Task added: %(task)s"),
    "done": gettext_lazy("Task done: %(task)s"),
    "undone": gettext_lazy("Task not done after all: %(task)s"),
    "removed": gettext_lazy("Task removed: %(task)s"),
    "given": gettext_lazy("Task given to %(who)s: %(task)s"),
}


def _checklist(event: Event, names: Names) -> Said:
    texts = {one["field"]: one["text"] for one in _texts(event)}
    who = names.agent(event.data["agent"]) if event.data["agent"] else _("Nobody")
    words = str(TASKS[event.data["what"]])
    return sentence(words, task=texts.get("text", "…"), who=who), "square-check-big"


TIMES = {
    "added": gettext_lazy("Time added: %(time)s"),
    "changed": gettext_lazy("Time corrected from %(was)s: %(time)s"),
    "removed": gettext_lazy("Time removed: %(time)s"),
}


def _time(event: Event, names: Names) -> Said:
    given = event.data
    note = next((one["text"] for one in _texts(event)), "")
    whose = names.agent(given["agent"]) if given["agent"] != event.actor_id else ""
    time = " · ".join(filter(None, [durations.in_words(given["minutes"]), note, whose]))
    was = durations.in_words(given["was"] or 0)
    return sentence(str(TIMES[given["what"]]), time=time, was=was), "hourglass"


def _subject(event: Event, names: Names) -> Said:
    texts = {one["field"]: one["text"] for one in _texts(event)}
    if not texts:
        return _("Subject changed"), "pencil"
    return sentence(_("Subject changed; before: %(old)s"), old=texts.get("old", "")), "pencil"


def _contact(event: Event, names: Names) -> Said:
    return sentence(_("Customer: %(new)s"), new=names.people([event.data["new"]])), "user"


def _reopened(event: Event, names: Names) -> Said:
    times = event.data["times"]
    if times == 1:
        return _("Reopened"), "rotate-ccw"
    return sentence(_("Reopened, %(times)s times so far"), times=times), "rotate-ccw"


def _linked(event: Event, names: Names) -> Said:
    how = TicketLink.How(event.data["how"]).label
    text = escape_with(str(how), names.ticket(event.data["other"]))
    return text, "link"


def _unlinked(event: Event, names: Names) -> Said:
    how = TicketLink.How(event.data["how"]).label
    number = f"#{event.data['number']}"
    words = _("No longer linked: %(how)s %(ticket)s")
    return sentence(words, how=str(how), ticket=number), "link"


def _merged(event: Event, names: Names) -> Said:
    return _about(_("Merged into %(ticket)s"), event), "link"


def _absorbed(event: Event, names: Names) -> Said:
    parts: list[Text] = [_about(_("%(ticket)s was merged into this ticket"), event)]
    if event.data["participants"]:
        who = names.people(event.data["participants"])
        parts.append(sentence(_("Takes part now: %(who)s"), who=who))
    return joined(parts), "link"


def _separated(event: Event, names: Names) -> Said:
    return _about(_("Merge undone: %(ticket)s is a ticket of its own again"), event), "link"


def _restored(event: Event, names: Names) -> Said:
    return _about(_("Merge into %(ticket)s undone"), event), "link"


def _left(event: Event, names: Names) -> Said:
    count = len(event.data["messages"])
    words = ngettext(
        "%(count)s message went to %(ticket)s", "%(count)s messages went to %(ticket)s", count
    )
    return _counted(words, event), "git-branch"


def _joined(event: Event, names: Names) -> Said:
    count = len(event.data["messages"])
    words = ngettext(
        "%(count)s message came from %(ticket)s", "%(count)s messages came from %(ticket)s", count
    )
    parts: list[Text] = [_counted(words, event)]
    if event.data["participants"]:
        who = names.people(event.data["participants"])
        parts.append(sentence(_("Takes part now: %(who)s"), who=who))
    return joined(parts), "git-branch"


def _given_back(event: Event, names: Names) -> Said:
    count = len(event.data["messages"])
    words = ngettext(
        "%(count)s message went back to %(ticket)s",
        "%(count)s messages went back to %(ticket)s",
        count,
    )
    return _counted(words, event), "undo-2"


def _returned(event: Event, names: Names) -> Said:
    count = len(event.data["messages"])
    words = ngettext(
        "%(count)s message came back from %(ticket)s",
        "%(count)s messages came back from %(ticket)s",
        count,
    )
    return _counted(words, event), "undo-2"


def _counted(words: str, event: Event) -> Markup:
    count = str(len(event.data["messages"]))
    return sentence(words, count=count, ticket=f"#{event.data['number']}")


def _set_aside(event: Event, names: Names) -> Said:
    spam = event.data["place"] == "spam"
    words = _("Marked as spam") if spam else _("Put into the trash")
    why = aside.WHY.get(event.data["why"])
    return joined([words, str(why).rstrip(".")] if why else [words]), "ban" if spam else "trash-2"


def _brought_back(event: Event, names: Names) -> Said:
    spam = event.data["place"] == "spam"
    return sentence(_("Marked as not spam") if spam else _("Taken out of the trash")), "undo-2"


def _redacted(event: Event, names: Names) -> Said:
    why = next((one["text"] for one in _texts(event) if one["field"] == "why"), "")
    return sentence(_("Blacked out for good: %(why)s"), why=why or "…"), "shield-check"


def _about(words: str, event: Event) -> Markup:
    return sentence(words, ticket=f"#{event.data['number']}")


def escape_with(label: str, value: str) -> Markup:
    return joined([label, sentence("%(value)s", value=value)], " ")


def _participants(event: Event, names: Names) -> Said:
    added, removed = event.data["added"], event.data["removed"]
    parts: list[Text] = []
    if added:
        parts.append(sentence(_("Takes part now: %(who)s"), who=names.people(added)))
    if removed:
        parts.append(sentence(_("No longer takes part: %(who)s"), who=names.people(removed)))
    return joined(parts), "users"


def _accepted(event: Event, names: Names) -> Said:
    who = names.people([event.data["contact"]])
    return sentence(_("Sender accepted: %(who)s"), who=who), "shield-check"


def _resent(event: Event, names: Names) -> Said:
    return _("Sent again"), "refresh-cw"


def _failed(event: Event, names: Names) -> Said:
    return _("A message was not sent"), "mail-x"


def _bounced(event: Event, names: Names) -> Said:
    if event.data["temporary"]:
        return _("A message is delayed on its way"), "hourglass"
    return _("A message came back"), "mail-x"


def _held_back(event: Event, names: Names) -> Said:
    if event.data["code"] == "newer_message":
        return _("A reply has not left: somebody had written meanwhile"), "mail-x"
    return _("A reply has not left"), "mail-x"


def _macro(event: Event, names: Names) -> Said:
    """Beside a message only what was left out is told: the changes stand there themselves."""
    texts = {one["field"]: one["text"] for one in _texts(event)}
    name, left_out = texts.get("name", ""), texts.get("left_out", "")
    if not name and not left_out:
        return None
    parts: list[Text] = [sentence(_("Macro: %(name)s"), name=name)] if name else []
    if left_out:
        parts.append(sentence(_("Left out: %(what)s"), what=left_out))
    return joined(parts), "zap"


def _rule(event: Event, names: Names) -> Said:
    """The changes stand there themselves, and say by which rule; what it could not do is told."""
    if not event.data["left_out"]:
        return None
    return sentence(_("Something that a rule wanted was left out")), "zap"


def _met(event: Event, names: Names) -> Said:
    took = duration(timedelta(seconds=event.data["elapsed"]), exact=True)
    first = event.data["metric"] == "first_response"
    text = _("First response in %(time)s") if first else _("Answered in %(time)s")
    return sentence(text, time=took), "badge-check"


def _breached(event: Event, names: Names) -> Said:
    first = event.data["metric"] == "first_response"
    text = _("The deadline of the first response has passed")
    return text if first else _("The deadline of the answer has passed"), "triangle-alert"


SENTENCES: dict[str, Callable[[Event, Names], Said]] = {
    "ticket.opened": _opened,
    "ticket.status_changed": _status,
    "ticket.snoozed": _snoozed,
    "ticket.priority_changed": _priority,
    "ticket.impact_changed": _impact,
    "ticket.urgency_changed": _urgency,
    "ticket.type_changed": _type,
    "ticket.team_changed": _team,
    "ticket.assigned": _assigned,
    "ticket.category_changed": _category,
    "ticket.tags_changed": _tags,
    "ticket.field_changed": _field,
    "ticket.subject_changed": _subject,
    "ticket.checklist_changed": _checklist,
    "ticket.time_changed": _time,
    "macro.applied": _macro,
    "rule.applied": _rule,
    "ticket.contact_changed": _contact,
    "ticket.reopened": _reopened,
    "ticket.linked": _linked,
    "ticket.unlinked": _unlinked,
    "ticket.set_aside": _set_aside,
    "ticket.brought_back": _brought_back,
    "message.redacted": _redacted,
    "ticket.merged": _merged,
    "ticket.absorbed": _absorbed,
    "ticket.separated": _separated,
    "ticket.restored": _restored,
    "messages.left": _left,
    "messages.joined": _joined,
    "messages.given_back": _given_back,
    "messages.returned": _returned,
    "ticket.participants_changed": _participants,
    "message.sender_accepted": _accepted,
    "message.resent": _resent,
    "message.failed": _failed,
    "message.bounced": _bounced,
    "message.held_back": _held_back,
    "sla.met": _met,
    "sla.breached": _breached,
}


def named_agents(events: Iterable[Event]) -> set[int]:
    """The agents that these events speak of."""
    found: set[int] = set()
    for event in events:
        if event.actor_kind == "agent" and event.actor_id:
            found.add(event.actor_id)
        if event.kind == "ticket.assigned":
            found |= {pk for pk in (event.data["old"], event.data["new"]) if pk}
        if event.kind == "ticket.checklist_changed" and event.data["agent"]:
            found.add(event.data["agent"])
        if event.kind == "ticket.time_changed":
            found.add(event.data["agent"])
    return found


def named_contacts(events: Iterable[Event]) -> set[int]:
    found: set[int] = set()
    for event in events:
        found |= _people_in(event.kind, event.data)
    return found


def _people_in(kind: str, data: dict[str, Any]) -> set[int]:
    if kind == "ticket.participants_changed":
        return {*data["added"], *data["removed"]}
    if kind in ("ticket.absorbed", "messages.joined"):
        return {*data["participants"]}
    if kind == "ticket.contact_changed":
        return {pk for pk in (data["old"], data["new"]) if pk}
    return {data["contact"]} if kind == "message.sender_accepted" else set()


def named_tags(events: Iterable[Event]) -> set[int]:
    found: set[int] = set()
    for event in events:
        if event.kind == "ticket.tags_changed":
            found |= {*event.data["added"], *event.data["removed"]}
    return found


def _texts(event: Event) -> list[dict[str, str]]:
    return getattr(event, "words", None) or []
