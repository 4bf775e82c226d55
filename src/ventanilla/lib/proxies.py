"""Who really asks, when a proxy of ours stands in between. Pure."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
FORWARDED = frozenset({"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded"})


def networks(texts: Sequence[str]) -> list[Network]:
    """Parse addresses and CIDR ranges. Raises ValueError that names the first bad one."""
    return [ip_network(text, strict=False) for text in texts]


def seen_through(
    address: str, scheme: str, headers: Mapping[str, str], trusted: Sequence[Network]
) -> tuple[str, str]:
    """Return the client's address and scheme.

    Forwarding headers count only when the connection comes from a trusted proxy, and of
    X-Forwarded-For only what trusted proxies wrote: the last address that is none of them.
    """
    if not _is_among(address, trusted):
        return address, scheme
    hops = [hop.strip() for hop in headers.get("x-forwarded-for", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_address(hop):
            break
        address = hop
        if not _is_among(hop, trusted):
            break
    told = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
    return address, told if told in {"http", "https"} else scheme


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_among(text: str, trusted: Sequence[Network]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in trusted)
