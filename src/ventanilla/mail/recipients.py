"""Whom a mail goes to: plain addresses, each once, never ourselves, at most fifty (R24)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ventanilla.lib.problems import Invalid
from ventanilla.mail import mime
from ventanilla.tickets.content import Address

MOST = 50
Person = tuple[str, str]  # name, address


@dataclass(frozen=True, slots=True)
class Recipients:
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    bcc: tuple[Person, ...]

    @property
    def addresses(self) -> list[str]:
        """All of them, as the envelope names them."""
        return [address for _name, address in (*self.to, *self.cc, *self.bcc)]


def chosen(
    to: Sequence[Address],
    cc: Sequence[Address],
    bcc: Sequence[Address],
    *,
    is_own: Callable[[str], bool],
) -> Recipients:
    """Who really gets it.

    is_own   says which addresses are the desk's: what is sent there would come back
    Raises Invalid: an address that is none, nobody left, more than fifty.
    """
    seen: set[str] = set()
    found = Recipients(*(tuple(_people(each, is_own, seen)) for each in (to, cc, bcc)))
    if not found.addresses:
        raise Invalid(
            _("There is nobody to send this to: only addresses of this desk were given."),
            field="to",
        )
    if len(found.addresses) > MOST:
        raise Invalid(
            _("This goes to %(count)d addresses; a mail may go to %(most)d at most.")
            % {"count": len(found.addresses), "most": MOST},
            field="to",
        )
    return found


def _people(
    addresses: Iterable[Address], is_own: Callable[[str], bool], seen: set[str]
) -> Iterable[Person]:
    for each in addresses:
        try:
            address = mime.checked(each["addr"])
        except mime.BadAddress as error:
            raise Invalid(
                _("“%(address)s” is not an e-mail address that mail can be sent to.")
                % {"address": mime.single_line(each["addr"])[:100]},
                field="to",
            ) from error
        if address.lower() in seen or is_own(address):
            continue
        seen.add(address.lower())
        yield each.get("name", ""), address
