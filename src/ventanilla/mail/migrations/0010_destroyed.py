from django.db import migrations, models


class Migration(migrations.Migration):
    """Of mails whose bytes were destroyed only the digest is left."""

    dependencies = [
        ("mail", "0009_leftovers"),
    ]

    operations = [
        migrations.AddField(
            model_name="rawmail",
            name="destroyed",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
