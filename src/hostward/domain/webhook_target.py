"""Where a webhook may point: which URLs, and which addresses behind a name.

A webhook makes the server call whoever an administrator names, from inside the operator's network. What is not on
the public internet is refused unless the operator lists it, so that a webhook can't be used to reach the machines,
metadata services and consoles around the server.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from hostward.domain.errors import InvalidValue

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL: Final = 2000
_PORTS: Final = {"http": 80, "https": 443}
_FIRST_FREE_PORT: Final = 1024
"""Ports below belong to other services (SSH, mail, databases' consoles); 80 and 443 are the web's."""

_PLAIN: Final = re.compile(r"[!-~]+")
_HOST: Final = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")

_REFUSED: Final = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "224.0.0.0/3"),
            *("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10", "ff00::/8"),
        ),
    )
)
"""Beside all that is_global denies: shared space (RFC 6598), 6to4 and its relays, Teredo, NAT64, IPv4-compatible
addresses (each leads to an IPv4 address that nobody checked), multicast, and a cloud's metadata on a public address.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL in its parts. host: a name or an address, without brackets. path: with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_tls(self) -> bool:
        """Whether it is HTTPS."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> Target:
    """The parts of a URL that a webhook may have. Raises InvalidValue that says what is wrong with it."""
    if len(url) > MAX_URL or not _PLAIN.fullmatch(url) or "\\" in url:
        raise _odd(f"has 1 to {MAX_URL} ASCII characters, without spaces and backslashes (names in punycode)")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise _odd("is http(s)://HOST[:PORT]/PATH") from None
    if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise _odd("is http(s)://HOST[:PORT]/PATH")
    if "@" in parts.netloc:
        raise _odd("holds no user and password: they would stand in logs and answers; check the signature instead")
    if parts.fragment:
        raise _odd("has no fragment (#): no server ever sees it")
    port = _PORTS[parts.scheme] if port is None else port
    if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
        raise _odd(f"has port 80, 443 or one from {_FIRST_FREE_PORT} on")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=parts.scheme, host=host, port=port, path=path)


def checked_target(url: str, allowed: Sequence[Network]) -> Target:
    """target_of, and where the host is an address also whether it may be called. Raises InvalidValue."""
    target = target_of(url)
    try:
        literal = ip_address(target.host)
    except ValueError:
        return target  # a name: whoever sends looks it up, and checks what it finds
    if not is_allowed(literal, allowed):
        raise InvalidValue(refusal(target.host, literal))
    return target


def plain(address: Address) -> Address:
    """The address that is really called: an IPv4 address written in IPv6 (::ffff:127.0.0.1) is that IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Whether a webhook may call this address: one of the public internet, or one that the operator lists."""
    called = plain(address)
    if any(called in network for network in allowed if network.version == called.version):
        return True
    if called.is_multicast or not called.is_global:
        return False
    return not any(called in network for network in _REFUSED if network.version == called.version)


def refusal(host: str, address: Address) -> str:
    """Why a host is not called."""
    return (
        f"{host} is {address}, which is no address of the public internet: "
        "the operator can allow its network with the setting notifications.allow_private"
    )


def _odd(rule: str) -> InvalidValue:
    return InvalidValue(f"the URL of a webhook {rule}")
