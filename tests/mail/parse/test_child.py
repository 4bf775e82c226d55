"""The parser's child: the same answers as in this process, and a death that costs one mail."""

import os
import signal
import sys
from pathlib import Path

import pytest

from ventanilla.mail.parse import frames, parse
from ventanilla.mail.parse.child import ParserChild, ParserDied

FIXTURES = Path(__file__).parent.parent / "fixtures"
MAIL = b"From: ana@x.example\r\nSubject: Hola\r\n\r\nNo me llega el pedido.\r\n"


@pytest.fixture
def child():
    with ParserChild() as child:
        yield child


def test_child_reads_what_this_process_reads(child):
    mails = [path.read_bytes() for path in sorted(FIXTURES.glob("*.eml"))[::5]]

    read = [child.parse(mail) for mail in mails]

    assert read == [parse(mail) for mail in mails]


def test_child_returns_attachments_of_many_megabytes(child):
    content = os.urandom(3_000_000)
    body = __import__("base64").encodebytes(content)
    mail = b"Content-Type: image/x; name=a\nContent-Transfer-Encoding: base64\n\n" + body

    file = child.parse(mail).attachments[0]

    assert file.content == content
    assert file.size == len(content)


def test_child_is_one_process_for_many_mails(child):
    child.parse(MAIL)
    first = child.pid

    child.parse(MAIL)

    assert child.pid == first


def test_child_that_was_killed_is_replaced_for_the_next_mail(child):  # R4
    child.parse(MAIL)
    os.kill(child.pid, signal.SIGKILL)

    assert child.parse(MAIL).subject == "Hola"


def sick_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str) -> ParserChild:
    """A child whose parser does `action` to a mail with the subject Veneno."""
    package = tmp_path / "sick.py"
    package.write_text(
        "import ventanilla.mail.parse.message as message\n"
        "from ventanilla.mail.parse import child\n"
        "import sys, os, signal\n"
        "well = message.read\n"
        "def read(raw):\n"
        "    if b'Veneno' in raw:\n"
        f"        {action}\n"
        "    return well(raw)\n"
        "message.read = read\n"
        "child.serve(sys.stdin.buffer, sys.stdout.buffer)\n"
    )
    wrapper = tmp_path / "python"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{package}"\n')
    wrapper.chmod(0o755)
    monkeypatch.setattr("ventanilla.mail.parse.child.sys.executable", str(wrapper))
    return ParserChild(wall=10)


@pytest.mark.parametrize(
    ("action", "reasons"),
    [
        ("while True: pass", {"cpu"}),
        ("os.kill(os.getpid(), signal.SIGSEGV)", {"crash"}),
        ("raise LookupError('a bug of ours')", {"error"}),
        ("bytearray(400_000_000)", {"memory"}),
    ],
)
def test_mail_that_kills_the_child_harms_no_other(tmp_path, monkeypatch, action, reasons):  # R7
    if reasons == {"memory"} and not Path("/proc/self/statm").exists():
        pytest.skip("only Linux limits memory")

    with sick_child(tmp_path, monkeypatch, action) as child:
        before = child.parse(MAIL).subject
        with pytest.raises(ParserDied) as died:
            child.parse(b"Subject: Veneno\n\n")
        after = child.parse(MAIL).subject

    assert died.value.reason in reasons
    assert (before, after) == ("Hola", "Hola")


def test_child_that_sleeps_is_ended_by_the_clock(tmp_path, monkeypatch):  # R7
    child = sick_child(tmp_path, monkeypatch, "signal.pause()")
    child.wall = 1.5

    with child, pytest.raises(ParserDied) as died:
        child.parse(b"Subject: Veneno\n\n")

    assert died.value.reason == "time"


def test_child_knows_no_secrets_and_no_django(child, monkeypatch):
    monkeypatch.setenv("VENTANILLA_SECRET_KEY", "canary")

    child.parse(MAIL)

    environment = Path(f"/proc/{child.pid}/environ")
    maps = Path(f"/proc/{child.pid}/maps")
    if environment.exists():
        assert b"canary" not in environment.read_bytes()
        assert b"psycopg" not in maps.read_bytes()


def test_reading_survives_the_way_through_the_pipe():
    for path in sorted(FIXTURES.glob("*.eml"))[::7]:
        parsed = parse(path.read_bytes())

        _, text, *files = frames.packed(parsed)
        values, sizes = frames.sizes(text)

        assert sizes == [len(file) for file in files]
        assert frames.unpacked(values, files) == parsed
