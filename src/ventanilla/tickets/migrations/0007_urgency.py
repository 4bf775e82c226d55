from django.db import migrations, models
from django.db.models.functions import Coalesce, Greatest

from ventanilla.lib.literal import Literal, Negated, Never

URGENCY = (
    Greatest(models.F("status"), Literal(1)),
    Coalesce(models.F("due_at"), Never()),
    Negated(models.F("id")),
)
LIVE = models.Q(status__lt=4)


class Migration(migrations.Migration):
    """Lists of unresolved tickets come from an index in their order, however many there are."""

    dependencies = [("tickets", "0006_operations_and_views")]
    operations = [
        migrations.RemoveIndex("ticket", "ticket_live_assignee"),
        migrations.AddIndex("ticket", models.Index(*URGENCY, name="ticket_urgent", condition=LIVE)),
        migrations.AddIndex(
            "ticket", models.Index("team", *URGENCY, name="ticket_urgent_team", condition=LIVE)
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                *URGENCY,
                name="ticket_urgent_free",
                condition=models.Q(status__lt=4, assignee=None),
            ),
        ),
        migrations.AddIndex(
            "ticket",
            models.Index(
                "assignee",
                *URGENCY,
                name="ticket_urgent_mine",
                condition=models.Q(status__lt=5),
            ),
        ),
    ]
