from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    """Agents' own keyboard shortcuts."""

    dependencies = [("people", "0002_new_desk")]
    operations = [
        migrations.AddField(
            model_name="agent",
            name="letter_keys",
            field=models.BooleanField(default=True, db_default=True),
        ),
        migrations.AddField(
            model_name="agent",
            name="shortcuts",
            field=models.JSONField(
                blank=True, default=dict, db_default=Value({}, models.JSONField())
            ),
        ),
    ]
