"""Serves the search for the organization of a new customer's address."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0004_writing")]
    operations = [
        migrations.AddIndex(
            model_name="organization",
            index=GinIndex(fields=["domains"], name="organization_domains", fastupdate=False),
        ),
    ]
