"""Lets a change of a ticket be heard only by who may see its category."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0004_operation")]
    operations = [
        migrations.AddField(
            model_name="event",
            name="categories",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                db_default=models.Value(
                    [],
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                default=list,
                size=None,
            ),
        ),
    ]
