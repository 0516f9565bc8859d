"""What stands under /console/: signing in, and the stream of events."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

CONSOLE_PATHS: Final = "/console/"
EVENTS_PATH: Final = "/console/events"

MISDIRECTED: Final = b"Ask this server by 127.0.0.1, localhost or a name in its settings (server.names).\n"


class Private:
    """One application of those under /console/, of which each takes its own paths and answers for what it has not.

    answers: whether a Host header names this server; any other is a page of somebody else's that points its name here.
    session: everything about signing in, and every path that nobody else has. events: None where there is no stream.
    """

    def __init__(self, *, answers: Callable[[str], bool], session: App, events: App | None = None) -> None:
        self._answers = answers
        self._session = session
        self._others: Mapping[str, App] = {} if events is None else {EVENTS_PATH: events}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not self._answers(host):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 421, "headers": headers})
            await send({"type": "http.response.body", "body": MISDIRECTED})
            return
        await self._others.get(scope["path"], self._session)(scope, receive, send)
