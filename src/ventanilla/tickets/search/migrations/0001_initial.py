"""The search's tables. Tickets that are there already get their words from a worker, newest first."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

# The database removes a row with what it is of, so whoever deletes tickets need not know of it.
GO_ALONG = """
ALTER TABLE search_ticketwords ADD CONSTRAINT search_ticketwords_ticket
    FOREIGN KEY (ticket_id) REFERENCES tickets_ticket (id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE search_contactwords ADD CONSTRAINT search_contactwords_contact
    FOREIGN KEY (contact_id) REFERENCES people_contact (id)
    ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
WRITE_ALL = "INSERT INTO search_stale (ticket_id) SELECT id FROM tickets_ticket"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        ("tickets", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stale",
            fields=[
                ("ticket_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="ContactWords",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.contact",
                    ),
                ),
                ("text", models.TextField()),
                (
                    "trigrams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["trigrams"], name="search_contacts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketWords",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tickets.ticket",
                    ),
                ),
                ("newest", models.BigIntegerField()),
                ("inside", django.contrib.postgres.search.SearchVectorField()),
                ("public", django.contrib.postgres.search.SearchVectorField(null=True)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["inside"], name="search_inside"
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("public__isnull", False)),
                        fastupdate=False,
                        fields=["public"],
                        name="search_public",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.CharField(max_length=30, primary_key=True, serialize=False)),
                (
                    "forms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None
                    ),
                ),
                ("seen", models.SmallIntegerField(default=1)),
                ("last_ticket", models.BigIntegerField()),
                (
                    "trigrams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), size=None
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["trigrams"], name="search_words"
                    )
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, migrations.RunSQL.noop),
        migrations.RunSQL(WRITE_ALL, migrations.RunSQL.noop),
    ]
