"""Views on screen: made by a form, arranged, and a list as its reader wants it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL, statements
from tests.factories import act, make_ticket
from ventanilla.desk.present.view_rows import Line, was
from ventanilla.tickets import lists, paging
from ventanilla.tickets.actions import assign, set_priority, set_tags
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.models import Priority, Ticket
from ventanilla.tickets.search import build
from ventanilla.tickets.views import BY_FIELD, SavedView, ViewChoice

pytestmark = pytest.mark.django_db
FORM = {"name": "Mis dudas", "share": "me", "order": "due"}


def sidebar(page):
    start = page.index('id="views"')
    return page[start : page.index("side-foot")]


def order_of(page, *names):
    return sorted(names, key=sidebar(page).index)


def line(at, field, op, *values, unit="h"):
    """A condition as the editor's form posts it."""
    shown = Line(field, op)
    sent = {f"f:{at}": field, f"o:{at}": op, f"w:{at}": was(shown), f"u:{at}": unit}
    return sent | ({f"v:{at}": list(values)} if values else {})


NESTED = (
    FORM
    | {"k:0": "all"}
    | line("0.0", "status", "is", "new", "open")
    | {"k:0.1": "any"}
    | line("0.1.0", "subject", "contains", "Etiqueta")
    | line("0.1.1", "created", "within", "3", unit="d")
)


def fragment(client, url, body, part):
    headers = PARTIAL | {"HX-Target": f"section#{part}"}
    return client.post(url, body, headers=headers)


def test_a_view_is_made_of_conditions_and_stands_in_the_sidebar(world):
    client = world.client("own")
    mine = make_ticket("Con etiqueta", team=world.team)
    set_tags(mine, act(world.people["own"]), add=["duda"])

    answer = client.post("/views/new/", NESTED)

    view = SavedView.objects.get(name="Mis dudas")
    assert view.conditions == {
        "all": [
            {"field": "status", "op": "is", "value": ["new", "open"]},
            {
                "any": [
                    {"field": "subject", "op": "contains", "value": "etiqueta"},
                    {"field": "created", "op": "within", "value": 72},
                ]
            },
        ]
    }
    assert answer["Location"] == f"/inbox/{view.slug}/"
    page = client.get(answer["Location"]).text
    assert "Con etiqueta" in page
    assert "Cobro duplicado" not in page
    assert "Mis dudas" in sidebar(page)
    assert "Mis dudas" not in sidebar(world.client("light").get("/inbox/all/").text)
    editor = client.get(reverse("desk:view", args=[view.pk])).text
    assert 'name="v:0.1.1" value="3"' in editor
    assert '<option value="d" selected>' in editor


def test_the_desks_own_fields_are_asked_for_as_any_other(world):
    admin = act(world.people["admin"])
    boolean = save_field(admin, key="urge", kind="yes_no", labels={"es": "Urge"})
    name = f"custom.{boolean.key}"
    client = world.client("own")
    body = FORM | {"k:0": "any"} | line("0.0", name, "is", "yes")
    body |= line("0.1", "custom.order_code", "set")

    client.post("/views/new/", body)

    view = SavedView.objects.get(name="Mis dudas")
    assert view.conditions == {
        "any": [
            {"field": name, "op": "is", "value": [True]},
            {"field": "custom.order_code", "op": "set"},
        ]
    }
    page = client.get(f"/views/{view.pk}/").text
    assert f'<option value="{name}" selected>Urge</option>' in page
    assert 'name="v:0.0" value="yes" checked' in page


def test_what_is_wrong_stands_at_its_line(world):
    body = FORM | {"k:0": "all"} | line("0.0", "status", "is")
    body |= line("0.1", "created", "older", "x")
    body |= line("0.2", "organization", "is", "Nadie, S.L.")

    answer = world.client("own").post("/views/new/", body)

    assert answer.status_code == 422
    assert "Condición 1: Elige al menos uno." in answer.text
    assert "Condición 2: Escribe un número entero" in answer.text
    assert "Condición 3: No hay ninguna empresa «Nadie, S.L.»." in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    assert not SavedView.objects.filter(name="Mis dudas").exists()


def test_lines_are_added_changed_and_removed_with_nothing_lost(world):
    client = world.client("own")

    more = fragment(client, "/views/new/", NESTED | {"do": "add:0.1"}, "view-rows").text
    less = fragment(client, "/views/new/", NESTED | {"do": "remove:0.1.0"}, "view-rows").text
    other = fragment(client, "/views/new/", NESTED | {"f:0.0": "team"}, "view-rows").text
    whole = client.post("/views/new/", NESTED | {"do": "group:0"}).text  # without script

    assert 'name="f:0.1.2"' in more
    assert 'data-focus="0.1.2"' in more
    assert 'name="v:0.1.0" value="3"' in less
    assert 'name="f:0.1.1"' not in less
    assert 'value="Facturación"' not in other  # a team's name, not a status that stayed ticked
    assert 'name="v:0.0" value="open"' not in other
    assert 'id="k-0.2"' in whole
    assert 'value="Mis dudas"' in whole
    assert not SavedView.objects.filter(name="Mis dudas").exists()


def test_what_fits_is_shown_while_one_writes(world):
    client = world.client("admin")
    body = FORM | {"k:0": "all"} | line("0.0", "subject", "contains", "cobro")

    with statements() as done:
        found = fragment(client, "/views/new/", body, "view-found").text
    nothing = fragment(client, "/views/new/", body | {"v:0.0": "qwxyz"}, "view-found").text
    half = fragment(client, "/views/new/", body | {"v:0.0": ""}, "view-found").text

    assert "<b>1</b> ticket" in found
    assert "Cobro duplicado" in found
    assert done.count <= 6
    assert "Ahora mismo no encaja ningún ticket." in nothing
    assert "Cobro duplicado" not in half
    stranger = fragment(world.client("stranger"), "/views/new/", body, "view-found").text
    assert "Cobro duplicado" not in stranger


def test_a_search_becomes_a_view(world):
    client = world.client("own")
    build.build([world.ticket.pk])
    page = client.get("/search/", {"q": "cobro estado:abierto"}).text
    link = re.search(r'href="(/views/new/\?q=[^"]+)"', page)[1].replace("&amp;", "&")

    editor = client.get(link).text
    body = FORM | {"k:0": "all", "query": "cobro"} | line("0.0", "status", "is", "new", "open")
    answer = client.post("/views/new/", body)

    assert 'name="query" value="cobro"' in editor
    assert 'name="v:0.0" value="open" checked' in editor
    assert "Cobro duplicado" in client.get(answer["Location"]).text
    refused = client.post("/views/new/", body | {"query": "estado:abierto"})
    assert refused.status_code == 422
    assert "está entre las condiciones" in refused.text


def test_an_address_can_begin_a_view(world):
    page = world.client("own").get("/views/new/?status=open&subject=factura").text

    assert 'value="open" checked' in page
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

    body = FORM | {"k:0": "all"} | line("0.0", "priority", "is", "urgent")
    client.post(reverse("desk:view", args=[world.view.pk]), body)

    copy = SavedView.objects.get(name="Mis dudas")
    assert copy.agent_id == world.people["own"].pk
    world.view.refresh_from_db()
    assert world.view.name == "Urgentes"


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

    every = FORM | {"group": "team", "k:0": "all"}
    client.post(f"/views/{view.pk}/", every | line("0.0", "status", "is", "new", "resolved"))

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
