"""Saved views: whose they are, what they hold, and how each agent wants to see them."""

from __future__ import annotations

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_team, make_ticket
from ventanilla.desk.present import views as forms
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.people.models import AuditEntry
from ventanilla.people.rights import NOBODY, viewer
from ventanilla.tickets import queries, views_queries
from ventanilla.tickets.actions import assign, set_priority, set_status, set_tags
from ventanilla.tickets.actions.views import arrange, choose_look, remove_view, save_view
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import Status, Tag
from ventanilla.tickets.views import Order, SavedView
from ventanilla.tickets.views_queries import shelf

pytestmark = pytest.mark.django_db
DAY = Day(MONDAY_9AM, MONDAY_9AM, MONDAY_9AM)
URGENT = {"all": [{"field": "priority", "op": "at_least", "value": "high"}]}


@pytest.fixture
def marta():
    return make_agent()


@pytest.fixture
def ada():
    return make_agent("Ada Sanz", role="supervisor")


def save(agent, *, conditions=URGENT, **fields):
    values = {"name": "Urgentes", "conditions": conditions} | fields
    return save_view(act(agent), viewer(agent.pk), **values)


def numbers(agent, view, **options):
    rights = viewer(agent.pk)
    found = queries.page(view.slug, rights, DAY, shelf=shelf(rights), **options)
    return [one.number for one in found.tickets]


# -- whose they are ------------------------------------------------------------------------------
def test_a_view_is_ones_own_unless_it_is_shared(marta, ada):
    lucia = make_agent("Lucía Prieto")
    ivan = make_agent("Iván Ferrer", team=make_team("Envíos"))
    own = save(marta)
    team = save(ada, share="team", team=make_team())
    desk = save(ada, share="desk")

    def seen(agent):
        return set(shelf(viewer(agent.pk)).saved)

    assert seen(marta) == {own.slug, team.slug, desk.slug}
    assert seen(lucia) == {team.slug, desk.slug}
    assert seen(ivan) == {desk.slug}
    with pytest.raises(NotFound):
        queries.in_view(own.slug, viewer(ada.pk), DAY)


def test_who_may_not_share_is_refused(marta):
    for share in ("team", "desk"):
        with pytest.raises(NotAllowed):
            save(marta, share=share, team=make_team())

    assert not SavedView.objects.exists()


def test_a_shared_view_is_changed_and_removed_by_who_may_share(marta, ada):
    view = save(ada, share="desk")

    with pytest.raises(NotAllowed):
        save(marta, view=view)
    with pytest.raises(NotAllowed):
        remove_view(act(marta), viewer(marta.pk), view)
    save(ada, view=view, name="Lo urgente", share="desk")
    remove_view(act(ada), viewer(ada.pk), view)

    assert not SavedView.objects.exists()
    kinds = AuditEntry.objects.order_by("id").values_list("what", flat=True)
    assert list(kinds) == ["view.saved", "view.saved", "view.removed"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"conditions": {"all": [{"field": "x"}]}}, "conditions"),
        ({"share": "team"}, "team"),
    ],
)
def test_what_is_missing_is_said(ada, fields, field):
    with pytest.raises(Invalid) as refused:
        save(ada, **fields)

    assert refused.value.field == field


def test_an_agent_has_so_many_views(marta, monkeypatch):
    monkeypatch.setattr("ventanilla.tickets.actions.views.MOST_OWN", 1)
    save(marta)

    with pytest.raises(Invalid):
        save(marta)


# -- what they hold ------------------------------------------------------------------------------
def test_a_view_holds_what_fits_of_what_its_reader_sees(marta):
    urgent, usual = make_ticket("Urgente"), make_ticket("Normal")
    hidden = make_ticket("De otros", team=make_team("Envíos"))
    done = make_ticket("Hecho")
    for ticket in (urgent, hidden, done):
        set_priority(ticket, act(), to=3)
    set_status(done, act(), to=Status.RESOLVED)
    view = save(marta)

    assert numbers(marta, view) == [urgent.number]  # unresolved, unless the view says otherwise
    assert usual.number not in numbers(marta, view)


def test_a_view_can_ask_for_what_is_resolved(marta):
    done = make_ticket("Hecho")
    set_status(done, act(), to=Status.RESOLVED)
    view = save(marta, conditions={"all": [{"field": "status", "op": "is", "value": ["resolved"]}]})

    assert numbers(marta, view) == [done.number]


def test_me_is_whoever_looks(marta, ada):
    hers, his = make_ticket("De Marta"), make_ticket("De Ada")
    assign(hers, act(), to=marta)
    assign(his, act(), to=ada)
    mine = {"all": [{"field": "assignee", "op": "is", "value": ["me"]}]}
    view = save(ada, conditions=mine, share="desk")

    assert numbers(marta, view) == [hers.number]
    assert numbers(ada, view) == [his.number]


