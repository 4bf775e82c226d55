"""What people send us, checked. Unknown fields are refused: nothing is set by being named (R29)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ventanilla.lib import clock
from ventanilla.lib.problems import Invalid
from ventanilla.mail import mime
from ventanilla.tickets import changes
from ventanilla.tickets.content import Address
from ventanilla.tickets.models import Level, Priority, Status, Type

MOST_RECIPIENTS = 50
LONGEST_TEXT = 500_000  # characters of one message as HTML
LATEST = timedelta(days=366)  # from now, for what is sent later
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of Django's field)
ENTRY = re.compile(r'((?:"(?:[^"\\]|\\.)*+"|<[^<>]*+>|[^,;"<>]|["<>])*+)[,;]?')
NAMED = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*+)"|(?P<plain>[^"<>]*+))\s*<(?P<addr>[^<>]*+)>\s*'
)


class StrictForm(forms.Form):
    """A form that takes its own fields and nothing else."""

    def __init__(self, data: QueryDict | dict[str, Any], files: Any = None):
        super().__init__(data, files)
        self.error_class = forms.utils.ErrorList

    def clean(self) -> dict[str, Any]:
        unknown = {*self.data, *self.files} - {*self.fields, TOKEN}
        if unknown:
            names = ", ".join(sorted(unknown))[:200]
            raise forms.ValidationError(
                _("These fields are not known here: %(names)s") % {"names": names}, code="unknown"
            )
        return super().clean() or {}

    def checked(self) -> dict[str, Any]:
        """The cleaned values. Raises Invalid with the first error and its field."""
        if self.is_valid():
            return self.cleaned_data
        field, errors = next(iter(self.errors.items()))
        known = field in self.fields
        label = self.fields[field].label if known else ""
        message = f"{label}: {errors[0]}" if label else str(errors[0])
        raise Invalid(message, field=field if known else None)


class AddressesField(forms.CharField):
    """ "Elena Vidal <elena@example.com>, b@example.com" as a list of {"name", "addr"}."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=20_000, **kwargs)

    def to_python(self, value: str | None) -> list[Address]:  # type: ignore[override]
        return addresses(value or "")

    def run_validators(self, value: Any) -> None:
        """Each address was checked when it was read."""


class ManyFiles(forms.FileField):
    """Any number of files."""

    widget = forms.FileInput

    def __init__(self) -> None:
        super().__init__(required=False)
        self.widget.allow_multiple_selected = True

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        several = data if isinstance(data, list | tuple) else [data] if data else []
        return [one for one in several if one]


class Ids(forms.TypedMultipleChoiceField):
    """Ids of rows; whether they exist and are ours is the query's business."""

    def __init__(self) -> None:
        super().__init__(required=False, coerce=int)

    def valid_value(self, value: str) -> bool:
        return value.isdecimal() and len(value) < 19


class Codes(forms.TypedMultipleChoiceField):
    """Changes of macros, as `tickets.changes` writes them; read() says what each means."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def valid_value(self, value: str) -> bool:
        return len(value) <= 240

    def clean(self, value: Any) -> list[str]:
        codes: list[str] = super().clean(value)
        try:
            return [one.code for one in changes.read(codes)]
        except Invalid as problem:
            raise forms.ValidationError(problem.message) from None


class PreparedField(forms.CharField):
    """Ids of macros, between commas."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=200)

    def to_python(self, value: str | None) -> tuple[int, ...]:  # type: ignore[override]
        ids = [one for one in (value or "").split(",") if one.isdecimal() and len(one) < 10]
        return tuple(dict.fromkeys(map(int, ids)))

    def run_validators(self, value: Any) -> None:
        """Each id was checked when it was read; whether it exists is the query's business."""


