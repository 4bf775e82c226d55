"""Card numbers and IBANs in what people write: found by their check digits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ventanilla.lib.blacken import Found

# what the cards of this world begin with; 13 to 19 digits, in groups or not
CARD = re.compile(r"(?<![\d.,])(?:3[0-9]|4|5[0-9]|2[2-7]|6)(?:[ \u00a0-]?\d){11,18}(?![\d])")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "BR": 29, "CH": 21, "CR": 22, "CY": 28,
    "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22,
    "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SV": 28, "TR": 26, "UA": 29,
}  # fmt: skip


def numbers(text: str) -> Iterable[Found]:
    """Where numbers stand, and what is shown instead: the last four digits."""
    found = [_found(one, plain) for one in IBAN.finditer(text) if (plain := _iban(one[0]))]
    taken = {at for start, end, _instead in found for at in range(start, end)}
    for one in CARD.finditer(text):
        plain = _plain(one[0])
        if one.start() not in taken and 13 <= len(plain) <= 19 and luhn(plain):
            found.append(_found(one, plain))
    return sorted(found)


def _found(one: re.Match[str], plain: str) -> Found:
    cut = one.start() + _length(one[0], len(plain))
    return one.start(), cut, f"•••• {plain[-4:]}"


def _length(text: str, letters: int) -> int:
    """How much of the text holds so many letters and digits."""
    for at, letter in enumerate(text, 1):
        letters -= letter.isalnum()
        if not letters:
            return at
    return len(text)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _iban(text: str) -> str:
    """The IBAN at the beginning of the text, which may go on with words; "" if there is none."""
    plain = _plain(text)
    length = LENGTHS.get(plain[:2], 0)
    own = plain[:length]
    return own if length and len(own) == length and checks(own) else ""


def luhn(digits: str) -> bool:
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def checks(iban: str) -> bool:
    """ISO 13616: its letters as numbers, the first four moved behind, divided by 97."""
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(letter, 36)) for letter in moved)) % 97 == 1
