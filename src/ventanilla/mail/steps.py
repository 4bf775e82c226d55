"""What a live test of an inbox found, step by step, in words for who sets it up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step. The last one of a test that failed is not `ok` and says what to do."""

    name: str  # for people: "Sign in"
    ok: bool
    message: str
