"""One-time codes, by the values that RFC 6238 gives."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
import segno

from ventanilla.lib import qr, totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds, shown):
    assert totp.code(SECRET, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == shown


@pytest.mark.parametrize("late", [-30, 0, 30])
def test_a_clock_may_be_half_a_minute_off(late):
    given = totp.code(SECRET, totp.step_of(NOON))

    assert totp.matching(SECRET, given, NOON + timedelta(seconds=late)) == totp.step_of(NOON)


@pytest.mark.parametrize("given", ["", "0", "000000", "códigos", "1" * 400])
def test_other_codes_fit_no_step(given):
    assert totp.matching(SECRET, given, NOON) is None


def test_older_codes_fit_no_more():
    given = totp.code(SECRET, totp.step_of(NOON))

    assert totp.matching(SECRET, given, NOON + timedelta(seconds=60)) is None


def test_the_address_names_who_and_where():
    uri = totp.uri(SECRET, account="ana@olmo.example", issuer="Casa Olmo: ayuda")

    assert uri.startswith("otpauth://totp/Casa%20Olmo%20%20ayuda%3Aana%40olmo.example?")
    assert f"secret={SECRET}" in uri


def test_the_picture_is_the_code_square_by_square():
    drawn = qr.picture("otpauth://totp/x")

    matrix = segno.make("otpauth://totp/x", error="m", micro=False).matrix
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn.path)}
    assert drawn.size == len(matrix) + 8
    assert dark == {
        (x + 4, y + 4) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell
    }
