"""Whom a request comes from when proxies stand in front: the address that the outermost trusted one was asked by.

X-Forwarded-For is written by whoever likes to. Each proxy adds the address that asked it at the end, so that what
trusted proxies wrote stands there, and everything before the first address that is not a proxy's is hearsay.
"""

import ipaddress
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any, Final

Scope = MutableMapping[str, Any]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

FORWARDED_FOR: Final = b"x-forwarded-for"
MOST_HOPS: Final = 16
"""Addresses that are looked at, from the last one on: more proxies in a row nobody has."""


def with_source(scope: Scope, trusted: Sequence[Network]) -> Scope:
    """The request with its real source as `client`, where a trusted proxy sent it; else as it is."""
    client = scope.get("client")
    nearest = _address(client[0]) if client else None
    if nearest is None or not _is_in(nearest, trusted):
        return scope
    source = nearest
    for hop in _hops(scope["headers"]):
        address = _address(hop)
        if address is None:
            break  # what stands before it was passed on by whoever wrote this
        source = address
        if not _is_in(address, trusted):
            break
    return {**scope, "client": (str(source), 0)}


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """What the headers of that name hold, the last one first."""
    sent = b",".join(value for name, value in headers if name == FORWARDED_FOR)
    return [part.strip().decode("latin-1") for part in reversed(sent.rsplit(b",", MOST_HOPS)[-MOST_HOPS:])]


def _address(text: str) -> IPAddress | None:
    """The address in this text, which some proxies give with a port; None for anything else."""
    for candidate in (text, text.rpartition(":")[0], text[1:].partition("]")[0] if text[:1] == "[" else ""):
        try:
            address = ipaddress.ip_address(candidate)
        except ValueError:
            continue
        return getattr(address, "ipv4_mapped", None) or address
    return None


def _is_in(address: IPAddress, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
