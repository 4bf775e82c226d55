"""Sending waits for the desk's seconds: what the page says, and what undo gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.desk.test_writing import NOW, REPLY
from tests.desk.world import PARTIAL, statements
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock
from ventanilla.people.models import DeskSettings
from ventanilla.tickets.models import Attachment, Draft, Message
from ventanilla.tickets.writing import HeldReply

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture(autouse=True)
def monday(world):
    DeskSettings.objects.filter(pk=1).update(undo_seconds=10)
    HeldReply.objects.all().delete()
    with clock.frozen(NOW):
        yield


def write(world, partial=True, **fields):
    url = reverse("desk:messages", args=[world.number])
    headers = PARTIAL | {"HX-Current-URL": page(world)} if partial else {}
    return world.client("own").post(url, REPLY | fields, headers=headers)


def page(world):
    return f"http://testserver/tickets/{world.number}/"


def do(world, held, what="", who="own", url=None):
    headers = PARTIAL | {"HX-Current-URL": url or page(world)}
    return world.client(who).post(
        reverse("desk:held", args=[held.pk]), {"do": what}, headers=headers
    )


def test_a_new_desk_waits_ten_seconds():
    assert DeskSettings().undo_seconds == 10


def test_a_reply_waits_and_the_page_says_so(world):
    before = Message.objects.count()

    answer = write(world)

    held = HeldReply.objects.get()
    assert answer["Location"].endswith(f"did=reply&held={held.pk}")
    assert held.due_at == NOW + timedelta(seconds=10)
    assert not Draft.objects.filter(kind="reply").exists()
    text = world.client("own").get(answer["Location"], headers=PARTIAL).text
    assert f'hx-post="/held/{held.pk}"' in text.partition('id="toasts"')[0] + text
    assert 'data-act="undo"' in text
    assert f'id="held-{held.pk}"' in text
    assert 'left="10"' in text
    assert "Hola, <b>Elena</b>" in text
    fire_due(NOW + timedelta(seconds=10))
    assert Message.objects.count() == before + 1


def test_undo_brings_everything_back_into_the_composer(world):
    client = world.client("own")
    write(world, partial=False, html="", body="Hola", cc="pau@correo.example",
          attachments=[world.upload.pk],
          files=SimpleUploadedFile("nota.txt", b"hola"))  # fmt: skip
    held = HeldReply.objects.get()

    answer = do(world, held, "take_back")

    assert "did=taken_back" in answer["Location"]
    text = client.get(answer["Location"], headers=PARTIAL).text
    composer = text.partition("<vt-composer")[2].partition("</vt-composer>")[0]
    assert "<p>Hola</p>" in composer
    assert "pau@correo.example" in composer
    assert "captura.png" in composer
    assert "nota.txt" in composer
    assert "hx-preserve" not in composer.partition(">")[0]
    assert Attachment.objects.filter(message=None, filename="nota.txt").count() == 1


def test_undo_from_elsewhere_leads_back_to_the_ticket(world):
    write(world)

    answer = do(world, HeldReply.objects.get(), url="http://testserver/inbox/all/")

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"/inbox/all/{world.number}/"


def test_others_see_it_wait_and_cannot_touch_it(world):
    write(world)
    held = HeldReply.objects.get()

    text = world.client("admin").get(reverse("desk:ticket", args=[world.number])).text

    assert f'id="held-{held.pk}"' in text
    assert f"/held/{held.pk}" not in text
    assert do(world, held, who="admin").status_code == 404
    assert do(world, held, who="stranger").status_code == 404


def test_once_it_has_left_undo_says_so(world):
    write(world)
    held = HeldReply.objects.get()
    fire_due(NOW + timedelta(seconds=11))

    answer = do(world, held)

    assert answer.status_code == 404
    assert Message.objects.filter(ticket=world.ticket).latest("pk").text == "Hola, Elena"


def test_sent_later_at_a_time_on_the_writers_clock(world):
    answer = write(world, later="2026-03-03T09:00", status="")

    held = HeldReply.objects.get()
    assert held.due_at.isoformat() == "2026-03-03T08:00:00+00:00"  # 9:00 in Madrid
    assert (held.later, held.status) == (True, 2)
    text = world.client("own").get(answer["Location"], headers=PARTIAL).text
    assert "mañana a las 9:00" in text


@pytest.mark.parametrize("later", ["ayer", "2026-03-01T09:00", "2029-01-01T09:00"])
def test_a_time_that_cannot_be_is_refused_in_place(later, world):
    answer = write(world, later=later)

    assert answer.status_code == 422
    assert "composer-problem" in answer.text
    assert not HeldReply.objects.exists()


def test_send_now_ends_the_waiting(world):
    write(world, later="2026-03-03T09:00")

    answer = do(world, HeldReply.objects.get(), "send")

    assert "did=sent_now" in answer["Location"]
    assert Message.objects.filter(ticket=world.ticket).latest("pk").text == "Hola, Elena"


def test_the_same_composer_posted_twice_sends_once(world):
    write(world, mark="lk3j-abc123")
    again = write(world, mark="lk3j-abc123")

    assert again.status_code == 303
    assert HeldReply.objects.count() == 1


def test_a_refused_post_may_come_again(world):
    refused = write(world, mark="lk3j-abc123", html="")
    answer = write(world, mark="lk3j-abc123")

    assert (refused.status_code, answer.status_code) == (422, 303)
    assert HeldReply.objects.count() == 1


def test_holding_a_reply_costs_no_more_than_sending_it(world):
    world.client("own")
    with statements() as done:
        write(world, mark="lk3j-abc123")

    assert done.count <= 15, "\n".join(done.sql)


def test_notes_do_not_wait(world):
    write(world, kind="note")

    assert not HeldReply.objects.exists()
