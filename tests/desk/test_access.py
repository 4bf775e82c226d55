"""Every URL, method and person against the declared matrix; and what no GET may do."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.desk.matrix import MATRIX, METHODS, PEOPLE, SETTINGS
from tests.desk.world import PARTIAL, World
from ventanilla.desk.forms import MessageForm, RowForm, StrictForm
from ventanilla.desk.urls import urlpatterns
from ventanilla.lib import clock
from ventanilla.tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db
COLUMNS = {field.name for model in (Ticket, Message, Attachment) for field in model._meta.fields}
MAY_CHANGE = {"tickets_draft", "lib_ratecounter"}  # what was typed is kept; attempts are counted
EVERY = MATRIX | SETTINGS
LOGGED = {"configuration_file"}  # whoever takes the configuration along stands in the log (R46)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def world(shared_world):
    return shared_world


def url_of(name: str, world: World) -> str:
    place = EVERY[name]
    url = reverse(f"desk:{name}", args=place.arguments(world))
    return f"{url}?{place.query}" if place.query else url


def ask(client: Client, method: str, url: str, body: dict | None = None, **headers: str):
    content = urlencode(body or {}, doseq=True)
    send = getattr(client, method.lower())
    if method == "GET":
        return send(url, headers=headers)
    return send(url, content, content_type=FORM, headers=headers)


def test_every_url_is_declared():  # R28
    assert {pattern.name for pattern in urlpatterns} == set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_each_person_gets_what_the_matrix_says(name, world):  # R28
    found, declared = {}, {}
    clients = {who: world.client(who) for who in PEOPLE}
    for who in set(PEOPLE) - {"nobody"}:
        just_signed_in(clients[who])
    for method, allowed in EVERY[name].methods.items():
        for who in PEOPLE:
            declared[method, who] = getattr(allowed, who)
            with transaction.atomic():
                answer = ask(clients[who], method, url_of(name, world), allowed.body(world))
                found[method, who] = answer.status_code
                transaction.set_rollback(True)

    assert found == declared


def just_signed_in(client: Client) -> None:
    session = client.session
    session["fresh_at"] = clock.now().timestamp()
    session.save()


@pytest.mark.parametrize("name", EVERY)
def test_other_methods_are_refused(name, world):
    just_signed_in(world.client("admin"))
    for method in set(METHODS) - set(EVERY[name].methods):
        answer = ask(world.client("admin"), method, url_of(name, world))

        assert answer.status_code == 405, method


@pytest.mark.parametrize("who", ["own", "admin"])
def test_no_get_changes_the_database(who, world):  # R33
    client = world.client(who)
    just_signed_in(client)
    before = digest_of_everything()

    for name, place in EVERY.items():
        if "GET" in place.methods and name not in LOGGED:
            client.get(url_of(name, world))
            client.get(url_of(name, world), headers=PARTIAL)

    after = digest_of_everything()
    assert after == before


def test_every_change_needs_the_token(world):  # R33
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.people["admin"].user)
    before = digest_of_everything()

    for name, place in MATRIX.items():
        for method in set(place.methods) - {"GET"}:
            answer = ask(strict, method, url_of(name, world), place.methods[method].body(world))
            assert answer.status_code == 403, (name, method)

    assert digest_of_everything() == before


@pytest.mark.parametrize(
    "name", [name for name, place in MATRIX.items() if "POST" in place.methods]
)
def test_fields_that_nobody_asked_for_are_refused(name, world):  # R29
    allowed = MATRIX[name].methods["POST"].body(world)
    client = world.client("admin")
    before = digest_of_everything()

    extra = dict.fromkeys(COLUMNS - set(MessageForm.base_fields) - set(allowed), "1")
    answer = ask(client, "POST", url_of(name, world), allowed | extra)

    assert answer.status_code == 422
    after = digest_of_everything()
    assert {table for table in after if after[table] != before[table]} <= MAY_CHANGE


@pytest.mark.parametrize("form", StrictForm.__subclasses__())
def test_no_form_takes_a_column_that_it_does_not_name(form):  # R29
    for column in COLUMNS:
        given = form({column: "1"}, name="thing") if form is RowForm else form({column: "1"})
        refused = "unknown" in {error.code for error in given.non_field_errors().as_data()}
        assert refused == (column not in given.fields), column


def test_a_signed_out_fragment_says_so_in_place(world):
    answer = Client().get(url_of("conversation", world), headers=PARTIAL)

    assert answer.status_code == 401
    assert "/login/?next=" in answer.text
    assert "<hx-partial" in answer.text


def test_signing_in_leads_back(world):
    answer = Client().get("/inbox/all/?after=")

    assert answer["Location"] == "/login/?next=/inbox/all/%3Fafter%3D"


def test_a_hidden_ticket_and_none_at_all_sound_the_same(world):  # R28
    hidden = world.client("stranger").get(reverse("desk:ticket", args=[world.number]))
    unknown = world.client("stranger").get(reverse("desk:ticket", args=[999_999]))

    texts = hidden.text.replace(str(world.number), "N"), unknown.text.replace("999999", "N")
    mains = [text[text.index("<main") :] for text in texts]
    assert mains[0] == mains[1]


def test_a_changed_password_ends_every_session(world):  # R32
    client = world.client("own")
    user = world.people["own"].user
    assert client.get("/inbox/all/").status_code == 200

    user.set_password("another-one-2")
    user.save()

    assert client.get("/inbox/all/").status_code == 302


def test_a_deactivated_agent_is_out_at_once(world):
    client = world.client("own")
    user = world.people["own"].user

    user.is_active = False
    user.save()

    assert client.get("/inbox/all/").status_code == 302


def digest_of_everything() -> dict[str, str]:
    """For each table a digest of its rows."""
    with connection.cursor() as cursor:
        tables = [
            table.name
            for table in connection.introspection.get_table_list(cursor)
            if table.type == "t"
        ]
        return {table: _digest(cursor, table) for table in tables}


def _digest(cursor, table: str) -> str:
    rows = "md5(coalesce(string_agg(one::text, chr(10) ORDER BY one::text), ''))"
    cursor.execute(f'SELECT {rows} FROM "{table}" one')
    return cursor.fetchone()[0]
