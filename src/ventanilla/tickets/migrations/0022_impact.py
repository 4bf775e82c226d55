from django.db import migrations, models

LEVELS = [(0, "Low"), (1, "Medium"), (2, "High")]


class Migration(migrations.Migration):
    """Impact and urgency of incidents. Empty at first: no row is rewritten."""

    dependencies = [
        ("tickets", "0021_checklist"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="impact",
            field=models.SmallIntegerField(blank=True, choices=LEVELS, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="urgency",
            field=models.SmallIntegerField(blank=True, choices=LEVELS, null=True),
        ),
    ]
