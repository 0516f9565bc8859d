"""What a browser sends along, as far as signing in goes: the cookie, and the page a request comes from."""

import hashlib
from typing import Final

COOKIE: Final = "hostward_session"
CSRF_HEADER: Final = b"x-hostward-csrf"

MAX_COOKIES: Final = 16_384
"""Characters of a Cookie header that are looked through: more than any browser sends to one host."""

MAX_TOKEN: Final = 128


def token_in(cookies: str) -> str:
    """What our cookie holds in a Cookie header; "" where it is missing, empty or too long to be ours.

    Of a cookie sent twice the first one counts, as browsers put the more specific one there (RFC 6265, 5.4).
    """
    for pair in cookies[:MAX_COOKIES].split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value if len(value) <= MAX_TOKEN else ""
    return ""


def digest_of(token: str) -> bytes:
    """What is stored of a cookie or a link: its SHA-256, since it has 256 bits that nobody can guess."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def is_own_page(origin: str, host: str) -> bool:
    """Whether an Origin header ("" for none sent) is a page of this server, asked for by this Host header.

    A browser says where a changing request comes from; what sends none is no browser. A proxy that ends TLS may have
    changed the scheme, so that only the host is compared.
    """
    if not origin:
        return True
    scheme, sign, place = origin.partition("://")
    return bool(sign) and scheme in ("http", "https") and place.lower() == host.lower()
