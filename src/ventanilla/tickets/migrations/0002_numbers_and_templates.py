"""Ticket numbers come from a sequence: none is given twice. And the first templates."""

from django.db import migrations

SPANISH = """Hola{% if contact.first_name %}, {{ contact.first_name }}{% endif %}:

Hemos recibido la consulta {{ ticket.number }}{% if ticket.subject %}: «{{ ticket.subject }}»{% endif %}.
{% if reply_by %}La respuesta llega {{ reply_by }}.{% else %}La respuesta llegará lo antes posible.{% endif %}

Para añadir algo basta con responder a este correo.

{{ desk.name }}"""
ENGLISH = """Hello{% if contact.first_name %} {{ contact.first_name }}{% endif %},

We have received request {{ ticket.number }}{% if ticket.subject %}: "{{ ticket.subject }}"{% endif %}.
{% if reply_by %}The answer will come {{ reply_by }}.{% else %}The answer will come as soon as possible.{% endif %}

To add something, simply reply to this e-mail.

{{ desk.name }}"""


def make(apps, schema_editor):
    MessageTemplate = apps.get_model("tickets", "MessageTemplate")
    for language, subject, body in (
        ("es", "Hemos recibido la consulta {{ ticket.number }}", SPANISH),
        ("en", "We have received request {{ ticket.number }}", ENGLISH),
    ):
        MessageTemplate.objects.create(
            key="acknowledgement", language=language, subject=subject, body=body
        )


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE ticket_number START 1001", "DROP SEQUENCE ticket_number"
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
