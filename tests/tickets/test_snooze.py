"""Snoozing: away until a moment, or until the customer writes."""

from datetime import timedelta

import pytest

from tests.factories import MONDAY_9AM, act, make_agent, make_ticket, system
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import fire_due
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.notifications.models import Notification
from ventanilla.tickets.actions import assign, receive, set_status, snooze
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Status

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY_9AM + timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def marta():
    return make_agent()


@pytest.fixture
def ticket(marta):
    ticket = make_ticket()
    assign(ticket, act(marta), to=marta)
    return ticket


def kinds(ticket):
    return list(
        Event.objects.filter(ticket_id=ticket.pk).order_by("seq").values_list("kind", flat=True)
    )


def fire(at):
    """Only what wakes tickets: deadlines have timers of their own."""
    Timer.objects.exclude(what="ticket.wake").delete()
    return fire_due(at)


def write(ticket, when):
    by = Act.of_contact(ticket.contact_id, when)
    content = Content(text="¿Hay novedades?")
    receive(ticket, by, content=content, channel="email", contact=ticket.contact)
    ticket.refresh_from_db()


def test_a_snoozed_ticket_wakes_at_its_time_and_tells_its_assignee(ticket, marta, react):
    event = snooze(ticket, act(marta), until=TUESDAY)
    react()

    assert (ticket.status, ticket.hold_reason, ticket.hold_until) == (3, "date", TUESDAY)
    assert (event.kind, event.data["until"]) == ("ticket.snoozed", TUESDAY.isoformat())
    changed = Event.objects.get(ticket_id=ticket.pk, kind="ticket.status_changed")
    assert (changed.data["reason"], changed.cause_id) == ("snoozed", event.pk)

    assert fire(TUESDAY - HOUR) == 0
    assert fire(TUESDAY) == 1
    react()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_reason, ticket.hold_until) == (1, "", None)
    notice = Notification.objects.get(ticket=ticket, what="woke")
    assert notice.agent == marta
    assert not Timer.objects.filter(what="ticket.wake").exists()


def test_a_customer_does_not_end_a_dated_snooze(ticket, marta, react):
    snooze(ticket, act(marta), until=TUESDAY)

    write(ticket, MONDAY_9AM + HOUR)

    assert (ticket.status, ticket.hold_until) == (Status.ON_HOLD, TUESDAY)
    assert (ticket.message_count, ticket.last_message_at) == (2, MONDAY_9AM + HOUR)


def test_a_customer_ends_a_snooze_that_waits_for_them(ticket, marta, react):
    snooze(ticket, act(marta), until=None)
    react()
    assert (ticket.status, ticket.hold_reason, ticket.hold_until) == (3, "customer", None)

    write(ticket, MONDAY_9AM + HOUR)

    assert (ticket.status, ticket.hold_reason) == (Status.OPEN, "")


def test_another_time_moves_it_and_the_first_wakes_nobody(ticket, marta, react):
    snooze(ticket, act(marta), until=TUESDAY)
    react()

    snooze(ticket, act(marta), until=TUESDAY + HOUR)
    react()

    assert fire(TUESDAY) == 0
    assert kinds(ticket).count("ticket.status_changed") == 1
    fire(TUESDAY + HOUR)
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_whoever_takes_it_up_by_hand_ends_it(ticket, marta, react):
    snooze(ticket, act(marta), until=TUESDAY)
    react()

    set_status(ticket, act(marta), to=Status.RESOLVED)
    react()
    fire(TUESDAY)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_until) == (Status.RESOLVED, None)
    assert not Notification.objects.filter(what="woke").exists()


def test_the_same_again_is_nothing(ticket, marta):
    snooze(ticket, act(marta), until=TUESDAY)

    assert snooze(ticket, act(marta), until=TUESDAY) is None


@pytest.mark.parametrize("until", [MONDAY_9AM, MONDAY_9AM - HOUR, MONDAY_9AM + timedelta(days=400)])
def test_times_that_make_no_sense_are_refused(until, ticket, marta):
    with pytest.raises(Invalid):
        snooze(ticket, act(marta), until=until)


def test_what_is_resolved_is_not_snoozed(ticket, marta):
    set_status(ticket, act(marta), to=Status.RESOLVED)

    with pytest.raises(Invalid):
        snooze(ticket, act(marta), until=TUESDAY)


def test_who_may_not_change_tickets_snoozes_none(ticket):
    light = make_agent("Luz Gil", role="light")

    with pytest.raises(NotAllowed):
        snooze(ticket, act(light), until=TUESDAY)


def test_waking_twice_is_waking_once(ticket, marta, react):
    snooze(ticket, act(marta), until=TUESDAY)
    react()
    timer = Timer.objects.get(what="ticket.wake")
    from ventanilla.automation.waking import wake

    wake(timer, system(TUESDAY))
    wake(timer, system(TUESDAY))

    assert kinds(ticket).count("ticket.status_changed") == 2
