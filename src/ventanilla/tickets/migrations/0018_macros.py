"""Prepared replies become macros: the same rows, whose ids messages and events name.

What was one text in one language is a macro with that one text, which changes nothing.
"""

import django.db.models.deletion
from django.db import migrations, models

TEXTS = """
UPDATE tickets_macro SET texts = jsonb_build_object(language, body)
"""
BODY = """
UPDATE tickets_macro SET
  language = coalesce((SELECT key FROM jsonb_each_text(texts) ORDER BY key LIMIT 1), ''),
  body = coalesce((SELECT value FROM jsonb_each_text(texts) ORDER BY key LIMIT 1), '')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0017_contact_merges"),
    ]

    operations = [
        migrations.RenameModel("PreparedReply", "Macro"),
        migrations.AlterModelOptions("macro", options={}),
        migrations.RemoveConstraint("macro", "prepared_of_team_or_agent"),
        migrations.AddConstraint(
            "macro",
            models.CheckConstraint(
                condition=models.Q(("team", None), ("agent", None), _connector="OR"),
                name="macro_of_team_or_agent",
            ),
        ),
        migrations.AddField("macro", "texts", models.JSONField(blank=True, default=dict)),
        migrations.AddField("macro", "changes", models.JSONField(blank=True, default=list)),
        migrations.AddField("macro", "position", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(
            "macro",
            "write_as",
            models.CharField(
                blank=True,
                choices=[
                    ("", "As one is writing just then"),
                    ("reply", "Public reply"),
                    ("note", "Internal note"),
                ],
                default="",
                max_length=5,
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(TEXTS, BODY),
        # with a default, so that they can come back
        migrations.AlterField("macro", "body", models.TextField(default="")),
        migrations.AlterField(
            "macro", "language", models.CharField(blank=True, default="", max_length=8)
        ),
        migrations.RemoveField("macro", "body"),
        migrations.RemoveField("macro", "language"),
        migrations.AddField(
            "heldreply",
            "also",
            models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.CreateModel(
            name="MacroUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.BigIntegerField()),
                ("agent", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "macro",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uses",
                        to="tickets.macro",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("macro", "event"), name="macro_use_once")
                ],
            },
        ),
    ]
