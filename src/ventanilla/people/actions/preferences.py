from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.lib.problems import Invalid
from ventanilla.people.models import Agent
from ventanilla.people.signatures import check_signatures

OF_USER = ("name", "language")
OF_AGENT = (
    *("time_zone", "theme", "density", "notices"),
    *("signature", "signatures"),
    *("letter_keys", "shortcuts"),
)


@transaction.atomic
def set_preferences(agent: Agent, **fields: Any) -> None:
    """Set what agents decide for themselves: name, language, look, signature, notices, shortcuts.

    `signature` is cleaned HTML, `signatures` the same by language, `shortcuts` what differs from
    the keys as shipped. Raises Invalid without a name, and for a variable that there is none of.
    """
    if unknown := fields.keys() - {*OF_USER, *OF_AGENT}:
        raise TypeError(f"not a preference: {sorted(unknown)}")
    if "name" in fields and not fields["name"].strip():
        raise Invalid(_("Write a name: customers read it under the replies."), field="name")
    check_signatures(fields)
    for name, value in fields.items():
        setattr(agent.user if name in OF_USER else agent, name, value)
    agent.user.save(update_fields=list(OF_USER))
    agent.save(update_fields=list(OF_AGENT))
