"""The keyboard in one place: what each key does, in which words, and where it works.

The sheet of shortcuts (`?`) is made of it, and from that sheet the browser learns what to do
(js/keys.js) and what the palette offers. Tooltips and `aria-keyshortcuts` ask it, too. Agents give
actions other keys, or none, in their preferences: `Own` holds what differs for whom is asking.

Keys are written as one presses them: "e", "Shift+e", "g b", "$mod+k" ($mod: Ctrl, or Cmd).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ventanilla.lib.problems import Invalid

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Key:
    """Pressing `keys` presses the control with data-act="<name>", or goes to the URL of `goes`."""

    name: str
    keys: str
    words: Words
    icon: str = ""  # in the palette; what has none is not offered there
    goes: tuple[str, ...] = ()  # a URL's name and its arguments
    also: tuple[str, ...] = ()  # further keys, the same for everybody
    told: bool = False  # a field of its own does it; here it is only told

    @property
    def fixed(self) -> bool:
        """It holds Ctrl or is no character: it works while one writes, and is the same for all."""
        return self.told or self.keys.startswith("$mod") or self.keys in ("F6", "Escape")


ANYWHERE = (
    Key("palette", "$mod+k", gettext_lazy("Find anything, do anything")),
    Key("search", "/", gettext_lazy("Search")),
    Key("new", "c", gettext_lazy("New ticket"), "plus"),
    Key("take", "t", gettext_lazy("Give me the next ticket"), "inbox"),
    Key("undo", "z", gettext_lazy("Undo")),
    Key("inbox", "g b", gettext_lazy("Go to the inbox"), goes=("desk:home",)),
    Key("due", "g v", gettext_lazy("Go to what is due today"), goes=("desk:inbox", "due-today")),
    Key("customers", "g u", gettext_lazy("Go to the customers"), goes=("desk:customers",)),
    Key("notices", "g n", gettext_lazy("Go to the notices"), goes=("desk:notice_list",)),
    Key("me", "g p", gettext_lazy("Go to your preferences"), goes=("desk:me",)),
    Key("side", "[", gettext_lazy("Hide or show the sidebar"), "panel-left"),
    Key("ctx", "]", gettext_lazy("Hide or show the context"), "panel-right"),
    Key("panes", "F6", gettext_lazy("Next pane; with Shift the one before"), also=("Shift+F6",)),
    Key("leave", "Escape", gettext_lazy("Leave the field, close")),
    Key("keys", "?", gettext_lazy("All shortcuts"), "keyboard"),
)
LIST = (
    Key("next", "j", gettext_lazy("Next ticket"), also=("ArrowDown",)),
    Key("previous", "k", gettext_lazy("Previous ticket"), also=("ArrowUp",)),
    Key("full", "o", gettext_lazy("Open in full"), "external-link", also=("Enter",)),
    Key("tick", "x", gettext_lazy("Tick")),
    Key("tick-range", "Shift+x", gettext_lazy("Tick up to here")),
    Key("tick-all", "$mod+a", gettext_lazy("Tick all")),
)
TICKET = (
    Key("reply", "r", pgettext_lazy("action", "Reply"), "corner-up-left"),
    Key("note", "n", gettext_lazy("Internal note"), "message-square-text"),
    Key("assignee", "a", gettext_lazy("Assign to…"), "user-plus"),
    Key("mine", "i", gettext_lazy("Assign to me"), "user"),
    Key("status", "s", gettext_lazy("Status…"), "circle-check"),
    Key("priority", "p", gettext_lazy("Priority…"), "flag"),
    Key("tags", "l", gettext_lazy("Tags…"), "tag"),
    Key("prepared", "m", gettext_lazy("Macros…"), "zap"),
    Key("snooze", "h", gettext_lazy("Snooze until…"), "clock"),
    Key("split", "Shift+s", gettext_lazy("Split or move messages…"), "git-branch"),
    Key("merge", "Shift+m", gettext_lazy("Merge with another ticket…"), "link"),
    Key("resolve", "e", gettext_lazy("Resolve"), "check"),
    Key("spam", "!", gettext_lazy("Mark as spam"), "ban"),
    Key("trash", "#", gettext_lazy("Put into the trash"), "trash-2"),
)
WRITING = (
    Key("send", "$mod+Enter", gettext_lazy("Send"), told=True),
    Key("send-resolve", "$mod+Shift+Enter", gettext_lazy("Send and resolve"), told=True),
    Key("insert", "/", gettext_lazy("Macros"), told=True),
    Key("mention", "@", gettext_lazy("Name a colleague, in notes"), told=True),
)
BOARD = (
    Key("card", "ArrowRight", gettext_lazy("Next card, column"), told=True),
    Key("card-push", "Shift+ArrowRight", gettext_lazy("Move it to the next column"), told=True),
    Key("card-move", "m", gettext_lazy("Move the card to…"), told=True),
)
GROUPS: tuple[tuple[Words, tuple[Key, ...]], ...] = (
    (gettext_lazy("On the ticket"), TICKET),
    (gettext_lazy("In the list"), LIST),
    (gettext_lazy("Cards of a board"), BOARD),
    (gettext_lazy("While writing"), WRITING),
    (gettext_lazy("Anywhere"), ANYWHERE),
)
KEYS = {key.name: key for _title, group in GROUPS for key in group}
CHANGEABLE = tuple(key for key in KEYS.values() if not key.fixed)

STROKE = re.compile(r"(?:(?:shift|mayús|mayus|⇧)\s*\+?\s*)?(\S)", re.IGNORECASE)
CAPS = {"$mod": "Ctrl", "Shift": "⇧", "Enter": "↵", "Escape": "Esc", "ArrowDown": "↓",
        "ArrowUp": "↑", "ArrowRight": "→"}  # fmt: skip


# -- whose keys --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Own:
    """What one agent has changed."""

    letters: bool = True  # False: only what holds Ctrl, or is no character, works
    keys: tuple[tuple[str, str], ...] = ()  # (name, keys); "" switches one off

    @classmethod
    def of(cls, agent: Any) -> Own:
        """An agent's, or, for None, as they are for everybody."""
        if agent is None:
            return AS_SHIPPED
        return cls(agent.letter_keys, tuple(sorted(agent.shortcuts.items())))


