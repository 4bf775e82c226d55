"""Signatures by language, beside the one for all."""

from django.db import migrations, models

EMPTY = models.Value({}, models.JSONField())


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0010_organizations_and_merges"),
    ]

    operations = [
        migrations.AddField(
            "agent", "signatures", models.JSONField(blank=True, db_default=EMPTY, default=dict)
        ),
        migrations.AddField(
            "team", "signatures", models.JSONField(blank=True, db_default=EMPTY, default=dict)
        ),
    ]
