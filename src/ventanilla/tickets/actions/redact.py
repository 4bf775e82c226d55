"""Blacking out words, or a file, everywhere in a ticket, for good (R44)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from ventanilla.events.acts import Act
from ventanilla.events.erase import erasing
from ventanilla.events.kinds import MessageRedacted
from ventanilla.events.models import Event, EventText
from ventanilla.lib import leftovers, storage
from ventanilla.lib.blacken import BLACK, Finder, finder, in_html, in_json, in_text
from ventanilla.lib.fold import fold
from ventanilla.lib.problems import Conflict, Invalid
from ventanilla.lib.transactions import transactional
from ventanilla.people.actions.audit import audit
from ventanilla.people.rights import require
from ventanilla.tickets.actions.change import change
from ventanilla.tickets.aside import SetAside
from ventanilla.tickets.merging import Merge
from ventanilla.tickets.models import Attachment, Delivery, Draft, Message, Ticket
from ventanilla.tickets.moving import Transfer
from ventanilla.tickets.operations import Operation, OperationItem
from ventanilla.tickets.search.build import build
from ventanilla.tickets.search.models import FileText, Word
from ventanilla.tickets.search.words import words_in
from ventanilla.tickets.writing import HeldReply

SHORTEST, LONGEST = 3, 5000  # letters of what is blacked out
WORDS = ("subject", "text", "reply", "signature", "author_name", "delivery_reason")
INSTEAD = b"This file was blacked out. Este archivo se ha tachado.\n"


class StillLeaving(Conflict):
    """A mail that holds the words is on its way out."""

    code = "still_leaving"


@transactional
def redact(ticket: Ticket, act: Act, *, words: str, why: str, files: bool = True) -> Event:
    """Black `words` out in all that the ticket holds: messages, quoted copies, notes, drafts,
    history, what is searched. The original mails of these messages, and what was sent of them, are
    destroyed.

    files   also whole files in which they stand
    Raises NotAllowed, Invalid (too short, no reason, not there), StillLeaving.
    """
    ticket.lock()
    require(act, "ticket.redact", ticket)
    words = " ".join(words.split())
    if not SHORTEST <= sum(map(str.isalnum, words)) <= LONGEST:
        raise Invalid(
            _("Choose at least %(count)s letters or digits.") % {"count": SHORTEST}, field="words"
        )
    _check_why(why)
    find, changed = _changed(ticket, words)
    saying = _files_that_say(ticket, find) if files else []
    if not changed and not saying:
        raise Invalid(
            _("These words do not stand in this ticket. Copy them from the message."), field="words"
        )
    messages = _ids(changed, saying)
    _check_left(messages)
    Message.objects.bulk_update(changed, [*WORDS, "html"])
    _black_files(saying)
    _black_rows(ticket, find)
    spoken = set(words_in(fold(words)))
    Word.objects.filter(word__in=spoken, last_ticket=ticket.pk, seen=1).delete()
    shown = ("subject", "snippet", "custom", "checklist", "time_spent")
    fields = {name: in_json(getattr(ticket, name), find) for name in shown}
    happened = MessageRedacted(messages, len(saying))
    return _finish(ticket, act, happened, in_text(why, find), fields)


@transactional
def redact_file(ticket: Ticket, act: Act, *, file: Attachment, why: str) -> Event:
    """Black a file out, and every copy of it in the ticket; the mails that carried it go.

    Raises NotAllowed, Invalid (no reason, not of this ticket), StillLeaving.
    """
    ticket.lock()
    require(act, "ticket.redact", ticket)
    _check_why(why)
    copies = list(_files_of(ticket).filter(digest=file.digest, message__isnull=False))
    if not copies:
        raise Invalid(_("This file is not in the ticket any more. Reload the page."), field="file")
    messages = _ids([], copies)
    _check_left(messages)
    _black_files(copies)
    return _finish(ticket, act, MessageRedacted(messages, len(copies)), why, {})


def _check_why(why: str) -> None:
    if not why.strip():
        raise Invalid(_("Say why: the history keeps it."), field="why")


def _ids(messages: Iterable[Message], files: Iterable[Attachment]) -> tuple[int, ...]:
    found = {one.pk for one in messages} | {one.message_id for one in files if one.message_id}
    return tuple(sorted(found))


def _check_left(messages: Sequence[int]) -> None:
    if Message.objects.filter(pk__in=messages, delivery=Delivery.QUEUED).exists():
        raise StillLeaving(
            _("A mail that holds this is just leaving. Try again when it has been sent.")
        )


def _finish(
    ticket: Ticket, act: Act, happened: MessageRedacted, why: str, fields: dict[str, Any]
) -> Event:
    """Record it, and destroy the originals that still hold it."""
    originals = Message.objects.filter(pk__in=happened.messages).exclude(raw_digest="")
    digests = list(originals.values_list("raw_digest", flat=True))
    # a mail that could not be read whole is beside the text as a file: the same bytes
    Attachment.objects.filter(message__in=happened.messages, digest__in=digests).delete()
    originals.update(raw_digest="")
    texts = {"why": " ".join(why.split())[:400]}
    event = change(ticket, act, happened, texts=texts, **fields)
    build([ticket.pk])
    audit(
        "message.redacted",
        act.when,
        user_id=act.actor.id if act.actor.kind == "agent" else None,
        thing=f"ticket:{ticket.number}",
        messages=len(happened.messages),
        files=happened.files,
    )
    _destroy(digests)
    return event


def _destroy(digests: Iterable[str]) -> None:
    gone = list(digests)
    transaction.on_commit(lambda: leftovers.destroy(gone))


# -- words -------------------------------------------------------------------------------------
def _changed(ticket: Ticket, words: str) -> tuple[Finder, list[Message]]:
    """The messages without the words, not saved. As whole words, or else inside of others."""
    for whole in (True, False):
        find = finder(words, whole=whole)
        changed = [one for one in ticket.messages.order_by("pk") if _black(one, find)]
        if changed:
            return find, changed
    return finder(words), []


def _black(message: Message, find: Finder) -> bool:
    new = {name: in_text(getattr(message, name), find) for name in WORDS}
    new["html"] = in_html(message.html, find)
    differs = any(value != getattr(message, name) for name, value in new.items())
    new |= {"subject": new["subject"][:400], "author_name": new["author_name"][:160]}
    for name, value in new.items():
        setattr(message, name, value)
    return differs


def _black_rows(ticket: Ticket, find: Finder) -> None:
    """What else of the ticket holds what people wrote."""
    here = Q(source=ticket)
    operations = OperationItem.objects.filter(ticket=ticket).values("operation")
    _rewrite(Draft.objects.filter(ticket=ticket), find, "html", "fields")
    _rewrite(HeldReply.objects.filter(ticket=ticket), find, "content", "fields", "stopped_why")
    _rewrite(Merge.objects.filter(here | Q(survivor=ticket)), find, "kept")
    _rewrite(Transfer.objects.filter(here | Q(target=ticket)), find, "kept")
    _rewrite(SetAside.objects.filter(ticket=ticket), find, "kept")
    _rewrite(OperationItem.objects.filter(ticket=ticket), find, "before")
    _rewrite(Operation.objects.filter(pk__in=operations), find, "change")
    _rewrite(_files_of(ticket), find, "filename")
    with erasing():
        _rewrite(EventText.objects.filter(event__ticket_id=ticket.pk), find, "text")


def _rewrite(rows: QuerySet[Any, Any], find: Finder, *names: str) -> None:
    for row in rows:
        new = {name: in_json(getattr(row, name), find) for name in names}
        if any(new[name] != getattr(row, name) for name in names):
            _save(row, new)


def _save(row: Model, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


# -- files -------------------------------------------------------------------------------------
def _files_of(ticket: Ticket) -> QuerySet[Attachment]:
    return Attachment.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket)).order_by("pk")


def _files_that_say(ticket: Ticket, find: Finder) -> list[Attachment]:
    """By the text that was read in them."""
    files = list(_files_of(ticket))
    texts = FileText.objects.filter(digest__in={one.digest for one in files}).exclude(text="")
    saying = {one.digest for one in texts if any(True for _hit in find(one.text))}
    return [one for one in files if one.digest in saying]


def _black_files(files: Sequence[Attachment]) -> None:
    """Put a line in their place. What another ticket has of them stays there."""
    digests = {one.digest for one in files}
    instead = storage.put(INSTEAD) if files else ""
    for one in files:
        fields = {"filename": f"{BLACK}.txt", "content_type": "text/plain", "inline": False}
        _save(one, fields | {"digest": instead, "size": len(INSTEAD)})
    _destroy(digests)
