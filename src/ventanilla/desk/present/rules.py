"""Rules as sentences, and what a trial or a run saw, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ventanilla.automation import definition as definitions
from ventanilla.automation.deciding import Tested
from ventanilla.automation.definition import ASSIGNEE, TEAM, TRIGGERS, Definition
from ventanilla.automation.models import RuleVersion
from ventanilla.automation.rules import MESSAGE, NOTE, NOTIFY, Effect
from ventanilla.desk.present import view_rows as lines
from ventanilla.desk.present.views import Offer, labels
from ventanilla.lib.problems import Invalid
from ventanilla.tickets.changes import Targets, read, targets
from ventanilla.tickets.conditions import Check, Group, written

ON = {
    "created": gettext_lazy("a ticket is opened"),
    "message": gettext_lazy("a customer writes"),
    "reply": gettext_lazy("an agent answers"),
    "note": gettext_lazy("a note is written"),
    "status": gettext_lazy("the status changes"),
    "priority": gettext_lazy("the priority changes"),
    "assignee": gettext_lazy("the assignee changes"),
    "team": gettext_lazy("the team changes"),
    "category": gettext_lazy("the category changes"),
    "type": gettext_lazy("the type changes"),
    "tags": gettext_lazy("tags change"),
    "field": gettext_lazy("one of the desk's fields changes"),
    "breached": gettext_lazy("a deadline passes"),
}


SINCE = {
    "opened": gettext_lazy("the ticket was opened"),
    "status": gettext_lazy("it got its status"),
    "silence": gettext_lazy("our answer, when the customer has not written since"),
    "waiting": gettext_lazy("the customer began to wait for our answer"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A rule in words: when, if, then; each a list of short texts."""

    when: Sequence[str]
    conditions: str
    then: Sequence[str]


def said(definition: Definition, offer: Offer, people: Mapping[int, str]) -> Said:
    """people   names of agents by their user ids"""
    root = lines.lines_of(written(definition.conditions), labels)
    return Said(
        when=_when(definition),
        conditions=_block(root, offer),
        then=[*_done(definition, people), *([_("no further rule")] if definition.stop else [])],
    )


