"""Signatures: by language, with variables, checked when saved, looked at on a real ticket."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.desk.world import PARTIAL
from tests.factories import act, address, system
from ventanilla.lib.problems import Invalid
from ventanilla.mail.outgoing import _signatures
from ventanilla.people.actions.preferences import set_preferences
from ventanilla.people.actions.staff import change_team
from ventanilla.people.models import Agent
from ventanilla.people.queries import configuration
from ventanilla.people.signatures import check_signature
from ventanilla.tickets.actions import reply
from ventanilla.tickets.content import Content

pytestmark = pytest.mark.django_db
TO = [address("elena.vidal@correo.example")]


def signed(world, *, language="es", who="own"):
    """What stands below a reply in this language."""
    content = Content(html="<p>Hola</p>", text="Hola", to=TO, language=language)
    message = reply(world.ticket, act(world.people[who]), content=content)
    message.agent = Agent.objects.select_related("user").get(pk=world.people[who].pk)
    return _signatures(message, configuration())


def test_values_are_filled_in_and_escaped_in_the_replys_language(world):  # R26
    own = world.people["own"]
    own.user.name = "Marta Ruiz <3"
    own.user.save()
    own.signature = '<p>{{ agent.name | default: "x" }}<br>{{ team.name }}</p>'
    own.signatures = {"en": "<p>Kind regards, {{ team.name }}</p>"}
    own.save()
    change_team(world.team, system(), signature="<p>{{ desk.name }} #{{ ticket.number }}</p>")
    world.ticket.team.refresh_from_db()

    spanish, team = signed(world)
    english, _team = signed(world, language="en-GB")

    assert spanish == "<p>Marta Ruiz &lt;3<br>Facturación</p>"
    assert english == "<p>Kind regards, Facturación</p>"
    assert team == f"<p>Ventanilla #{world.number}</p>"


def test_what_a_form_escapes_means_itself_between_braces(world):
    form = {"name": "Marta Ruiz", "language": "es", "time_zone": "Europe/Madrid", "theme": "auto",
            "density": "normal", "signature": 'Un saludo,\n{{ agent.nada_de | default: "Yo" }}',
            "signature_en": '{{ organization.name | default: "Ms & Mr" }}'}  # fmt: skip
    refused = world.client("own").post(reverse("desk:me"), form)
    assert refused.status_code == 422
    assert "agent.nada_de" in refused.text

    kept = world.client("own").post(
        reverse("desk:me"), form | {"signature": 'Un saludo,\n{{ team.name | default: "Yo" }}'}
    )

    assert kept.status_code == 302
    world.ticket.organization = None
    assert signed(world)[0] == "<p>Un saludo,<br>Facturación</p>"
    assert (
        "Ms &amp; Mr" in signed(world, language="en")[0]
        or "Ms & Mr" in signed(world, language="en")[0]
    )
    page = world.client("own").get(reverse("desk:me")).text
    assert "organization.name | default" in page


@pytest.mark.parametrize(
    ("text", "named"),
    [("{{ nadie }}", "nadie"), ("a\n{{ agent.password }}", "agent.password"), ("{% fi %}", "fi")],
)
def test_a_mistake_names_line_and_variable(text, named):
    with pytest.raises(Invalid, match=named) as refusal:
        check_signature(text)

    assert refusal.value.message.split(":")[0].endswith(str(text.count("\n") + 1))


def test_one_from_before_variables_stays_as_it_is(world):
    own = world.people["own"]
    Agent.objects.filter(pk=own.pk).update(signature="<p>{% hola %} {{</p>")

    assert signed(world)[0] == "<p>{% hola %} {{</p>"
    with pytest.raises(Invalid):
        set_preferences(own, signature="<p>{% hola %}</p>")


def test_it_is_looked_at_on_a_ticket_that_one_sees(world):
    url = reverse("desk:signature_preview")
    form = {"signature": "{{ ticket.subject }}<script>x</script>", "at": world.number}

    shown = world.client("own").post(url, form, headers=PARTIAL).text
    foreign = world.client("stranger").post(url, form, headers=PARTIAL).text
    wrong = world.client("own").post(url, form | {"signature": "{{ x.y }}"}, headers=PARTIAL).text

    assert "Cobro duplicado" in shown
    assert "<script>" not in shown
    assert "Cobro duplicado" not in foreign
    assert "x.y" in wrong
