"""Saved views: whose they are, what they hold, and how each agent wants to see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.http import QueryDict

from tests.factories import MONDAY_9AM, act, make_agent, make_team, make_ticket, system
from ventanilla.desk.present import view_rows
from ventanilla.lib.problems import Invalid, NotAllowed, NotFound
from ventanilla.people.models import AuditEntry
from ventanilla.people.rights import NOBODY, viewer
from ventanilla.tickets import queries, views_queries
from ventanilla.tickets.actions import assign, set_priority, set_status, set_tags
from ventanilla.tickets.actions.configure import save_category
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.views import arrange, choose_look, remove_view, save_view
from ventanilla.tickets.choices import choices
from ventanilla.tickets.day import Day
from ventanilla.tickets.models import Category, Status, Tag, Ticket
from ventanilla.tickets.search import build
from ventanilla.tickets.search.as_view import from_search
from ventanilla.tickets.view_preview import preview
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
        ({"conditions": {"all": [{"field": "custom.none", "op": "set"}]}}, "conditions"),
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


def test_a_count_goes_with_the_time_and_the_tree_of_categories(marta):
    upper = Category.objects.create(name="Cobros")
    Ticket.objects.update(category=upper)
    ticket = make_ticket()
    Ticket.objects.update(category=upper, due_at=MONDAY_9AM + timedelta(hours=2))
    late = save(marta, conditions={"all": [{"field": "due", "op": "within", "value": 0}]})
    day = {"field": "created", "op": "after", "value": f"{ticket.created_at:%Y-%m-%d}"}
    below = {"field": "category", "op": "under", "value": [upper.pk]}
    both = save(marta, conditions={"all": [day, below]})
    rights = viewer(marta.pk)
    saved = list(shelf(rights).saved.values())

    def counted(hours):
        at = MONDAY_9AM + timedelta(hours=hours)
        figures = views_queries.figures(saved, rights, Day(at, DAY.start, DAY.end))
        found = queries.counts(rights, DAY, figures).views
        return found[late.slug], found[both.slug]

    assert [counted(hours) for hours in (0, 1, 3)] == [(0, 1), (0, 1), (1, 1)]
    save_category(system(), name="Tarjeta", parent=upper)
    Ticket.objects.update(category=Category.objects.get(name="Tarjeta"))
    assert counted(0) == (0, 1)


def test_what_can_hold_resolved_tickets_is_not_counted(marta):
    every = {"all": [{"field": "status", "op": "is", "value": ["open", "resolved"]}]}
    view = save(marta, conditions=every)
    rights = viewer(marta.pk)

    assert view.slug not in views_queries.figures(shelf(rights).saved.values(), rights, DAY)


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


# -- as lines of a form --------------------------------------------------------------------------
NESTED = {
    "all": [
        {"field": "status", "op": "is", "value": ["new", "open"]},
        {"field": "created", "op": "older", "value": 72},
        {"field": "due", "op": "within", "value": 0},
        {
            "any": [
                {"field": "assignee", "op": "is", "value": ["me", "nobody", 3]},
                {"field": "subject", "op": "contains", "value": "factura"},
                {
                    "all": [
                        {"field": "vip", "op": "yes"},
                        {"field": "messages", "op": "at_least", "value": 3},
                    ]
                },
            ]
        },
        {"field": "resolved", "op": "after", "value": "2026-03-02"},
    ]
}  # fmt: skip


def posted_again(block):
    """What a browser sends of these lines."""
    data = QueryDict(mutable=True)

    def send(part):
        if isinstance(part, view_rows.Block):
            data[f"k:{part.path}"] = part.kind
            for one in part.parts:
                send(one)
            return
        data[f"f:{part.path}"], data[f"o:{part.path}"] = part.field, part.op
        data[f"w:{part.path}"], data[f"u:{part.path}"] = view_rows.was(part), part.unit
        data.setlist(f"v:{part.path}", part.values)

    send(block)
    return data


def test_conditions_become_lines_and_the_same_conditions_again():
    block = view_rows.lines_of(NESTED, lambda field, ids: [])

    back = view_rows.posted(posted_again(block))

    assert view_rows.conditions(back, lambda field, typed: []) == NESTED
    assert block.parts[1].unit == "d"
    assert block.parts[2].op == "overdue"


def test_lines_are_added_and_removed_where_they_stand():
    block = view_rows.lines_of(NESTED, lambda field, ids: [])

    assert view_rows.changed(block, "add:0.3") == "0.3.3"
    assert view_rows.changed(block, "group:0.3.2") == "0.3.2"  # as deep as it goes
    assert view_rows.changed(block, "remove:0.3.2") == "0.3.2"
    assert view_rows.changed(block, "remove:0.0") == "0.0"
    assert [part.path for part in block.parts] == ["0.0", "0.1", "0.2", "0.3"]
    assert view_rows.changed(block, "remove:7.7") == ""


def test_each_line_says_what_is_missing_in_it():
    block = view_rows.Block("all", [view_rows.Line("status", "is"),
                                    view_rows.Line("created", "older", ["soon"]),
                                    view_rows.Line("priority", "is", ["urgent"])])  # fmt: skip

    view_rows.conditions(view_rows.numbered(block), lambda field, typed: [])

    assert [bool(line.error) for line in block.lines()] == [True, True, False]


def test_a_tag_that_is_gone_fits_nothing(marta):
    tag = Tag.objects.create(name="viejo")
    view = save(marta, conditions={"all": [{"field": "tags", "op": "any", "value": [tag.pk]}]})
    make_ticket()

    assert numbers(marta, view) == []


# -- words ---------------------------------------------------------------------------------------
def test_a_view_can_ask_for_words_as_the_search_does(marta, django_assert_num_queries):
    found, other = make_ticket("Reembolsos de mayo"), make_ticket("Envío perdido")
    build.build([found.pk, other.pk])
    view = save(marta, conditions={}, query="reembolso")
    rights = viewer(marta.pk)
    mine = shelf(rights)

    with django_assert_num_queries(1):
        assert [one.number for one in queries.page(view.slug, rights, DAY, shelf=mine).tickets] == [
            found.number
        ]
    figures = views_queries.figures(mine.saved.values(), rights, DAY)
    assert queries.counts(rights, DAY, figures).views[view.slug] == 1
    assert other.number not in numbers(marta, view)
    save(marta, view=view, conditions={})
    assert other.number in numbers(marta, view)


@pytest.mark.parametrize("query", ["status:open", "el la"])
def test_words_that_find_nothing_are_refused(marta, query):
    with pytest.raises(Invalid) as refused:
        save(marta, conditions={}, query=query)

    assert refused.value.field == "query"


def test_a_search_becomes_conditions_and_words(marta):
    make_ticket()
    tag = Tag.objects.create(name="duda")
    typed = (
        'reembolso o "cargo doble" -spam estado:abierto -etiqueta:duda desde:2026-02-01 asignado:yo'
    )

    asked, words = from_search(typed, MONDAY_9AM.date(), choices())

    assert words == 'reembolso or "cargo doble" -spam'
    assert asked == {
        "all": [
            {"field": "status", "op": "is", "value": ["open"]},
            {"field": "tags", "op": "none", "value": [tag.pk]},
            {"field": "created", "op": "after", "value": "2026-02-01"},
            {"field": "assignee", "op": "is", "value": ["me"]},
        ]
    }


def test_own_fields_in_a_search_become_conditions(ada):
    def field(key, kind, *options):
        named = [{"key": one, "labels": {"es": one.title()}} for one in options]
        save_field(system(), key=key, kind=kind, labels={"es": key}, options=named)

    field("cause", "choice", "carrier", "shop")
    field("amount", "number")
    field("billed_on", "date")

    asked, words = from_search(
        "mesa cause:car -cause:shop amount:>3 billed_on:2026-03-01 amount:7,<1",
        MONDAY_9AM.date(),
        choices(),
    )

    assert words == "mesa"
    assert asked == {
        "all": [
            {"field": "custom.cause", "op": "is", "value": ["carrier"]},
            {"field": "custom.cause", "op": "is_not", "value": ["shop"]},
            {"field": "custom.amount", "op": "at_least", "value": 4},
            {"field": "custom.billed_on", "op": "at_least", "value": "2026-03-01"},
            {"field": "custom.billed_on", "op": "at_most", "value": "2026-03-01"},
            {"any": [
                {"field": "custom.amount", "op": "is", "value": [7]},
                {"field": "custom.amount", "op": "at_most", "value": 0},
            ]},
        ]
    }  # fmt: skip
    save(ada, conditions=asked)


# -- while it is written -------------------------------------------------------------------------
def test_what_fits_is_counted_at_a_bounded_price(marta, monkeypatch, django_assert_num_queries):
    for number in range(7):
        make_ticket(f"Consulta {number}")
    rights = viewer(marta.pk)

    with django_assert_num_queries(5):  # two are the savepoint
        found = preview({}, "", rights, DAY)

    assert (found.count, len(found.tickets)) == (7, 5)
    monkeypatch.setattr("ventanilla.tickets.view_preview.CAP", 3)
    assert preview({}, "", rights, DAY).count == 4


def test_what_takes_too_long_is_told_and_not_waited_for(marta, monkeypatch):
    make_ticket()
    monkeypatch.setattr("ventanilla.tickets.view_preview.LONGEST", 1)
    slow = Ticket.objects.filter(RawSQL("(SELECT pg_sleep(5) IS NOT NULL)", [], BooleanField()))
    monkeypatch.setattr("ventanilla.tickets.view_preview.tickets_of", lambda *given: slow)

    assert preview({}, "", viewer(marta.pk), DAY).count is None
    assert Ticket.objects.count() == 1  # and the page goes on