def _when(definition: Definition) -> list[str]:
    if definition.after is None:
        return [str(ON[one]) for one in TRIGGERS if one in definition.on]
    after = definition.after
    text = (
        ngettext("%(num)s working hour after", "%(num)s working hours after", after.hours)
        if after.working
        else ngettext("%(num)s hour after", "%(num)s hours after", after.hours)
    )
    days = not after.working and after.hours >= 48 and after.hours % 24 == 0
    if days:
        text = ngettext("%(num)s day after", "%(num)s days after", after.hours // 24)
    count = after.hours // 24 if days else after.hours
    return [f"{text % {'num': count}} {SINCE[after.since]}"]


def _done(definition: Definition, people: Mapping[int, str]) -> Iterator[str]:
    known = targets(definition.changes)
    yield from (known.label(one) for one in definition.changes)
    if definition.note:
        yield _("a note")
    if definition.message:
        yield _("a message to the customer")
    if definition.notify:
        whom = [_whom(one, people) for one in definition.notify]
        yield _("tells %(whom)s") % {"whom": ", ".join(whom)}


def _whom(one: str, people: Mapping[int, str]) -> str:
    words = {ASSIGNEE: _("the assignee"), TEAM: _("the team")}
    return words.get(one) or people.get(int(one)) or _("a former agent")


def _block(block: lines.Block, offer: Offer, *, inner: bool = False) -> str:
    parts = [
        _block(one, offer, inner=True) if isinstance(one, lines.Block) else line(one, offer)
        for one in block.parts
    ]
    between = _(" and ") if block.kind == "all" else _(" or ")
    text = between.join(parts)
    return f"({text})" if inner and len(parts) > 1 else text


def line(one: lines.Line, offer: Offer) -> str:
    """One condition in words: “Priority is at least High”."""
    label = _label(one.field)
    operator = str(dict(lines.operators_of(one.field)).get(one.op, one.op))
    return " ".join(filter(None, [label, operator, _value(one, offer)]))


def _label(name: str) -> str:
    own = lines.own_field(name)
    return own.label if own else str(lines.LABELS.get(name, name))


def _value(one: lines.Line, offer: Offer) -> str:
    if not one.input:
        return ""
    if one.input in ("several", "one"):
        return offer.chosen(one)
    if one.input == "span":
        return f"{one.value} {lines.UNIT_WORDS[one.unit]}"
    return f"“{one.value}”"


# -- what a trial saw ----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Verdict:
    """A condition with its verdict; a group has parts. `seen` is empty where words say it all."""

    fits: bool
    text: str
    seen: str = ""
    parts: Sequence[Verdict] = ()


def verdict(tested: Tested, offer: Offer) -> Verdict:
    """All conditions with what was seen of the ticket."""
    if isinstance(tested.of, Group):
        words = _("All of these") if tested.of.kind == "all" else _("Any of these")
        return Verdict(tested.fits, words, parts=[verdict(part, offer) for part in tested.parts])
    block = lines.lines_of(written(Group("all", (tested.of,))), labels)
    (one,) = block.lines()
    return Verdict(tested.fits, line(one, offer), _seen(tested.of, tested.seen, one, offer))


def _seen(test: Check, value: Any, one: lines.Line, offer: Offer) -> str:
    """What stands there, in the words of the field's choices; empty where there are none."""
    if one.input not in ("several", "one") or test.field.startswith("custom"):
        return ""
    there = value if isinstance(value, list | tuple) else [value]
    shown = lines.Line(one.field, one.op, [_code(test.field, each) for each in there])
    words = dict(offer.of(lines.Line(one.field, one.op)))
    return ", ".join(words.get(each, "") for each in shown.values if words.get(each)) or _(
        "nothing"
    )


def _code(field: str, value: Any) -> str:
    """As the form has it: “open”, “7”."""
    check = Check(field, "is", (value,))
    if value is None:
        return ""
    (found,) = written(Group("all", (check,)))["all"][0]["value"]
    return str(found)


@dataclass(frozen=True, slots=True)
class Doing:
    """What a rule would do, or did: in words, with what stood in the way."""

    done: Sequence[str]
    left_out: Sequence[str]
    note: str = ""
    message: str = ""


def doing(effect: Effect, people: Mapping[int, str]) -> Doing:
    known = _known([*effect.done, *(code for code, _why in effect.left_out)])
    told = ", ".join(people.get(pk) or _("a former agent") for pk in effect.told)
    return Doing(
        done=[_("Tells %(whom)s") % {"whom": told} if code == NOTIFY else _code_label(code, known)
              for code in effect.done],
        left_out=[f"{_code_label(code, known)} ({why})" for code, why in effect.left_out],
        note=effect.note,
        message=effect.message,
    )  # fmt: skip


def done_labels(codes: Iterable[str]) -> list[str]:
    """What a run did, in words."""
    wanted = list(codes)
    known = _known(wanted)
    return [_code_label(code, known) for code in wanted]


def _known(codes: Iterable[str]) -> Targets:
    return targets(read(code for code in codes if _is_change(code)))


def _is_change(code: str) -> bool:
    return "=" in code and (not code.startswith("field=") or ":" in code)


def _code_label(code: str, known: Targets) -> str:
    if code == NOTE:
        return _("A note")
    if code == MESSAGE:
        return _("A message to the customer")
    if code == NOTIFY:
        return _("Somebody was told")
    if not _is_change(code):
        return _label(f"custom.{code.removeprefix('field=')}")
    return known.label(read([code])[0])


def left_out(pairs: Sequence[Sequence[str]]) -> list[str]:
    """What a run could not do, and why not."""
    known = _known(code for code, _why in pairs)
    return [f"{_code_label(code, known)} ({why})" for code, why in pairs]


def told(version: RuleVersion, why: Mapping[str, Any], offer: Offer) -> Verdict | None:
    """What a run has kept of its verdict, beside the words of the version that it ran by."""
    try:
        definition = definitions.read(version.said)
    except Invalid:
        return None
    return verdict(_kept(definition.conditions, why), offer)


def _kept(of: Group | Check, why: Mapping[str, Any]) -> Tested:
    if isinstance(of, Check):
        return Tested(bool(why.get("fits")), of, seen=why.get("seen"))
    parts = why.get(of.kind, [])
    kept = tuple(_kept(part, one) for part, one in zip(of.parts, parts, strict=False))
    return Tested(bool(why.get("fits")), of, kept)
