"""A mail that we begin waits for the desk's seconds: what the pages say, what undo gives back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.desk.test_writing import NOW, REPLY
from tests.desk.world import PARTIAL, statements
from ventanilla.events.timers import fire_due
from ventanilla.lib import clock
from ventanilla.people.models import DeskSettings
from ventanilla.tickets.models import Attachment, Draft, Ticket
from ventanilla.tickets.writing import HeldMail

pytestmark = pytest.mark.django_db
FORM = "/tickets/new/?purpose=mail"
MAIL = REPLY | {"kind": "new", "subject": "Tu pedido ha llegado", "to": "Ana <ana@correo.example>"}


@pytest.fixture(autouse=True)
def monday(world):
    DeskSettings.objects.filter(pk=1).update(undo_seconds=10)
    HeldMail.objects.all().delete()
    with clock.frozen(NOW):
        yield


def write(world, headers=PARTIAL, **fields):
    return world.client("own").post(FORM, MAIL | fields, headers=headers)


def waiting():
    return HeldMail.objects.get()


def test_it_waits_on_a_page_of_its_own_and_no_list_knows_it(world):
    before = Ticket.objects.count()

    answer = write(world)

    held = waiting()
    assert answer["HX-Redirect"] == f"/held/mails/{held.pk}/"
    assert held.due_at == NOW + timedelta(seconds=10)
    assert Ticket.objects.count() == before
    page = world.client("own").get(answer["HX-Redirect"]).text
    assert 'left="10"' in page
    assert 'data-act="undo"' in page
    assert "Tu pedido ha llegado" in page
    assert "Hola, <b>Elena</b>" in page
    assert 'hx-trigger="every 1s"' in page


def test_the_page_goes_on_to_the_ticket_once_it_has_left(world):
    url = write(world)["HX-Redirect"]
    client = world.client("own")
    assert client.get(url, headers=PARTIAL).headers.get("HX-Redirect") is None

    fire_due(NOW + timedelta(seconds=10))

    ticket = Ticket.objects.latest("pk")
    assert client.get(url, headers=PARTIAL)["HX-Redirect"] == f"/tickets/{ticket.number}/"
    assert client.get(url)["Location"] == f"/tickets/{ticket.number}/"
    assert ticket.subject == "Tu pedido ha llegado"
    late = client.post(url, {"do": "take_back"}, headers=PARTIAL)
    assert late.status_code == 409


def test_undo_brings_everything_back_into_the_form(world):
    sender = world.ticket.inbox.pk
    url = write(world, headers={}, html="", body="Hola", cc="pau@correo.example", inbox=sender,
                attachments=[world.upload.pk],
                files=SimpleUploadedFile("nota.txt", b"hola"))["Location"]  # fmt: skip
    client, before = world.client("own"), Ticket.objects.count()

    answer = client.post(url, {"do": "take_back"}, headers=PARTIAL)

    assert answer["HX-Redirect"] == FORM
    form = client.get(FORM).text.partition("<vt-composer")[2].partition("</vt-composer>")[0]
    for part in ("<p>Hola</p>", "pau@correo.example", "captura.png", "nota.txt",
                 "Ana &lt;ana@correo.example&gt;", "Tu pedido ha llegado",
                 f'<option value="{sender}" selected>'):  # fmt: skip
        assert part in form
    fire_due(NOW + timedelta(hours=1))
    assert Ticket.objects.count() == before
    assert Attachment.objects.filter(message=None, filename="nota.txt").count() == 1
    assert client.get(url).status_code == 404
    assert client.get(url, headers=PARTIAL).status_code == 204


def test_sent_later_it_is_named_above_the_form_until_then(world):
    answer = write(world, later="2026-03-03T09:00", status="")

    assert waiting().due_at.isoformat() == "2026-03-03T08:00:00+00:00"  # 9:00 in Madrid
    form = world.client("own").get(FORM).text
    assert answer["HX-Redirect"] in form
    assert "mañana a las 9:00" in form
    page = world.client("own").get(answer["HX-Redirect"]).text
    assert "every 1s" not in page
    sent = world.client("own").post(answer["HX-Redirect"], {"do": "send"}, headers=PARTIAL)
    assert sent["HX-Redirect"] == f"/tickets/{Ticket.objects.latest('pk').number}/"


def test_what_could_not_leave_says_why(world):
    url = write(world)["HX-Redirect"]
    HeldMail.objects.update(stopped="not_allowed", stopped_why="You may not begin tickets.")

    assert world.client("own").get(url, headers=PARTIAL)["HX-Refresh"] == "true"
    page = world.client("own").get(url).text
    assert "You may not begin tickets." in page
    assert "You may not begin tickets." in world.client("own").get(FORM).text


def test_the_same_form_posted_twice_sends_once(world):
    write(world, mark="lk3j-abc123")
    write(world, mark="lk3j-abc123")

    assert HeldMail.objects.count() == 1


def test_holding_a_mail_costs_no_more_than_sending_it(world):
    world.client("own")
    with statements() as done:
        write(world, mark="lk3j-abc123")

    assert done.count <= 15, "\n".join(done.sql)
    assert not Draft.objects.filter(kind="new").exists()
