"""Macros: what they change is one act, done with the runner's rights, and goes back exactly."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY_9AM, act, address, make_agent, make_team, make_ticket
from ventanilla.events.models import Event, EventText, Timer
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.models import Agent
from ventanilla.tickets.actions import (
    assign,
    hold,
    note,
    reply,
    set_priority,
    set_status,
    set_tags,
    snooze,
    take_back,
)
from ventanilla.tickets.actions.apply import NothingDone, apply_changes
from ventanilla.tickets.actions.bulk import change_many, undo_many
from ventanilla.tickets.actions.custom_fields import save_field
from ventanilla.tickets.actions.hold import come_due
from ventanilla.tickets.actions.macros import save_macro
from ventanilla.tickets.changes import read, until
from ventanilla.tickets.content import Content
from ventanilla.tickets.macros import Macro, MacroUse
from ventanilla.tickets.macros_queries import text_for, uses
from ventanilla.tickets.models import Category, Message, Priority, Status, Tag, Ticket
from ventanilla.tickets.operations import OperationItem

pytestmark = pytest.mark.django_db
TO = [address("elena.vidal@correo.example")]
LATER = MONDAY_9AM + timedelta(hours=1)


def run(agent, ticket, *changes, macro=7):
    return change_many(
        act(agent),
        agent=agent,
        what="macro",
        change={"macro": macro, "name": "Prueba", "changes": list(changes)},
        tickets=Ticket.objects.filter(pk=ticket.pk),
    )


def names_of(ticket):
    return set(Tag.objects.filter(pk__in=ticket.tags).values_list("name", flat=True))


def tag(name="factura"):
    return Tag.objects.get_or_create(name=name)[0].pk


# -- what is written down ------------------------------------------------------------------------
def test_of_what_can_have_one_value_the_last_counts():
    codes = ["status=2", "priority=1", "priority=3", "add=5", "add=6", "snooze=2d", "remove=5"]

    assert [one.code for one in read(codes)] == ["priority=3", "add=6", "remove=5", "snooze=2d"]


@pytest.mark.parametrize("code", ["status=0", "status=9", "x=1", "add=", "snooze=0d", "team=x", ""])
def test_what_is_no_change_is_refused(code):
    with pytest.raises(Invalid):
        read([code])


def test_days_end_in_the_morning_and_hours_count_from_now():
    assert until("customer", MONDAY_9AM) is None
    assert until("4h", MONDAY_9AM) == MONDAY_9AM + timedelta(hours=4)
    morning = until("2d", MONDAY_9AM + timedelta(hours=7), ZoneInfo("Europe/Madrid"))
    assert morning.isoformat() == "2026-03-04T09:00:00+01:00"


def a_field(**more):
    options = [
        {"key": "moved", "labels": {"es": "Mudanza"}},
        {"key": "other", "labels": {"es": "Otra"}},
    ]
    return save_field(
        act(), key="cause", kind="choice", labels={"es": "Causa"}, options=options, **more
    )


def test_a_field_that_resolving_needs_is_filled_in_before():
    a_field(to_resolve=True)
    marta, ticket = make_agent(), make_ticket()

    run(marta, ticket, "status=4", "field=cause:moved")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.custom) == (4, {"cause": "moved"})
    told = Event.objects.get(kind="macro.applied")
    assert told.data["done"] == ["field=cause", "status=4"]


def test_a_field_takes_what_fits_it():
    a_field()
    marta, ticket = make_agent(), make_ticket()
    for wrong in ("field=cause:nada", "field=none:x"):
        with pytest.raises(Invalid):
            save_macro(act(marta), name="x", texts={}, changes=[wrong], agent=marta)

    run(marta, ticket, "field=cause:nada", "priority=3")

    assert "Causa: nada" in EventText.objects.get(field="left_out").text


# -- running -------------------------------------------------------------------------------------
def test_all_of_it_is_one_operation_that_names_the_macro():
    marta, ivan, ticket = make_agent(), make_agent("Iván Ferrer"), make_ticket()
    category = Category.objects.create(name="Facturas")

    operation = run(
        marta, ticket, "status=2", "priority=3", "type=incident", f"add={tag()}",
        f"category={category.pk}", f"assignee={ivan.pk}",
    )  # fmt: skip

    ticket.refresh_from_db()
    assert (ticket.status, ticket.priority, ticket.type) == (2, 3, "incident")
    assert (ticket.category, ticket.assignee, names_of(ticket)) == (category, ivan, {"factura"})
    told = Event.objects.get(kind="macro.applied")
    assert told.operation_id == operation.pk
    assert (told.data["macros"], told.data["left_out"]) == ([7], [])
    assert (operation.done, operation.total) == (1, 1)


def test_what_is_gone_is_left_out_and_named_and_the_rest_is_done():
    marta, ivan, ticket = make_agent(), make_agent("Iván Ferrer"), make_ticket()
    gone = tag("vieja")
    Tag.objects.filter(pk=gone).delete()
    ivan.user.is_active = False
    ivan.user.save()

    run(marta, ticket, "priority=3", f"assignee={ivan.pk}", f"add={gone}")

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.assignee) == (Priority.URGENT, None)
    words = EventText.objects.get(event__kind="macro.applied", field="left_out").text
    assert "Iván Ferrer" in words
    assert set(Event.objects.get(kind="macro.applied").data["left_out"]) == {
        f"assignee={ivan.pk}", f"add={gone}",
    }  # fmt: skip


def test_a_macro_gives_nobody_rights_that_they_have_not():  # R30
    ticket, luz = make_ticket(), make_agent("Luz Gil", role="light")

    with pytest.raises(NotAllowed):
        run(luz, ticket, "priority=3")
    with pytest.raises(NothingDone, match="role"):
        apply_changes(ticket, act(luz), changes=["priority=3"])

    ticket.refresh_from_db()
    assert ticket.priority == Priority.NORMAL


def test_nothing_is_told_where_everything_is_so_already():
    marta, ticket = make_agent(), make_ticket()
    set_priority(ticket, act(marta), to=Priority.URGENT)

    operation = run(marta, ticket, "priority=3")

    assert list(operation.items.values_list("outcome", flat=True)) == [
        OperationItem.Outcome.SKIPPED
    ]
    assert not Event.objects.filter(kind="macro.applied").exists()


# -- with a message ------------------------------------------------------------------------------
def written(**fields):
    return Content(html="<p>Hola</p>", text="Hola", to=TO, prepared=(7,), **fields)


def test_changes_go_with_the_reply_in_one_act():
    marta, ticket = make_agent(), make_ticket()

    message = reply(
        ticket, act(marta), content=written(), also=[f"add={tag()}", "priority=3", "team=99"]
    )

    ticket.refresh_from_db()
    assert (ticket.priority, names_of(ticket)) == (3, {"factura"})
    replied = Event.objects.get(kind="message.replied")
    assert Event.objects.get(kind="ticket.priority_changed").cause_id == replied.pk
    told = Event.objects.get(kind="macro.applied")
    assert (told.data["message"], told.data["left_out"]) == (message.pk, ["team=99"])


def test_a_note_can_change_things_too():
    marta, ticket = make_agent(), make_ticket()

    note(ticket, act(marta), content=Content(text="Lo paso"), also=["snooze=customer"])

    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_reason) == (Status.ON_HOLD, "customer")


def test_nothing_changes_before_a_held_reply_leaves_and_nothing_when_it_is_taken_back():
    marta, ticket = make_agent(), make_ticket()
    given = {"content": written(), "until": LATER, "also": ["priority=3"], "fields": {"to": TO}}
    taken, leaves = hold(ticket, act(marta), **given), hold(ticket, act(marta), **given)

    take_back(taken, act(marta))
    ticket.refresh_from_db()
    assert ticket.priority == Priority.NORMAL

    come_due(Timer.objects.get(what="reply.due", episode=str(leaves.pk)), act(when=LATER))
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert Message.objects.filter(kind=1).count() == 1


# -- and back ------------------------------------------------------------------------------------
BEFORE = {
    "priority": lambda ticket, one: set_priority(ticket, one, to=Priority.HIGH),
    "tags": lambda ticket, one: set_tags(ticket, one, add=["antigua"]),
    "taken": lambda ticket, one: assign(ticket, one, to=agent_of(one.actor.id)),
    "asleep": lambda ticket, one: snooze(ticket, one, until=LATER),
    "pending": lambda ticket, one: set_status(ticket, one, to=Status.PENDING),
    "resolved": lambda ticket, one: set_status(ticket, one, to=Status.RESOLVED),
}
FIELDS = (
    "status", "hold_reason", "hold_until", "priority", "type", "team_id", "assignee_id",
    "category_id", "resolved_at", "closed_at",
)  # fmt: skip


def agent_of(pk):
    return Agent.objects.select_related("user").get(pk=pk)


def state(ticket):
    ticket.refresh_from_db()
    plain = {name: getattr(ticket, name) for name in FIELDS}
    plain["custom"] = dict(ticket.custom)
    return plain | {"tags": set(ticket.tags), "pinned": set(ticket.pinned)}


CODES = st.lists(
    st.sampled_from([
        "status=1", "status=2", "status=3", "status=4", "snooze=customer", "snooze=2d",
        "priority=3", "type=incident", "category=", "category=C", "team=T", "assignee=me",
        "assignee=", "assignee=I", "add=A", "remove=A", "add=B", "field=cause:moved",
    ]),
    min_size=1,
    max_size=8,
)  # fmt: skip


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=st.lists(st.sampled_from(sorted(BEFORE)), max_size=4), codes=CODES)
def test_undoing_a_macro_restores_the_ticket(db, before, codes):
    with transaction.atomic():
        ada = make_agent("Ada Sanz", role="administrator")
        there = make_team("Envíos")
        ivan = make_agent("Iván Ferrer", team=there)
        ticket = make_ticket()
        for step in before:
            try:
                BEFORE[step](ticket, act(ada))
            except Invalid:
                continue  # put away when resolved
        named = {
            "C": Category.objects.create(name="Facturas").pk, "T": there.pk, "I": ivan.pk,
            "A": tag("antigua"), "B": tag("nueva"),
        }  # fmt: skip
        a_field()
        had = state(ticket)

        given_codes = [_with(code, named) for code in codes]
        operation = run(ada, ticket, *given_codes)
        if operation.done:
            undone = undo_many(act(ada, when=LATER), operation)
            assert list(undone.items.values_list("reason", flat=True)) == [""]

        assert state(ticket) == had
        transaction.set_rollback(True)


def _with(code, named):
    what, _sign, value = code.partition("=")
    return f"{what}={named.get(value, value)}"


# -- writing them --------------------------------------------------------------------------------
def test_a_macro_says_or_changes_something_that_is_there():
    marta = make_agent()
    mine = {"agent": marta}

    for wrong in (
        {"texts": {"": " "}, "changes": []},
        {"texts": {"es": "{{ nada.nombre }}"}},
        {"texts": {}, "changes": ["team=99"]},
    ):
        with pytest.raises(Invalid):
            save_macro(act(marta), name="x", **mine, **wrong)
    with pytest.raises(NotAllowed):
        save_macro(act(marta), name="x", texts={"": "x"})

    assert not Macro.objects.exists()


def test_what_has_gone_since_can_be_kept_while_the_rest_is_mended():
    marta, old = make_agent(), tag("vieja")
    macro = save_macro(act(marta), name="a", texts={}, changes=[f"add={old}"], agent=marta)
    Tag.objects.filter(pk=old).delete()

    save_macro(
        act(marta), name=" Cajón  :: a ", texts={}, changes=macro.changes, agent=marta, macro=macro
    )

    assert macro.name == "Cajón::a"


def test_the_text_is_in_the_tickets_language_else_the_customers_else_any():
    ticket = make_ticket()
    ticket.language, ticket.contact.language = "fr", "en"
    texts = {"es": "es", "en": "en", "": "any"}

    assert text_for(texts, ticket) == "en"
    assert text_for({"es": "es", "": "any"}, ticket) == "any"
    assert text_for({"es": "es"}, ticket) == "es"
    assert text_for({"fr": "fr"} | texts, ticket) == "fr"


def test_each_use_is_counted_once(react):
    marta, ticket = make_agent(), make_ticket()
    macro = save_macro(act(marta), name="a", texts={"": "x"}, changes=["priority=3"], agent=marta)
    content = Content(text="Hola", html="<p>Hola</p>", to=TO, prepared=(macro.pk, 999))

    reply(ticket, act(marta), content=content, also=macro.changes)
    run(marta, ticket, "priority=1", macro=macro.pk)
    react()

    assert uses([macro.pk])[macro.pk][0] == 2
    assert MacroUse.objects.count() == 2
