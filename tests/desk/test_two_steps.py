"""The second step of a sign-in: set up, asked for, lost, required (R32)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tests.desk.test_settings_pages import fresh_client, url
from tests.desk.test_signin import link_for
from tests.desk.world import PARTIAL
from tests.factories import make_agent, make_team
from ventanilla.cli import main
from ventanilla.events.acts import Act
from ventanilla.lib import clock, totp
from ventanilla.lib.fields import reseal_all
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.actions import second_step, staff
from ventanilla.people.models import Agent, AuditEntry, RecoveryCode, Role, SecondStep

pytestmark = pytest.mark.django_db
PASSWORD = "ventanilla-1"


@pytest.fixture
def marta() -> Agent:
    return make_agent("Marta Ruiz", team=make_team())


@pytest.fixture
def codes(marta) -> list[str]:
    """Marta has two steps; her recovery codes. No code of the app has been used since."""
    return switched_on(marta)


def switched_on(agent: Agent) -> list[str]:
    before = clock.now() - timedelta(minutes=5)
    secret = second_step.begin(agent.user, before).secret
    return second_step.confirm(agent.user, totp.code(secret, totp.step_of(before)), before)


def code_of(agent: Agent) -> str:
    """What the app shows."""
    secret = SecondStep.objects.get(user=agent.user).secret
    return totp.code(secret, totp.step_of(clock.now()))


def first_step(agent: Agent, client: Client | None = None):
    client = client or Client()
    given = {"email": agent.user.email, "password": PASSWORD, "next": "/inbox/all/"}
    return client, client.post("/login/", given)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


# -- setting up --------------------------------------------------------------------------------
def test_it_is_set_up_by_scanning_and_a_first_code(marta):
    client = fresh_client(marta)
    assert 'class="qr"' not in client.get(url("two_steps")).text

    client.post(url("two_steps"))
    page = client.get(url("two_steps"))
    refused = client.post(url("two_steps"), {"code": "000000"})
    shown = client.post(url("two_steps"), {"code": code_of(marta)})

    assert '<svg class="qr"' in page.text
    assert page["Cache-Control"] == "no-store"
    assert refused.status_code == 422
    codes = re.findall(r"<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>", shown.text)
    assert len(set(codes)) == 10
    assert codes[0] not in client.get(url("two_steps")).text
    assert AuditEntry.objects.filter(what="second_step.on").count() == 1


def test_the_secret_is_sealed_and_the_codes_are_not_kept(marta, codes):  # R47
    row = SecondStep.objects.filter(user=marta.user)
    secret = row.get().secret

    assert secret not in row.values_list("secret", flat=True).get()
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(kept) == 10
    assert not kept & {one for code in codes for one in (code, code.replace("-", ""))}
    assert reseal_all([SecondStep]) == 0  # known to the rotation of keys


def test_what_was_not_confirmed_asks_for_nothing(marta):
    second_step.begin(marta.user, clock.now())

    client, _answer = first_step(marta)

    assert is_in(client)


def test_setting_up_needs_a_fresh_sign_in(marta):  # R30
    client = fresh_client(marta, minutes_ago=11)

    assert client.get(url("two_steps"))["Location"].startswith("/confirm/?next=/me/two-steps/")
    assert client.post(url("recovery_codes"))["Location"].startswith("/confirm/")


# -- signing in --------------------------------------------------------------------------------
def test_the_password_alone_opens_nothing(marta, codes):
    client, answer = first_step(marta)

    assert answer["Location"] == "/login/step/"
    assert not is_in(client)
    assert client.get("/inbox/all/").status_code == 302


def test_the_code_leads_to_where_one_wanted_to_go(marta, codes):
    client, _answer = first_step(marta)

    answer = client.post("/login/step/", {"code": " ".join(code_of(marta))})

    assert answer["Location"] == "/inbox/all/"
    assert is_in(client)


def test_a_code_works_once(marta, codes):
    shown = code_of(marta)
    first, _answer = first_step(marta)
    second, _answer = first_step(marta)

    first.post("/login/step/", {"code": shown})
    refused = second.post("/login/step/", {"code": shown})

    assert is_in(first)
    assert refused.status_code == 422
    assert not is_in(second)


def test_the_code_of_the_setting_up_is_used_too(marta):
    now = clock.now()
    shown = totp.code(second_step.begin(marta.user, now).secret, totp.step_of(now))
    second_step.confirm(marta.user, shown, now)

    with pytest.raises(second_step.WrongCode):
        second_step.prove(marta.user, shown, now)


def test_a_recovery_code_works_once_however_it_is_typed(marta, codes):
    first, _answer = first_step(marta)
    first.post("/login/step/", {"code": codes[3].upper().replace("-", " ")})
    second, _answer = first_step(marta)
    second.post("/login/step/", {"code": codes[3]})

    assert is_in(first)
    assert not is_in(second)
    assert second_step.codes_left(marta.user) == 9


def test_five_wrong_codes_are_the_last_for_a_while(marta, codes):
    client, _answer = first_step(marta)

    answers = [client.post("/login/step/", {"code": "000000"}).status_code for _n in range(6)]
    right = client.post("/login/step/", {"code": code_of(marta)})

    assert answers == [422] * 5 + [429]
    assert right.status_code == 429
    assert not is_in(client)


def test_the_code_of_somebody_else_is_no_use(marta, codes):
    eva = make_agent("Eva Pons")
    hers = switched_on(eva)
    client, _answer = first_step(marta)

    client.post("/login/step/", {"code": hers[0]})

    assert not is_in(client)
    assert second_step.codes_left(eva.user) == 10


def test_without_a_first_step_there_is_no_second(marta, codes):
    client = Client()

    assert client.get("/login/step/")["Location"] == "/login/"
    assert client.post("/login/step/", {"code": code_of(marta)})["Location"] == "/login/"
    assert not is_in(client)


def test_a_first_step_is_worth_nothing_after_a_new_password(marta, codes):
    client, _answer = first_step(marta)
    staff.set_password(marta.user, "another-horse-8", clock.now())

    client.post("/login/step/", {"code": code_of(marta)})

    assert not is_in(client)


def test_a_first_step_waits_ten_minutes(marta, codes):
    with clock.frozen(clock.now() - timedelta(minutes=11)):
        client, _answer = first_step(marta)

    assert client.get("/login/step/")["Location"] == "/login/"


@pytest.mark.parametrize("purpose", ["sign_in", "reset"])
def test_a_mailed_link_is_a_first_step_too(purpose, marta, codes):
    client = Client()

    answer = client.post(link_for(marta, purpose), {"password": "another-horse-8"})

    assert answer["Location"] == "/login/step/"
    assert not is_in(client)


def test_the_session_gets_a_new_id_at_each_step(marta, codes):  # R32
    client = Client()
    client.get("/login/")
    client, _answer = first_step(marta, client)
    before = client.session.session_key

    client.post("/login/step/", {"code": code_of(marta)})

    assert client.session.session_key != before


# -- changing ----------------------------------------------------------------------------------
def test_new_recovery_codes_end_the_old_ones(marta, codes):
    shown = fresh_client(marta).post(url("recovery_codes")).text

    assert "</code>" in shown
    with pytest.raises(Invalid):
        second_step.prove(marta.user, codes[0], clock.now())


def test_it_can_be_switched_off(marta, codes):
    fresh_client(marta).post(url("two_steps_off"))

    client, _answer = first_step(marta)
    assert is_in(client)
    assert not RecoveryCode.objects.exists()


def test_an_administrator_takes_it_back_for_who_has_lost_it(marta, codes):
    ada = fresh_client(make_agent("Ada Sanz", role="administrator"))
    assert "Retirar el segundo paso" in ada.get(url("agent", marta.pk)).text
    assert "Dos pasos" in ada.get(url("people")).text

    ada.post(url("agent_second_step", marta.pk))

    client, _answer = first_step(marta)
    assert is_in(client)
    assert AuditEntry.objects.get(what="second_step.reset").thing == f"user:{marta.pk}"


def test_nobody_takes_back_their_own_or_that_of_somebody_above(marta):  # R30
    ada, sol = make_agent("Ada", role="administrator"), make_agent("Sol", role="supervisor")

    for who, whose in ((ada, ada), (sol, ada), (marta, sol)):
        with pytest.raises(NotAllowed):
            second_step.reset(whose, Act.of_agent(who.pk, clock.now()))


def test_the_only_administrator_gets_in_again_from_the_machine(capsys):
    ada = make_agent("Ada Sanz", role="administrator")
    switched_on(ada)

    assert main(["signin-link", ada.user.email, "--take-second-step-back"]) == 0

    client = Client()
    client.post(urlsplit(capsys.readouterr().out.strip()).path)
    assert is_in(client)
    assert AuditEntry.objects.filter(what="second_step.reset").exists()


# -- required ----------------------------------------------------------------------------------
def require(key: str, days: float) -> None:
    by = clock.now() + timedelta(days=days)
    second_step.require_of(Role.objects.get(key=key), Act.of_system(clock.now()), by=by)


def test_until_the_day_people_are_reminded_and_may_wait(marta):
    require("agent", 3)

    client, answer = first_step(marta)

    assert answer["Location"] == "/me/two-steps/?next=/inbox/all/"
    assert 'href="/inbox/all/"' in client.get(answer["Location"]).text
    assert client.get("/inbox/all/").status_code == 200


def test_from_the_day_on_nothing_else_opens_until_it_is_set_up(marta):
    require("agent", -1)
    client, answer = first_step(marta)

    assert client.get("/inbox/all/")["Location"] == "/me/two-steps/?next=/inbox/all/"
    assert client.get("/counts", headers=PARTIAL).status_code in (204, 404)
    assert client.post("/drafts/new", {"html": "x"}).status_code == 302
    client.post(answer["Location"])
    page = client.get(answer["Location"])
    assert '<svg class="qr"' in page.text
    client.post(answer["Location"], {"code": code_of(marta)})

    assert client.get("/inbox/all/").status_code == 200


def test_who_has_it_notices_nothing(marta, codes):
    require("agent", -1)
    client, _answer = first_step(marta)

    client.post("/login/step/", {"code": code_of(marta)})

    assert client.get("/inbox/all/").status_code == 200
    assert client.post("/logout/").status_code == 302


def test_what_is_required_is_not_switched_off(marta, codes):
    require("agent", 3)

    assert fresh_client(marta).post(url("two_steps_off")).status_code == 403
    assert second_step.of(marta.user) is not None


def test_a_roles_page_requires_it_and_says_who_is_late(marta):
    ada = fresh_client(make_agent("Ada Sanz", role="administrator"))

    ada.post(url("role_second_step", marta.role_id), {"within": "3"})
    shown = ada.get(url("role", marta.role_id)).text

    by = Role.objects.get(key="agent").second_step_by
    assert timedelta(days=2, hours=23) < by - clock.now() < timedelta(days=3, minutes=1)
    assert "Marta Ruiz" in shown
    assert AuditEntry.objects.filter(what="role.second_step").count() == 1
    ada.post(url("role_second_step", marta.role_id), {"within": ""})
    assert Role.objects.get(key="agent").second_step_by is None


def test_a_new_desks_administrators_have_two_weeks():
    now = clock.now()
    staff.first_administrator(
        email="ada@olmo.example", name="Ada", password="una-clave-larga", now=now
    )

    by = Role.objects.get(key="administrator").second_step_by
    assert timedelta(days=13) < by - now <= timedelta(days=14)


# -- passwords ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "weak", ["Password123!", "contraseña2026", "martaruiz1", "MartaRuiz2026", "qwertyuiop1",
             "realmadrid1902", "1234567890", "aaaaaaaaaaaa", "ventanilla2026"],
)  # fmt: skip
def test_passwords_that_are_guessed_first_are_refused(weak, marta):
    with pytest.raises(Invalid) as refused:
        staff.set_password(marta.user, weak, clock.now())

    assert refused.value.field == "password"


@pytest.mark.parametrize("good", ["perro verde canta tarde", "correct-horse-9", "zT7!kq2#Lw"])
def test_others_are_taken(good, marta):
    staff.set_password(marta.user, good, clock.now())

    assert marta.user.check_password(good)


def test_weighing_takes_no_longer_for_longer_passwords(marta):
    staff.set_password(marta.user, "perro verde " * 3000, clock.now())
