"""Replies, notes, forwarded messages, new tickets: what is posted becomes a message, or stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.desk.world import PARTIAL, picture
from tests.factories import MONDAY_9AM, make_inbox
from ventanilla.events.acts import Act
from ventanilla.events.models import Event
from ventanilla.lib import clock, storage
from ventanilla.people.models import Contact
from ventanilla.tickets.actions import receive
from ventanilla.tickets.content import Content
from ventanilla.tickets.models import Attachment, Draft, Message, Read, Status, Ticket

pytestmark = pytest.mark.django_db
NOW = MONDAY_9AM + timedelta(minutes=30)
REPLY = {
    "kind": "reply",
    "html": "<p>Hola, <b>Elena</b></p>",
    "to": '"Vidal, Elena" <Elena.Vidal@correo.example>; pau@correo.example',
    "cc": "",
    "status": "2",
    "composing": "42",
}


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture(autouse=True)
def monday():
    with clock.frozen(NOW):
        yield


def write(world, who="own", partial=True, **fields):
    url = reverse("desk:messages", args=[world.number])
    headers = PARTIAL if partial else {}
    return world.client(who).post(url, REPLY | fields, headers=headers)


def newest(world) -> Message:
    return Message.objects.filter(ticket=world.ticket).latest("pk")


def count(world):
    return Message.objects.filter(ticket=world.ticket).count()


def test_a_reply_is_written_and_its_draft_is_gone(world):
    answer = write(world)

    message = newest(world)
    world.ticket.refresh_from_db()
    assert answer.status_code == 303
    assert answer["Location"].endswith("/conversation?here=&did=reply")
    assert message.text == "Hola, Elena"
    assert message.to == [
        {"name": "Vidal, Elena", "addr": "elena.vidal@correo.example"},
        {"name": "", "addr": "pau@correo.example"},
    ]
    assert (message.delivery, message.agent, message.composing) == (
        "queued",
        world.people["own"],
        42,
    )
    assert message.begun_at == MONDAY_9AM
    assert world.ticket.status == Status.PENDING
    assert not Draft.objects.exists()
    assert Read.objects.get().message_id == message.pk


def test_without_script_the_page_comes_back(world):
    answer = write(world, partial=False, html="", body="Hola\n\nSí: <b>")

    message = newest(world)
    assert answer["Location"] == f"/tickets/{world.number}/"
    assert message.html == "<p>Hola</p><p>Sí: &lt;b&gt;</p>"
    assert message.text == "Hola\n\nSí: <b>"


def test_what_the_editor_sends_is_cleaned(world):  # R19
    write(world, html='<p onclick="x()">Hola<script>alert(1)</script><iframe src=//x></iframe></p>')

    assert newest(world).html == "<p>Hola</p>"


def test_a_note_goes_to_nobody(world):
    write(world, kind="note", html="<p>Ojo</p>", to="elena.vidal@correo.example")

    message = newest(world)
    assert (message.kind, message.delivery) == (2, "")
    assert Event.objects.latest("pk").kind == "message.noted"


def test_a_light_agent_writes_notes_and_nothing_else(world):
    assert write(world, "light").status_code == 403
    assert write(world, "light", kind="note").status_code == 303


@pytest.mark.parametrize(
    ("to", "named"),
    [
        ("elena.vidal@correo.example, nadie", "nadie"),
        ("a@b@c.example", "a@b@c.example"),
        ("Elena <elena@>", "Elena &lt;elena@&gt;"),
        ("a@b.example\r\nBcc: c@d.example", "a@b.example Bcc: c@d.example"),
    ],
)
def test_a_bad_address_is_named_and_nothing_is_sent(to, named, world):  # R24
    before = count(world)

    answer = write(world, to=to)

    assert answer.status_code == 422
    assert named in answer.text
    assert f'hx-target="#composer-{world.number} .composer-problem"' in answer.text
    assert count(world) == before


def test_more_than_fifty_recipients_are_refused(world):  # R24
    several = ", ".join(f"a{n}@correo.example" for n in range(51))

    assert write(world, to=several).status_code == 422


@pytest.mark.parametrize("fields", [{"to": ""}, {"html": ""}, {"html": "<p> </p>"}])
def test_nobody_and_nothing_are_refused(fields, world):
    before = count(world)

    assert write(world, **fields).status_code == 422
    assert count(world) == before


def test_what_is_refused_without_script_is_kept_as_a_draft(world):
    answer = write(world, partial=False, to="nadie", html="", body="Mi respuesta larga")

    assert answer.status_code == 422
    assert "nadie" in answer.text
    assert Draft.objects.get(kind="reply").html == "<p>Mi respuesta larga</p>"


def test_a_newer_message_stops_the_reply_and_both_texts_stay(world):  # R54
    seen = newest(world).pk
    arrived = receive(
        world.ticket,
        Act.of_contact(world.contact.pk, NOW),
        content=Content(text="Ya está resuelto", author_name="Elena Vidal"),
        channel="email",
        contact=world.contact,
    )

    answer = write(world, seen=str(seen))

    assert answer.status_code == 409
    assert "Elena Vidal" in answer.text
    assert "Ya está resuelto" in answer.text
    assert 'name="force"' in answer.text
    assert newest(world) == arrived
    assert Draft.objects.get().html == "<p>Empiezo</p>"

    assert write(world, seen=str(seen), force="1").status_code == 303
    event = Event.objects.get(kind="message.replied", data__override=True)
    assert event.data["message"] == newest(world).pk


def test_without_script_a_stale_reply_becomes_a_draft_under_the_new_message(world):  # R54
    seen = newest(world).pk
    receive(
        world.ticket,
        Act.of_contact(world.contact.pk, NOW),
        content=Content(text="Ya está resuelto"),
        channel="email",
        contact=world.contact,
    )

    answer = write(world, partial=False, seen=str(seen), html="", body="Mi respuesta")

    assert answer.status_code == 409
    assert "Ya está resuelto" in answer.text
    assert "Mi respuesta" in answer.text


def test_uploads_travel_with_the_reply(world):
    write(world, attachments=[str(world.upload.pk)])

    sent = Attachment.objects.get(message=newest(world))
    assert (sent.filename, sent.inline, sent.cid) == ("captura.png", False, "")
    assert not Attachment.objects.filter(message=None).exists()


def test_a_pasted_picture_is_named_by_its_content_id(world):
    html = f'<p>Mira:</p><img src="/pictures/{world.upload.pk}" alt="captura">'

    write(world, html=html, attachments=[str(world.upload.pk)])

    message = newest(world)
    sent = message.attachments.get()
    assert sent.inline
    assert sent.cid == world.upload.cid
    assert f'src="cid:{sent.cid}"' in message.html
    page = world.client("own").get(reverse("desk:ticket", args=[world.number])).text
    assert f'src="/pictures/{sent.pk}"' in page


def test_only_a_picture_may_do_as_the_whole_message(world):
    answer = write(world, html=f'<img src="/pictures/{world.upload.pk}">')

    assert answer.status_code == 303


def test_somebody_elses_upload_can_not_be_sent(world):  # R28
    answer = write(world, "admin", attachments=[str(world.upload.pk)])

    assert answer.status_code == 422
    assert not Attachment.objects.filter(message=newest(world)).exists()


def test_a_foreign_tickets_file_can_not_be_sent(world):  # R28
    answer = write(world, html='<img src="/pictures/999999">')

    assert answer.status_code == 422


def test_files_without_script(world):
    file = SimpleUploadedFile("../../etc/pass\u202ewd.txt", b"hola", "text/html")

    write(world, partial=False, files=[file])

    sent = newest(world).attachments.get()
    assert (sent.filename, sent.content_type) == ("passwd.txt", "application/octet-stream")
    assert storage.read(sent.digest) == b"hola"


def test_a_forwarded_message_takes_its_files_along(world):
    url = reverse("desk:forward", args=[world.number, world.message.pk])
    page = world.client("own").get(url, headers=PARTIAL).text
    assert "Sigue" in page
    assert f'name="attachments" value="{world.attachment.pk}"' in page

    answer = write(
        world,
        kind="forward",
        forward=str(world.message.pk),
        to="taller@proveedor.example",
        subject="Fwd: Cobro duplicado",
        attachments=[str(world.attachment.pk)],
    )

    message = newest(world)
    world.ticket.refresh_from_db()
    assert answer.status_code == 303
    assert message.forwarded
    assert message.subject == "Fwd: Cobro duplicado"
    assert [one.filename for one in message.attachments.all()] == ["factura.pdf"]
    assert world.ticket.status == Status.OPEN  # passing it on answers nobody
    assert Attachment.objects.filter(pk=world.attachment.pk).exists()


def test_a_customer_who_called_gets_a_ticket(world):
    fields = {
        "customer": "Ana Soler 600 11 22 33",
        "subject": "Quiere anular",
        "body": "Ha llamado dos veces.",
        "channel": "phone",
        "team": world.team.pk,
        "priority": "2",
    }

    answer = world.client("own").post("/tickets/new/?purpose=customer", fields)

    ticket = Ticket.objects.latest("pk")
    assert answer["Location"] == f"/tickets/{ticket.number}/"
    assert (ticket.channel, ticket.priority, ticket.status) == ("phone", 2, Status.NEW)
    assert ticket.contact.name == "Ana Soler"
    assert ticket.contact.identities.get().value == "+600112233".removeprefix("+")
    assert ticket.messages.get().text == "Ha llamado dos veces."
    assert ticket.messages.get().kind == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", "Ana"),
        ("customer", "a@b@c"),
        ("subject", ""),
        ("team", "0"),
        ("channel", "api"),
    ],
)
def test_a_wrong_field_is_marked_and_the_rest_stays(field, value, world):
    fields = {
        "customer": "ana@correo.example",
        "subject": "Llamada",
        "body": "Texto largo",
        "channel": "phone",
        "team": world.team.pk,
        "priority": "1",
    }
    people = Contact.objects.count()

    answer = world.client("own").post("/tickets/new/?purpose=customer", fields | {field: value})

    assert answer.status_code == 422
    assert f'aria-describedby="f-{field}-err' in answer.text
    assert "Texto largo" in answer.text
    assert Contact.objects.count() == people


def test_a_mail_that_we_begin(world):
    make_inbox("envios@casaolmo.example", team=world.other_team, name="Envíos")
    fields = REPLY | {"kind": "new", "subject": "Tu pedido ha llegado", "to": "ana@correo.example"}

    answer = world.client("own").post("/tickets/new/?purpose=mail", fields, headers=PARTIAL)

    ticket = Ticket.objects.latest("pk")
    assert answer["HX-Redirect"] == f"/tickets/{ticket.number}/"
    assert (ticket.status, ticket.assignee, ticket.team) == (
        Status.PENDING,
        world.people["own"],
        world.team,
    )
    message = ticket.messages.get()
    assert (message.kind, message.delivery, message.to) == (
        1,
        "queued",
        [{"name": "", "addr": "ana@correo.example"}],
    )


@pytest.mark.parametrize("fields", [{"subject": ""}, {"to": ""}, {"html": ""}, {"inbox": "999"}])
def test_a_mail_that_lacks_something_is_not_sent(fields, world):
    before = Ticket.objects.count()
    whole = REPLY | {"kind": "new", "subject": "Hola"} | fields

    answer = world.client("own").post("/tickets/new/?purpose=mail", whole, headers=PARTIAL)

    assert answer.status_code == 422
    assert "composer-new" in answer.text
    assert Ticket.objects.count() == before


def test_the_first_recipients_are_who_wrote_and_who_takes_part(world):
    Draft.objects.all().delete()

    text = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    to, _, rest = text.partition('name="to"')[2].partition('name="cc"')
    assert "elena.vidal@correo.example" in to
    assert "pau@correo.example" in rest.partition('name="bcc"')[0]
    assert "otra@correo.example" not in to  # the unverified sender


def test_a_draft_of_mine_is_nobody_elses(world):
    url = reverse("desk:ticket", args=[world.number])

    assert "Empiezo" in world.client("own").get(url).text
    assert "Empiezo" not in world.client("admin").get(url).text


def test_drafts_are_saved_read_and_thrown_away(world):
    client = world.client("admin")
    url = reverse("desk:ticket_draft", args=["note", world.number])
    html = f'<p>Nota</p><img src="/pictures/{world.upload.pk}"><script>x</script>'

    saved = client.post(url, {"kind": "note", "html": html, "to": "media dir", "composing": "7"})

    assert saved.json()["saved_at"].startswith("2026-03-02T08:30")
    told = client.get(url).json()
    assert told["html"] == "<p>Nota</p><img>"  # another agent's upload is no picture of mine
    assert told["fields"]["to"] == []
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 204


def test_a_picture_in_a_draft_comes_back_as_a_picture(world):
    client = world.client("own")
    url = reverse("desk:ticket_draft", args=["reply", world.number])
    html = f'<p>Mira</p><img src="/pictures/{world.upload.pk}">'

    client.post(url, {"kind": "reply", "html": html})

    assert f'src="/pictures/{world.upload.pk}"' in client.get(url).json()["html"]
    kept = Draft.objects.get(kind="reply")
    assert f"cid:{world.upload.cid}" in kept.html
    assert kept.begun_at == MONDAY_9AM


def test_a_page_of_thirty_messages_folds_the_middle(world):
    for index in range(30):
        receive(
            world.ticket,
            Act.of_contact(world.contact.pk, NOW + timedelta(minutes=index)),
            content=Content(text=f"Mensaje {index:02}."),
            channel="email",
            contact=world.contact,
        )
    client = world.client("own")

    text = client.get(reverse("desk:ticket", args=[world.number])).text

    assert "Mensaje 29." in text
    assert "Mensaje 09." not in text
    assert text.count('<article class="msg') == 21 + 1  # and the reply that waits
    older = text.split('class="fold"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    behind = client.get(older).text
    assert "Mensaje 09." in behind
    assert "Mensaje 10." not in behind
    assert behind.count('<article class="msg') == 14


def test_quoted_history_is_folded_never_cut(world):  # R9
    receive(
        world.ticket,
        Act.of_contact(world.contact.pk, NOW),
        content=Content(
            text="Gracias.\n\n-- \nElena\n\n> ¿Ha llegado?",
            reply="Gracias.",
            signature="-- \nElena",
        ),
        channel="email",
        contact=world.contact,
    )

    text = world.client("own").get(reverse("desk:ticket", args=[world.number])).text

    shown, folded = text.rpartition("<p>Gracias.</p>")[2].split("</details>")[0], text
    assert "<details" in shown
    assert "¿Ha llegado?" in shown
    assert "Elena" in folded


def test_accepting_a_sender_and_sending_again(world):
    client = world.client("own")

    client.post(reverse("desk:acceptance", args=[world.unverified.pk]))
    client.post(reverse("desk:resend", args=[world.failed.pk]))

    world.unverified.refresh_from_db()
    world.failed.refresh_from_db()
    assert world.unverified.verified
    assert world.failed.delivery == "queued"


def test_a_large_file_is_refused_with_its_name(world, settings):
    settings.UPLOAD_LIMIT = 10
    file = SimpleUploadedFile("video.mp4", b"x" * 11)

    answer = world.client("own").post(
        reverse("desk:uploads"), {"file": file}, headers={"Accept": "application/json"}
    )

    assert answer.status_code == 422
    assert "video.mp4" in answer.json()["message"]
    assert answer.json()["field"] == "files"


def test_an_upload_answers_what_the_composer_needs(world):
    file = SimpleUploadedFile("foto.png", picture(), "text/html")
    client = world.client("own")

    told = client.post(reverse("desk:uploads"), {"file": file, "inline": "1"}).json()

    assert told["content_type"] == "image/png"
    assert told["url"] == f"/pictures/{told['id']}"
    assert client.get(told["url"]).status_code == 200
    assert world.client("admin").get(told["url"]).status_code == 404
    assert client.delete(f"/uploads/{told['id']}").status_code == 204
    assert client.get(told["url"]).status_code == 404
