"""Setting up what tickets are sorted by."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.lib.problems import Invalid
from ventanilla.people.actions.audit import audit
from ventanilla.people.actions.desk import configuration_changed
from ventanilla.people.actions.roles import hide_as, save_role
from ventanilla.people.models import Role
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
    if parent is not None:
        hide_as(act, parent.pk, with_branches([row.pk]))
    new = {"name": name, "parent": row.parent_id, "archived": archived}
    what = "category.created" if made else "category.changed"
    audit(what, act.when, user_id=act.actor.id, thing=f"category:{row.pk}", old=old, new=new)
    configuration_changed()
    return row


def with_branches(categories: Iterable[int]) -> set[int]:
    """Ids of these categories and of all that stand below them. 1 statement."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    found, left = set(), list(categories)
    while left:
        pk = left.pop()
        if pk not in found:
            found.add(pk)
            left += below.get(pk, [])
    return found


def hide_branch(act: Act, category: Category, *, roles: Iterable[Role]) -> None:
    """Hide the category, with all below it, from exactly these roles.

    Those that hide what it stands below hide it anyway. Raises NotAllowed, Invalid.
    """
    wanted, branch = {role.pk for role in roles}, with_branches([category.pk])
    for role in Role.objects.order_by("pk"):
        hidden = set(role.hidden)
        if category.parent_id in hidden or (role.pk in wanted) == (category.pk in hidden):
            continue
        save_role(
            act,
            role=role,
            name=role.name,
            visibility=role.visibility,
            permissions=role.permissions,
            hidden=hidden | branch if role.pk in wanted else hidden - branch,
        )


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
