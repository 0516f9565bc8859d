"""A request as it came over HTTP, read with caps before anything of it is believed."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from hostward.api.errors import ApiError, Code
from hostward.api.texts import METHOD, MULTIPART, TOO_LARGE

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_GET = 32 * 1024
MAX_FORM_POST = 1024 * 1024
MAX_POST = 10 * 1024 * 1024
"""Largest requests: query and body of a GET, a version 1 (form) POST, a version 3 POST ("Request structure" page)."""

METHODS: Final = ("GET", "POST")
FORM: Final = "application/x-www-form-urlencoded"


class ClientGone(Exception):
    """The client hung up before its request was whole; there is nobody to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request without its body. headers: names in lower case; of a name sent twice, the last one.

    source: the address that the connection came from, "" where there is none. scheme: http or https.
    """

    method: str
    query: bytes
    headers: Mapping[bytes, bytes]
    source: str = ""
    scheme: str = "http"

    def text(self, name: bytes) -> str:
        """A header as text, "" when it was not sent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.text(b"content-type").partition(";")[0].strip().lower()

    @property
    def is_form(self) -> bool:
        """Whether the body is a form: only without an Authorization header, with one every body is JSON."""
        return self.method == "POST" and b"authorization" not in self.headers and self.content_type == FORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A whole request."""

    head: Head
    body: bytes

    @property
    def flat(self) -> bytes | None:
        """Where the parameters are names and values in text: the query of a GET, the form of a POST; else None."""
        if self.head.method == "GET":
            return self.head.query
        return self.body if self.head.is_form else None


def head_of(scope: Scope) -> Head:
    """The head of an ASGI request."""
    source = (scope.get("client") or ("",))[0]
    scheme = scope.get("scheme", "http")
    return Head(
        method=scope["method"],
        query=scope["query_string"],
        headers=dict(scope["headers"]),
        source=source,
        scheme=scheme,
    )


async def read_request(head: Head, receive: Receive) -> Request:
    """The whole request.

    Raises ApiError when it is too large (never holding more than the cap), of another method than GET and POST, or
    multipart; ClientGone when the client left.
    """
    body = await _read_body(head, receive)
    if head.method not in METHODS:
        raise ApiError(Code.UNSUPPORTED_PROTOCOL, METHOD, method=head.method[:16])
    if head.content_type.startswith("multipart/"):
        raise ApiError(Code.INVALID_REQUEST, MULTIPART)
    return Request(head=head, body=body)


def largest(head: Head) -> int:
    """How many bytes of query and body a request of this kind may have."""
    if head.method == "GET":
        return MAX_GET
    return MAX_FORM_POST if head.is_form else MAX_POST


async def _read_body(head: Head, receive: Receive) -> bytes:
    cap = largest(head)
    room = cap - len(head.query) if head.method == "GET" else cap
    declared = head.headers.get(b"content-length", b"0")
    if room < 0 or (declared.isdigit() and int(declared[:20]) > room):
        raise ApiError(Code.TOO_LARGE, TOO_LARGE, limit=cap)
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        room -= len(chunk)
        if room < 0:
            raise ApiError(Code.TOO_LARGE, TOO_LARGE, limit=cap)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
