"""Mail that led to no ticket is seen by administrators, who may take it in all the same (R11)."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import MONDAY_9AM, make_agent
from tests.mail.intake.mails import take, write
from ventanilla.lib import clock
from ventanilla.mail.intake import take_in
from ventanilla.mail.models import RawMail

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail():
    return take(
        write(
            "Estoy fuera de la oficina.",
            subject="Respuesta automática",
            auto_submitted="auto-replied",
        )
    )


def signed_in(role):
    client = Client()
    client.force_login(make_agent("Ada Sanz", role=role).user)
    return client


def test_an_administrator_sees_it_and_takes_it_in(mail):
    client = signed_in("administrator")

    shown = client.get(reverse("desk:parked"))
    done = client.post(reverse("desk:parked_release", args=[mail.pk]))
    with clock.frozen(MONDAY_9AM):
        take_in()

    assert "elena.vidal@correo.example" in shown.text
    assert done.status_code == 302
    assert RawMail.objects.get().outcome == "opened"
    assert "elena.vidal@correo.example" not in client.get(reverse("desk:parked")).text


def test_others_may_not(mail):  # R28
    answer = signed_in("agent").post(reverse("desk:parked_release", args=[mail.pk]))

    assert answer.status_code in (403, 404)
    assert RawMail.objects.get().state == "done"


def test_a_mail_with_a_ticket_cannot_be_released():
    row = take(write())

    answer = signed_in("administrator").post(reverse("desk:parked_release", args=[row.pk]))

    assert answer.status_code == 404
