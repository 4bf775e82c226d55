import django.contrib.postgres.fields
from django.db import migrations, models

ALSO = {
    "administrator": ["ticket.delete", "ticket.redact", "ticket.erase"],
    "supervisor": ["ticket.delete", "ticket.redact"],
}


def allow(apps, schema_editor):
    """Who leads a desk may delete and black out."""
    for role in apps.get_model("people", "Role").objects.filter(key__in=ALSO):
        also = [each for each in ALSO[role.key] if each not in role.permissions]
        role.permissions = [*role.permissions, *also]
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """Spam and trash: blocked senders, how long both are kept, who may delete."""

    dependencies = [
        ("people", "0013_renew_sessions"),
    ]

    operations = [
        migrations.AddField(
            model_name="desksettings",
            name="blocked_senders",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=254),
                db_default=[],
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="desksettings",
            name="heed_spam_header",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="desksettings",
            name="mask_numbers",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="desksettings",
            name="spam_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
        migrations.AddField(
            model_name="desksettings",
            name="trash_days",
            field=models.PositiveSmallIntegerField(db_default=30, default=30),
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
