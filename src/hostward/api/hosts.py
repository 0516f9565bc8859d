"""The host that a client may have signed."""

import re
from collections.abc import Sequence
from typing import Final

_PORT: Final = re.compile(r":\d*$")
_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
"""A name or address, with a port or without: all that a Host may be that links are made of."""


def host_candidates(host: str, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    """What a client may have signed as its host.

    The header as sent; without the scheme (tccli's endpoint is a URL); without the port (the Node SDKs); then the
    names this server is also known by.
    """
    bare = host.partition("://")[2] or host
    return tuple(dict.fromkeys((host, bare, _PORT.sub("", bare), *aliases)))


def origin_of(host: str, scheme: str) -> str:
    """Where a client reached this server, as the beginning of a link ("https://scan.example:8443").

    host: the header as sent. "" when it is no host, which leaves a link without one.
    """
    bare = host.partition("://")[2] or host
    return f"{scheme}://{bare}" if _PLAIN.fullmatch(bare) else ""
