from __future__ import annotations

from django.db import transaction

from ventanilla.events.acts import Act
from ventanilla.events.kinds import AvailabilityChanged
from ventanilla.events.log import record
from ventanilla.events.models import Event
from ventanilla.people.models import Agent
from ventanilla.people.rights import require


@transaction.atomic
def set_availability(agent: Agent, act: Act, *, to: Agent.Availability) -> Event | None:
    """Say whether an agent takes tickets now: their own choice, or a supervisor's."""
    if act.authority is None or act.authority.id != agent.pk:
        require(act, "setup.people")
    locked = Agent.objects.select_for_update(no_key=True).get(pk=agent.pk)
    if locked.availability == to:
        return None
    old = locked.availability
    locked.availability = agent.availability = to
    locked.save(update_fields=["availability"])
    return record(None, act, AvailabilityChanged(agent=agent.pk, old=old, new=to.value))
