from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0005_task"),
    ]

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
                    ("held_back", "Your reply has not left: somebody wrote meanwhile"),
                    ("mentioned", "You were mentioned in a note"),
                    ("task", "A task is yours"),
                    ("rule", "A rule tells you of it"),
                ],
                max_length=12,
            ),
        ),
    ]
