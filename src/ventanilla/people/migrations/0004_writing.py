"""How long a sent reply can be taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_shortcuts"),
    ]

    operations = [
        migrations.AddField(
            model_name="desksettings",
            name="undo_seconds",
            field=models.PositiveSmallIntegerField(default=10),
        ),
    ]
