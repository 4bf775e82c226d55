"""Setting up what Ventanilla writes by itself, and the tags that are offered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.liquid import TemplateFault, check
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.rights import require
from ventanilla.tickets.models import MessageTemplate, Tag

# Each template by its key, with what it may name and what that says of an invented ticket.
EXAMPLES: dict[str, dict[str, Any]] = {
    "acknowledgement": {
        "contact": {"first_name": "Elena"},
        "ticket": {"number": 20931, "subject": "Cobro duplicado"},
        "desk": {"name": "Casa Olmo"},
        "inbox": {"name": "Casa Olmo"},
        "reply_by": "hoy antes de las 18:00",
    }
}


@transaction.atomic
def save_template(
    act: Act,
    *,
    key: str,
    language: str,
    subject: str,
    body: str,
) -> MessageTemplate:
    """Write a template in one language, or anew. Raises NotAllowed, Invalid (unknown variables)."""
    require(act, "setup.desk")
    for name, source in (("subject", subject), ("body", body)):
        if not source.strip():
            raise Invalid(_("Write the text."), field=name)
        if faults := check(source, EXAMPLES[key]):
            raise Invalid(str(TemplateFault(faults[0])), field=name)
    found = MessageTemplate.objects.select_for_update().filter(key=key, language=language).first()
    row = found or MessageTemplate(key=key, language=language)
    old = {"subject": row.subject, "body": row.body}
    new = {"subject": subject.strip(), "body": body.strip()}
    if found and old == new:
        return row
    row.subject, row.body = new["subject"], new["body"]
    row.save()
    thing = f"template:{row.pk}"
    audit("template.changed", act.when, user_id=act.actor.id, thing=thing, old=old, new=new)
    configuration_changed()
    return row


@transaction.atomic
def add_tags(act: Act, names: Iterable[str]) -> list[Tag]:
    """Offer further tags. Those that there are stay. Raises NotAllowed."""
    require(act, "setup.desk")
    wanted = {" ".join(name.lower().split())[:60] for name in names} - {""}
    wanted -= set(Tag.objects.filter(name__in=wanted).values_list("name", flat=True))
    made = Tag.objects.bulk_create([Tag(name=name) for name in sorted(wanted)])
    if made:
        new = [tag.name for tag in made]
        audit("tags.created", act.when, user_id=act.actor.id, new=new)
        configuration_changed()
    return made


@transaction.atomic
def rename_tag(act: Act, tag: Tag, *, to: str) -> None:
    """Call a tag otherwise, on every ticket that has it. Raises NotAllowed, Invalid."""
    require(act, "setup.desk")
    row = Tag.objects.select_for_update().get(pk=tag.pk)
    name = " ".join(to.lower().split())[:60]
    if not name:
        raise Invalid(_("A tag needs a name."), field="name")
    if name == row.name:
        return
    if Tag.objects.filter(name=name).exists():
        raise Invalid(_("There is a tag of this name already."), field="name")
    old, row.name = row.name, name
    row.save(update_fields=["name"])
    thing = f"tag:{row.pk}"
    audit("tag.renamed", act.when, user_id=act.actor.id, thing=thing, old=old, new=name)
    configuration_changed()
