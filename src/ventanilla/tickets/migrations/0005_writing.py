"""Held replies, prepared texts, presence (unlogged: a crash may forget who was there)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0004_writing"),
        ("tickets", "0004_hold_until"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField()),
                ("fields", models.JSONField(default=dict)),
                (
                    "uploads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("forward", models.BigIntegerField(null=True)),
                ("status", models.SmallIntegerField(null=True)),
                ("status_then", models.SmallIntegerField()),
                ("seen", models.BigIntegerField(default=0)),
                ("override", models.BooleanField(default=False)),
                ("later", models.BooleanField(default=False)),
                ("clicked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("stopped", models.CharField(blank=True, max_length=40)),
                ("stopped_why", models.CharField(blank=True, max_length=400)),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ticket"], name="held_ticket")],
            },
        ),
        migrations.CreateModel(
            name="Posted",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mark", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.agent",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "posted",
                "constraints": [
                    models.UniqueConstraint(fields=("agent", "mark"), name="posted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PreparedReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("body", models.TextField()),
                ("language", models.CharField(blank=True, max_length=8)),
                ("archived", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="people.agent",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="people.team",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "prepared replies",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("team", None), ("agent", None), _connector="OR"),
                        name="prepared_of_team_or_agent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("typing", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField()),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.agent",
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
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "agent"), name="presence_once")
                ],
            },
        ),
        migrations.RunSQL(
            "ALTER TABLE tickets_presence SET UNLOGGED",
            "ALTER TABLE tickets_presence SET LOGGED",
        ),
    ]
