from django.db import migrations, models

ORDER = ["agent", "-created_at", "-id"]


class Migration(migrations.Migration):
    """The list of notices comes from indexes in its order, however many have been read."""

    dependencies = [("notifications", "0003_mentions")]
    operations = [
        migrations.RemoveIndex("notification", "notification_unread"),
        migrations.AddIndex(
            "notification",
            models.Index(
                fields=ORDER, name="notification_unread", condition=models.Q(read_at=None)
            ),
        ),
        migrations.AddIndex(
            "notification",
            models.Index(
                fields=ORDER,
                name="notification_read",
                condition=models.Q(read_at__isnull=False),
            ),
        ),
    ]
