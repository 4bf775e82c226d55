"""Finding and making customers."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from ventanilla.events.acts import Act
from ventanilla.events.kinds import ContactCreated
from ventanilla.events.log import record
from ventanilla.lib.compiled import Given, compiled
from ventanilla.lib.rows import insert
from ventanilla.lib.transactions import transactional
from ventanilla.people.models import Contact, Identity, Organization

GIVE_IDENTITY = """INSERT INTO people_identity (contact_id, kind, value) VALUES (%s, %s, %s)
ON CONFLICT (kind, value) DO NOTHING"""


def find_or_make(act: Act, *, kind: str, value: str, name: str = "", language: str = "") -> Contact:
    """The contact who owns an identity, made if nobody does. 1 statement, 5 when made.

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


@transactional
def make(act: Act, *, kind: str, value: str, name: str = "", language: str = "") -> Contact:
    """A contact for an identity that nobody had a moment ago; whoever has it now. 4 statements.

    Whose address is of an organization's domain belongs to that organization.
    """
    contact = Contact(name=name[:160], language=language, created_at=act.when)
    if kind == "email":
        contact.organization_id = organization_of(value)
    insert(contact)
    if not _give_identity(contact, kind, value):
        Contact.objects.filter(pk=contact.pk).delete()
        return Contact.objects.get(identities__kind=kind, identities__value=value)
    record(None, act, ContactCreated(contact=contact.pk))
    return contact


def organization_of(address: str) -> int | None:
    """The id of the organization that has the address's domain, or one above it. 1 statement.

    Of "ana@mail.olmo.example" it is the organization of mail.olmo.example, else of olmo.example.
    """
    labels = address.rpartition("@")[2].lower().split(".")
    domains = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    found = {domain: pk for pk, own in _owners.all(domains=domains) for domain in own}
    return next((found[domain] for domain in domains if domain in found), None)


@compiled
def _owners() -> QuerySet[Organization, tuple[int, list[str]]]:
    overlapping = Organization.objects.filter(domains__overlap=Given("domains"))
    return overlapping.order_by("-pk").values_list("pk", "domains")


def find(kind: str, value: str) -> Contact | None:
    identity = _identity.first(kind=kind, value=value)
    return identity.contact if identity else None


@compiled
def _identity() -> QuerySet[Identity]:
    named = Identity.objects.filter(kind=Given("kind"), value=Given("value"))
    return named.select_related("contact")


def _give_identity(contact: Contact, kind: str, value: str) -> bool:
    """False when somebody else has it, or has just got it: whoever gives it too is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_IDENTITY, [contact.pk, kind, value])
        return cursor.rowcount == 1
