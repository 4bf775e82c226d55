"""Signing in and out, links by mail, the first administrator, the password again."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.factories import MONDAY_9AM, make_agent
from ventanilla.lib import clock
from ventanilla.people.actions.links import make_link
from ventanilla.people.models import Agent, OneTimeLink, User

pytestmark = pytest.mark.django_db
GOOD = "correct-horse-9"
LOGIN, RESET = "/login/", "/password/"
DO_NOT_MATCH = "El correo o la contraseña no coinciden."
TOKEN = re.compile(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"')


@pytest.fixture
def marta() -> Agent:
    agent = make_agent("Marta Ruiz", role="administrator")
    agent.user.set_password(GOOD)
    agent.user.save()
    return agent


def signed_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def link_for(agent: Agent, purpose: str) -> str:
    url = make_link(agent.user, clock.now(), purpose=OneTimeLink.Purpose(purpose))
    return urlsplit(url).path


# -- signing in --------------------------------------------------------------------------------
def test_the_right_password_leads_to_where_one_wanted_to_go(marta):
    client = Client()

    answer = client.post(
        LOGIN, {"email": marta.user.email.upper(),
                "password": GOOD, "next": "/inbox/all/?after=x"},
    )  # fmt: skip

    assert (answer.status_code, answer["Location"]) == (302, "/inbox/all/?after=x")
    assert signed_in(client)


def test_a_wrong_password_and_an_unknown_address_sound_the_same(marta):  # R32
    known = Client().post(LOGIN, {"email": marta.user.email, "password": "wrong"})
    unknown = Client().post(LOGIN, {"email": "nobody@x.example", "password": "wrong"})

    assert known.status_code == unknown.status_code == 422
    assert DO_NOT_MATCH in known.text
    assert DO_NOT_MATCH in unknown.text
    assert "wrong" not in known.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
    ],
)
def test_signing_in_never_leads_away(target, marta):  # R27
    answer = Client().post(LOGIN, {"email": marta.user.email, "password": GOOD, "next": target})

    assert answer["Location"] == "/"


def test_signing_out_ends_the_session(marta):
    client = Client()
    client.force_login(marta.user)

    assert client.get("/logout/").status_code == 405  # R33
    client.post("/logout/")

    assert not signed_in(client)


def test_the_language_of_the_sign_in_can_be_chosen():
    client = Client(headers={"Accept-Language": "en"})
    make_agent()
    assert "Forgotten it?" in client.get(LOGIN).text

    answer = client.post(
        "/language/", {"language": "es"}, headers={"Referer": "http://testserver/login/"}
    )
    assert answer["Location"] == "http://testserver/login/"

    assert '<html lang="es"' in client.get(LOGIN).text


def test_an_unknown_language_changes_nothing():
    client = Client()
    client.post("/language/", {"language": "xx"}, headers={"Referer": "https://evil.example/"})

    assert "django_language" not in client.cookies


# -- the first administrator -------------------------------------------------------------------
def test_an_empty_desk_is_set_up_by_its_first_visitor():
    client = Client()
    assert client.get(LOGIN)["Location"] == "/first/"
    assert client.get("/first/").status_code == 200

    given = {"name": "Ada Sanz", "email": "ada@olmo.example", "password": GOOD}
    answer = client.post("/first/", given)

    assert answer["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200
    assert Agent.objects.get().role.key == "administrator"


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"email": "ada"}, {"password": "short"}, {"password": "1234567890"}]
)
def test_the_first_form_says_what_to_mend(wrong):
    given = {"name": "Ada Sanz", "email": "ada@olmo.example", "password": GOOD} | wrong

    answer = Client().post("/first/", given)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert given["password"] not in answer.text
    assert not User.objects.exists()


def test_the_first_form_is_gone_once_somebody_is_there(marta):
    given = {"name": "Eve", "email": "eve@x.example", "password": GOOD}

    assert Client().get("/first/")["Location"] == LOGIN
    assert Client().post("/first/", given)["Location"] == LOGIN
    assert Agent.objects.count() == 1


# -- links by mail -----------------------------------------------------------------------------
@pytest.mark.parametrize("want", ["reset", "sign_in"])
def test_asking_for_a_link_says_the_same_for_everybody(want, marta):  # R32
    known = Client().post(RESET, {"email": marta.user.email, "want": want})
    unknown = Client().post(RESET, {"email": "nobody@x.example", "want": want})

    texts = [TOKEN.sub("", answer.text) for answer in (known, unknown)]
    assert known.status_code == unknown.status_code == 200
    assert texts[0].replace(marta.user.email, "A") == texts[1].replace("nobody@x.example", "A")
    mailed = ProcrastinateJob.objects.filter(task_name__endswith="mail_link")
    assert [job.args["purpose"] for job in mailed.order_by("id")] == [want, want]


def test_opening_a_link_does_not_use_it(marta):  # R18
    url = link_for(marta, "sign_in")
    scanner, client = Client(), Client()

    assert scanner.get(url).status_code == 200
    assert not signed_in(scanner)
    client.post(url)

    assert signed_in(client)
    assert not signed_in(_posted(url))


@pytest.mark.parametrize("purpose", ["invite", "reset"])
def test_a_link_lets_one_choose_a_password_once(purpose, marta):  # R18
    url = link_for(marta, purpose)
    client = Client()

    weak = client.post(url, {"password": "short"})
    assert weak.status_code == 422
    assert 'class="err"' in weak.text
    client.post(url, {"password": "another-horse-8"})

    assert signed_in(client)
    marta.user.refresh_from_db()
    assert marta.user.check_password("another-horse-8")
    _posted(url, password="third-horse-77")
    marta.user.refresh_from_db()
    assert marta.user.check_password("another-horse-8")


def test_an_old_link_says_so(marta):
    with clock.frozen(MONDAY_9AM):
        url = link_for(marta, "sign_in")

    answer = Client().get(url)

    assert answer.status_code in (404, 409, 410)
    assert "<h1" in answer.text
    assert not signed_in(_posted(url))


def test_the_link_page_knows_no_stranger():
    answer = Client().get(reverse("desk:link", args=["x" * 43]))

    assert answer.status_code in (404, 409, 410)
    assert OneTimeLink.objects.count() == 0


# -- the password again ------------------------------------------------------------------------
def test_the_password_is_asked_again_and_leads_back(marta):  # R30
    client = Client()
    client.force_login(marta.user)
    risky = "/settings/people/new/"
    to_confirm = client.get(risky)["Location"]
    assert to_confirm == "/confirm/?next=/settings/people/new/"

    wrong = client.post("/confirm/", {"password": "wrong", "next": risky})
    right = client.post("/confirm/", {"password": GOOD, "next": risky})

    assert wrong.status_code == 422
    assert DO_NOT_MATCH in wrong.text
    assert right["Location"] == risky
    assert client.get(risky).status_code == 200


def test_confirming_never_leads_away(marta):  # R27
    client = Client()
    client.force_login(marta.user)

    answer = client.post("/confirm/", {"password": GOOD, "next": "//evil.example/"})

    assert answer["Location"] == "/"


def _posted(url: str, **given: str) -> Client:
    client = Client()
    client.post(url, given)
    return client
