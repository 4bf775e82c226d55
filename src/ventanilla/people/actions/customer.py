"""Saying who a customer is and how they are reached."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ContactDetailsChanged, ContactPointAdded, ContactPointRemoved
from ventanilla.events.log import record
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.contacts import find_or_make
from ventanilla.people.models import Contact, Identity, Organization
from ventanilla.people.rights import require

PHONE = re.compile(r"\+?\d{5,15}")  # E.164, or as it is dialled at home
WRITTEN = re.compile(r"[\s().\-/]")  # what people put between the digits
MOST = 20  # contact points of one customer


class PointTaken(Conflict):
    """Another customer has the address; `owner` is their id."""

    code = "point_taken"

    def __init__(self, message: str, owner: int):
        super().__init__(message, field="value")
        self.owner = owner


@transactional
def change_contact(
    contact: Contact,
    act: Act,
    *,
    name: str,
    notes: str,
    vip: bool,
    blocked: bool,
    language: str = "",
    organization: Organization | None = None,
) -> Event | None:
    """Say who a customer is. Returns None when nothing differs. Raises NotAllowed.

    Their tickets follow to another organization. Whether the customer is the agent's to see is for
    the caller to ask.
    """
    require(act, "contact.change")
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    wanted: dict[str, Any] = {
        "name": " ".join(name.split())[:160],
        "notes": notes.strip(),
        "vip": vip,
        "blocked": blocked,
        "language": language,
        "organization_id": organization.pk if organization else None,
    }
    old = {field: getattr(locked, field) for field in wanted}
    differ = [field for field in wanted if wanted[field] != old[field]]
    if not differ:
        return None
    for field in differ:
        setattr(locked, field, wanted[field])
    locked.save(update_fields=differ)
    written = [field for field in differ if field in ("name", "notes")]
    texts = {f"old {field}": old[field] for field in written}
    texts |= {f"new {field}": wanted[field] for field in written}
    return record(None, act, details_of(locked, differ), texts=texts)


def details_of(contact: Contact, fields: list[str]) -> ContactDetailsChanged:
    return ContactDetailsChanged(
        contact=contact.pk,
        fields=tuple(field.removesuffix("_id") for field in fields),
        vip=contact.vip,
        blocked=contact.blocked,
        language=contact.language,
        organization=contact.organization_id,
    )


@transactional
def make_customer(act: Act, *, name: str = "", email: str = "", phone: str = "") -> Contact:
    """Somebody who has not written yet; who has that address already is returned as they are.

    Raises NotAllowed, Invalid (neither address nor number, or a malformed one), PointTaken (the
    number is another customer's).
    """
    require(act, "contact.change")
    points = [("email", _email(email))] if email.strip() else []
    points += [("phone", _phone(phone))] if phone.strip() else []
    if not points:
        raise Invalid(_("Write an e-mail address or a phone number."), field="email")
    (kind, value), *others = points
    made = find_or_make(act, kind=kind, value=value, name=" ".join(name.split()))
    for kind, value in others:
        add_point(made, act, kind=kind, value=value)
    return made


@transactional
def add_point(contact: Contact, act: Act, *, kind: str, value: str) -> Event | None:
    """Let a customer be known by one more address or phone. Returns None when they are already.

    What is written from there is theirs from now on, with all their rights on their tickets.
    Raises NotAllowed, Invalid, PointTaken (it is somebody else's: merge them instead).
    """
    require(act, "contact.change")
    value = _email(value) if kind == Identity.Kind.EMAIL else _phone(value)
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    if locked.identities.count() >= MOST:
        raise Invalid(
            _("A customer has %(most)s addresses at most. Remove one that is no longer used.")
            % {"most": MOST},
            field="value",
        )
    made, new = Identity.objects.get_or_create(
        kind=kind, value=value, defaults={"contact_id": contact.pk}
    )
    if made.contact_id != contact.pk:
        raise PointTaken(
            _("%(value)s is another customer's. If they are one person, merge them.")
            % {"value": value},
            owner=made.contact_id,
        )
    if not new:
        return None
    happening = ContactPointAdded(contact=contact.pk, identity=made.pk, of=kind)
    return record(None, act, happening, texts={"value": value})


@transactional
def remove_point(contact: Contact, act: Act, *, identity: int) -> Event | None:
    """What comes from there begins with a new customer. Returns None when it is not theirs.

    Raises NotAllowed, Invalid (the last one).
    """
    require(act, "contact.change")
    locked = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
    own = locked.identities.filter(pk=identity).first()
    if own is None:
        return None
    if locked.identities.count() == 1:
        raise Invalid(
            _("It is the only way to reach this customer. Add another one first."), field="value"
        )
    own.delete()
    happening = ContactPointRemoved(contact=contact.pk, identity=identity, of=own.kind)
    return record(None, act, happening, texts={"value": own.value})


def _email(value: str) -> str:
    value = value.strip().lower()
    try:
        validate_email(value)
    except ValidationError:
        raise Invalid(
            _("That is no e-mail address. Write it like ana@empresa.example."), field="value"
        ) from None
    return value


def _phone(value: str) -> str:
    """Digits alone, with a plus before a country's code."""
    value = WRITTEN.sub("", value)
    if not PHONE.fullmatch(value):
        raise Invalid(_("That is no phone number. Write it like +34 600 123 456."), field="value")
    return value