@pytest.mark.parametrize("order", Order)
def test_each_order_has_its_pages(marta, monkeypatch, order):
    monkeypatch.setattr("ventanilla.tickets.paging.PAGE", 2)
    made = [make_ticket(f"Consulta {number}").number for number in range(5)]
    view = save(marta, conditions={}, order=order)
    rights = viewer(marta.pk)

    seen, after = [], ""
    for _page in range(3):
        found = queries.page(view.slug, rights, DAY, after=after, shelf=shelf(rights))
        seen += [one.number for one in found.tickets]
        after = found.after

    assert after == ""
    assert sorted(seen) == made
    assert seen == (made if order == Order.OLDEST else made[::-1])


def test_counts_of_all_views_are_one_statement_and_have_a_limit(
    marta, monkeypatch, django_assert_num_queries
):
    for number in range(3):
        set_priority(make_ticket(f"100 % {number}"), act(), to=3)
    nobodys = {"all": [{"field": "assignee", "op": "is", "value": ["me"]}]}
    named = {"all": [{"field": "subject", "op": "contains", "value": "100 %"}]}
    views = [save(marta), save(marta, conditions=nobodys), save(marta, conditions=named)]
    rights = viewer(marta.pk)
    saved = list(shelf(rights).saved.values())

    def counted():
        found = queries.counts(rights, DAY, views_queries.figures(saved, rights, DAY)).views
        return [found[view.slug] for view in views], found["all"]

    with django_assert_num_queries(1):
        assert counted() == ([3, 0, 3], 3)
    monkeypatch.setattr(views_queries, "CAP", 1)
    assert counted()[0] == [2, 0, 2]


def test_conditions_that_nothing_can_fit_count_nothing(marta):
    make_ticket()
    saved = views_queries.Saved(
        7,
        "Nada",
        marta.pk,
        None,
        {"all": [{"field": "assignee", "op": "is", "value": ["me"]}]},
        "due",
        (),
    )

    found = views_queries.figures([saved], NOBODY, DAY)

    assert queries.counts(NOBODY, DAY, found).views["view-7"] == 0


# -- as each agent wants them --------------------------------------------------------------------
def test_each_agent_has_their_own_order_and_columns(marta, ada):
    view = save(ada, share="desk", order=Order.DUE, columns=["team"])
    arrange(marta.pk, ["all", view.slug, "mine"], hidden=["mine"])
    choose_look(marta.pk, view.slug, order=Order.UPDATED, columns=["tags", "assignee"])

    hers, others = shelf(viewer(marta.pk)), shelf(viewer(ada.pk))

    assert [hers.choices[slug].position for slug in ("all", view.slug, "mine")] == [0, 1, 2]
    assert hers.choices["mine"].hidden
    assert (hers.order(view.slug), hers.columns(view.slug)) == ("updated", ("assignee", "tags"))
    assert (others.order(view.slug), others.columns(view.slug)) == ("due", ("team",))
    choose_look(marta.pk, view.slug)
    assert shelf(viewer(marta.pk)).columns(view.slug) == ("team",)


def test_rows_hold_what_the_columns_show(marta, django_assert_num_queries):
    ticket = make_ticket()
    assign(ticket, act(), to=marta)
    set_tags(ticket, act(), add=["uno", "dos"])
    every = ["assignee", "team", "category", "tags", "organization", "created"]
    view = save(marta, conditions={}, columns=every)
    rights = viewer(marta.pk)
    mine = shelf(rights)

    with django_assert_num_queries(1):
        (row,) = queries.page(view.slug, rights, DAY, shelf=mine).tickets
        assert row.assignee.user.name == "Marta Ruiz"
        assert row.team.name == "Facturación"
        assert sorted(row.tag_names) == ["dos", "uno"]
        assert (row.category, row.organization) == (None, None)


# -- as a form -----------------------------------------------------------------------------------
FORM = {
    "status": ["new", "open"],
    "priority": ["urgent"],
    "team": ["3"],
    "assignee": ["me", "nobody"],
    "tags": [7, 8],
    "subject": "factura",
    "due": 0,
    "quiet": 72,
}


def test_a_form_becomes_conditions_and_a_form_again():
    names = {7: "uno", 8: "dos"}
    asked = forms.conditions(FORM)

    shown = forms.values(asked, names)

    assert shown == FORM | {"tags": "uno, dos"}
    assert forms.conditions({}) == {}


def test_what_a_form_can_not_show_is_not_lost():
    nested = {"all": [{"any": [{"field": "messages", "op": "at_least", "value": 3}]}]}

    assert forms.values(nested, {}) is None
    assert forms.values({"any": FORM}, {}) is None
    assert forms.values({"all": [{"field": "tags", "op": "any", "value": [99]}]}, {}) is None


def test_a_tag_that_is_gone_fits_nothing(marta):
    tag = Tag.objects.create(name="viejo")
    view = save(marta, conditions={"all": [{"field": "tags", "op": "any", "value": [tag.pk]}]})
    make_ticket()

    assert numbers(marta, view) == []
