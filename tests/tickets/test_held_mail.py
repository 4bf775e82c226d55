"""A mail that begins a ticket waits before it leaves: until then there is no ticket (R12)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import MONDAY_9AM, act, address, make_agent, make_inbox, make_team
from ventanilla.events.models import Event, Timer
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock, storage
from ventanilla.lib.problems import Invalid, NotAllowed
from ventanilla.people.models import Contact
from ventanilla.tickets import housekeeping
from ventanilla.tickets.actions import hold_mail, personal, send_mail_now, take_back_mail
from ventanilla.tickets.actions.hold import HasLeft
from ventanilla.tickets.actions.personal import add_upload
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.models import Attachment, Draft, Status, Ticket
from ventanilla.tickets.writing import HeldMail

pytestmark = pytest.mark.django_db
CLICK = MONDAY_9AM + timedelta(minutes=5)
END = CLICK + timedelta(seconds=10)
TO = [address("elena.vidal@correo.example", "Elena Vidal")]
FIELDS = {"to": TO, "cc": [], "bcc": [], "attachments": [], "subject": "Tu mesa"}
WORDS = "<p>Ya está <b>lista</b></p>"


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def marta(team):
    return make_agent("Marta Ruiz", team=team)


@pytest.fixture
def inbox(team):
    return make_inbox(team=team)


def held_by(agent, inbox, **more):
    given = {
        "content": Content(html=WORDS, to=TO, subject="Tu mesa", begun_at=MONDAY_9AM),
        "until": END,
        "fields": FIELDS,
    }
    return hold_mail(act(agent, when=CLICK), inbox=inbox, **given | more)


def test_until_its_end_there_is_neither_ticket_nor_customer_nor_event(marta, inbox):
    events = Event.objects.count()

    held_by(marta, inbox)
    fire_due(END - timedelta(seconds=1))

    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()
    assert Event.objects.count() == events


def test_at_its_end_it_begins_a_ticket_as_of_the_click(marta, inbox):
    held_by(marta, inbox, status=Status.OPEN)

    fire_due(END)

    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.status, ticket.assignee) == ("Tu mesa", Status.OPEN, marta)
    assert (ticket.created_at, ticket.inbox, ticket.team) == (CLICK, inbox, inbox.team)
    message = ticket.messages.get()
    assert (message.html, message.to, message.delivery) == (WORDS, TO, "queued")
    assert (message.begun_at, message.occurred_at) == (MONDAY_9AM, CLICK)
    assert ticket.contact.name == "Elena Vidal"
    assert Event.objects.get(kind="ticket.opened").actor_id == marta.pk


def test_it_leaves_once(marta, inbox):
    held = held_by(marta, inbox)
    [timer] = Timer.objects.filter(what="mail.due")

    fire_due(END)
    timer.pk = None  # a sweep that was killed after the commit comes again
    timer.save(force_insert=True)
    fire_due(END)

    ticket = Ticket.objects.get()
    held.refresh_from_db()
    assert (held.ticket, held.content, held.fields) == (ticket, {}, {})
    assert not Timer.objects.filter(what="mail.due").exists()


def test_what_goes_wrong_on_the_way_leaves_it_held_for_the_next_try(marta, inbox, monkeypatch):
    held_by(marta, inbox)
    with monkeypatch.context() as broken:
        broken.setattr(personal, "used", lambda *given: 1 / 0)
        fire_due(END)
    assert not Ticket.objects.exists()

    fire_due(END + timedelta(hours=1))

    assert Ticket.objects.count() == 1


def test_taken_back_it_is_the_same_draft_again(marta, inbox):
    upload = an_upload(marta)
    file = File(upload.digest, upload.filename, upload.content_type, upload.size)
    fields = FIELDS | {"cc": [address("pau@correo.example")], "inbox": inbox.pk}
    fields |= {"attachments": [upload.pk]}
    content = Content(html=WORDS, to=TO, subject="Tu mesa", files=[file], begun_at=MONDAY_9AM)
    held = held_by(marta, inbox, content=content, fields=fields, uploads=[upload.pk])

    take_back_mail(held.pk, act(marta, when=CLICK + timedelta(seconds=3)))
    fire_due(END)

    draft = Draft.objects.get(agent=marta, ticket=None, kind="new")
    assert (draft.html, draft.fields, draft.begun_at) == (WORDS, fields, MONDAY_9AM)
    assert Attachment.objects.filter(pk=upload.pk, message=None).exists()
    assert not Ticket.objects.exists()
    assert not Timer.objects.filter(what="mail.due").exists()


def test_another_mail_begun_since_stays_below_with_its_head(marta, inbox):
    held = held_by(marta, inbox)
    Draft.objects.create(
        agent=marta, ticket=None, kind="new", html="<p>Otra cosa.</p>", begun_at=CLICK,
        saved_at=CLICK, fields={"subject": "Tela <azul>", "to": [address("pau@correo.example")]},
    )  # fmt: skip

    take_back_mail(held.pk, act(marta, when=CLICK))

    draft = Draft.objects.get()
    below = "<p><b>Tela &lt;azul&gt; · pau@correo.example</b></p><p>Otra cosa.</p>"
    assert (draft.html, draft.fields["to"]) == (WORDS + below, TO)


def test_only_its_author_and_only_before_it_leaves(marta, inbox):
    held = held_by(marta, inbox)
    with pytest.raises(HasLeft):
        take_back_mail(held.pk, act(make_agent("Iván Ferrer"), when=CLICK))
    fire_due(END)

    with pytest.raises(HasLeft):
        take_back_mail(held.pk, act(marta, when=END))

    assert Ticket.objects.count() == 1
    assert not Draft.objects.exists()


def test_its_files_go_with_it(marta, inbox):
    upload = an_upload(marta)
    file = File(upload.digest, upload.filename, upload.content_type, upload.size)
    content = Content(text="Va", to=TO, subject="Factura", files=[file])
    held_by(marta, inbox, content=content, uploads=[upload.pk])

    fire_due(END)

    assert [one.filename for one in Attachment.objects.all()] == ["factura.pdf"]
    assert Attachment.objects.get().message == Ticket.objects.get().messages.get()


def test_sent_later_it_is_a_ticket_of_that_time_and_can_leave_before(marta, inbox):
    tomorrow = CLICK + timedelta(days=1)
    held_by(marta, inbox, until=tomorrow, later=True)
    second = held_by(marta, inbox, until=tomorrow, later=True)

    at_once = send_mail_now(second.pk, act(marta, when=END))
    fire_due(tomorrow)

    assert [one.created_at for one in Ticket.objects.order_by("pk")] == [END, tomorrow]
    assert at_once.created_at == END


def test_who_has_lost_the_right_meanwhile_sends_nothing(marta, inbox):
    held = held_by(marta, inbox)
    marta.user.is_active = False
    marta.user.save()

    fire_due(END)

    held.refresh_from_db()
    assert held.stopped == "not_allowed"
    assert held.content["html"] == WORDS
    assert not Ticket.objects.exists()


def test_it_checks_at_the_click(marta, inbox):
    with pytest.raises(Invalid):
        held_by(marta, inbox, content=Content(text="Hola", subject="Hola", to=[]))
    with pytest.raises(NotAllowed):
        held_by(make_agent("Luz Gil", role="light"), inbox)

    assert not HeldMail.objects.exists()


def test_what_has_left_is_swept_after_a_day_and_what_waits_is_not(marta, inbox):
    left, waits = held_by(marta, inbox), held_by(marta, inbox, until=END + timedelta(days=9))
    fire_due(END)

    with clock.frozen(END + timedelta(days=2)):
        housekeeping.sweep()

    assert not HeldMail.objects.filter(pk=left.pk).exists()
    assert HeldMail.objects.filter(pk=waits.pk).exists()


def test_undo_at_the_last_moment_takes_it_back_or_comes_too_late(new_desk):  # R12
    team = make_team()
    marta, inbox = make_agent("Marta Ruiz", team=team), make_inbox(team=team)

    for _round in range(10):
        held, start = held_by(marta, inbox), Barrier(2)
        before = Ticket.objects.count()
        outcomes = at_once(
            lambda held=held: take_back_mail(held.pk, act(marta, when=END)),
            lambda: fire_due(END),
            start=start,
        )

        drafts = Draft.objects.count()
        left = Ticket.objects.count() - before
        assert (drafts, left) in ((1, 0), (0, 1)), outcomes
        assert not HeldMail.objects.filter(ticket=None).exists()
        Draft.objects.all().delete()


def an_upload(agent):
    return add_upload(
        agent.pk, None, digest=storage.put(b"%PDF-1.7"), filename="factura.pdf",
        content_type="application/pdf", size=8, now=CLICK,
    )  # fmt: skip


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
