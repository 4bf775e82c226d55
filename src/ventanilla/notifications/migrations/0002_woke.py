from django.db import migrations, models


class Migration(migrations.Migration):
    """A notice more: a snoozed ticket is back."""

    dependencies = [("notifications", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="notification",
            name="what",
            field=models.CharField(
                choices=[
                    ("assigned", "Assigned to you"),
                    ("answered", "The customer has written"),
                    ("not_sent", "Your reply was not sent"),
                    ("returned", "Your reply came back"),
                    ("woke", "A snoozed ticket is back"),
                ],
                max_length=12,
            ),
        ),
    ]
