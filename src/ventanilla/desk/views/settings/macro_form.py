"""The form of a macro: its texts by language, and what it changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.desk.views.settings.changes_form import ChangesForm, Choices
from ventanilla.tickets.macros import ANY, Macro

OWN, DESK = "own", "desk"
TEXT_ROWS = 7


class MacroForm(ChangesForm):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy(
            "You find it by this name when you type / while writing. “Invoices::Copy” is in the"
            " folder Invoices."
        ),
    )
    write_as = forms.ChoiceField(
        label=gettext_lazy("Write it as"), choices=Macro.WriteAs.choices, required=False
    )
    whose = forms.ChoiceField(label=gettext_lazy("For whom"))
    position = forms.IntegerField(
        label=gettext_lazy("Position in lists"), required=False, min_value=0, max_value=32767
    )
    archived = forms.BooleanField(label=gettext_lazy("Archived: no longer offered"), required=False)
    ticket = forms.IntegerField(
        label=gettext_lazy("Try it on ticket number"),
        required=False,
        min_value=1,
        max_value=10**15,
    )

    def __init__(
        self,
        data: Any,
        *,
        macro: Macro | None,
        places: Choices,
        initial: dict[str, Any],
    ):
        self.macro = macro
        had = macro.changes if macro else []
        super().__init__(data, had=had, initial=_of_macro(macro) | initial)
        for language, label in languages():
            self.fields[text_field(language)] = forms.CharField(
                label=label,
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "data-texts": ""}),
            )
        self.fields["whose"].choices = places  # type: ignore[attr-defined]

    @property
    def text_fields(self) -> list[forms.BoundField]:
        return [self[text_field(language)] for language, _label in languages()]

    def texts(self) -> dict[str, str]:
        """By language; those in a language that the form doesn't show stay as they are."""
        shown = {language for language, _label in languages()}
        kept = self.macro.texts if self.macro else {}
        others = {language: text for language, text in kept.items() if language not in shown}
        given = {one: self.cleaned_data.get(text_field(one), "") for one in shown}
        return others | {language: text for language, text in given.items() if text.strip()}

    def first_texts(self) -> dict[str, str]:
        if self.macro:
            return dict(self.macro.texts)
        begun = self.initial.get(text_field(ANY), "")
        return {ANY: begun} if begun else {}


def languages() -> list[tuple[str, str]]:
    """In which languages texts are written here, with their labels."""
    names = [(code, str(name)) for code, name in settings.LANGUAGES]
    words = [(code, _("Text: %(language)s") % {"language": name}) for code, name in names]
    return [(ANY, _("Text")), *words]


def text_field(language: str) -> str:
    return f"text_{language}" if language else "text"


def _of_macro(macro: Macro | None) -> dict[str, Any]:
    """What the fields hold at first, besides its changes."""
    if macro is None:
        return {}
    return {
        "name": macro.name,
        "write_as": macro.write_as,
        "position": macro.position,
        "archived": macro.archived,
        **{text_field(language): text for language, text in macro.texts.items()},
    }
