"""The companies that customers belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.jobs import enqueue
from ventanilla.events.kinds import OrganizationSaved, OrganizationsMerged
from ventanilla.events.log import record
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.customer import details_of
from ventanilla.people.models import Contact, Identity, Organization
from ventanilla.people.rights import require

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"(?=.{{4,253}}$)(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])")
MOST = 50  # domains of one organization
AT_ONCE = 200  # customers who join in one go
# Everybody has an address there. A company's colleagues may join its tickets: strangers must not.
PUBLIC = frozenset(
    {
        *("aol.com", "gmail.com", "gmx.com", "gmx.de", "gmx.es", "gmx.net", "googlemail.com"),
        *("hotmail.com", "hotmail.es", "icloud.com", "live.com", "mac.com", "mail.com", "mail.ru"),
        *("me.com", "msn.com", "outlook.com", "outlook.es", "proton.me", "protonmail.com"),
        *("qq.com", "telefonica.net", "terra.es", "web.de", "yahoo.com", "yahoo.com.ar"),
        *("yahoo.com.mx", "yahoo.es", "yandex.com", "ymail.com", "zoho.com"),
    }
)


class DomainTaken(Conflict):
    code = "domain_taken"


@transactional
def save_organization(
    act: Act,
    *,
    name: str,
    domains: Iterable[str] = (),
    vip: bool = False,
    notes: str = "",
    organization: Organization | None = None,
) -> Organization:
    """Make an organization, or change one. Customers of its domains join it within a minute.

    domains   of their addresses, without "@"; those below a domain belong to it
    Raises NotAllowed, Invalid (no name or one that is taken, no domain, one that is public),
    DomainTaken (it is another organization's).
    """
    require(act, "contact.change")
    row = Organization(created_at=act.when)
    if organization is not None:
        row = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    wanted = {
        "name": " ".join(name.split())[:160],
        "domains": _checked(domains),
        "vip": vip,
        "notes": notes.strip(),
    }
    old = {field: getattr(row, field) for field in wanted}
    differ = [field for field in wanted if row.pk is None or wanted[field] != old[field]]
    if not differ:
        return row
    for field in differ:
        setattr(row, field, wanted[field])
    _alone(row)
    row.save()
    texts = {f"old {field}": old[field] for field in ("name", "notes") if field in differ}
    texts |= {f"new {field}": wanted[field] for field in ("name", "notes") if field in differ}
    happening = OrganizationSaved(row.pk, tuple(differ), vip=vip, domains=tuple(row.domains))
    record(None, act, happening, texts=texts)
    if "domains" in differ:
        _join_soon(row.pk)
    return row


@transactional
def merge_organizations(source: Organization, act: Act, *, into: Organization) -> int:
    """Let all customers of `source` belong to `into`, and remove it. Returns how many they were.

    Domains are put together; whoever was important stays so. Raises NotAllowed, Invalid (itself).
    """
    require(act, "contact.change")
    if source.pk == into.pk:
        raise Invalid(_("An organization can't be merged into itself. Choose another."))
    rows = Organization.objects.select_for_update().in_bulk([source.pk, into.pk])
    gone, stays = rows[source.pk], rows[into.pk]
    moving = list(Contact.objects.select_for_update(no_key=True).filter(organization=gone))
    stays.domains = list(dict.fromkeys([*stays.domains, *gone.domains]))
    stays.vip = stays.vip or gone.vip
    stays.notes = "\n\n".join(text for text in (stays.notes, gone.notes) if text)
    stays.save()
    Contact.objects.filter(organization=gone).update(organization=stays)
    for one in moving:
        one.organization = stays
        record(None, act, details_of(one, ["organization_id"]))
    happening = OrganizationsMerged(stays.pk, gone.pk, contacts=tuple(one.pk for one in moving))
    record(None, act, happening, texts={"name": gone.name})
    gone.delete()
    return len(moving)


@transactional
def join_by_domain(organization_id: int, act: Act) -> int:
    """Let customers without an organization join the one whose domain their address has.

    Some hundreds at a time: returns how many there were. Safe to run again.
    """
    row = Organization.objects.filter(pk=organization_id).first()
    if row is None or not row.domains:
        return 0
    ends = "|".join(re.escape(domain) for domain in row.domains)
    named = Identity.objects.filter(kind="email", value__regex=rf"[@.]({ends})$")
    alone = Contact.objects.filter(organization=None, merged_into=None)
    theirs = alone.filter(pk__in=named.values("contact")).order_by("pk")
    found = list(theirs.select_for_update(no_key=True)[:AT_ONCE])
    Contact.objects.filter(pk__in=[one.pk for one in found]).update(organization=row)
    for one in found:
        one.organization = row
        record(None, act, details_of(one, ["organization_id"]))
    return len(found)


def _join_soon(organization_id: int) -> None:
    from ventanilla.people.jobs import join

    enqueue(join, organization_id=organization_id)


def _checked(domains: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip().lower().lstrip("@") for one in domains if one.strip()))
    if len(found) > MOST:
        raise Invalid(
            _("An organization has %(most)s domains at most.") % {"most": MOST}, field="domains"
        )
    for one in found:
        if not DOMAIN.fullmatch(one):
            raise Invalid(
                _("“%(domain)s” is no domain. Write it like empresa.example.") % {"domain": one},
                field="domains",
            )
        if one in PUBLIC:
            raise Invalid(
                _("Everybody can have an address of %(domain)s, so it tells no organization.")
                % {"domain": one},
                field="domains",
            )
    return found


def _alone(row: Organization) -> None:
    """Nobody else has its name or one of its domains."""
    others = Organization.objects.exclude(pk=row.pk)
    if not row.name:
        raise Invalid(_("An organization needs a name."), field="name")
    if others.filter(name__iexact=row.name).exists():
        raise Invalid(_("There is an organization of that name already."), field="name")
    taken = others.filter(domains__overlap=row.domains).first() if row.domains else None
    if taken is not None:
        shared = ", ".join(sorted({*taken.domains} & {*row.domains}))
        raise DomainTaken(
            _("%(domains)s belongs to %(name)s. Merge the two, or take it away there first.")
            % {"domains": shared, "name": taken.name},
            field="domains",
        )