class MessageForm(StrictForm):
    """What the composer posts: a reply, a note, a forwarded message or a new mail."""

    kind = forms.ChoiceField(
        choices=[(kind, kind) for kind in ("reply", "note", "forward", "new")], label=""
    )
    html = forms.CharField(required=False, max_length=LONGEST_TEXT, label=gettext_lazy("Text"))
    body = forms.CharField(
        required=False, max_length=LONGEST_TEXT, strip=False, label=gettext_lazy("Text")
    )
    to = AddressesField(label=gettext_lazy("To"))
    cc = AddressesField(label=gettext_lazy("Cc"))
    bcc = AddressesField(label=gettext_lazy("Bcc"))
    subject = forms.CharField(required=False, max_length=400, label=gettext_lazy("Subject"))
    status = forms.TypedChoiceField(
        required=False,
        choices=Status.choices,
        coerce=lambda value: Status(int(value)),
        empty_value=None,
        label=gettext_lazy("Status"),
    )
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    composing = forms.IntegerField(required=False, min_value=0, max_value=10**6)
    forward = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    force = forms.BooleanField(required=False)
    attachments = Ids()
    files = ManyFiles()  # type: ignore[assignment] # a field; the form keeps its own `files`
    inbox = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    later = forms.CharField(required=False, max_length=30, label=gettext_lazy("Send later"))
    prepared = PreparedField()
    also = Codes()  # what macros in it change besides
    mark = forms.RegexField(r"[\w-]{8,40}", required=False)  # posted again, it is the same

    def clean_later(self) -> datetime | None:
        """A time on the writer's clock, such as 2026-11-23T09:00. Raises ValidationError."""
        text = self.cleaned_data["later"]
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(_("Choose a day and a time.")) from None
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        if not timedelta() < moment - clock.now() < LATEST:
            raise forms.ValidationError(_("Choose a time within the next year."))
        return moment

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        several = [*values.get("to", []), *values.get("cc", []), *values.get("bcc", [])]
        if len(several) > MOST_RECIPIENTS:
            self.add_error("to", _("A message may go to 50 addresses at most."))
        return values


class StatusForm(StrictForm):
    status = forms.TypedChoiceField(
        choices=Status.choices,
        coerce=lambda value: Status(int(value)),
        label=gettext_lazy("Status"),
    )
    was = forms.IntegerField(required=False)
    hold = forms.ChoiceField(
        required=False, choices=[(one, one) for one in ("approval", "date", "other")]
    )


class PriorityForm(StrictForm):
    priority = forms.TypedChoiceField(
        choices=Priority.choices,
        coerce=lambda value: Priority(int(value)),
        label=gettext_lazy("Priority"),
    )
    was = forms.IntegerField(required=False)


class LevelForm(StrictForm):
    """Impact or urgency, by its word; nothing clears it. Of `was`, 0 is nothing."""

    level = forms.ChoiceField(required=False, choices=[(one.word, one.label) for one in Level])
    was = forms.ChoiceField(
        required=False, choices=[("0", "0"), *((one.word, one.label) for one in Level)]
    )


class TypeForm(StrictForm):
    type = forms.TypedChoiceField(choices=Type.choices, coerce=Type, label=gettext_lazy("Type"))
    was = forms.CharField(required=False, max_length=10)


class RowForm(StrictForm):
    """A row chosen by its id; nothing means none. `me` stands for the one who asks."""

    was = forms.CharField(required=False, max_length=18)

    def __init__(self, data: QueryDict, *, name: str):
        super().__init__(data)
        self.fields[name] = forms.CharField(required=False, max_length=18)
        self.name = name

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if self.name not in self.data:
            self.add_error(self.name, _("Choose one."))
        for name in (self.name, "was"):
            text = values.get(name, "")
            if text and text != "me" and not text.isdecimal():
                self.add_error(name, _("Choose one from the list."))
        return values


class TagsForm(StrictForm):
    """Each may come several times."""

    add = forms.CharField(required=False, max_length=60)
    remove = forms.CharField(required=False, max_length=60)
    create = forms.CharField(required=False, max_length=60)


class SubjectForm(StrictForm):
    subject = forms.CharField(max_length=400, label=gettext_lazy("Subject"))


class ContactForm(StrictForm):
    customer = AddressesField(label=gettext_lazy("Customer"))

    def clean_customer(self) -> Address:
        several: list[Address] = self.cleaned_data["customer"]
        if len(several) != 1:
            raise forms.ValidationError(_("Give one address, such as elena@example.com."))
        return several[0]


class ParticipantsForm(StrictForm):
    add = AddressesField(label=gettext_lazy("Add"))
    remove = Ids()


class ReadForm(StrictForm):
    message = forms.IntegerField(required=False, min_value=0, max_value=2**62)


