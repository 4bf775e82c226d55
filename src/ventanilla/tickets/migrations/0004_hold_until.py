from django.db import migrations, models


class Migration(migrations.Migration):
    """When a snoozed ticket wakes."""

    dependencies = [("tickets", "0003_message_queued")]
    operations = [
        migrations.AddField(
            model_name="ticket",
            name="hold_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
