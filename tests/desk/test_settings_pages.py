"""The settings' pages: who opens them, what they save, what they refuse, what they never show."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import make_agent, make_inbox, make_team
from ventanilla.lib import clock
from ventanilla.mail.models import MailAccount
from ventanilla.people.models import Agent, Calendar, DeskSettings, Role, Team
from ventanilla.sla.models import Policy
from ventanilla.tickets.models import Category, Inbox

pytestmark = pytest.mark.django_db
PLAIN = ["people", "teams", "new_team", "inboxes", "categories", "promises", "desk", "parked"]
FRESH = ["new_agent", "new_inbox", "configuration"]
SECRET = "s3cret-of-the-mailbox"


@pytest.fixture
def ada() -> Agent:
    return make_agent("Ada Sanz", role="administrator", team=make_team())


@pytest.fixture
def client(ada) -> Client:
    return fresh_client(ada)


def fresh_client(agent: Agent, *, minutes_ago: float = 0) -> Client:
    client = Client()
    client.force_login(agent.user)
    session = client.session
    session["fresh_at"] = clock.now().timestamp() - 60 * minutes_ago
    session.save()
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"desk:{name}", args=args)


# -- who may come ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["setup", "me", *PLAIN, *FRESH])
def test_an_administrator_opens_every_page(name, client):
    answer = client.get(url(name))

    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1


def test_an_agents_settings_are_their_macros(db):
    agent = fresh_client(make_agent("Luz Gil"))

    assert agent.get(url("settings"))["Location"] == url("macros")


@pytest.mark.parametrize("name", ["setup", *PLAIN, *FRESH])
@pytest.mark.parametrize("role", ["agent", "light"])
def test_agents_are_told_whom_to_ask(name, role, db):
    answer = fresh_client(make_agent("Luz Gil", role=role)).get(url(name))

    assert answer.status_code == 403


@pytest.mark.parametrize("name", ["setup", "settings", "me", *PLAIN, *FRESH])
def test_strangers_are_asked_to_sign_in(name, ada):
    assert Client().get(url(name))["Location"].startswith("/login/?next=")


def test_pages_of_one_thing_open(ada, client):
    inbox, team = make_inbox(), Team.objects.get()
    category = Category.objects.create(name="Cobros")
    calendar = Calendar.objects.first()

    for page in (
        url("agent", ada.pk), url("team_settings", team.pk), url("inbox_settings", inbox.pk),
        url("category_settings", category.pk), url("hours", calendar.pk), url("hours", 0),
    ):  # fmt: skip
        assert client.get(page).status_code == 200, page


@pytest.mark.parametrize("name", FRESH)
@pytest.mark.parametrize("method", ["get", "post"])
def test_risky_pages_want_a_recent_password(name, method, ada):  # R30
    stale = fresh_client(ada, minutes_ago=11)

    answer = getattr(stale, method)(url(name), headers={"Referer": f"http://testserver{url(name)}"})

    assert answer["Location"] == f"/confirm/?next={url(name)}"
    assert Agent.objects.count() == 1


def test_a_risky_button_leads_to_the_password_and_back_to_its_page(ada):  # R30
    stale, here = fresh_client(ada, minutes_ago=11), url("inbox_settings", make_inbox().pk)
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": here}

    answer = stale.post(url("inbox_test", Inbox.objects.get().pk), headers=headers)

    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/confirm/?next={here}")
    assert stale.post(url("agent_active", ada.pk))["Location"] == "/confirm/?next=/settings/"


def test_nine_minutes_are_recent(ada):  # R30
    assert fresh_client(ada, minutes_ago=9).get(url("new_agent")).status_code == 200


# -- people ------------------------------------------------------------------------------------
def person(**given: Any) -> dict[str, Any]:
    team, role = Team.objects.first(), Role.objects.get(key="agent")
    return {
        "name": "Iván Ferrer", "email": "ivan@olmo.example", "language": "es", "role": role.pk,
        "teams": [team.pk], "capacity": 20, "time_zone": "Europe/Madrid",
    } | given  # fmt: skip


def test_an_invitation_makes_the_agent_and_mails_the_link(client):
    answer = client.post(url("new_agent"), person(), follow=True)

    made = Agent.objects.get(user__email="ivan@olmo.example")
    assert not made.user.has_usable_password()
    assert [team.name for team in made.teams.all()] == [Team.objects.first().name]
    job = ProcrastinateJob.objects.get(task_name__endswith="mail_link")
    assert job.args == {"email": "ivan@olmo.example", "purpose": "invite"}
    assert "La invitación está en camino." in answer.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "no"), ("email", "ada.sanz@casaolmo.example"), ("name", ""), ("capacity", "-1"),
     ("role", "999"), ("time_zone", "Europe/Atlantis"), ("language", "xx"), ("teams", ["999"])],
)  # fmt: skip
def test_a_bad_invitation_is_refused_at_its_field(field, value, client):
    answer = client.post(url("new_agent"), person(**{field: value}))

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert Agent.objects.count() == 1


def test_the_last_administrator_stays(ada, client):
    as_agent = person(role=Role.objects.get(key="agent").pk)
    del as_agent["email"], as_agent["language"]

    changed = client.post(url("agent", ada.pk), as_agent)
    out = client.post(url("agent_active", ada.pk), {"active": "no"})

    assert changed.status_code == 422
    assert "Ada Sanz es" in changed.text
    assert out.status_code == 409
    ada.refresh_from_db()
    assert (ada.role.key, ada.user.is_active) == ("administrator", True)


def test_somebody_else_can_be_locked_out_and_let_in_again(client):
    eva = make_agent("Eva Pons")
    browser = fresh_client(eva)

    client.post(url("agent_active", eva.pk), {"active": "no"})
    assert browser.get("/me/").status_code == 302
    client.post(url("agent_active", eva.pk), {"active": "yes"})
    eva.user.refresh_from_db()

    assert fresh_client(eva).get("/me/").status_code == 200


def test_inviting_again_mails_a_new_link(client):
    client.post(url("new_agent"), person())
    made = Agent.objects.get(user__email="ivan@olmo.example")

    client.post(url("agent_invitation", made.pk))

    assert ProcrastinateJob.objects.filter(task_name__endswith="mail_link").count() == 2


def team_form(**given: Any) -> dict[str, Any]:
    return {"name": "Envíos", "routing": Team.Routing.values[0], "hue": 240} | given


def test_a_team_is_made_with_members_and_signature(ada, client):
    given = team_form(members=[ada.pk], signature="Un saludo,\nCasa Olmo <3")
    answer = client.post(url("new_team"), given, follow=True)

    team = Team.objects.get(name="Envíos")
    assert list(team.members.all()) == [ada]
    assert "Guardado." in answer.text
    shown = client.get(url("team_settings", team.pk)).text
    assert re.search(r'value="240"[^>]* checked', shown)


def test_a_signature_of_lines_is_edited_as_lines(ada, client):
    client.post(url("new_team"), team_form(signature="Un saludo,\nCasa Olmo"))

    team = Team.objects.get(name="Envíos")
    assert team.signature == "<p>Un saludo,<br>Casa Olmo</p>"
    assert "Un saludo,\nCasa Olmo</textarea>" in client.get(url("team_settings", team.pk)).text


def test_a_signature_cannot_act(client):
    client.post(url("new_team"), team_form(signature="<b>Hola</b><script>alert(1)</script>"))

    assert Team.objects.get(name="Envíos").signature == "<b>Hola</b>"


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("hue", "17"), ("routing", "x")])
def test_a_bad_team_is_refused(field, value, client):
    answer = client.post(url("new_team"), team_form(**{field: value}))

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert not Team.objects.filter(name="Envíos").exists()


# -- inboxes -----------------------------------------------------------------------------------
def inbox_form(**given: Any) -> dict[str, Any]:
    return {
        "name": "Casa Olmo", "address": "hola@gmx.net", "team": Team.objects.first().pk,
        "language": "es", "active": "on", "imap_port": 993, "imap_security": "tls",
        "imap_sign_in": "password", "imap_folder": "INBOX", "after_fetch": "leave",
        "smtp_port": 465, "smtp_security": "tls", "smtp_sign_in": "password",
        "plus_addresses": "on",
    } | given  # fmt: skip


def test_address_and_password_are_enough_for_a_known_provider(client):
    answer = client.post(url("new_inbox"), inbox_form(password=SECRET))

    account = MailAccount.objects.get()
    assert answer["Location"] == url("inbox_settings", account.pk) + "?done=saved"
    assert (account.imap_host, account.smtp_host) == ("imap.gmx.net", "mail.gmx.net")
    assert account.imap_user == account.smtp_user == "hola@gmx.net"
    assert account.imap_password == account.smtp_password == SECRET


def test_an_unknown_provider_is_asked_for_in_the_open(client):
    answer = client.post(url("new_inbox"), inbox_form(address="hola@olmo.example", password=SECRET))

    assert answer.status_code == 422
    assert 'id="id_imap_host_error"' in answer.text
    assert '<details class="card" open>' in answer.text
    assert SECRET not in answer.text
    assert not Inbox.objects.exists()


def test_microsoft_takes_no_password(client):
    answer = client.post(url("new_inbox"), inbox_form(address="a@outlook.es", password=SECRET))

    assert answer.status_code == 422
    assert 'id="id_password_error"' in answer.text


def test_secrets_are_written_and_never_shown(client):
    every = dict.fromkeys(("imap_password", "smtp_password", "oauth_client_secret",
                           "oauth_refresh_token"), SECRET)  # fmt: skip
    client.post(url("new_inbox"), inbox_form(imap_host="imap.olmo.example", **every))
    account = MailAccount.objects.get()

    shown = client.get(url("inbox_settings", account.pk)).text
    refused = client.post(url("inbox_settings", account.pk), inbox_form(name="", **every)).text
    client.post(url("inbox_settings", account.pk), inbox_form(imap_host="imap2.olmo.example"))

    assert SECRET not in shown
    assert SECRET not in refused
    account.refresh_from_db()
    assert account.imap_host == "imap2.olmo.example"
    assert account.imap_password == account.oauth_refresh_token == SECRET  # empty: kept


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "no"), ("imap_port", "70000"), ("aliases", "no"), ("team", "999"), ("name", "")],
)
def test_a_bad_inbox_is_refused_at_its_field(field, value, client):
    answer = client.post(url("new_inbox"), inbox_form(**{field: value}))

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text
    assert not Inbox.objects.exists()


def test_the_test_of_an_inbox_says_what_failed(client):
    closed = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none",
              "smtp_sign_in": "none"}  # fmt: skip
    client.post(url("new_inbox"), inbox_form(**closed))
    account = MailAccount.objects.get()

    part = client.post(url("inbox_test", account.pk),
                       headers={"HX-Request": "true", "HX-Request-Type": "partial"})  # fmt: skip
    whole = client.post(url("inbox_test", account.pk))

    assert "is-bad" in part.text
    assert "<html" not in part.text
    assert "is-bad" in whole.text
    assert "<h1" in whole.text


def test_an_inbox_of_the_built_in_receiver_can_be_tested_too(client):
    answer = client.post(url("inbox_test", make_inbox(address="propio@olmo.example").pk))

    assert answer.status_code == 200
    assert 'class="step ' in answer.text


# -- the desk ----------------------------------------------------------------------------------
def test_the_desk_is_renamed(client):
    given = {"name": "Olmo", "language": "en", "time_zone": "Europe/Lisbon",
             "close_after_days": 5, "reopen_within_days": 9, "undo_seconds": 30}  # fmt: skip
    answer = client.post(url("desk"), given, follow=True)

    assert "Guardado." in answer.text
    assert DeskSettings.objects.get().name == "Olmo"
    assert client.post(url("desk"), given | {"close_after_days": 0}).status_code == 422


def test_categories_form_a_tree_without_circles(client):
    client.post(url("categories"), {"name": "Cobros"})
    cobros = Category.objects.get()
    client.post(url("categories"), {"name": "Duplicado", "parent": cobros.pk})
    duplicado = Category.objects.get(parent=cobros)

    circle = client.post(
        url("category_settings", cobros.pk), {"name": "Cobros", "parent": duplicado.pk}
    )

    assert circle.status_code == 422
    cobros.refresh_from_db()
    assert cobros.parent is None


def test_deadlines_are_hours_and_empty_ones_promise_nothing(client):
    given = {"first_response_3": "0.5", "first_response_2": "", "next_response_1": "4"}
    answer = client.post(url("targets"), given)

    assert answer["Location"] == url("promises") + "?done=saved"
    targets = Policy.objects.get(active=True).targets
    assert targets["first_response"] == {"3": 1800}
    assert targets["next_response"] == {"1": 14400}
    shown = client.get(url("promises")).text
    assert 'value="0.5"' in shown
    assert 'value="4"' in shown
    assert client.post(url("targets"), {"first_response_3": "-1"}).status_code == 422


def test_hours_are_read_as_people_write_them(client):
    given = {"name": "Tienda", "zone": "Europe/Madrid", "day_0": "9-14, 16:00-19:30",
             "closed": "2026-12-25\n2027-01-06"}  # fmt: skip
    client.post(url("hours", 0), given)

    tienda = Calendar.objects.get(name="Tienda")
    assert tienda.week == {"0": [["09:00", "14:00"], ["16:00", "19:30"]]}
    assert tienda.exceptions == {"2026-12-25": [], "2027-01-06": []}


@pytest.mark.parametrize(
    ("field", "value"), [("day_0", "nueve"), ("day_0", "25-26"), ("closed", "navidad")]
)
def test_hours_that_cannot_be_read_are_refused_at_their_field(field, value, client):
    given = {"name": "Tienda", "zone": "Europe/Madrid", field: value}

    answer = client.post(url("hours", 0), given)

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text


# -- oneself -----------------------------------------------------------------------------------
def preferences(**given: Any) -> dict[str, Any]:
    return {"name": "Ada", "language": "es", "time_zone": "Europe/Madrid", "theme": "dark",
            "density": "compact", "signature": "Ada\nCasa Olmo"} | given  # fmt: skip


def test_preferences_are_saved_and_seen(ada, client):
    answer = client.post(url("me"), preferences(), follow=True)

    assert 'data-theme="dark" data-density="compact"' in answer.text
    assert "Guardado." in answer.text
    assert "Ada\nCasa Olmo</textarea>" in answer.text
    assert client.post(url("me"), preferences(theme="pink")).status_code == 422


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(ada, client):
    other = fresh_client(ada)

    wrong = client.post(url("password"), {"current": "wrong", "password": "another-horse-8"})
    weak = client.post(url("password"), {"current": "ventanilla-1", "password": "short"})
    assert (wrong.status_code, weak.status_code) == (422, 422)
    client.post(url("password"), {"current": "ventanilla-1", "password": "another-horse-8"})

    assert client.get(url("me")).status_code == 200
    assert other.get(url("me")).status_code == 302
