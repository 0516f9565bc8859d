"""The little of HTTP that four POSTs need, straight on ASGI: a body with a cap, and an answer in JSON."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from hostward.agentlink.auth import Busy
from hostward.domain.errors import HostwardError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 30.0
"""Longest a body may take to arrive: no agent's message is larger than 4 MB."""

MAX_BODIES = 64 * 1024 * 1024
"""Bytes of bodies held at a time, over all requests."""


class TooLarge(HostwardError):
    """The body is above its path's cap."""


class ClientGone(Exception):
    """Nobody is there to be answered."""


def headers_of(scope: Scope) -> dict[str, str]:
    """The headers by lower-case name; of one that is repeated the last counts."""
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def address_of(scope: Scope) -> str:
    """Where a request comes from, "" when that can't be told. Behind a proxy it is the proxy's."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class Bodies:
    """Reads bodies, and holds no more of them at a time than fit."""

    def __init__(self, room: int = MAX_BODIES) -> None:
        self._room = room

    async def read(self, receive: Receive, headers: dict[str, str], cap: int) -> bytes:
        """The whole body. Raises TooLarge, Busy when there is no room for it or it takes too long, ClientGone."""
        stated = headers.get("content-length", "")
        if stated.isascii() and stated.isdigit() and int(stated) > cap:
            raise TooLarge(f"a message here has at most {cap} bytes, this one has {stated}")
        taken = 0
        parts: list[bytes] = []
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    part = message.get("body", b"")
                    taken += self._take(len(part))
                    if taken > cap:
                        raise TooLarge(f"a message here has at most {cap} bytes")
                    parts.append(part)
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError as error:
            raise Busy(f"the message did not arrive within {BODY_SECONDS:.0f} s", retry_after=5) from error
        finally:
            self._room += taken

    def _take(self, size: int) -> int:
        if size > self._room:
            raise Busy("too many messages at a time", retry_after=2)
        self._room -= size
        return size


async def answer(send: Send, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    """Send a whole answer in JSON."""
    shown = {"content-type": "application/json", "content-length": str(len(body)), "cache-control": "no-store"}
    shown |= headers or {}
    lines = [(name.encode(), value.encode("latin-1", "replace")) for name, value in shown.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": body})
