import django.db.models.deletion
from django.db import migrations, models

LEADS = ("administrator", "supervisor")


def allow(apps, schema_editor):
    """Who leads a desk may write rules."""
    for role in apps.get_model("people", "Role").objects.filter(key__in=LEADS):
        if "setup.rules" not in role.permissions:
            role.permissions = [*role.permissions, "setup.rules"]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    """Rules with their versions and runs, and the right to write them."""

    initial = True

    dependencies = [
        ("people", "0014_spam"),
    ]

    operations = [
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("active", models.BooleanField(default=False)),
                ("removed", models.BooleanField(default=False)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "ordering": ("position", "pk"),
            },
        ),
        migrations.CreateModel(
            name="RuleRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("ticket_id", models.BigIntegerField(db_index=True)),
                ("ticket_number", models.BigIntegerField()),
                ("event_id", models.BigIntegerField()),
                ("root", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("why", models.JSONField()),
                ("done", models.JSONField(default=list)),
                ("left_out", models.JSONField(default=list)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="automation.rule",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["rule", "-id"], name="rule_run_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("root", "rule"), name="rule_run_once_per_root")
                ],
            },
        ),
        migrations.CreateModel(
            name="RuleVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("said", models.JSONField()),
                ("created_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="automation.rule",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("rule", "number"), name="rule_version_once")
                ],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
