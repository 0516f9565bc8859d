"""Where a server is, as people write it."""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from hostward.api.programs.call import Endpoint
from hostward.domain.errors import InvalidValue

_ADDRESS: Final = re.compile(r"[A-Za-z0-9._:/\[\]-]+", re.ASCII)
"""Nothing that would end a literal: generated programs hold the address."""


def endpoint_at(text: str, ca_file: str = "") -> Endpoint:
    """HOST:PORT or a URL. Without a scheme it is https, but http on loopback. Raises InvalidValue."""
    wrong = InvalidValue(f"{text!r} is no endpoint: expected HOST:PORT, http://HOST:PORT or https://HOST")
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        _, host = parts.port, parts.hostname or ""
    except ValueError:
        raise wrong from None
    if _ADDRESS.fullmatch(text) is None or parts.scheme not in ("", "http", "https"):
        raise wrong
    if not host or parts.path not in ("", "/"):
        raise wrong
    tls = parts.scheme == "https" or (not parts.scheme and not _is_loopback(host))
    return Endpoint(tls=tls, host=parts.netloc, ca_file=ca_file)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
