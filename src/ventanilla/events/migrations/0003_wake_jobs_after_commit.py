"""Jobs wake their worker after commit (`events.wake`), not by a trigger inside the transaction.

Procrastinate's own trigger notifies twice for each job while the transaction is open, and commits
that notify queue up behind one another.
"""

from django.db import migrations

DROP = (
    "DROP TRIGGER IF EXISTS procrastinate_jobs_notify_queue_job_inserted_v1 ON procrastinate_jobs"
)


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0002_append_only"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [migrations.RunSQL(DROP, migrations.RunSQL.noop)]
