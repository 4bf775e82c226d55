"""Who asks, seen through proxies: R27."""

import pytest

from ventanilla.lib.proxies import networks, seen_through

OURS = networks(["10.0.0.0/8", "fd00::/8"])


@pytest.mark.parametrize(
    ("connection", "claimed", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # a stranger's claim
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what he wrote himself
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),  # two proxies of ours
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("", "198.51.100.1", ""),  # a unix socket
    ],
)
def test_the_last_address_that_is_none_of_ours(connection, claimed, address):
    found, _scheme = seen_through(connection, "http", {"x-forwarded-for": claimed}, OURS)

    assert found == address


@pytest.mark.parametrize(
    ("connection", "told", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "javascript", "http"),
        ("203.0.113.5", "https", "http"),
    ],
)
def test_only_a_trusted_proxy_says_https(connection, told, scheme):
    _address, found = seen_through(connection, "http", {"x-forwarded-proto": told}, OURS)

    assert found == scheme
