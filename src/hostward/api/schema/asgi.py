"""The documents over HTTP: /schema/SERVICE/VERSION.json, for anybody who may see the console's host."""

import asyncio
import re
from collections.abc import Callable
from typing import Final

from hostward.api.action import VERSIONS
from hostward.api.http import Receive, Scope, Send
from hostward.api.schema.document import encoded

PATHS: Final = {f"/schema/{service}/{version}.json": service for service, version in VERSIONS.items()}
"""Every document there is."""

_TEXT: Final = b"text/plain; charset=utf-8"
_NO_SUCH: Final = f"There are {' and '.join(PATHS)}.\n".encode()

Answer = tuple[int, bytes, bytes, str]
_NO_GZIP: Final = re.compile(r"gzip *; *q=0(?:\.0{0,3})?(?:[ ,]|$)")


class Schemas:
    """Answers GET and HEAD below /schema/. It holds nobody's data, so no signature is asked for.

    answers_to: whether a Host header names this server.
    """

    def __init__(self, answers_to: Callable[[str], bool]) -> None:
        self._answers_to = answers_to

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        status, kind, body, etag = await self._answer(scope)
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-cache"),
            (b"x-content-type-options", b"nosniff"),
            (b"vary", b"accept-encoding"),
        ]
        if etag:
            headers.append((b"etag", etag.encode()))
        if status == 200 and etag.endswith('-gzip"'):
            headers.append((b"content-encoding", b"gzip"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope) -> Answer:
        sent = dict(scope["headers"])
        if not self._answers_to(sent.get(b"host", b"").decode("latin-1")):
            return (
                421,
                _TEXT,
                b"Ask this server by 127.0.0.1, localhost or a name in its settings (server.names).\n",
                "",
            )
        service = PATHS.get(scope["path"])
        if service is None:
            return 404, _TEXT, _NO_SUCH, ""
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _TEXT, b"This path is for reading.\n", ""
        document = await asyncio.to_thread(encoded, service)  # the first time it reads files
        body, etag = document.body, document.etag
        if _takes_gzip(sent.get(b"accept-encoding", b"").decode("latin-1")):
            body, etag = document.packed, document.packed_etag
        if _has(sent.get(b"if-none-match", b"").decode("latin-1"), etag):
            return 304, b"application/json", b"", etag
        return 200, b"application/json", body, etag


def _takes_gzip(accepted: str) -> bool:
    """Whether Accept-Encoding names gzip, and not to exclude it."""
    return "gzip" in accepted.lower() and _NO_GZIP.search(accepted.lower()) is None


def _has(known: str, etag: str) -> bool:
    """Whether If-None-Match lists this ETag, weak or not, or any (RFC 9110, 13.1.2)."""
    return known.strip() == "*" or etag in {one.strip().removeprefix("W/") for one in known.split(",")}
