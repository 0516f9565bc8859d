"""Requests and answers in JSON over ASGI, for the few paths of the console that are not actions of the API."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec

from hostward.usecases.accounts.browser import CSRF_HEADER, is_own_page, token_in

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
T = TypeVar("T")

MAX_BODY: Final = 16 * 1024
"""Bytes: many times the longest password."""

JSON: Final = "application/json"


class ClientGone(Exception):
    """The client hung up before its request was whole; there is nobody to answer."""


class Problem(Exception):
    """What is answered in the place of what was asked. more: other members beside code and message."""

    def __init__(self, status: int, code: str, message: str, **more: int) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.more = more


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A whole request. headers: names in lower case; of a name sent twice, the last one."""

    method: str
    path: str
    headers: Mapping[bytes, bytes] = field(repr=False)
    body: bytes = field(repr=False)
    source: str
    scheme: str

    def text(self, name: bytes) -> str:
        """A header as text, "" when it was not sent."""
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def host(self) -> str:
        """Whom the client asked, as it says itself (HOST:PORT)."""
        return self.text(b"host")

    @property
    def is_tls(self) -> bool:
        """Whether the browser speaks TLS, with this server or with a proxy before it.

        Anybody can claim a proxy: it changes nothing but what their own browser is told.
        """
        return self.scheme == "https" or self.headers.get(b"x-forwarded-proto") == b"https"

    @property
    def token(self) -> str:
        """What the session's cookie holds, "" without one."""
        return token_in(self.text(b"cookie"))

    @property
    def csrf(self) -> bytes:
        """The header that only a page of this server can know the value of."""
        return self.headers.get(CSRF_HEADER, b"")

    def must_be_own_page(self) -> None:
        """Raises Problem for a request that a browser sends on behalf of another server's page."""
        if not is_own_page(self.text(b"origin"), self.host):
            raise Problem(403, "ForeignOrigin", "the request comes from a page of another server")

    def decoded(self, kind: type[T]) -> T:
        """The body as this dataclass; members it has not are passed over. Raises Problem."""
        if self.text(b"content-type").partition(";")[0].strip().lower() != JSON:
            raise Problem(400, "BadRequest", f"send the body with Content-Type: {JSON}")
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise Problem(400, "BadRequest", f"the body can't be read: {problem}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer. content None: no body. cookie: a Set-Cookie header, "" for none. allow: methods, with a 405."""

    status: int = 200
    content: Mapping[str, object] | None = None
    cookie: str = ""
    allow: str = ""


async def read(scope: Scope, receive: Receive) -> Asked:
    """The whole request. Raises Problem when it is too large (never holding more than the cap), ClientGone."""
    headers = dict(scope["headers"])
    return Asked(
        method=scope["method"],
        path=scope["path"],
        headers=headers,
        body=await _body(headers, receive),
        source=(scope.get("client") or ("",))[0],
        scheme=scope.get("scheme", "http"),
    )


async def respond(send: Send, answer: Answer) -> None:
    """Send an answer; no cache may keep it."""
    body = b"" if answer.content is None else json.dumps(answer.content, ensure_ascii=False).encode()
    headers = [
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]
    if answer.content is not None:
        headers += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    for name, value in ((b"set-cookie", answer.cookie), (b"allow", answer.allow)):
        headers += [(name, value.encode("latin-1"))] if value else []
    retry = answer.content.get("error") if answer.content else None
    if isinstance(retry, Mapping) and "retry_after" in retry:
        headers.append((b"retry-after", str(retry["retry_after"]).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refusal(problem: Problem) -> Answer:
    """The answer that a problem is."""
    return Answer(
        status=problem.status, content={"error": {"code": problem.code, "message": str(problem), **problem.more}}
    )


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared[:20]) > MAX_BODY:
        raise _too_large()
    chunks: list[bytes] = []
    room = MAX_BODY
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        room -= len(chunk)
        if room < 0:
            raise _too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _too_large() -> Problem:
    return Problem(413, "TooLarge", f"the request is larger than {MAX_BODY} bytes")
