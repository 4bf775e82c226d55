import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Changes of many tickets at once; saved views and how agents want their views."""

    dependencies = [
        ("people", "0004_writing"),
        ("tickets", "0005_writing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=10)),
                ("change", models.JSONField(default=dict)),
                ("total", models.PositiveIntegerField()),
                ("done", models.PositiveIntegerField(default=0)),
                ("skipped", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="operations",
                        to="people.agent",
                    ),
                ),
                (
                    "undoes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undone_by",
                        to="tickets.operation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OperationItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.SmallIntegerField(
                        choices=[
                            (0, "Waiting"),
                            (1, "Done"),
                            (2, "Left as it was"),
                            (3, "Not possible"),
                        ],
                        default=0,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("before", models.JSONField(default=dict)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="tickets.operation",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("conditions", models.JSONField(default=dict)),
                (
                    "order",
                    models.CharField(
                        choices=[
                            ("due", "What is due first"),
                            ("updated", "Last changed first"),
                            ("created", "Newest first"),
                            ("oldest", "Oldest first"),
                        ],
                        default="due",
                        max_length=8,
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("assignee", "Assignee"),
                                ("team", "Team"),
                                ("category", "Category"),
                                ("tags", "Tags"),
                                ("organization", "Company"),
                                ("created", "Opened"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="own_views",
                        to="people.agent",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="views",
                        to="people.team",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ViewChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.CharField(max_length=30)),
                ("position", models.SmallIntegerField(blank=True, null=True)),
                ("hidden", models.BooleanField(default=False)),
                (
                    "order",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("due", "What is due first"),
                            ("updated", "Last changed first"),
                            ("created", "Newest first"),
                            ("oldest", "Oldest first"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("assignee", "Assignee"),
                                ("team", "Team"),
                                ("category", "Category"),
                                ("tags", "Tags"),
                                ("organization", "Company"),
                                ("created", "Opened"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="view_choices",
                        to="people.agent",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(fields=["agent", "-id"], name="operation_of_agent"),
        ),
        migrations.AddIndex(
            model_name="operationitem",
            index=models.Index(
                condition=models.Q(("outcome", 0)),
                fields=["operation", "ticket"],
                name="operation_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="operationitem",
            constraint=models.UniqueConstraint(
                fields=("operation", "ticket"), name="operation_ticket_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(("agent", None), ("team", None), _connector="OR"),
                name="view_of_agent_or_team",
            ),
        ),
        migrations.AddConstraint(
            model_name="viewchoice",
            constraint=models.UniqueConstraint(fields=("agent", "slug"), name="view_choice_once"),
        ),
    ]
