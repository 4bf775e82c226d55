"""Mails on the command line: always one line of JSON, never a failure."""

import json
import subprocess
import sys
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"
KEYS = [
    *("subject", "from", "to", "cc", "reply_to", "message_id", "in_reply_to", "references"),
    *("date", "text", "html", "reply", "attachments", "auto", "bounce", "language", "defects"),
]


def run(*arguments: str, lines: str = "") -> list[dict]:
    """The command without any Django settings."""
    done = subprocess.run(
        [sys.executable, "-m", "ventanilla.mail.parse", *arguments],
        input=lines,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
        check=True,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_file_gives_all_keys_in_order():
    [mail] = run(str(FIXTURES / "gmail_reply_es.eml"), "--json")

    assert list(mail) == KEYS
    assert mail["from"] == [{"name": "Lucía Ferrer", "addr": "lucia.ferrer@gmail.com"}]
    assert list(mail["reply"]) == ["text", "signature"]


def test_many_files_give_a_line_each_in_order(tmp_path):
    missing = tmp_path / "no-such-file.eml"
    paths = [FIXTURES / "broken_empty.eml", missing, tmp_path, FIXTURES / "bounce_qmail.eml"]

    mails = run("--jsonl", lines="".join(f"{path}\n" for path in paths))

    assert [mail["defects"][:1] for mail in mails[1:3]] == [["file_unreadable"]] * 2
    assert [mail["auto"] for mail in mails] == [None, None, None, "bounce"]
    assert list(mails[3]["attachments"]) == []


def test_attachments_have_exactly_the_promised_keys():
    [mail] = run(str(FIXTURES / "outlook_desktop_inline_logo.eml"))

    assert [list(file) for file in mail["attachments"]] == [
        ["filename", "content_type", "size", "sha256", "cid", "inline"]
    ]


def test_bounce_has_exactly_the_promised_keys():
    [mail] = run(str(FIXTURES / "bounce_exim.eml"))

    assert mail["bounce"] == {"recipients": ["luisa@cliente.example"], "temporary": False}
