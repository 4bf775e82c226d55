"""The rows of customers, their addresses and firms, and that they became known."""

from __future__ import annotations

from ventanilla.demo.load.hours import stamp
from ventanilla.demo.load.ledger import NULL, Desk, Ledger
from ventanilla.demo.load.people import customer, domain_of, organization
from ventanilla.demo.load.size import known_since

CALLS_TOO = 4  # one in so many has a phone number as well


def know(desk: Desk, begin: int, end: int) -> dict[str, str]:
    """The rows of customers by their numbers, as text for COPY by model."""
    ledger, first = Ledger(desk, 0), desk.first
    happened = []
    for number in range(begin, end):
        who, pk = customer(desk.size, number), first["people.Contact"] + number
        since = stamp(known_since(desk.size, number))
        firm = NULL if who.organization is None else first["people.Organization"] + who.organization
        vip = "t" if number % 50 == 7 else "f"
        ledger.write("people.Contact", pk, who.name, who.language, firm, vip, since)
        ledger.write("people.Identity", pk, "email", who.email)
        if number % CALLS_TOO == 0:
            ledger.write("people.Identity", pk, "phone", f"+34 6{number:08}")
        happened.append(
            desk.happenings["contact"]
            % (
                first["events.Event"] + number, NULL, NULL, NULL, pk, pk, NULL, 0, pk, "{}", "{}",
                since, since,
            )
        )  # fmt: skip
    return ledger.copied() | {"events.Event": "".join(happened)}


def organizations(desk: Desk) -> str:
    """The rows of all firms."""
    ledger, since = Ledger(desk, 0), stamp(desk.size.start)
    for number in range(desk.size.organizations):
        pk, vip = desk.first["people.Organization"] + number, "t" if number % 50 == 0 else "f"
        domains = f"{{{domain_of(number)}}}"
        ledger.write("people.Organization", pk, organization(number), domains, vip, since)
    return ledger.copied()["people.Organization"]
