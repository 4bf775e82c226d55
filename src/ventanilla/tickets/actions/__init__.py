"""The verbs: one function per file, `verb(ticket, act, *, …)`: lock, check, change, record."""

from ventanilla.tickets.actions.aside import bring_back, set_aside
from ventanilla.tickets.actions.assign import assign
from ventanilla.tickets.actions.automatic import write_automatic
from ventanilla.tickets.actions.custom import set_fields
from ventanilla.tickets.actions.delivery import (
    mark_bounced,
    mark_failed,
    mark_queued,
    mark_sent,
    resend,
)
from ventanilla.tickets.actions.erase import erase
from ventanilla.tickets.actions.fields import (
    categorise,
    rename,
    set_contact,
    set_priority,
    set_status,
    set_tags,
    set_type,
)
from ventanilla.tickets.actions.hold import hold, send_now, take_back
from ventanilla.tickets.actions.hold_mail import hold_mail, send_mail_now, take_back_mail
from ventanilla.tickets.actions.link import connect, disconnect, link
from ventanilla.tickets.actions.merge import merge, unmerge
from ventanilla.tickets.actions.move import move
from ventanilla.tickets.actions.note import note
from ventanilla.tickets.actions.open import open_ticket
from ventanilla.tickets.actions.participants import accept_sender, set_participants
from ventanilla.tickets.actions.rate import follow_matrix, set_impact, set_urgency
from ventanilla.tickets.actions.receive import receive
from ventanilla.tickets.actions.redact import redact, redact_file
from ventanilla.tickets.actions.reply import reply
from ventanilla.tickets.actions.snooze import snooze, wake
from ventanilla.tickets.actions.transfer import give_back, move_messages, split
from ventanilla.tickets.actions.triage import triage

__all__ = [
    "accept_sender",
    "assign",
    "bring_back",
    "categorise",
    "connect",
    "disconnect",
    "erase",
    "follow_matrix",
    "give_back",
    "hold",
    "hold_mail",
    "link",
    "mark_bounced",
    "mark_failed",
    "mark_queued",
    "mark_sent",
    "merge",
    "move",
    "move_messages",
    "note",
    "open_ticket",
    "receive",
    "redact",
    "redact_file",
    "rename",
    "reply",
    "resend",
    "send_mail_now",
    "send_now",
    "set_aside",
    "set_contact",
    "set_fields",
    "set_impact",
    "set_participants",
    "set_priority",
    "set_status",
    "set_tags",
    "set_type",
    "set_urgency",
    "snooze",
    "split",
    "take_back",
    "take_back_mail",
    "triage",
    "unmerge",
    "wake",
    "write_automatic",
]
