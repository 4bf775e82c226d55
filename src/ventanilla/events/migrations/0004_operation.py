from django.db import migrations, models


class Migration(migrations.Migration):
    """Events name the bulk change that they are part of. The column is empty: no row is read."""

    dependencies = [("events", "0003_wake_jobs_after_commit")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="operation_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("operation_id__isnull", False)),
                fields=["operation_id", "ticket_id", "seq"],
                name="event_operation",
            ),
        ),
    ]
