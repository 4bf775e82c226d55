"""The policy of a new desk: an answer within working hours, sooner the more urgent it is."""

from django.db import migrations

HOUR = 3600
TARGETS = {  # by priority: low, normal, high, urgent
    "first_response": {"0": 8 * HOUR, "1": 4 * HOUR, "2": 2 * HOUR, "3": HOUR},
    "next_response": {"0": 8 * HOUR, "1": 6 * HOUR, "2": 3 * HOUR, "3": 2 * HOUR},
}


def make(apps, schema_editor):
    apps.get_model("sla", "Policy").objects.create(name="Normal", targets=TARGETS)


class Migration(migrations.Migration):
    dependencies = [("sla", "0001_initial"), ("people", "0002_new_desk")]
    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
