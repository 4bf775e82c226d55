"""Rules: on what they look, what they do, by whose rights, and that no order of them goes round."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY_9AM, act, make_agent, make_contact, make_team, make_ticket
from ventanilla.automation.actions import bring_back, remove_rule, save_rule, switch
from ventanilla.automation.models import Rule, RuleRun
from ventanilla.automation.rules import attempt, in_use
from ventanilla.events.models import Event
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.notifications.models import Notification
from ventanilla.people.models import Role
from ventanilla.people.queries import forget_configuration
from ventanilla.tickets.actions import reply, set_priority, set_status, set_tags
from ventanilla.tickets.actions.fields import tag_ids
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Message, MessageKind, Priority, Status, Ticket

pytestmark = pytest.mark.django_db
LATER = MONDAY_9AM + timedelta(hours=1)


@pytest.fixture(autouse=True)
def known_anew():
    yield
    forget_configuration()


@pytest.fixture
def ada():
    return make_agent("Ada Soler", role="administrator", team=None)


def subject_has(word):
    return {"all": [{"field": "subject", "op": "contains", "value": word}]}


def rule(ada, name="Urgente", on=("created",), position=None, **said):
    return save_rule(act(ada), name=name, position=position, said={"on": list(on), **said})


def test_a_new_ticket_is_changed_before_it_is_routed(ada, react):
    other = make_team("Envíos", routing="least_loaded")
    eva = make_agent("Eva Luna", team=other)
    rule(ada, conditions=subject_has("paquete"), changes=["priority=3", f"team={other.pk}"])
    ticket, another = make_ticket("Mi paquete no llega"), make_ticket("Otra cosa")

    react()

    ticket.refresh_from_db()
    another.refresh_from_db()
    assert (ticket.priority, ticket.team, ticket.assignee) == (Priority.URGENT, other, eva)
    assert another.priority == Priority.NORMAL
    told = Event.objects.get(kind="rule.applied")
    assert told.data["done"] == ["priority=3", f"team={other.pk}"]
    assert (told.actor_kind, told.authority_id) == ("rule", ada.pk)


def test_a_run_tells_why_and_holds_none_of_the_customers_words(ada, react):
    made = rule(
        ada,
        conditions={
            "all": [
                {"field": "subject", "op": "contains", "value": "paquete"},
                {"field": "priority", "op": "at_least", "value": "normal"},
            ]
        },
        changes=["priority=3"],
    )
    ticket = make_ticket("Mi paquete no llega, soy Elena")

    react()

    run = RuleRun.objects.get()
    assert (run.rule, run.version, run.ticket_id) == (made, 1, ticket.pk)
    assert run.why == {
        "fits": True,
        "all": [
            {"fits": True, "field": "subject", "op": "contains"},
            {"fits": True, "field": "priority", "op": "at_least", "seen": 1},
        ],
    }
    assert run.done == ["priority=3"]


def test_what_a_person_set_by_hand_stays_and_the_run_says_so(ada, react):
    rule(ada, on=["status"], changes=["priority=0", "type=incident"])
    ticket = make_ticket()
    react()
    set_priority(ticket, act(ada), to=Priority.URGENT)
    set_status(ticket, act(ada), to=Status.PENDING)

    react()

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.type) == (Priority.URGENT, "incident")
    run = RuleRun.objects.earliest("pk")
    assert run.done == ["type=incident"]
    assert run.left_out[0][0] == "priority=0"


def test_it_acts_by_the_rights_that_its_author_has_now(ada, react):  # R30
    rule(ada, changes=["priority=3"])
    ada.role = Role.objects.get(key="light")
    ada.save(update_fields=["role"])
    ticket = make_ticket()

    react()

    ticket.refresh_from_db()
    assert ticket.priority == Priority.NORMAL
    assert RuleRun.objects.get().left_out[0][0] == "priority=3"


def test_a_note_and_a_notice(ada, react):
    eva = make_agent("Eva Luna")
    stranger = make_agent("Iván Ferrer", team=make_team("Envíos"))
    rule(
        ada,
        name="Aviso",
        note="Mira esto: {{ ticket.subject }}",
        notify=[str(eva.pk), str(stranger.pk)],
    )
    ticket = make_ticket("Factura doble")

    react()

    note = Message.objects.get(ticket=ticket, kind=MessageKind.NOTE)
    assert (note.text, note.author_name, note.agent) == ("Mira esto: Factura doble", "Aviso", None)
    told = Notification.objects.filter(what="rule").values_list("agent", flat=True)
    assert list(told) == [eva.pk]  # who may not see the ticket hears nothing of it


def test_the_one_behind_sees_what_the_one_before_changed_and_a_stop_stops(ada, react):
    urgent = {"all": [{"field": "priority", "op": "is", "value": ["urgent"]}]}
    rule(ada, name="A", changes=["priority=3"])
    rule(ada, name="B", conditions=urgent, changes=["type=incident"], stop=True)
    rule(ada, name="C", changes=["status=3"])
    ticket = make_ticket()

    react()

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.type) == (Priority.URGENT, "incident")
    assert ticket.status == Status.NEW
    assert list(RuleRun.objects.values_list("rule__name", flat=True)) == ["A", "B"]


def test_two_rules_that_undo_each_other_end(ada, react):
    rule(ada, name="Up", on=["priority"], changes=["priority=3"])
    rule(ada, name="Down", on=["priority"], changes=["priority=0"])
    ticket = make_ticket()
    react()
    Ticket.objects.update(pinned=[])
    set_tags(ticket, act(ada), add=["x"])  # nothing looks at this
    react()
    assert not RuleRun.objects.exists()

    rule(ada, name="Begin", on=["status"], changes=["priority=2"])
    set_status(ticket, act(ada), to=Status.PENDING)
    react()

    runs = list(RuleRun.objects.order_by("pk").values_list("rule__name", flat=True))
    assert runs == ["Begin", "Up", "Down"]
    ticket.refresh_from_db()
    assert ticket.priority == Priority.LOW


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    wishes=st.lists(
        st.tuples(
            st.sets(st.sampled_from(["status", "priority", "tags", "note"]), min_size=1),
            st.sampled_from(["priority=0", "priority=3", "status=1", "status=2", "note", "tag"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_order_of_rules_goes_round(wishes, ada, react):
    Rule.objects.all().delete()
    tag = tag_ids(["vuelta"], make=True)[0]
    for number, (on, what) in enumerate(wishes):
        changes = [] if what == "note" else [f"add={tag}" if what == "tag" else what]
        rule(ada, str(number), sorted(on), changes=changes, note="x" if what == "note" else "")
    ticket = make_ticket()
    react()
    before = RuleRun.objects.count()

    set_tags(ticket, act(ada), add=["nuevo"])
    react()

    assert RuleRun.objects.count() - before <= len(wishes)  # each at most once for one thing


def test_an_automatic_answer_and_an_undoing_set_nothing_off(ada, react):
    rule(ada, on=["message", "status"], changes=["priority=3"])
    ticket = make_ticket(contact=make_contact())
    react()
    from ventanilla.tickets.actions import receive

    receive(
        ticket,
        act(None),
        content=Content(text="Estoy de vacaciones", auto="auto_reply"),
        channel="email",
        contact=ticket.contact,
    )
    react()

    assert not RuleRun.objects.exists()


def test_the_reply_and_the_status_that_goes_with_it_are_one_thing(ada, react):
    rule(ada, on=["reply", "status"], note="Una vez")
    ticket = make_ticket()
    react()
    to = [{"name": "", "addr": "elena@correo.example"}]
    reply(ticket, act(ada), content=Content(text="Hola", to=to), also=["status=2"])

    react()

    assert RuleRun.objects.count() == 1


def test_each_change_of_what_it_says_is_a_version_and_any_comes_back(ada, react):
    made = rule(ada, changes=["priority=3"])
    save_rule(act(ada), name="Otro nombre", said={"on": ["created"], "changes": ["priority=3"]},
              rule=made)  # fmt: skip
    assert made.version == 1
    save_rule(act(ada), name="Urgente", said={"on": ["created"], "changes": ["priority=0"]},
              rule=made)  # fmt: skip
    assert made.version == 2

    bring_back(act(ada), made, 1)

    assert made.version == 3
    assert in_use()[0].definition.changes[0].code == "priority=3"


def test_one_that_is_off_or_removed_does_nothing(ada, react):
    off, gone = rule(ada, changes=["priority=3"]), rule(ada, changes=["priority=3"])
    switch(act(ada), off, active=False)
    remove_rule(act(ada), gone)
    make_ticket()

    react()

    assert not RuleRun.objects.exists()


def test_only_with_the_right_and_with_sense():  # R30
    ada = make_agent("Ada Soler", role="administrator")
    with pytest.raises(NotAllowed):
        rule(make_agent(), changes=["priority=3"])
    nobody = {"all": [{"field": "assignee", "op": "is", "value": ["me"]}]}
    for said in (
        {"on": [], "changes": ["priority=3"]},
        {"on": ["created"]},
        {"on": ["created"], "changes": ["assignee=me"]},
        {"on": ["created"], "changes": ["team=999"]},
        {"on": ["created"], "changes": ["priority=3"], "conditions": nobody},
        {"on": ["created"], "note": "{{ secret.key }}"},
        {"on": ["created"], "notify": ["everybody"]},
        {"on": ["created"], "changes": ["priority=3"], "webhook": "https://x"},
    ):
        with pytest.raises(Invalid):
            save_rule(act(ada), name="Nada", said=said)


def test_a_trial_does_it_all_and_leaves_nothing(ada, react):
    ticket = make_ticket("Factura doble")
    react()
    made = rule(ada, conditions=subject_has("factura"), changes=["priority=3"], note="Hola")
    before = (Event.objects.count(), Message.objects.count())

    trial = attempt(in_use()[0].definition, ticket, author=ada.pk, name=made.name)

    assert trial.tested.fits
    assert (trial.effect.done, trial.effect.note) == (["priority=3", "note"], "Hola")
    assert (Event.objects.count(), Message.objects.count()) == before
    assert Ticket.objects.get().priority == Priority.NORMAL


def test_twenty_rules_that_do_not_fit_cost_no_more_than_one(ada, react, django_assert_num_queries):
    from ventanilla.automation.rules import react as look

    rule(ada, conditions=subject_has("paquete"), changes=["priority=3"])
    ticket = make_ticket("Otra cosa")
    react()
    triaged = Event.objects.get(kind="ticket.triaged", ticket_id=ticket.pk)
    for number in range(20):
        rule(ada, str(number), conditions=subject_has("paquete"), changes=["priority=3"])
    in_use()

    with django_assert_num_queries(7):  # two of them are the savepoint's
        look(triaged)
