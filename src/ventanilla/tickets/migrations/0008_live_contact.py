from django.db import migrations, models


class Migration(migrations.Migration):
    """How many unresolved tickets a customer has, who may have thousands in all."""

    dependencies = [("tickets", "0007_urgency")]
    operations = [
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["contact"], name="ticket_live_contact", condition=models.Q(status__lt=4)
            ),
        ),
    ]
