"""What a role can allow. Keys are stable; labels are for the roles' page."""

from django.utils.translation import gettext_lazy as _

PERMISSIONS = {
    "ticket.reply": _("Answer customers"),
    "ticket.note": _("Write internal notes"),
    "ticket.change": _("Change status, priority, team, category and tags"),
    "ticket.assign": _("Assign tickets to others"),
    "ticket.create": _("Open tickets and write to customers"),
    "ticket.delete": _("Put tickets into the trash and bring them back"),
    "ticket.redact": _("Black out parts of messages for good"),
    "ticket.erase": _("Delete tickets for good"),
    "contact.change": _("Change customers' data"),
    "setup.people": _("Set up agents, teams and roles"),
    "setup.inboxes": _("Set up inboxes"),
    "setup.rules": _("Write rules that act by themselves"),
    "setup.desk": _("Change the desk's settings"),
    "operate": _("See parked mail and the state of the system"),
}
AGENT = (
    "ticket.reply",
    "ticket.note",
    "ticket.change",
    "ticket.assign",
    "ticket.create",
    "contact.change",
)
# The roles of a new desk: key -> (permissions, visibility). Names are shown by `Role.title`.
STANDARD_ROLES = {
    "administrator": (tuple(PERMISSIONS), "all"),
    "supervisor": (
        (*AGENT, "ticket.delete", "ticket.redact", "setup.people", "setup.rules"),
        "all",
    ),
    "agent": (AGENT, "team"),
    "light": (("ticket.note",), "team"),
}
