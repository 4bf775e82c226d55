"""What sending needs: who has a mail already, when to give up, and how each server does."""

import datetime

from django.db import migrations, models

LONG_AGO = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)  # no rows are there yet


class Migration(migrations.Migration):
    dependencies = [("mail", "0002_intake")]
    operations = [
        migrations.CreateModel(
            name="Outlet",
            fields=[
                ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("leased_until", models.DateTimeField(null=True)),
                ("holder", models.CharField(blank=True, max_length=32)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("rests_until", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
        ),
        migrations.AddField(
            model_name="outgoingmail", name="accepted", field=models.JSONField(default=list)
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="give_up_at",
            field=models.DateTimeField(default=LONG_AGO),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("refused", "Refused"),
                    ("late", "Late"),
                    ("no_server", "No Server"),
                    ("lost", "Lost"),
                    ("renewed", "Renewed"),
                ],
                default="",
                max_length=10,
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["rfc_message_id"], name="outgoing_message_id"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("failure", "no_server")),
                fields=["id"],
                name="outgoing_no_server",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("unsure", True)), fields=["id"], name="outgoing_unsure"
            ),
        ),
    ]
