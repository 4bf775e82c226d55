"""What every new desk has: settings, working hours, standard roles; and the audit guard."""

from django.db import migrations

ALL = [
    "ticket.reply", "ticket.note", "ticket.change", "ticket.assign", "ticket.create",
    "contact.change", "setup.people", "setup.inboxes", "setup.desk", "operate",
]  # fmt: skip
ROLES = {
    "administrator": (ALL, "all"),
    "supervisor": ([*ALL[:6], "setup.people"], "all"),
    "agent": (ALL[:6], "team"),
    "light": (["ticket.note"], "team"),
}
OFFICE_HOURS = {str(day): [["09:00", "18:00"]] for day in range(5)}

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON people_auditentry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def make(apps, schema_editor):
    Role = apps.get_model("people", "Role")
    for key, (permissions, visibility) in ROLES.items():
        Role.objects.get_or_create(
            key=key, defaults={"permissions": permissions, "visibility": visibility}
        )
    calendar = apps.get_model("people", "Calendar").objects.create(
        name="Lunes a viernes, 9 a 18 h", week=OFFICE_HOURS
    )
    apps.get_model("people", "DeskSettings").objects.get_or_create(
        pk=1, defaults={"calendar": calendar}
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("events", "0002_append_only")]
    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, "DROP TRIGGER append_only ON people_auditentry"),
    ]
