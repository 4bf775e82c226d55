"""Signatures below replies: by language, with variables. Simple HTML; Liquid (see `lib.liquid`)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Protocol

from ventanilla.lib.liquid import TemplateFault, check, render
from ventanilla.lib.problems import Invalid

IN_BRACES = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)

# What people's texts may name, with what it says of an invented ticket.
EXAMPLE: dict[str, Any] = {
    "contact": {"name": "Elena Vidal", "first_name": "Elena"},
    "organization": {"name": "Muebles Olmo"},
    "ticket": {"number": 20931, "subject": "Cobro duplicado"},
    "agent": {"name": "Marta Ruiz", "first_name": "Marta"},
    "team": {"name": "Facturación"},
    "desk": {"name": "Casa Olmo"},
}


class Signed(Protocol):
    """An agent or a team."""

    signature: str
    signatures: dict[str, str]


def signature_of(one: Signed, language: str) -> str:
    """The one in this language, else the one for all. Pure."""
    return one.signatures.get(language[:2].lower()) or one.signature


def filled_in(signature: str, variables: Mapping[str, Any]) -> str:
    """The signature with the values in it, as HTML to be cleaned. Raises TemplateFault."""
    return render(_source(signature), variables, target="html")


def names_something(signature: str) -> bool:
    return IN_BRACES.search(signature) is not None


def check_signature(signature: str, field: str = "signature") -> None:
    """Raises Invalid, naming line and variable."""
    if faults := check(_source(signature), EXAMPLE):
        raise Invalid(str(TemplateFault(faults[0])), field=field)


def check_signatures(fields: Mapping[str, Any]) -> None:
    """The signatures among these fields. Raises Invalid, naming the field of the form."""
    check_signature(fields.get("signature", ""))
    for language, signature in fields.get("signatures", {}).items():
        check_signature(signature, f"signature_{language}")


def _source(signature: str) -> str:
    """What was escaped on its way into HTML means itself again between braces."""
    return IN_BRACES.sub(lambda found: html.unescape(found[0]), signature)
