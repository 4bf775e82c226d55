"""What a mail's sender looks like, and whether their domain vouches for it (R17). Pure."""

from __future__ import annotations

import re
import unicodedata

from ventanilla.lib.fold import fold
from ventanilla.mail.parse.model import Address, Parsed

ADDRESS = re.compile(r"[^\s<>\"'(),;:@]{1,64}@[^\s<>\"'(),;:@]{1,253}")
WORD = re.compile(r"\w+")
SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")  # whose letters look alike
LONGEST_NAME = 400


def authenticated(parsed: Parsed, trusted: str) -> bool | None:
    """Whether DMARC passed, as told by the server `trusted`; None when that server says nothing.

    Only a header of that very name counts, the topmost with a verdict, and only for the one
    domain in From: several senders are nobody's word.
    """
    if not trusted or parsed.sender is None:
        return None
    told = (word for word in parsed.auth if word.authserv_id.lower() == trusted.lower())
    verdict = next((word for word in told if word.dmarc), None)
    if verdict is None:
        return None
    if verdict.dmarc == "fail":
        return False
    judged = verdict.dmarc_from.lower().rstrip(".") or domain(parsed.sender.addr)
    alone = len({domain(each.addr) for each in parsed.from_ if each.usable}) == 1
    ours = alone and judged == domain(parsed.sender.addr)
    return True if verdict.dmarc == "pass" and ours else None


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def marks(
    sender: Address, *, desk_name: str, agent_has_name: bool, agent_has_address: bool
) -> list[str]:
    """Codes of what may mislead whoever reads the sender's name.

    agent_has_name, agent_has_address   an agent of this desk is called so, has this address: by
                                        mail nobody is believed to be one (R15)
    """
    name = sender.name[:LONGEST_NAME]
    found = {
        "sender_name_has_address": _other_address(name, sender.addr),
        "sender_name_mixes_scripts": any(_is_mixed(word) for word in WORD.findall(name)),
        "sender_name_of_desk": bool(name) and fold(name) == fold(desk_name),
        "sender_name_of_agent": agent_has_name,
        "sender_address_of_agent": agent_has_address,
    }
    return [code for code, holds in found.items() if holds]


def _other_address(name: str, address: str) -> bool:
    return any(found.lower() != address.lower() for found in ADDRESS.findall(name))


def _is_mixed(word: str) -> bool:
    """Whether one word has letters of two scripts that look alike, such as a Cyrillic а in Ana."""
    names = (unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalpha())
    return len({name for name in names if name in SCRIPTS}) > 1
