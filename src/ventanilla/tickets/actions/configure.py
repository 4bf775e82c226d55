"""Setting up what tickets are sorted by."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.rights import require
from ventanilla.tickets.models import Category

DEEPEST = 4  # levels of the category tree


@transaction.atomic
def save_category(
    act: Act,
    *,
    name: str,
    parent: Category | None = None,
    archived: bool = False,
    category: Category | None = None,
) -> Category:
    """Make a category, or change `category`. Archived ones stay on their tickets.

    Raises NotAllowed, Invalid (no name, name taken among its siblings, below itself, too deep).
    """
    require(act, "setup.desk")
    name = " ".join(name.split())[:80]
    if not name:
        raise Invalid(_("A category needs a name."), field="name")
    _check_place(category, parent)
    siblings = Category.objects.filter(parent=parent, name__iexact=name)
    if siblings.exclude(pk=category.pk if category else 0).exists():
        raise Invalid(_("There is a category of this name here already."), field="name")
    made = category is None
    row = category or Category()
    old = {} if made else {"name": row.name, "parent": row.parent_id, "archived": row.archived}
    row.name, row.parent, row.archived = name, parent, archived
    row.save()
    new = {"name": name, "parent": row.parent_id, "archived": archived}
    what = "category.created" if made else "category.changed"
    audit(what, act.when, user_id=act.actor.id, thing=f"category:{row.pk}", old=old, new=new)
    configuration_changed()
    return row


def _check_place(category: Category | None, parent: Category | None) -> None:
    depth, above = 1, parent
    while above is not None:
        if category is not None and above.pk == category.pk:
            raise Invalid(_("A category can't stand below itself."), field="parent")
        depth, above = depth + 1, above.parent
    if depth > DEEPEST:
        raise Invalid(
            _("Categories go %(levels)s levels deep at most.") % {"levels": DEEPEST},
            field="parent",
        )
