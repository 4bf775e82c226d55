"""Changing what the desk decides."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from ventanilla.events.acts import Act
from ventanilla.people import senders
from ventanilla.people.actions.audit import audit
from ventanilla.people.models import DeskSettings
from ventanilla.people.queries import forget_configuration
from ventanilla.people.rights import require

SETTABLE = (
    "name",
    "language",
    "time_zone",
    "calendar_id",
    "close_after_days",
    "reopen_within_days",
    "acknowledge",
    "undo_seconds",
    "priority_matrix",
    "blocked_senders",
    "heed_spam_header",
    "spam_days",
    "trash_days",
    "mask_numbers",
)


@transaction.atomic
def change_desk(act: Act, **fields: Any) -> list[str]:
    """Set some of SETTABLE. Returns the names of those that changed.

    Raises NotAllowed, Invalid (a blocked sender that is neither address nor domain).
    """
    require(act, "setup.desk")
    if "blocked_senders" in fields:
        fields["blocked_senders"] = senders.tidy(fields["blocked_senders"])
    if unknown := fields.keys() - set(SETTABLE):
        raise TypeError(f"not settings of the desk: {sorted(unknown)}")
    settings = DeskSettings.objects.select_for_update().get(pk=1)
    changed = [name for name, value in fields.items() if getattr(settings, name) != value]
    if changed:
        old = {name: getattr(settings, name) for name in changed}
        for name in changed:
            setattr(settings, name, fields[name])
        settings.version += 1
        settings.save(update_fields=[*changed, "version"])
        forget_configuration()
        new = {name: fields[name] for name in changed}
        audit("desk.changed", act.when, user_id=act.actor.id, old=old, new=new)
    return changed


def configuration_changed() -> None:
    """Let every process read its cached configuration anew: this one at once. 1 statement."""
    forget_configuration()
    DeskSettings.objects.filter(pk=1).update(version=F("version") + 1)
