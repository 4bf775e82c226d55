"""What the ticket's page offers beside its menus, and the list of notices."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.world import World
from tests.factories import MONDAY_9AM
from ventanilla.mail.models import OutgoingMail
from ventanilla.notifications.models import Notification
from ventanilla.notifications.queries import latest
from ventanilla.tickets.models import Delivery

pytestmark = pytest.mark.django_db
CONTROLS = ("subject", "contact", "participants", "acceptance", "resend")


@pytest.fixture
def world(shared_world):
    return shared_world


def page(world: World, who: str) -> str:
    return world.client(who).get(reverse("desk:ticket", args=[world.number])).text


def test_agents_find_a_control_for_all_that_they_may_change(world):
    html = page(world, "own")

    for address in (
        *(reverse(f"desk:{name}", args=[world.number]) for name in CONTROLS[:3]),
        reverse("desk:acceptance", args=[world.unverified.pk]),
        reverse("desk:resend", args=[world.failed.pk]),
    ):
        assert f'hx-post="{address}"' in html, address


def test_who_takes_part_is_listed_and_can_be_removed(world):
    assert f'name="remove" value="{world.participant.pk}"' in page(world, "own")

    url = reverse("desk:participants", args=[world.number])
    world.client("own").post(url, {"remove": [world.participant.pk]})
    world.client("own").post(url, {"add": "Eva Pons <eva@correo.example>"})

    html = page(world, "own")
    assert f'name="remove" value="{world.participant.pk}"' not in html
    assert "Quitar a Eva Pons" in html or "Eva Pons" in html


def test_light_agents_see_who_takes_part_and_change_nothing(world):
    html = page(world, "light")

    assert "Pau Roca" in html
    for name in CONTROLS[:3]:
        assert reverse(f"desk:{name}", args=[world.number]) not in html


def test_a_mail_that_waits_after_a_failed_try_says_why(world):
    message = world.failed
    message.delivery = Delivery.QUEUED
    message.save()
    OutgoingMail.objects.filter(message=message).delete()
    OutgoingMail.objects.create(
        inbox=None, ticket=world.ticket, message=message, purpose="reply", digest="0" * 64,
        recipients=["elena.vidal@correo.example"], created_at=MONDAY_9AM, attempts=1,
        next_try_at=MONDAY_9AM, give_up_at=MONDAY_9AM, error="The server is busy.",
    )  # fmt: skip

    html = page(world, "own")

    assert "The server is busy." in html
    assert "Próximo intento:" in html


def test_notices_are_listed_unread_first_and_marked_read(world):
    marta = world.people["own"]
    old, new = (
        Notification.objects.create(
            agent=marta, ticket=world.ticket, what=what, event_id=event, created_at=MONDAY_9AM,
            read_at=read_at,
        )
        for what, event, read_at in (("answered", 10**6, None), ("assigned", 10**6 + 1, MONDAY_9AM))
    )  # fmt: skip
    assert [one.pk for one in latest(marta.pk) if one.pk in (old.pk, new.pk)] == [old.pk, new.pk]
    url = reverse("desk:notice_list")

    before = world.client("own").get(url).text
    world.client("own").post(url)
    after = world.client("own").get(url).text

    assert reverse("desk:ticket", args=[world.number]) in before
    assert "Marcar todo como leído" in before
    assert "Marcar todo como leído" not in after
    assert not Notification.objects.filter(agent=marta, read_at=None).exists()


def test_notices_of_tickets_that_one_no_longer_sees_are_not_shown(world):  # R28
    stranger = world.people["stranger"]
    Notification.objects.create(
        agent=stranger, ticket=world.ticket, what="answered", event_id=1, created_at=MONDAY_9AM
    )

    assert "Cobro duplicado" not in world.client("stranger").get(reverse("desk:notice_list")).text
