from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_intake_queue")]

    operations = [
        migrations.AddField(
            "cursor", "since", models.DateTimeField(default=Now()), preserve_default=False
        ),
        migrations.AddField("cursor", "since_to", models.BigIntegerField(default=0)),
    ]
