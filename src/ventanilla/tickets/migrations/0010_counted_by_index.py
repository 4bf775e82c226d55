import django.db.models.functions.comparison
from django.db import migrations, models

import ventanilla.lib.literal


class Migration(migrations.Migration):
    """Counts of what is unresolved read the index alone."""

    dependencies = [
        ("people", "0005_organization_domains"),
        ("tickets", "0009_live_fields"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_live_due",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_live_team",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_urgent",
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.OrderBy(models.F("due_at"), nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("status__lt", 4)),
                include=("clock_paused",),
                name="ticket_live_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("team"),
                models.OrderBy(models.F("due_at"), nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("status__lt", 4)),
                include=("clock_paused",),
                name="ticket_live_team",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                django.db.models.functions.comparison.Greatest(
                    models.F("status"), ventanilla.lib.literal.Literal(1)
                ),
                django.db.models.functions.comparison.Coalesce(
                    models.F("due_at"), ventanilla.lib.literal.Never()
                ),
                ventanilla.lib.literal.Negated(models.F("id")),
                condition=models.Q(("status__lt", 4)),
                include=("status",),
                name="ticket_urgent",
            ),
        ),
    ]