class AvailabilityForm(StrictForm):
    availability = forms.ChoiceField(
        choices=[(one, one) for one in ("available", "away", "offline")]
    )


class EmptyForm(StrictForm):
    """For what needs no more than its URL."""


class DraftForm(StrictForm):
    """What the composer keeps while somebody writes. Half an address is no error here."""

    html = forms.CharField(required=False, max_length=LONGEST_TEXT)
    body = forms.CharField(required=False, max_length=LONGEST_TEXT, strip=False)
    to = forms.CharField(required=False, max_length=20_000)
    cc = forms.CharField(required=False, max_length=20_000)
    bcc = forms.CharField(required=False, max_length=20_000)
    subject = forms.CharField(required=False, max_length=400)
    composing = forms.IntegerField(required=False, min_value=0, max_value=10**6)
    attachments = Ids()
    kind = forms.CharField(required=False, max_length=8)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    forward = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    inbox = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)
    prepared = PreparedField()
    also = Codes()


class HeldForm(StrictForm):
    """What becomes of a reply that waits: by itself, it is taken back."""

    do = forms.ChoiceField(required=False, choices=[(one, one) for one in ("take_back", "send")])


class NewTicketForm(StrictForm):
    """A ticket on behalf of a customer who called or wrote elsewhere."""

    customer = forms.CharField(max_length=400, label=gettext_lazy("Customer"))
    subject = forms.CharField(max_length=400, label=gettext_lazy("Subject"))
    body = forms.CharField(
        max_length=LONGEST_TEXT, strip=False, label=gettext_lazy("What the customer says")
    )
    channel = forms.ChoiceField(
        choices=[("phone", "phone"), ("email", "email")], label=gettext_lazy("Channel")
    )
    team = forms.IntegerField(label=gettext_lazy("Team"))
    priority = forms.TypedChoiceField(
        choices=Priority.choices,
        coerce=lambda value: Priority(int(value)),
        label=gettext_lazy("Priority"),
    )
    type = forms.TypedChoiceField(
        choices=Type.choices,
        coerce=Type,
        empty_value=Type.QUESTION,
        required=False,
        label=gettext_lazy("Type"),
    )
    category = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, label=gettext_lazy("Category")
    )
    follow = forms.IntegerField(required=False, min_value=1, max_value=2**53)

    def __init__(self, data: QueryDict | dict[str, Any], own: Iterable[str] = ()):
        """own  names of the inputs for the desk's own fields, which their definitions check"""
        super().__init__(data)
        for name in own:
            self.fields[name] = forms.CharField(required=False, max_length=6000, strip=False)


# -- addresses ---------------------------------------------------------------------------------
def addresses(text: str) -> list[Address]:
    """Addresses between commas or semicolons, each once. Raises ValidationError on a bad one."""
    found: dict[str, Address] = {}
    for entry in entries(text):
        address = _one(entry)
        found.setdefault(address["addr"], address)
    return list(found.values())


def some_addresses(text: str) -> list[Address]:
    """The good addresses of a half-written text."""
    found: list[Address] = []
    for entry in entries(text):
        try:
            found.append(_one(entry))
        except forms.ValidationError:
            continue
    return found


def entries(text: str) -> list[str]:
    """The parts between commas and semicolons that stand outside quotes and angle brackets."""
    parts, at = [], 0
    while at < len(text):
        match = ENTRY.match(text, at)
        if match is None or match.end() == at:
            break
        parts.append(match[1].strip())
        at = match.end()
    return [part for part in parts if part]


def _one(entry: str) -> Address:
    named = NAMED.fullmatch(entry)
    name = (named["quoted"] or named["plain"] or "") if named else ""
    address = named["addr"].strip() if named else entry
    try:
        mime.checked(address)
    except mime.BadAddress:
        shown = mime.single_line(entry)[:100]
        raise forms.ValidationError(
            _("“%(entry)s” is not an e-mail address. It should look like elena@example.com.")
            % {"entry": shown},
            code="address",
        ) from None
    plain = re.sub(r"\\(.)", r"\1", name)
    return {"name": mime.single_line(plain)[:160], "addr": address.lower()}


def posted(request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, UploadedFile]]:
    return request.POST, request.FILES
