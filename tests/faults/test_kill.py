"""Kill -9 of everything at random moments, while mail comes in and replies go out (R1, R48, R52).

Meanwhile the outgoing server is slow, refuses and breaks off, the disk is full once, and fifty
write into one ticket at the same moment. `make faults` runs it larger: FAULT_MAILS, FAULT_KILLS (of
each role), FAULT_OUTAGE (seconds without a database, and without room on the disk), FAULT_SLOW
(seconds for each answer of the slow server), FAULT_DISK (megabytes) and FAULT_SEED say how.
All is counted from outside: what senders were told, what is in the database, what arrived.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter

import psycopg
import pytest

from tests.faults import disk
from tests.faults.storm import WRITERS, Agent, Letter, Storm, letters
from tests.faults.weather import MOODS, moody
from tests.installation import Installation, installed
from tests.mail.outgoing.cast import parsed
from tests.mail.servers import dovecot
from tests.needs import program

pytestmark = pytest.mark.servers

MAILS = int(os.environ.get("FAULT_MAILS", "1000"))
KILLS = int(os.environ.get("FAULT_KILLS", "2"))
OUTAGE = float(os.environ.get("FAULT_OUTAGE", "1"))  # seconds without a database
SLOW = float(os.environ.get("FAULT_SLOW", "0.05"))
DISK = int(os.environ.get("FAULT_DISK", "1200"))
SEED = int(os.environ.get("FAULT_SEED", "20260302"))
LATE = 20  # mails that come while the disk is full
REPLIES = 20  # at least; they go on for as long as mails come in

UNDER_WAY = """SELECT
    (SELECT count(*) FROM mail_rawmail) AS mails,
    (SELECT count(*) FROM mail_rawmail WHERE state = 'kept') AS kept,
    (SELECT count(*) FROM mail_outgoingmail WHERE state IN ('waiting', 'sending')) AS outgoing,
    (SELECT count(*) FROM events_outbox) AS reactions,
    (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        AND coalesce(scheduled_at, now()) < now() + interval '1 minute') AS jobs"""


@pytest.fixture(scope="module")
def aftermath(request):
    """The storm, over and settled: what was promised, and what there is."""
    program("dovecot")
    under = {"disk": disk.of_size(DISK)} if disk.can_be_had() else {}
    with dovecot.running() as imap, moody(SLOW) as out, installed(**under) as product:
        servers = {"imap": imap.port, "smtp": out.port, "password": imap.password}
        product.python("-m", "tests.make_desk", given=json.dumps(servers).encode())
        storm = Storm(product, imap, out, random.Random(SEED))
        rage(storm, letters(MAILS))
        settle(storm)
        with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            request.config.get_terminal_writer().line("\n" + summary(storm, out))
        yield storm, out
        assert product.stop() == 0
        assert product.processes() == {}


def rage(storm: Storm, mails: list[Letter]) -> None:
    """Three of five mails come by SMTP, the others by IMAP; one in five comes twice, by either."""
    again = storm.dice.sample(mails, len(mails) // 5)
    ways: list[list[Letter]] = [[], [], []]
    for mail in [*mails, *again]:
        ways[storm.dice.choice((0, 0, 0, 1, 1, 1, 2, 2, 2, 2))].append(mail)
    agent = Agent(storm.product, "marta@casaolmo.example")
    storm.late, ways[0] = ways[0][:LATE], ways[0][LATE:]
    storm.to_offer = len(ways[0]) + len(ways[1])
    killing = storm.thread(storm.kill, KILLS, OUTAGE)
    writing = storm.thread(storm.answer, agent, REPLIES)
    others = [storm.thread(storm.change_moods), storm.thread(storm.crowd, agent)]
    coming = [
        storm.thread(storm.offer_by_smtp, ways[0]),
        storm.thread(storm.offer_by_smtp, ways[1]),
        storm.thread(storm.put_into_the_mailbox, ways[2]),
    ]
    for thread in (*coming, killing, *others):
        thread.join()
    storm.over.set()
    writing.join()
    assert not storm.errors, storm.errors


def settle(storm: Storm) -> None:
    """Wait until nothing is under way any more; not for ever when nothing moves either.

    Mails that a server has put off are tried at once.
    """
    product, seen = storm.product, dict[str, int]()
    while not at_rest(product, seen):
        storm.try_now()
        before = dict(seen)
        product.wait_for(lambda before=before: at_rest(product, seen) or seen != before, seen)


def summary(storm: Storm, out) -> str:
    """The figures for `docs/RELIABILITY.md`."""
    marks = Counter(str(parsed(one.content)["Message-ID"]) for one in out.mails)
    kills = ", ".join(f"{role} {times}" for role, times in sorted(Counter(storm.kills).items()))
    return (
        f"{MAILS} mails and {MAILS // 5} copies; killed: {kills};"
        f" {OUTAGE:.0f} s without a database, well again after"
        f" {storm.outage.recovered_after:.1f} s; {len(storm.taken)} replies taken,"
        f" {sum(storm.unknown.values())} with an error; {len(out.mails)} mails went out,"
        f" {sum(times - 1 for times in marks.values())} of them twice."
        f" The outgoing server: {dict(storm.out.met)}. A full disk: {dict(storm.full.mails)},"
        f" well again after {storm.full.recovered_after or 0:.1f} s."
        f" {len(storm.noted)} notes at once on one ticket."
    )


def at_rest(product: Installation, seen: dict[str, int]) -> bool:
    """Whether every mail has been kept and nothing waits. `seen` gets the counts."""
    try:
        seen.update(product.rows(UNDER_WAY)[0])
    except psycopg.Error:
        return False
    return seen["mails"] == MAILS and not any(seen[name] for name in seen if name != "mails")


def test_exactly_the_distinct_mails_are_messages(aftermath):  # R1, R2
    storm, _out = aftermath
    states = storm.product.rows(
        "SELECT state, count(*), min(why) AS why FROM mail_rawmail GROUP BY 1"
    )
    rows = storm.product.rows(
        "SELECT message_id, count(*) FROM tickets_message WHERE kind = 0 GROUP BY 1"
    )

    assert [(row["state"], row["count"]) for row in states] == [("done", MAILS)], states
    assert storm.accepted == set(range(MAILS))
    assert {row["message_id"]: row["count"] for row in rows} == {
        mail.message_id: 1 for mail in letters(MAILS)
    }


def test_no_reply_is_lost_and_few_go_twice(aftermath):  # R52
    storm, out = aftermath
    mails = [parsed(one.content) for one in out.mails]
    marks = Counter(mark for mail in mails for mark in mark_of(mail))

    assert storm.taken, storm.unknown
    assert storm.taken <= set(marks) | refused(storm)
    copies = Counter(str(mail["Message-ID"]) for mail in mails)
    unheard = len(storm.kills) + out.met["cut_after"]  # each may have swallowed one "250"
    assert sum(times - 1 for times in copies.values()) <= unheard


def refused(storm: Storm) -> set[str]:
    """The replies that a server refused for good, of which their author was told."""
    rows = storm.product.rows(
        """SELECT text FROM tickets_message AS message WHERE delivery = 'failed' AND EXISTS (
            SELECT FROM notifications_notification WHERE what = 'not_sent'
            AND ticket_id = message.ticket_id AND agent_id = message.agent_id)"""
    )
    return {mark for row in rows for mark in re.findall(r"Contestación (R\d+)\.", row["text"])}


def test_each_mood_of_the_outgoing_server_was_felt(aftermath):  # R52
    _storm, out = aftermath

    assert all(out.met[mood] for mood in MOODS), out.met


def test_without_room_nothing_is_taken_and_all_goes_on_afterwards(aftermath):  # R50
    storm, _out = aftermath
    if storm.full.recovered_after is None:
        pytest.skip("No disk of its own can be mounted here.")

    assert set(storm.full.mails) <= {421, 451, 452}
    assert storm.full.mails
    assert storm.full.recovered_after < 30


def test_fifty_who_write_at_once_are_all_heard_once(aftermath):  # R54
    storm, _out = aftermath
    rows = storm.product.rows(
        """SELECT text FROM tickets_message JOIN tickets_ticket ON tickets_ticket.id = ticket_id
        WHERE number = %s AND kind = 2""",
        storm.crowded,
    )
    marks = Counter(mark for row in rows for mark in re.findall(r"Apunte (N\d+)\.", row["text"]))

    assert len(storm.noted) == WRITERS
    assert marks == dict.fromkeys(storm.noted, 1)


def test_without_its_database_it_asks_everybody_to_come_again(aftermath):  # R49
    storm, _out = aftermath

    assert set(storm.outage.pages) == {503}
    assert set(storm.outage.mails) == {451}
    assert storm.outage.same_processes


def test_nobody_is_acknowledged_twice(aftermath):
    _storm, out = aftermath
    receipts = {
        (str(mail["To"]), str(mail["Message-ID"]))
        for mail in (parsed(one.content) for one in out.mails)
        if mail["Auto-Submitted"]
    }

    assert Counter(address for address, _id in receipts).most_common(1)[0][1] == 1


def test_every_tickets_events_are_without_a_gap(aftermath):
    storm, _out = aftermath
    gaps = storm.product.rows(
        """SELECT ticket.number, ticket.version, count(*), min(event.seq), max(event.seq)
        FROM tickets_ticket ticket JOIN events_event event ON event.ticket_id = ticket.id
        GROUP BY ticket.number, ticket.version
        HAVING count(*) <> ticket.version OR min(event.seq) <> 1
            OR max(event.seq) <> ticket.version"""
    )

    assert gaps == []


def test_the_data_holds_together_and_every_job_is_done(aftermath):  # R48, R59
    storm, _out = aftermath

    storm.product.command("check")
    left = storm.product.rows(
        """SELECT job.*, event.type, event.at FROM procrastinate_jobs job
        LEFT JOIN procrastinate_events event ON event.job_id = job.id
        WHERE job.status <> 'todo' ORDER BY event.id"""
    )
    assert left == []


def mark_of(mail) -> list[str]:
    body = mail.get_body(("plain",))
    return re.findall(r"Contestación (R\d+)\.", body.get_content()) if body else []
