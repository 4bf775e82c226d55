"""Uploads that no message took, and the bytes of mails that have gone, are not kept for ever."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from tests.factories import act, address, make_agent, make_inbox, make_ticket
from ventanilla.lib import clock, invariants, leftovers, storage
from ventanilla.mail.models import OutgoingMail
from ventanilla.mail.sweep import forget_bytes
from ventanilla.tickets.actions import hold, hold_mail, personal, reply
from ventanilla.tickets.content import Content, File
from ventanilla.tickets.housekeeping import sweep_uploads
from ventanilla.tickets.models import Attachment, Message

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)
TO = [address("elena.vidal@correo.example", "Elena Vidal")]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.HOME, settings.STORAGE_URL = tmp_path, ""


@pytest.fixture
def start():
    return clock.now()


@pytest.fixture
def marta():
    return make_agent("Marta Ruiz")


def upload(agent, data, now):
    return personal.add_upload(
        agent.pk, None, digest=storage.put(data), filename="a.txt", content_type="text/plain",
        size=len(data), now=now,
    )  # fmt: skip


def draft(agent, ticket, now, *uploads):
    fields = {"to": TO, "attachments": [one.pk for one in uploads]}
    personal.save_draft(
        agent.pk, ticket, "reply", html="<p>Hola</p>", fields=fields, composing=1, now=now
    )


def sweep(now):
    with clock.frozen(now):
        return sweep_uploads(now)


def complaints(now):
    with clock.frozen(now):
        return [found.what for found in invariants.violations()]


def test_what_no_draft_names_for_a_week_goes_with_its_bytes(marta, start):
    forgotten = upload(marta, b"forgotten", start)

    assert sweep(start) == 0
    assert sweep(start + WEEK - timedelta(minutes=1)) == 0
    assert storage.exists(forgotten.digest)
    assert sweep(start + WEEK + timedelta(minutes=1)) == 1

    assert not Attachment.objects.exists()
    assert not storage.exists(forgotten.digest)
    assert complaints(start + 2 * WEEK) == []


def test_a_draft_keeps_it_and_the_week_begins_when_it_lets_go(marta, start):
    ticket, file = make_ticket(), upload(marta, b"named", start)
    draft(marta, ticket, start, file)
    for day in range(30):
        assert sweep(start + timedelta(days=day)) == 0
    let_go = start + timedelta(days=30)
    draft(marta, ticket, let_go)

    assert sweep(let_go) == 0
    assert sweep(let_go + timedelta(days=6)) == 0
    assert sweep(let_go + timedelta(days=8)) == 1

    assert not storage.exists(file.digest)


def test_a_draft_that_names_it_again_in_time_keeps_it(marta, start):
    ticket, file = make_ticket(), upload(marta, b"named", start)
    sweep(start)
    draft(marta, ticket, start + timedelta(days=6), file)

    assert sweep(start + timedelta(days=6)) == 0
    assert sweep(start + timedelta(days=60)) == 0

    file.refresh_from_db()
    assert file.unused_since is None


def test_what_waits_to_leave_keeps_its_files(marta, start):
    ticket = make_ticket()
    one, two = upload(marta, b"one", start), upload(marta, b"two", start)
    content = Content(html="<p>Va</p>", to=TO, subject="Va")
    more = {"until": start + 90 * WEEK, "later": True, "fields": {}}
    hold(ticket, act(marta, when=start), content=content, uploads=[one.pk], **more)
    hold_mail(act(marta, when=start), inbox=make_inbox(), content=content, uploads=[two.pk], **more)

    sweep(start)
    assert sweep(start + 10 * WEEK) == 0

    assert storage.exists(one.digest)
    assert storage.exists(two.digest)


def test_what_was_taken_back_goes_after_a_day(marta, start):
    file, other = upload(marta, b"taken back", start), upload(marta, b"discarded", start)
    draft(marta, make_ticket(), start, other)

    assert personal.remove_upload(marta.pk, file.pk)
    assert not personal.remove_upload(marta.pk, file.pk)
    assert sweep(start) == 0
    assert complaints(start + timedelta(days=3)) == []
    assert sweep(start + timedelta(days=1, minutes=1)) == 1

    assert not storage.exists(file.digest)
    assert storage.exists(other.digest)


def test_a_discarded_draft_lets_its_files_go(marta, start):
    ticket, file = make_ticket(), upload(marta, b"discarded", start)
    draft(marta, ticket, start, file)

    personal.drop_draft(marta.pk, ticket, "reply")
    sweep(start + timedelta(days=2))

    assert not storage.exists(file.digest)


def test_bytes_that_a_message_has_too_stay(marta, start):
    ticket, file = make_ticket(), upload(marta, b"the same", start)
    same = File(storage.put(b"the same"), "b.txt", "text/plain", 8)
    reply(ticket, act(marta), content=Content(text="Va", to=TO, files=[same]))
    sweep(start)

    assert sweep(start + 2 * WEEK) == 1

    assert not Attachment.objects.filter(pk=file.pk).exists()
    assert storage.exists(same.digest)
    assert complaints(start + 2 * WEEK) == []


def test_who_uploads_the_same_bytes_again_as_they_go_keeps_them(
    marta, start, monkeypatch, settings
):
    digest = upload(marta, b"again", start).digest
    os.utime(settings.HOME / "files" / digest[:2] / digest, (1, 1))
    sweep(start)
    late = start + 2 * WEEK
    asked = leftovers.referred_to

    def put_meanwhile(digests):
        found = asked(digests)
        storage.put(b"again")  # its row isn't there yet
        return found

    monkeypatch.setattr(leftovers, "referred_to", put_meanwhile)
    monkeypatch.setattr(leftovers, "ROWS_COME_WITHIN", late - start)  # the disk's clock is ours

    assert sweep(late) == 1

    assert storage.exists(upload(marta, b"again", late).digest)


def sent(data, now, **fields):
    values = {
        "purpose": "reply", "rfc_message_id": f"{data!r}@x", "digest": storage.put(data),
        "state": "sent", "created_at": now, "next_try_at": now, "give_up_at": now, "sent_at": now,
    }  # fmt: skip
    return OutgoingMail.objects.create(**values | fields)


def test_bytes_of_sent_mails_go_after_the_time_set(start, settings):
    gone = sent(b"long ago", start)
    failed = sent(b"refused", start, state="failed", sent_at=None)
    waits = sent(b"waits", start, state="waiting", sent_at=None)
    new = sent(b"new", start + timedelta(days=25))
    now = start + settings.KEEP_SENT + timedelta(minutes=1)

    with clock.frozen(now):
        assert forget_bytes(now) == 2
        assert forget_bytes(now) == 0

    for mail in (gone, failed, waits, new):
        digest = mail.digest
        mail.refresh_from_db()
        assert bool(mail.digest) == storage.exists(digest) == (mail in (waits, new))
    assert complaints(now) == []


def test_bytes_of_a_sent_mail_that_came_back_as_a_file_stay(marta, start, settings):
    mail = sent(b"From: us", start)
    file = File(mail.digest, "mail.eml", "message/rfc822", 8)
    reply(make_ticket(), act(marta), content=Content(text="Esto salió", to=TO, files=[file]))
    now = start + settings.KEEP_SENT + timedelta(minutes=1)

    with clock.frozen(now):
        forget_bytes(now)

    assert storage.exists(mail.digest)


def test_an_original_stays(start):
    digest = storage.put(b"Subject: hola\r\n\r\nhola")
    make_ticket()
    Message.objects.update(raw_digest=digest)

    with clock.frozen(start + WEEK):
        leftovers.release([digest])

    assert storage.exists(digest)
