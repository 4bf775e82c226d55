from django.db import migrations, models

from ventanilla.lib import clock


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_intake_queue")]

    operations = [
        migrations.AddField(
            "cursor", "since", models.DateTimeField(default=clock.now), preserve_default=False
        ),
        migrations.AddField("cursor", "since_to", models.BigIntegerField(default=0)),
    ]
