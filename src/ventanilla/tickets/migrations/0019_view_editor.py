from django.db import migrations, models


class Migration(migrations.Migration):
    """Views as boards, and views that look for words. Columns with defaults: no row is rewritten.

    Whoever runs the release before leaves them as they are.
    """

    dependencies = [
        ("tickets", "0018_macros"),
    ]

    operations = [
        migrations.AddField(
            model_name="savedview",
            name="display",
            field=models.CharField(
                choices=[("list", "List"), ("board", "Board")],
                db_default="list",
                default="list",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="savedview",
            name="query",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="savedview",
            name="words",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
