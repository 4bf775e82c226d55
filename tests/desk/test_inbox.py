"""The inbox: which tickets stand where, and its fragments."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL, make_world
from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, make_ticket
from ventanilla.lib import clock
from ventanilla.tickets.actions import assign, set_status
from ventanilla.tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db
NOW = MONDAY_9AM + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(NOW):
        yield


def get(client, url, target="", **headers):
    if target:
        headers |= PARTIAL | {"HX-Target": target}
    return client.get(url, headers=headers)


def inbox(view, *number):
    return reverse("desk:inbox_ticket" if number else "desk:inbox", args=[view, *number])


def headings(text):
    parts = text.split('class="tl-group">')[1:]
    return [part.partition("<")[0] for part in parts]


def test_the_list_is_grouped_by_what_is_due_when(world):
    client, marta = world.client("own"), world.people["own"]
    due = {"Ahora": -5, "Hoy": 300, "Más adelante": 3000}
    for title, minutes in due.items():
        ticket = make_ticket(title, contact=world.contact, team=world.team)
        at = NOW + timedelta(minutes=minutes)
        Ticket.objects.filter(pk=ticket.pk).update(due_at=at, due_warn_at=at - timedelta(hours=1))
    Ticket.objects.filter(pk=world.ticket.pk).update(due_at=None)
    waiting = make_ticket("Espera", contact=world.contact, team=world.team)
    set_status(waiting, act(marta), to=Status.PENDING)

    text = get(client, inbox("all")).text

    assert headings(text) == [
        "Ahora",
        "Hoy",
        "Más adelante",
        "Sin plazo",
        "En espera del cliente",
    ]


def test_mine_shows_what_i_resolved_today_at_its_end(world):
    client, marta = world.client("own"), world.people["own"]
    done = make_ticket("Ya está", contact=world.contact, team=world.team)
    assign(done, act(marta), to=marta)
    set_status(done, act(marta, when=NOW), to=Status.RESOLVED)
    assign(world.ticket, act(marta), to=marta)

    text = get(client, inbox("mine")).text

    assert headings(text)[-1] == "Resueltos hoy"
    assert text.index("Cobro duplicado") < text.index("Ya está")


def test_a_heading_goes_on_over_the_page_without_being_repeated(world):
    client, marta = world.client("own"), world.people["own"]
    for index in range(55):
        make_ticket(f"Número {index}", contact=world.contact, team=world.team)
    waiting = make_ticket("Espera", contact=world.contact, team=world.team)
    set_status(waiting, act(marta), to=Status.PENDING)

    first = get(client, inbox("all")).text
    url = unescape(re.search(r'id="more"><a class="btn btn-s" href="([^"]+)"', first)[1])
    second = get(client, url, "div#more").text

    assert headings(first) == ["Hoy"]
    assert headings(second) == ["Sin plazo", "En espera del cliente"]
    assert "<span>50</span>" not in first  # not all of them are there


def test_the_row_of_the_open_ticket_stays_marked(world):
    url = reverse("desk:row", args=["all", world.number])
    here = {"HX-Current-URL": f"http://testserver/inbox/all/{world.number}/"}

    assert 'aria-current="true"' in get(world.client("own"), url, "li", **here).text
    assert 'aria-current="true"' not in get(world.client("own"), url, "li").text


def test_what_was_found_has_no_news_and_never_leaves(world):
    client, marta = world.client("own"), world.people["own"]
    set_status(world.ticket, act(marta), to=Status.RESOLVED)

    row = get(client, reverse("desk:row", args=["search", world.number])).text
    news = get(client, reverse("desk:search") + "?q=elena", "div#news")

    assert "is-gone" not in row
    assert news.status_code == 204


def test_an_empty_view_says_so(world):
    text = get(world.client("stranger"), inbox("mine")).text

    assert "tl-row" not in text
    assert "Todo al día" in text


def test_a_foreign_teams_queue_is_not_there(world):  # R28
    client = world.client("own")

    assert get(client, inbox(f"team-{world.team.pk}")).status_code == 200
    assert get(client, inbox(f"team-{world.other_team.pk}")).status_code == 404
    assert get(client, inbox(f"team-{world.other_team.pk}", world.number)).status_code == 404
    assert get(world.client("admin"), inbox(f"team-{world.other_team.pk}")).status_code == 200


def test_counts_are_the_viewers_own(world):
    make_ticket("Ajeno", team=world.other_team, contact=world.contact)

    own = get(world.client("own"), reverse("desk:counts")).text
    everything = get(world.client("admin"), reverse("desk:counts")).text

    assert "Envíos" not in own
    assert "Envíos" in everything


def test_a_row_is_bold_until_it_was_read(world):
    client, url = world.client("own"), reverse("desk:row", args=["all", world.number])
    assert "is-unread" in get(client, url).text

    client.post(reverse("desk:read", args=[world.number]), {"message": world.failed.pk})

    assert "is-unread" not in get(client, url).text
    assert "is-unread" in get(world.client("admin"), url).text


def test_a_row_that_left_the_view_is_greyed(world):
    url = reverse("desk:row", args=["unassigned", world.number])
    assert "is-gone" not in get(world.client("own"), url).text

    assign(world.ticket, act(world.people["own"]), to=world.people["own"])

    assert "is-gone" in get(world.client("own"), url).text


def test_more_rows_come_by_page_and_none_twice(world):
    client = world.client("own")
    for index in range(120):
        ticket = make_ticket(f"Número {index}", contact=world.contact, team=world.team)
        due = NOW + timedelta(hours=index % 7) if index % 3 else None
        Ticket.objects.filter(pk=ticket.pk).update(due_at=due, status=index % 3 + 1)

    seen, url, target = [], inbox("all"), ""
    while url:
        text = get(client, url, target).text
        seen += re.findall(r'<li class="tl-row[^"]*" id="t(\d+)"', text)
        more = re.search(r'id="more"><a class="btn btn-s" href="([^"]+)"', text)
        url, target = unescape(more[1]) if more else "", "div#more"

    assert len(seen) == 121
    assert len(set(seen)) == 121


@pytest.mark.parametrize(
    "after", ["x", "0~nope~3", "0~2026-03-02~3", "9~~x", "0~~" + "9" * 40, "~~", "\0"]
)
def test_a_cursor_that_was_made_up_is_refused(after, world):  # R35
    assert get(world.client("own"), inbox("all") + f"?after={after}").status_code == 422


def test_a_click_on_a_row_gets_the_conversation_and_its_context(world):
    url = inbox("all", world.number)

    part = get(world.client("own"), url, "section#conv").text
    whole = get(world.client("own"), url).text

    assert "<html" not in part
    assert 'hx-target="#ctx"' in part
    assert f'id="conv-{world.number}"' in part
    assert "<html" in whole
    assert 'aria-current="true"' in whole


def test_news_counts_what_the_browser_does_not_show(world):
    new = make_ticket("Nuevo", contact=world.contact, team=world.team)
    client, url = world.client("own"), inbox("all")

    both = get(client, f"{url}?have=", "div#news").text
    one = get(client, f"{url}?have={world.number}", "div#news").text
    none = get(client, f"{url}?have={world.number},{new.number}", "div#news").text

    assert "2 tickets nuevos" in both
    assert "1 ticket nuevo" in one
    assert "tl-new" not in none


def test_a_customer_without_a_name_is_shown_by_address(world):
    nameless = make_contact("", "sin.nombre@correo.example")
    make_ticket("Anónimo", contact=nameless, team=world.team)

    assert "sin.nombre@correo.example" in get(world.client("own"), inbox("all")).text


def test_the_pages_speak_the_agents_language(world):
    user = world.people["own"].user
    user.language = "en"
    user.save()

    text = get(world.client("own"), inbox("mine")).text

    assert "Assigned to me" in text
    assert 'lang="en"' in text


def test_times_are_in_the_agents_zone():
    world = make_world()
    tokyo = make_agent("Ken Ito", team=make_team("Facturación"), time_zone="Asia/Tokyo")
    world.people["tokyo"] = tokyo

    text = get(world.client("tokyo"), inbox("all")).text

    assert ">17:00<" in text
