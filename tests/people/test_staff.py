"""Setting up people: nobody gives more than they have, and one administrator stays."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_team, make_ticket
from ventanilla.events.models import Event
from ventanilla.lib.problems import Conflict, Invalid, NotAllowed, TooMany
from ventanilla.people.actions.signin import DoNotMatch, sign_in
from ventanilla.people.actions.staff import (
    LastAdministrator,
    change_agent,
    create_agent,
    create_team,
    first_administrator,
    set_active,
    set_password,
)
from ventanilla.people.models import Agent, AuditEntry, Role
from ventanilla.tickets.actions import assign

pytestmark = pytest.mark.django_db


def role(key):
    return Role.objects.get(key=key)


def test_a_new_desk_gets_one_first_administrator():
    given = {"name": "Tomás", "password": "una-clave-larga", "now": MONDAY_9AM}
    agent = first_administrator(email="Tomas@CasaOlmo.example", **given)

    assert agent.user.email == "tomas@casaolmo.example"
    assert agent.role.key == "administrator"
    with pytest.raises(Conflict):
        first_administrator(email="eva@casaolmo.example", **given)


def test_a_supervisor_cannot_make_an_administrator():  # R30
    lucia = make_agent("Lucía Prieto", role="supervisor")

    with pytest.raises(NotAllowed, match="Administrator"):
        create_agent(act(lucia), email="x@casaolmo.example", name="X", role=role("administrator"))

    assert create_agent(act(lucia), email="x@casaolmo.example", name="X", role=role("agent"))


def test_an_agent_sets_up_nobody():  # R30
    with pytest.raises(NotAllowed):
        create_team(act(make_agent()), name="Envíos")


def test_the_last_administrator_stays():  # R30
    tomas = make_agent("Tomás Echeverría", role="administrator")

    with pytest.raises(LastAdministrator, match="Tomás"):
        set_active(tomas, act(tomas), to=False)
    with pytest.raises(LastAdministrator):
        change_agent(tomas, act(tomas), name="Tomás", role=role("agent"), teams=[])

    assert Agent.objects.get().user.is_active


def test_who_leaves_gives_their_tickets_back(react):
    tomas = make_agent("Tomás Echeverría", role="administrator", availability="away")
    marta, ticket = make_agent(), make_ticket()
    assign(ticket, act(marta), to=marta)
    react()

    set_active(marta, act(tomas), to=False)
    react()

    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert Event.objects.filter(kind="ticket.assigned", data__reason="gave_back").exists()


def test_who_sets_up_what_is_in_the_audit():
    tomas = make_agent("Tomás Echeverría", role="administrator")

    team = create_team(act(tomas), name="Envíos", members=[tomas])

    entry = AuditEntry.objects.get()
    assert (entry.what, entry.thing, entry.user_id) == ("team.created", f"team:{team.pk}", tomas.pk)
    with pytest.raises(Invalid, match="already"):
        create_team(act(tomas), name="envíos")


def test_signing_in_tells_nothing_about_who_exists():  # R32
    marta = make_agent()
    assert (
        sign_in("MARTA.ruiz@casaolmo.example", "ventanilla-1", ip="::1", now=MONDAY_9AM)
        == marta.user
    )

    said = set()
    for email in ("marta.ruiz@casaolmo.example", "nadie@casaolmo.example"):
        with pytest.raises(DoNotMatch) as refused:
            sign_in(email, "wrong", ip="192.0.2.1", now=MONDAY_9AM)
        said.add(refused.value.message)
    assert len(said) == 1


def test_after_five_tries_it_waits_but_the_owner_elsewhere_does_not():  # R32
    make_agent()
    email = "marta.ruiz@casaolmo.example"
    for _try in range(5):
        with pytest.raises(DoNotMatch):
            sign_in(email, "wrong", ip="192.0.2.1", now=MONDAY_9AM)

    with pytest.raises(TooMany):
        sign_in(email, "ventanilla-1", ip="192.0.2.1", now=MONDAY_9AM)

    assert sign_in(email, "ventanilla-1", ip="198.51.100.7", now=MONDAY_9AM)
    assert sign_in(email, "ventanilla-1", ip="192.0.2.1", now=MONDAY_9AM + timedelta(minutes=16))


def test_a_weak_password_is_refused_with_the_reason():
    with pytest.raises(Invalid) as refused:
        set_password(make_agent().user, "corta", MONDAY_9AM)

    assert refused.value.field == "password"


def test_moving_an_agent_between_teams_changes_what_they_see():
    tomas = make_agent("Tomás Echeverría", role="administrator")
    marta, shipping = make_agent(), make_team("Envíos")

    change_agent(marta, act(tomas), name="Marta R.", role=role("agent"), teams=[shipping])

    assert list(marta.teams.all()) == [shipping]
    assert Event.objects.filter(kind="agent.rights_changed", data__agent=marta.pk).exists()
