"""Finding and making customers."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ContactCreated
from ventanilla.events.log import record
from ventanilla.people.models import Contact, Identity


def find_or_make(act: Act, *, kind: str, value: str, name: str = "", language: str = "") -> Contact:
    """The contact who owns an identity, made if nobody does. 1 statement, 4 when made.

    value   e-mail addresses in any case; compared in lower case
    name    kept only for a new contact, or one that has no name yet
    Two mails of an unknown sender at once end with one contact.
    """
    value = value.strip().lower() if kind == "email" else value.strip()
    found = find(kind, value)
    if found is None:
        return make(act, kind=kind, value=value, name=name, language=language)
    if name and not found.name:
        found.name = name[:160]
        found.save(update_fields=["name"])
    return found


def make(act: Act, *, kind: str, value: str, name: str = "", language: str = "") -> Contact:
    """A contact for an identity that nobody had a moment ago; whoever has it now. 3 statements."""
    try:
        with transaction.atomic():
            return _make(act, kind, value, name, language)
    except IntegrityError:
        return Contact.objects.get(identities__kind=kind, identities__value=value)


def find(kind: str, value: str) -> Contact | None:
    identities = Identity.objects.filter(kind=kind, value=value).select_related("contact")
    identity = identities.first()
    return identity.contact if identity else None


def _make(act: Act, kind: str, value: str, name: str, language: str) -> Contact:
    contact = Contact.objects.create(name=name[:160], language=language, created_at=act.when)
    Identity.objects.create(contact=contact, kind=kind, value=value)
    record(None, act, ContactCreated(contact=contact.pk))
    return contact
