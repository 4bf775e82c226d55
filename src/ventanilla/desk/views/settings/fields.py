"""The desk's own fields: their list in order, one of them, and where it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ventanilla.desk.identity import Request
from ventanilla.desk.present.custom import inputs
from ventanilla.desk.shapes import CustomInput
from ventanilla.desk.views.settings.page import done, page, section, status_of, submitted
from ventanilla.tickets.actions.custom_fields import WITH_OPTIONS, key_from, move_field, save_field
from ventanilla.tickets.choices import Choices, choices
from ventanilla.tickets.custom import Definition, decide, row_facts
from ventanilla.tickets.custom_fields import CustomField, Kind
from ventanilla.tickets.custom_queries import asker, defined, definitions
from ventanilla.tickets.custom_words import in_words
from ventanilla.tickets.models import Channel, Priority, Ticket, Type

LOOKED_AT = 200  # of the newest unresolved tickets, to tell where a field is shown
# field of the form: field of a condition; several ticks mean any of them
TICKS = {"type": "type", "priority": "priority", "channel": "channel", "team": "team"}


def _ticks(label: Any, choices: Any = (), **more: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple(attrs={"class": "check"})
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=widget, **more
    )


class CustomFieldForm(forms.Form):
    """Words by language, what it takes, where it is shown, when it is required."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=30,
        required=False,
        help_text=gettext_lazy(
            "Searches and the configuration file call it so, as in cause:transport. Without one,"
            " it is made of the name. It stays."
        ),
    )
    options = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One a line. With a key before it and further languages behind it, if you like:"
            " transport: Transporte | Transport"
        ),
    )
    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "What the whole text must look like, such as [A-Z]{2}-\\d{4} for AB-1234."
        ),
    )
    category = _ticks(
        gettext_lazy("Categories"),
        help_text=gettext_lazy("With all below them. Nothing ticked: whatever the category."),
    )
    type = _ticks(gettext_lazy("Type"), Type.choices)
    priority = _ticks(gettext_lazy("Priority"), [(one.word, one.label) for one in Priority])
    channel = _ticks(gettext_lazy("Channel"), Channel.choices)
    team = _ticks(gettext_lazy("Team"))
    other = forms.ChoiceField(label=gettext_lazy("Another field"), required=False)
    other_is = forms.CharField(
        label=gettext_lazy("… is"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Its value, or of choices the key; empty: anything at all."),
    )
    to_create = forms.BooleanField(
        label=gettext_lazy("Required to open a ticket by hand"), required=False
    )
    to_resolve = forms.BooleanField(label=gettext_lazy("Required to resolve it"), required=False)
    active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Switched off, it is shown nowhere; its values stay."),
    )

    def __init__(self, *args: Any, row: CustomField | None, known: Choices, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            label = _("Name (%(language)s)") % {"language": name}
            self.fields[f"label_{code}"] = forms.CharField(
                label=label, max_length=80, required=code == settings.LANGUAGE_CODE[:2]
            )
            label = _("Help (%(language)s)") % {"language": name}
            self.fields[f"help_{code}"] = forms.CharField(
                label=label, max_length=400, required=False
            )
        if row is not None:
            self.fields["kind"].disabled = self.fields["key"].disabled = True
        paths = sorted((known.path(pk), str(pk)) for pk in known.categories)
        self._offer("category", [(pk, path) for path, pk in paths])
        teams = [(str(one.id), one.name) for one in known.teams.values() if not one.archived]
        self._offer("team", teams)
        own = row.key if row else ""
        others = [(one.key, one.label) for one in definitions() if one.key != own]
        self._offer("other", [("", "—"), *others])

    def _offer(self, name: str, offered: list[tuple[str, str]]) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    def words(self, name: str) -> dict[str, str]:
        return {code: self.cleaned_data[f"{name}_{code}"] for code, _name in settings.LANGUAGES}


@require_http_methods(["GET", "POST"])
@section("fields")
def fields(request: Request) -> HttpResponse:
    """All of them in their order; POSTed, one changes its place."""
    if request.method == "POST":
        moved = get_object_or_404(CustomField, key=request.POST.get("key", ""))
        move_field(request.act, moved, by=-1 if "up" in request.POST else 1)
        return done("desk:fields")
    known, kinds = choices(), dict(Kind.choices)
    rows = [
        (row, one, kinds[one.kind], _where(row, known))
        for row in CustomField.objects.order_by("position", "pk")
        if (one := defined(row.key)) is not None
    ]
    return page(request, "fields", "fields", rows=rows)


@require_http_methods(["GET", "POST"])
@section("fields")
def custom_field(request: Request, key: str) -> HttpResponse:
    """One field; "-" is a new one. `preview` only shows where it is shown."""
    row = None if key == "-" else get_object_or_404(CustomField, key=key)
    known = choices()
    beyond = row is not None and _values(row.conditions) is None
    start = _initial(row) if row else {"kind": Kind.TEXT, "active": True}
    form = CustomFieldForm(request.POST or None, row=row, known=known, initial=start)
    if submitted(form, lambda: _save(request, form, row, beyond)):
        return done("desk:fields")
    context: dict[str, Any] = {"row": row, "beyond": beyond, "languages": settings.LANGUAGES}
    if row is not None:
        context["preview"] = _preview(request, row)
        context["where"] = _where(row, known)
    return page(request, "fields", "field", status_of(form), form=form, **context)


# -- saving --------------------------------------------------------------------------------------
def _save(
    request: Request, form: CustomFieldForm, row: CustomField | None, beyond: bool
) -> CustomField:
    """What the form can't show of its conditions stays as it is."""
    given, labels = form.cleaned_data, form.words("label")
    kept = row.conditions if row is not None and beyond else _conditions(given)
    return save_field(
        request.act,
        key=row.key if row else given["key"].strip() or _key(labels),
        kind=row.kind if row else given["kind"],
        labels=labels,
        helps=form.words("help"),
        options=_options(given["options"]),
        pattern=given["pattern"],
        categories=map(int, given["category"]),
        conditions=kept,
        to_create=given["to_create"],
        to_resolve=given["to_resolve"],
        active=given["active"],
        field=row,
    )


def _key(labels: Mapping[str, str]) -> str:
    """Made of the name: letters first, and none twice."""
    made = key_from(next(filter(None, labels.values()), "")).lstrip("0123456789_")
    made = (made if len(made) < 27 else made[:27].rpartition("_")[0] or made[:26]).strip("_")
    made = made if len(made) > 1 else f"field_{made}".strip("_")
    taken = {one.key for one in definitions()}
    numbered = (f"{made}_{n}" for n in range(2, 1000))
    return made if made not in taken else next(key for key in numbered if key not in taken)


def _options(text: str) -> list[dict[str, Any]]:
    """Lines such as "transport: Transporte | Transport" as choices."""
    codes = [code for code, _name in settings.LANGUAGES]
    found = []
    for line in filter(str.strip, text.splitlines()):
        head, sign, rest = line.partition(":")
        keyed = bool(sign) and head.strip() == key_from(head) and bool(head.strip())
        words = [part.strip() for part in (rest if keyed else line).split("|")]
        labels = dict(zip(codes, words, strict=False))
        found.append({"key": head.strip() if keyed else "", "labels": labels})
    return found


def _as_lines(options: Sequence[Mapping[str, Any]]) -> str:
    codes = [code for code, _name in settings.LANGUAGES]
    lines = []
    for one in options:
        words = [one["labels"].get(code, "") for code in codes]
        lines.append(f"{one['key']}: {' | '.join(words).rstrip(' |')}")
    return "\n".join(lines)


def _conditions(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is ticked, as conditions."""
    parts: list[dict[str, Any]] = []
    for name, asked in TICKS.items():
        if ticked := given[name]:
            values = [int(one) for one in ticked] if name == "team" else list(ticked)
            parts.append({"field": asked, "op": "is", "value": values})
    if given["other"]:
        parts.append(_asks(given["other"], given["other_is"].strip()))
    return {"all": parts} if parts else {}


def _asks(key: str, value: str) -> dict[str, Any]:
    one = next(each for each in definitions() if each.key == key)
    name = f"custom.{key}"
    if not value:
        return {"field": name, "op": "set"}
    typed: Any = value
    if one.kind == Kind.YES_NO:
        typed = value.lower() in ("yes", "sí", "si", "true", "1", _("Yes").lower())
    if one.kind == Kind.NUMBER and value.lstrip("-").isdecimal():
        typed = int(value)
    keys = {option.label.casefold(): option.key for option in one.options}
    typed = keys.get(value.casefold(), typed) if one.kind in WITH_OPTIONS else typed
    if one.kind == Kind.LONG_TEXT:
        return {"field": name, "op": "contains", "value": typed}
    return {"field": name, "op": "any" if one.kind == Kind.CHOICES else "is", "value": [typed]}


def _values(conditions: Any) -> dict[str, Any] | None:
    """The form's values for conditions; None when they say more than the form can."""
    found: dict[str, Any] = {}
    if set(conditions or {}) - {"all"}:
        return None
    back = {asked: name for name, asked in TICKS.items()}
    for part in (conditions or {}).get("all", []):
        name, op, value = part.get("field", ""), part.get("op"), part.get("value")
        if name in back and op == "is" and back[name] not in found:
            found[back[name]] = [str(one) for one in value]
        elif name.startswith("custom.") and "other" not in found and _is_plain(op, value):
            one = value[0] if isinstance(value, list) else value
            shown = {True: _("Yes"), False: _("No"), None: ""}
            said = shown[one] if isinstance(one, bool | None) else str(one)
            found |= {"other": name.removeprefix("custom."), "other_is": said}
        else:
            return None
    return found


def _is_plain(op: Any, value: Any) -> bool:
    if op in ("is", "any"):
        return isinstance(value, list) and len(value) == 1
    return op in ("set", "contains")


def _initial(row: CustomField) -> dict[str, Any]:
    plain = ("key", "kind", "pattern", "to_create", "to_resolve", "active")
    values: dict[str, Any] = {name: getattr(row, name) for name in plain}
    for code, _name in settings.LANGUAGES:
        values |= {f"label_{code}": row.labels.get(code, ""), f"help_{code}": row.helps.get(code)}
    values |= {"options": _as_lines(row.options), "category": [str(pk) for pk in row.categories]}
    return values | (_values(row.conditions) or {})


# -- where it is shown -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Preview:
    """How a form asks for it, and on how many of the newest unresolved tickets it is shown."""

    input: CustomInput
    shown: int
    empty: int
    of: int
    examples: Sequence[Ticket]


def _preview(request: Request, row: CustomField) -> Preview:
    """As it is saved, by the same decision as everywhere. 1 statement."""
    one = next(each for each in definitions() if each.key == row.key)
    every = [replace(each, active=True) if each is one else each for each in definitions()]
    seen = Ticket.objects.visible_to(request.viewer).unresolved().order_by("-pk")[:LOOKED_AT]
    tickets = list(seen)
    with_it = [ticket for ticket in tickets if _has(ticket, every, row.key, request)]
    return Preview(
        input=inputs([one], {}, {})[0],
        shown=len(with_it),
        empty=sum(row.key not in ticket.custom for ticket in with_it),
        of=len(tickets),
        examples=with_it[:3],
    )


def _has(ticket: Ticket, every: Sequence[Definition], key: str, request: Request) -> bool:
    now = asker(request.act.when)
    verdict = decide(every, row_facts(ticket), {}, moment="resolve", asker=now)
    return any(one.key == key for one in verdict.shown)


def _where(row: CustomField, known: Choices) -> str:
    """On which tickets, in words."""
    parts = []
    if row.categories:
        parts.append(", ".join(sorted(known.path(pk) for pk in row.categories)))
    parts += [_said(part, known) for part in (row.conditions or {}).get("all", [])]
    if set(row.conditions or {}) - {"all"}:
        parts.append(_("with conditions"))
    return " · ".join(parts) or _("All tickets")


def _said(part: Mapping[str, Any], known: Choices) -> str:
    name, value = part.get("field", ""), part.get("value")
    values = value if isinstance(value, list) else [value]
    if part.get("op") == "is" and name in SAID:
        return " / ".join(SAID[name](one, known) for one in values)
    if name.startswith("custom.") and part.get("op") in ("is", "any", "set", "contains"):
        key = name.removeprefix("custom.")
        one = next((each for each in definitions() if each.key == key), None)
        label = one.label if one else key
        if part.get("op") == "set" or one is None:
            return label
        shown = [one.option(str(each)) if one.options else in_words(one, each) for each in values]
        return f"{label}: {' / '.join(shown)}"
    return _("with conditions")


SAID = {
    "type": lambda value, known: str(Type(value).label),
    "priority": lambda value, known: str(Priority[value.upper()].label),
    "channel": lambda value, known: str(Channel(value).label),
    "team": lambda value, known: known.teams[value].name if value in known.teams else "…",
}