AS_SHIPPED = Own()
_own: ContextVar[Own] = ContextVar("ventanilla_keys", default=AS_SHIPPED)


def own() -> Own:
    return _own.get()


@contextmanager
def used_by(agent: Any) -> Iterator[None]:
    """Let what is rendered meanwhile show an agent's own keys."""
    token = _own.set(Own.of(agent))
    try:
        yield
    finally:
        _own.reset(token)


@lru_cache(maxsize=512)
def bound(of: Own) -> dict[str, str]:
    """Every action's keys for whoever has these; "" where there are none."""
    changed = dict(of.keys)
    return {
        key.name: key.keys if key.fixed else changed.get(key.name, key.keys) if of.letters else ""
        for key in KEYS.values()
    }


# -- as it is shown ----------------------------------------------------------------------------
def caps(keys: str) -> list[str]:
    """What stands on the keys, one by one: "g b" is G and B, "$mod+k" is Ctrl and K."""
    strokes = (part for stroke in keys.split(" ") for part in re.split(r"(?<=\w)\+", stroke))
    return [CAPS.get(part, part.upper() if len(part) == 1 else part) for part in strokes if part]


def shown(name: str) -> str:
    """The keys of an action in one line, such as "Ctrl K"; "" where it has none."""
    return " ".join(caps(bound(own())[name]))


def attributes(name: str, label: str = "") -> dict[str, str | None]:
    """What the control of an action says about its keys, for `xmlattr`.

    label   becomes its title, with the keys behind it
    """
    keys = bound(own()).get(name, "")
    written = " ".join(caps(keys))
    single = keys if keys and " " not in keys else None
    return {
        "data-act": name,
        "title": (f"{label} ({written})" if written else label) or None,
        "aria-keyshortcuts": _aria(single) if single else None,
    }


def _aria(keys: str) -> str:
    return keys.replace("$mod", "Control").replace("Escape", "Esc") if len(keys) > 1 else keys


# -- other keys --------------------------------------------------------------------------------
def read(text: str) -> str:
    """Keys as somebody writes them ("G B", "⇧ E", "Shift+E", "x"), as we do; "" for none.

    Raises Invalid: two characters at most, each with Shift or without.
    """
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < 3:
        stroke = STROKE.match(rest)
        if stroke is None:
            break
        letter, shift = stroke[1].lower(), len(stroke[0]) > 1
        found.append(f"Shift+{letter}" if shift and letter.isalpha() else letter)
        rest = rest[stroke.end() :].lstrip()
    if rest or len(found) > 2:
        raise Invalid(
            _("“%(keys)s” can't be a shortcut: press one key, or two one after the other.")
            % {"keys": text[:40]}
        )
    return " ".join(found)


def changed(wanted: Mapping[str, str]) -> dict[str, str]:
    """What differs from the keys as shipped, ready to be kept. Raises Invalid, naming the field.

    wanted   keys by action, as `read` gives them; only changeable actions
    """
    keys = {key.name: wanted.get(key.name, key.keys) for key in CHANGEABLE}
    for name, other in _clashes(keys):
        raise Invalid(
            _("“%(keys)s” is already “%(other)s”. Choose another key for one of the two.")
            % {"keys": " ".join(caps(keys[name])), "other": KEYS[other].words},
            field=name,
        )
    return {key.name: keys[key.name] for key in CHANGEABLE if keys[key.name] != key.keys}


def _clashes(keys: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Pairs of actions of which one would never be heard: the same keys, or one begins the other's.

    Of two, what was changed comes first: it is the one to correct.
    """
    used = [(name, given) for name, given in keys.items() if given]
    used.sort(key=lambda one: one[1] == KEYS[one[0]].keys)
    for index, (name, given) in enumerate(used):
        for other, theirs in used[index + 1 :]:
            if f"{given} ".startswith(f"{theirs} ") or f"{theirs} ".startswith(f"{given} "):
                yield name, other
