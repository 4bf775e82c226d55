"""Views on screen: made by a form, arranged, and a list as its reader wants it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL
from tests.factories import act, make_ticket
from ventanilla.people.rights import viewer
from ventanilla.tickets import lists, paging
from ventanilla.tickets.actions import assign, set_priority, set_tags
from ventanilla.tickets.actions.views import save_view
from ventanilla.tickets.models import Priority, Ticket
from ventanilla.tickets.views import BY_FIELD, SavedView, ViewChoice

pytestmark = pytest.mark.django_db
FORM = {"name": "Mis dudas", "share": "me", "order": "due"}


def sidebar(page):
    start = page.index('id="views"')
    return page[start : page.index("side-foot")]


def order_of(page, *names):
    return sorted(names, key=sidebar(page).index)


def test_a_view_is_made_by_a_form_and_stands_in_the_sidebar(world):
    client = world.client("own")
    mine = make_ticket("Con etiqueta", team=world.team)
    set_tags(mine, act(world.people["own"]), add=["duda"])

    answer = client.post("/views/new/", FORM | {"tags": "Duda", "status": ["new", "open"]})

    view = SavedView.objects.get(name="Mis dudas")
    assert answer["Location"] == f"/inbox/{view.slug}/"
    page = client.get(answer["Location"]).text
    assert "Con etiqueta" in page
    assert "Cobro duplicado" not in page
    assert "Mis dudas" in sidebar(page)
    assert "Mis dudas" not in sidebar(world.client("light").get("/inbox/all/").text)


def test_an_unknown_tag_is_named(world):
    answer = world.client("own").post("/views/new/", FORM | {"tags": "duda, nada"})

    assert answer.status_code == 422
    assert "La etiqueta «duda» no existe." in answer.text
    assert not SavedView.objects.filter(name="Mis dudas").exists()


def test_an_address_can_begin_a_view(world):
    page = world.client("own").get("/views/new/?status=open&subject=factura").text

    assert 'value="open" class="check" id="id_status_1" checked' in page
    assert 'value="factura"' in page


def test_agents_are_not_offered_to_share(world):
    page = world.client("own").get("/views/new/").text

    assert 'value="desk"' not in page
    assert 'value="desk"' in world.client("admin").get("/views/new/").text
    answer = world.client("own").post("/views/new/", FORM | {"share": "desk"})
    assert answer.status_code == 422


def test_who_changes_a_shared_view_gets_a_copy_of_their_own(world):
    client = world.client("own")
    page = client.get(reverse("desk:view", args=[world.view.pk])).text
    assert "Guardar una copia" in page

    client.post(reverse("desk:view", args=[world.view.pk]), FORM | {"priority": ["urgent"]})

    copy = SavedView.objects.get(name="Mis dudas")
    assert copy.agent_id == world.people["own"].pk
    world.view.refresh_from_db()
    assert world.view.name == "Urgentes"


def test_conditions_that_the_form_can_not_show_stay(world):
    marta = world.people["own"]
    deep = {"all": [{"field": "messages", "op": "at_least", "value": 3}]}
    view = save_view(act(marta), viewer(marta.pk), name="Largos", conditions=deep)
    url = reverse("desk:view", args=[view.pk])

    page = world.client("own").get(url).text
    world.client("own").post(url, FORM | {"name": "Muy largos"})

    assert "condiciones que este formulario no puede mostrar" in page
    view.refresh_from_db()
    assert (view.name, view.conditions) == ("Muy largos", deep)


def test_views_are_moved_by_buttons_and_hidden(world):
    client = world.client("own")
    slugs = ["mine", "unassigned", "all"]

    client.post("/views/", {"slug": slugs, "hidden": ["waiting"], "up": "all"})

    page = client.get("/inbox/mine/").text
    names = ("/inbox/mine/", "/inbox/all/", "/inbox/unassigned/")
    assert order_of(page, *names) == list(names)
    assert "/inbox/waiting/" not in sidebar(page)
    assert "/inbox/waiting/" in sidebar(client.get("/inbox/waiting/").text)  # where one is
    assert "/inbox/waiting/" in sidebar(world.client("light").get("/inbox/mine/").text)
    assert 'value="waiting"' in client.get("/views/").text


def test_nobody_arranges_what_is_not_theirs_to_see(world):
    world.client("own").post("/views/", {"slug": [f"team-{world.other_team.pk}", "nonsense"]})

    slugs = set(ViewChoice.objects.values_list("slug", flat=True))
    assert not slugs & {f"team-{world.other_team.pk}", "nonsense"}


def test_a_list_looks_as_its_reader_wants(world):
    client = world.client("own")
    assign(world.ticket, act(), to=world.people["own"])

    client.post("/views/all/look", {"order": "updated", "columns": ["assignee", "team"]})

    page = client.get("/inbox/all/").text
    assert 'title="Asignado">Marta Ruiz</span>' in page
    assert "tl-group" not in page  # headings tell what is due when
    assert "columns=assignee%2Cteam" in page
    row = reverse("desk:row", args=["all", world.number]) + "?columns=assignee,team"
    assert 'title="Equipo">Facturación</span>' in client.get(row, headers=PARTIAL).text
    assert "Marta Ruiz</span>" not in world.client("light").get("/inbox/all/").text
    client.post("/views/all/look", {"reset": "1"})
    assert 'title="Asignado"' not in client.get("/inbox/all/").text


def test_a_view_of_others_has_no_look(world):
    url = f"/views/team-{world.other_team.pk}/look"

    assert world.client("own").post(url, {"order": "updated"}).status_code == 404
    assert not ViewChoice.objects.exists()


def test_a_removed_view_is_gone_with_all_that_was_chosen_for_it(world):
    client = world.client("admin")
    client.post(f"/views/{world.view.slug}/look", {"order": "updated"})

    client.post(reverse("desk:view_removal", args=[world.view.pk]))

    assert not SavedView.objects.exists()
    assert not ViewChoice.objects.exists()
    assert client.get(f"/inbox/{world.view.slug}/").status_code == 404


# -- groups --------------------------------------------------------------------------------------
def headings(page):
    return re.findall(r'<h3 class="tl-group">([^<]+)(?:<span>(\d+)</span>)?', page)


def test_a_list_is_grouped_as_its_address_says(world):
    marta = world.people["own"]
    urgent = make_ticket("Urge", team=world.team)
    assign(urgent, act(marta), to=marta)
    set_priority(urgent, act(marta), to=Priority.URGENT)
    client = world.client("admin")

    assert headings(client.get("/inbox/all/?group=priority").text)[0] == ("Urgente", "1")
    by_assignee = client.get("/inbox/all/?group=assignee").text
    assert [name for name, _count in headings(by_assignee)] == ["Nadie", "Marta Ruiz"]
    assert headings(client.get("/inbox/all/?group=none").text) == []
    assert f'/inbox/all/{urgent.number}/?group=assignee"' in by_assignee
    own = client.get("/inbox/mine/").text
    assert headings(client.get("/inbox/mine/?group=assignee").text) == headings(own)


def test_the_groups_that_an_agent_chooses_are_kept_for_them_alone(world):
    client = world.client("own")

    answer = client.post("/views/all/look", {"order": "due", "group": "status"})

    assert answer["Location"] == "/inbox/all/?group=status"
    assert headings(client.get("/inbox/all/").text)[0][0] == "En proceso"
    assert ViewChoice.objects.get(slug="all").group == "status"
    assert "En proceso" not in dict(headings(world.client("admin").get("/inbox/all/").text))


def test_a_saved_view_keeps_its_groups_unless_it_can_hold_what_is_resolved(world):
    client = world.client("own")
    client.post("/views/new/", FORM | {"group": "team"})
    view = SavedView.objects.get(name="Mis dudas")
    assert [name for name, _n in headings(client.get(f"/inbox/{view.slug}/").text)] == [
        "Facturación"
    ]

    client.post(f"/views/{view.pk}/", FORM | {"group": "team", "status": ["new", "resolved"]})

    assert not headings(client.get(f"/inbox/{view.slug}/").text)


@pytest.mark.parametrize("by", BY_FIELD)
def test_pages_of_groups_follow_each_other_without_gap_or_repetition(world, by, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 2)
    lists._page.cache_clear()
    marta = world.people["own"]
    for n in range(7):
        ticket = make_ticket(f"T{n}", team=(world.team, world.other_team)[n % 2])
        if n % 3:
            set_priority(ticket, act(marta if ticket.team == world.team else None), to=n % 4)
        if ticket.team == world.team:
            assign(ticket, act(marta), to=marta)
    client, url, found, seen = world.client("admin"), f"/inbox/all/?group={by}", [], []

    while url:
        headers = PARTIAL | {"HX-Target": "div#more"} if seen else {}
        page = client.get(url, headers=headers).text
        found += re.findall(r'id="t(\d+)"', page)
        seen += [name for name, _count in headings(page)]
        more = re.search(r'href="(/inbox/all/\?[^"]*after=[^"]*)"', page)
        url = more[1].replace("&amp;", "&") if more else ""

    lists._page.cache_clear()
    live = Ticket.objects.filter(status__lt=4).values_list("number", flat=True)
    assert sorted(map(int, found)) == sorted(live)
    assert len(seen) == len(set(seen)) > (by != "status")


@pytest.mark.parametrize("after", ["x~1~~5", "1~2", "1~1~nothing~4", "~~~", "1~1~~x"])
def test_a_place_that_no_list_has_is_refused(world, after):
    answer = world.client("own").get("/inbox/all/", {"group": "team", "after": after})

    assert answer.status_code == 422
