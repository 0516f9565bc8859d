"""GET /export/ID: a file of an export, for whoever has a link that ExportTasks gave less than ten minutes ago.

The path is only ever looked up among the ids of exports: nothing of a request names a file.
"""

import asyncio
from collections.abc import Mapping
from typing import BinaryIO, Final

from hostward.api.exports import Exports
from hostward.api.http import Receive, Scope, Send
from hostward.runtime.clock import Clock
from hostward.usecases.exports.shelf import Format

CHUNK: Final = 256 * 1024
"""Bytes read and sent at a time."""

CONTENT_TYPES: Final[Mapping[Format, bytes]] = {
    Format.XLSX: b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: b"text/csv; charset=utf-8",
}

_SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"private, no-store"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"referrer-policy", b"no-referrer"),
)
_GONE: Final = b"This link is not valid, or its time is over: ask ExportTasks for another one.\n"
_METHOD: Final = b"Use GET.\n"


class Downloads:
    """An ASGI application for the paths below PATH."""

    def __init__(self, exports: Exports, clock: Clock) -> None:
        self._exports = exports
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["method"] not in ("GET", "HEAD"):
            await _refuse(send, 405, _METHOD, (b"allow", b"GET, HEAD"))
            return
        asked = self._exports.asked_for(scope["path"], scope["query_string"], self._clock.now())
        if asked is None:
            await _refuse(send, 404, _GONE)
            return
        export, kind = asked
        try:
            file = await asyncio.to_thread(self._exports.open, export, kind)
        except OSError:  # removed since, for its age or to make room
            await _refuse(send, 404, _GONE)
            return
        with file:
            await _send_file(send, file, export.file_name(kind), kind, with_body=scope["method"] == "GET")


async def _send_file(send: Send, file: BinaryIO, name: str, kind: Format, *, with_body: bool) -> None:
    """In chunks, each read off the event loop and sent when the client has room for it."""
    size = await asyncio.to_thread(file.seek, 0, 2)
    await asyncio.to_thread(file.seek, 0)
    headers = [
        (b"content-type", CONTENT_TYPES[kind]),
        (b"content-length", str(size).encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        *_SAFE,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    left = size if with_body else 0
    while left:
        chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
        if not chunk:
            raise OSError(f"{name} ends {left} bytes early")  # the connection is cut: no client takes it for whole
        left -= len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _refuse(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *headers, *_SAFE]})
    await send({"type": "http.response.body", "body": body})
