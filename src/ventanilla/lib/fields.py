"""Model fields of the house's own."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models, transaction
from django.db.models.query_utils import DeferredAttribute
from django.forms import PasswordInput

from ventanilla.lib import secrets


class Secret(str):
    """A text that is shown as dots wherever Python shows values: traces, logs, `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'••••••'"


class Sealed(str):
    """A text as it stands in the database, not yet unsealed."""

    __slots__ = ()


class _Unsealed(DeferredAttribute):
    """Unseals on access, so a row with a lost key can still be listed, changed and saved."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return Secret(secrets.unseal(value)) if isinstance(value, Sealed) else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        shown = value is None or isinstance(value, Sealed)
        instance.__dict__[self.field.attname] = value if shown else Secret(value)


class SealedTextField(models.TextField):
    """A secret: sealed in the database, plain in Python, never sent to a page or an export.

    An attribute gives the plain text; `values()` gives the sealed one. It can't be searched for.
    In a form it is write-only: an empty entry keeps what is there. The empty text isn't sealed.
    """

    descriptor_class = _Unsealed

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return Sealed(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return str(value)
        return secrets.seal(str(value)) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        kept = model_instance.__dict__.get(self.attname)
        return kept if isinstance(kept, Sealed) else super().pre_save(model_instance, add)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it can't be looked up by its value.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        return ""

    def value_from_object(self, obj: models.Model) -> Any:
        return ""

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data:
            super().save_form_data(instance, data)

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", PasswordInput(attrs={"autocomplete": "off"}))
        return super().formfield(**kwargs | {"required": False})


def reseal_all(among: Iterable[type[models.Model]]) -> int:
    """Seal every secret of these models with the current key; return how many were changed.

    Safe to interrupt and to run again: rows that have the current key are left alone.
    """
    return sum(
        _reseal(model, field)
        for model in among
        for field in model._meta.concrete_fields
        if isinstance(field, SealedTextField) and field.model is model
    )


def _reseal(model: type[models.Model], field: SealedTextField) -> int:
    changed = 0
    rows = model._base_manager.exclude(**{f"{field.name}__isnull": True})
    for key in list(rows.values_list("pk", flat=True)):
        with transaction.atomic():
            row = rows.filter(pk=key).select_for_update(no_key=True)
            for sealed in row.values_list(field.name, flat=True):
                renewed = secrets.reseal(sealed) if sealed else sealed
                if renewed != sealed:
                    changed += row.update(**{field.name: Sealed(renewed)})
    return changed
