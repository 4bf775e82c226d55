"""Where people are signed in: shown, ended one by one or all at once, ended by themselves (R32)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from tests.desk.test_settings_pages import fresh_client, url
from tests.events.test_hub import do, heard, with_hub
from tests.factories import make_agent, make_team
from ventanilla.events.acts import Act
from ventanilla.events.hub import Listener
from ventanilla.lib import clock
from ventanilla.lib.problems import NotAllowed
from ventanilla.people import live
from ventanilla.people.actions import sessions
from ventanilla.people.actions.staff import change_agent
from ventanilla.people.models import Agent, AuditEntry, OpenSession, Role

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"


def browser(agent: Agent, says: str = FIREFOX) -> Client:
    """Signed in by password."""
    client = Client(headers={"User-Agent": says})
    given = {"email": agent.user.email, "password": "ventanilla-1"}
    assert client.post("/login/", given).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


@pytest.fixture
def marta(db) -> Agent:
    return make_agent("Marta Ruiz", team=make_team())


# -- another role -------------------------------------------------------------------------------
def test_a_key_that_was_known_before_carries_no_new_rights(marta):
    here, ada = browser(marta), make_agent("Ada Sanz", role="administrator")
    before = here.cookies["vt-session"].value
    stolen = Client()
    stolen.cookies["vt-session"] = before
    assert is_in(stolen)

    role = Role.objects.get(key="supervisor")
    teams = list(marta.teams.all())
    change_agent(
        marta, Act.of_agent(ada.pk, clock.now()), name="Marta Ruiz", role=role, teams=teams
    )
    assert is_in(here)

    assert here.cookies["vt-session"].value != before
    assert not is_in(stolen)
    after = here.cookies["vt-session"].value
    assert is_in(here)
    assert here.cookies["vt-session"].value == after  # once
    assert OpenSession.objects.get(user=marta.user).session_key == after


# -- one's own ---------------------------------------------------------------------------------
def test_ones_sessions_are_listed_with_device_and_address(marta):
    here, _phone = browser(marta), browser(marta, PHONE)

    shown = here.get("/me/").text

    assert "Firefox, Linux" in shown
    assert "Chrome, Android" in shown
    assert "127.0.0.1" in shown
    assert shown.count("Este</span>") == 1
    assert here.session.session_key not in shown


def test_another_browser_can_be_signed_out(marta):
    here, phone = browser(marta), browser(marta, PHONE)
    row = OpenSession.objects.get(device="Chrome, Android")

    answer = here.post(url("session_end", row.pk), follow=True)

    assert "Sesión cerrada allí." in answer.text
    assert is_in(here)
    assert not is_in(phone)
    assert AuditEntry.objects.filter(what="session.ended").exists()


def test_ending_ones_own_session_leads_to_the_sign_in(marta):
    here = browser(marta)

    answer = here.post(url("session_end", OpenSession.objects.get().pk))

    assert answer["Location"] == settings.LOGIN_URL
    assert not is_in(here)


def test_everywhere_is_everywhere(marta):
    here, phone = browser(marta), browser(marta, PHONE)
    unlisted = fresh_client(marta)

    here.post(url("sessions_end"))

    assert not any(map(is_in, (here, phone, unlisted)))
    assert is_in(browser(marta))


def test_nobody_ends_the_session_of_another(marta):
    browser(make_agent("Eva Pons"))

    answer = browser(marta).post(url("session_end", OpenSession.objects.order_by("pk").first().pk))

    assert answer.status_code == 404
    assert OpenSession.objects.count() == 2


def test_signing_out_takes_the_session_off_the_list(marta):
    here = browser(marta)

    here.post("/logout/")

    assert not OpenSession.objects.exists()


def test_confirming_the_password_makes_no_second_session(marta):
    here = browser(marta)

    here.post("/confirm/", {"password": "ventanilla-1"})

    assert OpenSession.objects.get().session_key == here.session.session_key
    assert is_in(here)


# -- ended by others, and by themselves --------------------------------------------------------
def test_an_administrator_signs_somebody_out_everywhere(marta):
    ada = fresh_client(make_agent("Ada Sanz", role="administrator"))
    hers = browser(marta)
    assert "Firefox, Linux" in ada.get(url("agent", marta.pk)).text

    answer = ada.post(url("agent_sessions", marta.pk), follow=True)

    assert "Sus sesiones están cerradas" in answer.text
    assert not is_in(hers)
    entry = AuditEntry.objects.get(what="sessions.ended")
    assert entry.thing == f"user:{marta.pk}"


def test_a_supervisor_signs_no_administrator_out(marta):  # R30
    ada, sol = make_agent("Ada Sanz", role="administrator"), make_agent("Sol", role="supervisor")

    with pytest.raises(NotAllowed):
        sessions.sign_out(ada, Act.of_agent(sol.pk, clock.now()))


def test_whoever_is_let_in_again_signs_in_again(marta):
    ada, hers = fresh_client(make_agent("Ada Sanz", role="administrator")), browser(marta)

    ada.post(url("agent_active", marta.pk), {"active": "no"})
    ada.post(url("agent_active", marta.pk), {"active": "yes"})

    assert not is_in(hers)


def test_a_new_password_ends_the_others_and_keeps_this_one(marta):
    here, phone = browser(marta), browser(marta, PHONE)

    here.post(url("password"), {"current": "ventanilla-1", "password": "another-horse-8"})

    assert is_in(here)
    assert not is_in(phone)
    assert OpenSession.objects.count() == 1


def test_an_unused_session_ends_after_half_a_day(marta):
    here = browser(marta)
    row = OpenSession.objects.get()

    _was_used(row, timedelta(hours=11, minutes=59))
    assert is_in(here)
    _was_used(row, timedelta(hours=12, minutes=1))

    assert not is_in(here)


def test_a_used_session_goes_on_until_two_weeks(marta):
    here = browser(marta)
    row = OpenSession.objects.get()
    _was_used(row, timedelta(hours=11))

    assert is_in(here)
    row.refresh_from_db()
    assert clock.now() - row.seen_at < timedelta(minutes=1)
    OpenSession.objects.update(since=clock.now() - timedelta(days=14, minutes=1))

    assert not is_in(here)


def test_a_session_that_has_run_out_opens_no_stream(marta):
    cookies = {settings.SESSION_COOKIE_NAME: browser(marta).session.session_key}
    assert live.identify(cookies) is not None

    _was_used(OpenSession.objects.get(), timedelta(hours=13))

    assert live.identify(cookies) is None


def _was_used(row: OpenSession, ago: timedelta) -> None:
    OpenSession.objects.filter(pk=row.pk).update(seen_at=clock.now() - ago)


# -- live streams ------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["one", "all", "administrator", "password"])
def test_the_stream_of_an_ended_session_closes_and_no_other(how, new_desk):  # R31
    marta, ada = make_agent("Marta Ruiz"), make_agent("Ada Sanz", role="administrator")
    hers, other = _stream(browser(marta)), _stream(browser(ada))

    def end() -> None:
        now = clock.now()
        if how == "one":
            row = OpenSession.objects.get(user=marta.user)
            sessions.end(marta.user, row.pk, now)
        elif how == "all":
            sessions.end_all(marta.user, now)
        elif how == "administrator":
            sessions.sign_out(marta, Act.of_agent(ada.pk, now))
        else:
            from ventanilla.people.actions.staff import set_password

            set_password(marta.user, "another-horse-8", now)

    async def story(hub):
        await hub.join(hers, None)
        await hub.join(other, None)
        await do(end)
        assert await heard(hers) is None
        await asyncio.sleep(0)
        assert hers not in hub.listeners
        assert other in hub.listeners

    with_hub(story)


def _stream(client: Client) -> Listener:
    cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key}
    scope = live.identify(cookies)
    assert scope is not None
    return Listener(scope, renew=lambda: live.identify(cookies))
