import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """The desk's own fields, and their values on tickets. With a default: no row is rewritten.

    Whoever runs the release before leaves them as they are.
    """

    dependencies = [
        ("tickets", "0019_view_editor"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=30, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text, one line"),
                            ("long_text", "Long text"),
                            ("number", "Number"),
                            ("date", "Date"),
                            ("choice", "One of several choices"),
                            ("choices", "Several choices"),
                            ("yes_no", "Yes or no"),
                            ("pattern", "Text of a pattern"),
                        ],
                        max_length=10,
                    ),
                ),
                ("labels", models.JSONField(default=dict)),
                ("helps", models.JSONField(blank=True, default=dict)),
                ("options", models.JSONField(blank=True, default=list)),
                ("pattern", models.CharField(blank=True, max_length=200)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict)),
                ("to_create", models.BooleanField(default=False)),
                ("to_resolve", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("active", models.BooleanField(default=True)),
            ],
        ),
        migrations.AddField(
            model_name="ticket",
            name="custom",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
