from django.db import migrations, models

# Whoever deletes attachments need not know that their words were kept.
GO_ALONG = """
CREATE FUNCTION search_forget_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_filetext WHERE digest = OLD.digest
    AND NOT EXISTS (SELECT FROM tickets_attachment WHERE digest = OLD.digest);
  RETURN NULL;
END $$;
CREATE TRIGGER search_forget_file AFTER DELETE ON tickets_attachment
  FOR EACH ROW EXECUTE FUNCTION search_forget_file();
"""
STAY = """
DROP TRIGGER search_forget_file ON tickets_attachment;
DROP FUNCTION search_forget_file();
"""
READ_ALL = """
INSERT INTO search_filetext (digest, outcome, text, tries, asked_at)
SELECT DISTINCT ON (digest) digest, 'waiting', '', 0, created_at FROM tickets_attachment
WHERE message_id IS NOT NULL AND NOT inline
  AND (filename ~* '[.](pdf|docx|txt|text|md|csv|log)$'
       OR content_type IN ('application/pdf', 'text/plain'))
ORDER BY digest, created_at DESC
"""


class Migration(migrations.Migration):
    """The words inside of attachments. Those that are there already are read by a worker, the
    newest first; tickets are found as before meanwhile."""

    dependencies = [
        ("search", "0001_initial"),
        ("tickets", "0016_more_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileText",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("read", "Read"),
                            ("empty", "Empty"),
                            ("locked", "Locked"),
                            ("large", "Large"),
                            ("slow", "Slow"),
                            ("broken", "Broken"),
                            ("other", "Other"),
                            ("gone", "Gone"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["-asked_at"],
                        name="search_files_waiting",
                        condition=models.Q(("outcome", "waiting")),
                    )
                ],
            },
        ),
        migrations.RunSQL(GO_ALONG, STAY),
        migrations.RunSQL(READ_ALL, migrations.RunSQL.noop),
    ]
