import django.contrib.postgres.fields
from django.db import migrations, models

import ventanilla.people.models


class Migration(migrations.Migration):
    """The priority of incidents by impact and urgency, as most desks have it."""

    dependencies = [
        ("people", "0011_signatures"),
    ]

    operations = [
        migrations.AddField(
            model_name="desksettings",
            name="priority_matrix",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.SmallIntegerField(),
                default=ventanilla.people.models.usual_matrix,
                size=9,
            ),
        ),
    ]
