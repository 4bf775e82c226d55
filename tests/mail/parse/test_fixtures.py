"""Every mail in tests/mail/fixtures says what its facts say."""

import json
from pathlib import Path
from typing import Any

import pytest

from ventanilla.mail.parse import parse
from ventanilla.mail.parse.model import Parsed

FOLDER = Path(__file__).parent.parent / "fixtures"
MAILS = sorted(FOLDER.glob("*.eml"))
PLAIN = ("subject", "message_id", "in_reply_to", "references", "date", "auto", "language")


def people(parsed: Parsed, name: str) -> list[list[str]]:
    return [[person["name"], person["addr"]] for person in parsed.as_json()[name]]


def told(parsed: Parsed, facts: dict[str, Any]) -> dict[str, Any]:
    """What the parser says about each fact, in the facts' own form."""
    shown = parsed.as_json()
    bounce = parsed.bounce
    values = {name: shown[name] for name in (*PLAIN, "html", "bounce")}
    values |= {name: people(parsed, name) for name in ("from", "to", "cc", "reply_to")}
    values |= {
        "text": parsed.text.strip(),
        "no_defects": not parsed.defects,
        "suppress": parsed.suppress_reply,
        "original_message_id": bounce and bounce.original_message_id,
        "status": bounce and bounce.status,
        "still_trying": bounce and bounce.still_trying,
        "from_addresses": [address.addr for address in parsed.from_],
        "to_count": len(parsed.to),
        "attachment_count": len(parsed.attachments),
        "spam": parsed.spam,
        "loops": list(parsed.loops),
        "auth": [[a.authserv_id, a.spf, a.dkim, a.dmarc, a.dmarc_from] for a in parsed.auth],
        "attachments": [
            {key: have[key] for key in wanted}
            for have, wanted in zip(
                shown["attachments"],
                facts.get("attachments", []) + [{}] * len(shown["attachments"]),
                strict=False,
            )
        ],
        "text_has": [words for words in facts.get("text_has", ()) if words in parsed.text],
        "text_lacks": [w for w in facts.get("text_lacks", ()) if w not in parsed.text],
        "html_has": [w for w in facts.get("html_has", ()) if w in (parsed.html or "")],
        "defects": [code for code in facts.get("defects", ()) if code in parsed.defects],
        "suppress_reasons": [
            code for code in facts.get("suppress_reasons", ()) if code in parsed.suppress_reasons
        ],
    }
    return {name: values[name] for name in facts}


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_mail_says_what_its_facts_say(path: Path) -> None:  # R10, R11, R17
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))

    parsed = parse(path.read_bytes())

    assert told(parsed, facts) == facts
    assert "parser_error" not in parsed.defects


def test_there_are_enough_mails_and_each_has_facts() -> None:
    assert len(MAILS) >= 200
    assert {path.stem for path in MAILS} == {path.stem for path in FOLDER.glob("*.json")}
