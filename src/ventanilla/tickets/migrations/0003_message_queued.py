"""Serves the search for messages that have not left yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_numbers_and_templates")]
    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivery", "queued")), fields=["id"], name="message_queued"
            ),
        ),
    ]
