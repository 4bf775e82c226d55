"""A reply waits before it leaves: it can be taken back exactly, and leaves once (R12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import MONDAY_9AM, act, address, make_agent, make_contact, make_ticket
from ventanilla.events.acts import Act
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import fire_due
from ventanilla.lib import storage
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.notifications.models import Notification
from ventanilla.tickets.actions import (
    hold,
    note,
    personal,
    receive,
    reply,
    send_now,
    set_status,
    take_back,
)
from ventanilla.tickets.actions.hold import HasLeft
from ventanilla.tickets.actions.personal import add_upload
from ventanilla.tickets.actions.reply import NewerMessage
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Draft, Status
from ventanilla.tickets.writing import HeldReply

pytestmark = pytest.mark.django_db
CLICK = MONDAY_9AM + timedelta(minutes=5)
END = CLICK + timedelta(seconds=10)
TO = [address("elena.vidal@correo.example", "Elena Vidal")]
FIELDS = {"to": TO, "cc": [], "bcc": [], "attachments": []}


@pytest.fixture
def marta():
    return make_agent("Marta Ruiz")


@pytest.fixture
def ticket(marta):
    return make_ticket()


def held_by(agent, ticket, **more):
    given = {
        "content": Content(html="<p>Sale hoy.</p>", text="Sale hoy.", to=TO, begun_at=MONDAY_9AM),
        "until": END,
        "seen": ticket.last_message_id,
        "fields": FIELDS,
    }
    return hold(ticket, act(agent, when=CLICK), **given | more)


def customer_writes(ticket, when):
    contact = make_contact()
    return receive(
        ticket,
        Act.of_contact(contact.pk, when),
        content=Content(text="Ya no hace falta.", author_name="Elena Vidal"),
        channel="email",
        contact=contact,
    )


def replies(ticket):
    return list(ticket.messages.filter(kind=1))


def test_nothing_is_recorded_until_its_end(marta, ticket):
    events = Event.objects.count()

    held_by(marta, ticket)
    fire_due(END - timedelta(seconds=1))

    ticket.refresh_from_db()
    assert Event.objects.count() == events
    assert (ticket.status, ticket.message_count) == (Status.NEW, 1)


def test_at_its_end_it_is_a_reply_of_the_click(marta, ticket):
    held_by(marta, ticket)

    fire_due(END)

    ticket.refresh_from_db()
    [message] = replies(ticket)
    assert (message.text, message.to, message.occurred_at) == ("Sale hoy.", TO, CLICK)
    assert (message.agent, message.begun_at, message.delivery) == (marta, MONDAY_9AM, "queued")
    assert ticket.status == Status.PENDING
    assert ticket.first_replied_at == CLICK
    event = Event.objects.get(kind="message.replied")
    assert (event.actor_kind, event.actor_id, event.via) == ("agent", marta.pk, "web")


def test_it_leaves_once(marta, ticket):
    held_by(marta, ticket)
    [timer] = Timer.objects.filter(what="reply.due")

    fire_due(END)
    timer.pk = None  # a sweep that was killed after the commit comes again
    timer.save(force_insert=True)
    fire_due(END)

    assert len(replies(ticket)) == 1
    assert not HeldReply.objects.exists()
    assert not Timer.objects.filter(what="reply.due").exists()


def test_what_goes_wrong_on_the_way_leaves_it_held_for_the_next_try(marta, ticket, monkeypatch):
    held_by(marta, ticket)
    with monkeypatch.context() as broken:
        broken.setattr(personal, "used", lambda *given: 1 / 0)
        fire_due(END)
    assert not replies(ticket)

    fire_due(END + timedelta(hours=1))

    assert len(replies(ticket)) == 1


def test_taken_back_it_is_the_same_draft_again(marta, ticket):
    upload = add_upload(
        marta.pk,
        None,
        digest=storage.put(b"%PDF-1.7"),
        filename="factura.pdf",
        content_type="application/pdf",
        size=8,
        now=CLICK,
    )
    file = File(upload.digest, upload.filename, upload.content_type, upload.size)
    fields = {"to": TO, "cc": [address("pau@correo.example")], "bcc": []}
    held = held_by(
        marta,
        ticket,
        content=Content(html="<p>Sale <b>hoy</b></p>", to=TO, files=[file], begun_at=MONDAY_9AM),
        fields=fields | {"attachments": [upload.pk]},
        uploads=[upload.pk],
    )

    take_back(held, act(marta, when=CLICK + timedelta(seconds=3)))
    fire_due(END)

    draft = Draft.objects.get(agent=marta, ticket=ticket, kind="reply")
    assert draft.html == "<p>Sale <b>hoy</b></p>"
    assert draft.fields == fields | {"attachments": [upload.pk]}
    assert draft.begun_at == MONDAY_9AM
    assert Attachment.objects.filter(pk=upload.pk, message=None).exists()
    assert not replies(ticket)
    assert not Timer.objects.filter(what="reply.due").exists()


def test_what_was_written_since_stays_below_what_is_taken_back(marta, ticket):
    held = held_by(marta, ticket)
    Draft.objects.create(
        agent=marta, ticket=ticket, kind="reply", html="<p>Otra cosa.</p>",
        begun_at=CLICK, saved_at=CLICK,
    )  # fmt: skip

    take_back(held, act(marta, when=CLICK))

    assert Draft.objects.get().html == "<p>Sale hoy.</p><p>Otra cosa.</p>"


def test_what_has_left_cannot_be_taken_back(marta, ticket):
    held = held_by(marta, ticket)
    fire_due(END)

    with pytest.raises(HasLeft):
        take_back(held, act(marta, when=END))

    assert len(replies(ticket)) == 1


def test_only_its_author_takes_it_back(marta, ticket):
    held = held_by(marta, ticket)

    with pytest.raises(HasLeft):
        take_back(held, act(make_agent("Iván Ferrer"), when=CLICK))

    assert HeldReply.objects.exists()


def test_its_files_go_with_it_and_the_upload_is_gone(marta, ticket):
    upload = add_upload(
        marta.pk, None, digest=storage.put(b"x"), filename="a.txt", content_type="text/plain",
        size=1, now=CLICK,
    )  # fmt: skip
    file = File(upload.digest, upload.filename, upload.content_type, upload.size)
    held_by(marta, ticket, content=Content(text="Va", to=TO, files=[file]), uploads=[upload.pk])

    fire_due(END)

    [message] = replies(ticket)
    assert [one.filename for one in message.attachments.all()] == ["a.txt"]
    assert not Attachment.objects.filter(pk=upload.pk).exists()


def test_a_customers_message_meanwhile_stops_it_and_both_are_kept(marta, ticket, react):
    held = held_by(marta, ticket)
    newer = customer_writes(ticket, CLICK + timedelta(seconds=4))

    fire_due(END)
    react()

    held.refresh_from_db()
    assert held.stopped == "newer_message"
    assert not replies(ticket)
    event = Event.objects.get(kind="message.held_back")
    assert (event.data["agent"], event.data["newer"]) == (marta.pk, newer.pk)
    assert Notification.objects.filter(agent=marta, what="held_back").count() == 1
    fire_due(END + timedelta(days=1))
    assert not replies(ticket)


def test_what_was_stopped_leaves_when_its_author_insists(marta, ticket):
    held = held_by(marta, ticket)
    customer_writes(ticket, CLICK + timedelta(seconds=4))
    fire_due(END)

    send_now(held, act(marta, when=END + timedelta(minutes=1)))

    [message] = replies(ticket)
    assert message.occurred_at == END + timedelta(minutes=1)
    assert Event.objects.get(kind="message.replied").data["override"] is True


def test_a_colleagues_reply_stops_it_but_not_ones_own(marta, ticket):
    ivan = make_agent("Iván Ferrer")
    first, second = held_by(marta, ticket), held_by(marta, ticket)
    fire_due(END)
    assert len(replies(ticket)) == 2
    assert not HeldReply.objects.filter(pk__in=[first.pk, second.pk]).exists()

    third = held_by(marta, ticket, seen=ticket.messages.latest("pk").pk)
    reply(ticket, act(ivan, when=CLICK), content=Content(text="Ya está", to=TO))
    fire_due(END)

    third.refresh_from_db()
    assert third.stopped == "newer_message"


def test_a_note_meanwhile_stops_nothing(marta, ticket):
    held_by(marta, ticket)
    note(ticket, act(marta, when=CLICK), content=Content(text="Lo miro"))

    fire_due(END)

    assert len(replies(ticket)) == 1


def test_a_stale_click_is_refused_and_an_override_is_remembered(marta, ticket):
    seen = ticket.last_message_id
    customer_writes(ticket, CLICK - timedelta(minutes=1))

    with pytest.raises(NewerMessage):
        held_by(marta, ticket, seen=seen)
    held_by(marta, ticket, seen=seen, override=True)
    fire_due(END)

    assert Event.objects.get(kind="message.replied").data["override"] is True


def test_a_status_set_since_is_not_undone(marta, ticket):
    held_by(marta, ticket, status=Status.PENDING)
    set_status(ticket, act(marta, when=CLICK), to=Status.RESOLVED)

    fire_due(END)

    ticket.refresh_from_db()
    assert ticket.status == Status.RESOLVED
    assert len(replies(ticket)) == 1


def test_sent_later_it_is_a_reply_of_that_time(marta, ticket):
    tomorrow = CLICK + timedelta(days=1)
    held_by(marta, ticket, until=tomorrow, later=True)

    fire_due(END)
    assert not replies(ticket)
    fire_due(tomorrow)

    [message] = replies(ticket)
    assert message.occurred_at == tomorrow


def test_who_has_lost_the_right_meanwhile_sends_nothing(marta, ticket, react):
    held = held_by(marta, ticket)
    marta.user.is_active = False
    marta.user.save()

    fire_due(END)

    held.refresh_from_db()
    assert held.stopped == "not_allowed"
    assert not replies(ticket)


def test_it_checks_what_a_reply_checks(marta, ticket):
    with pytest.raises(Invalid):
        held_by(marta, ticket, content=Content(text="Hola", to=[]))
    with pytest.raises(NotAllowed):
        held_by(make_agent("Luz Gil", role="light"), ticket)

    assert not HeldReply.objects.exists()


def test_a_forward_waits_too_and_stops_no_clock(marta, ticket):
    held_by(marta, ticket, forward=ticket.last_message_id, status=None)
    customer_writes(ticket, CLICK + timedelta(seconds=1))

    fire_due(END)

    [message] = replies(ticket)
    assert message.forwarded


def test_undo_at_the_last_moment_takes_it_back_or_comes_too_late(new_desk):  # R12
    marta, ticket = make_agent("Marta Ruiz"), make_ticket()

    for _round in range(10):
        held = held_by(marta, ticket)
        start = Barrier(2)
        outcomes = at_once(
            lambda held=held: take_back(held, act(marta, when=END)),
            lambda: fire_due(END),
            start=start,
        )

        drafts = Draft.objects.filter(ticket=ticket).count()
        left = ticket.messages.filter(kind=1).count()
        assert (drafts, left) in ((1, 0), (0, 1)), outcomes
        assert not HeldReply.objects.exists()
        Draft.objects.all().delete()
        ticket.messages.filter(kind=1).delete()


def at_once(*work, start):
    """Run each on a thread and connection of its own, all at the same moment."""

    def run(one):
        start.wait()
        try:
            return one()
        except HasLeft as late:
            return late
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [future.result() for future in [pool.submit(run, one) for one in work]]
