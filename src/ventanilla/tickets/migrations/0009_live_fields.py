from django.db import migrations, models


class Migration(migrations.Migration):
    """Saved views that ask for few of the unresolved tickets read only those."""

    dependencies = [
        ("people", "0005_organization_domains"),
        ("tickets", "0008_live_contact"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("category__isnull", False), ("status__lt", 4)),
                fields=["category"],
                name="ticket_live_category",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("organization__isnull", False), ("status__lt", 4)),
                fields=["organization"],
                name="ticket_live_organization",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("priority__gt", 1), ("status__lt", 4)),
                fields=["priority"],
                name="ticket_live_priority",
            ),
        ),
    ]
