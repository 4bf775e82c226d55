"""Pages share the rows they have read: each still shows what is so now, to whom it is shown."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import MONDAY_9AM, act
from ventanilla.events.models import EventText
from ventanilla.lib import clock
from ventanilla.people.models import Contact, User
from ventanilla.tickets.actions import assign, rename, snooze
from ventanilla.tickets.models import Attachment, Category, Message, MessageKind, Tag, Team

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(world):
    def show(who="admin"):
        path = reverse("desk:ticket", args=[world.number])
        shown = world.client(who).get(path).content.decode()
        return re.sub(r"<(?!div class=.msgs)[^>]*>", "", shown)

    show()  # what it has read is shared from here on
    return show


def test_a_message_that_was_delivered_meanwhile(world, page):
    sent = world.ticket.messages.filter(kind=MessageKind.REPLY).latest("pk")
    sent.delivery_reason = "Buzón lleno"
    sent.delivery = "bounced"
    sent.save()

    assert "Buzón lleno" in page()


def test_people_and_things_that_have_another_name(world, page):
    admin = world.people["admin"]
    assign(world.ticket, act(admin), to=admin)
    page()

    User.objects.filter(pk=admin.pk).update(name="Nombre Nuevo")
    Contact.objects.filter(pk=world.ticket.contact_id).update(name="Clienta Nueva")
    Message.objects.filter(kind=MessageKind.INBOUND).update(author_name="")
    Team.objects.filter(pk=world.ticket.team_id).update(name="Equipo Nuevo")
    Category.objects.update(name="Categoría Nueva")
    Tag.objects.update(name="etiqueta-nueva")

    shown = page()
    for name in ("Nombre", "Clienta", "Equipo", "Categoría"):
        assert f"{name} Nuev" in shown
    assert "etiqueta-nueva" in shown
    assert "Asignado a Nombre Nuevo" in shown


def test_a_file_that_is_called_something_else(world, page):
    file = Attachment.objects.exclude(message=None).filter(inline=False).latest("pk")
    Attachment.objects.filter(pk=file.pk).update(filename="otro-nombre.pdf")

    assert "otro-nombre.pdf" in page()


def test_words_that_were_erased_from_the_log(world, page):
    before = world.ticket.subject
    rename(world.ticket, act(world.people["admin"]), to="Otra cosa")
    assert f"antes: {before}" in page()

    EventText.objects.update(text="borrado")

    assert "antes: borrado" in page() and before not in page()


def test_a_day_is_called_as_it_is_called_today(world, page):
    with clock.frozen(MONDAY_9AM):
        snooze(world.ticket, act(world.people["admin"]), until=MONDAY_9AM + timedelta(days=1))
        assert "Aplazado hasta mañana" in log(page)

    with clock.frozen(MONDAY_9AM + timedelta(hours=20)):
        assert "Aplazado hasta" in log(page)
        assert "Aplazado hasta mañana" not in log(page)


def log(page):
    """The conversation alone, without the head."""
    return page().partition('<div class="msgs')[2]


def test_each_reader_has_their_own_language(world, page):
    english = world.people["own"]
    User.objects.filter(pk=english.pk).update(language="en")

    assert "nota interna" in log(page)
    assert "internal note" in page("own")
    assert "internal note" not in log(page)
