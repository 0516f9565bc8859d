"""Which part answers which request, and what runs beside the requests."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from hostward.console.private import CONSOLE_PATHS
from hostward.wiring.forwarded import Network, with_source

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Background = Callable[[], Awaitable[None]]

AGENT_PATHS = "/agent/"
EXPORT_PATHS = "/export/"
INSTALL_PATHS = "/i/"
SCHEMA_PATHS = "/schema/"
METRICS_PATH = "/metrics"
API_HEADERS = frozenset({b"authorization", b"x-tc-action"})


class Application:
    """Agents under /agent/, what they are installed from under /i/, files of exports under /export/, signing in under
    /console/, else the API or the page.

    The API is on POST / and wherever an Action or Authorization is given. downloads: None where no exports are made.
    proxies: networks whose X-Forwarded-For is believed.
    """

    def __init__(
        self,
        *,
        api: App,
        agents: App,
        console: App,
        downloads: App | None = None,
        schemas: App | None = None,
        metrics: App | None = None,
        private: App | None = None,
        installs: App | None = None,
        background: Sequence[Background] = (),
        proxies: Sequence[Network] = (),
    ) -> None:
        self._api = api
        self._agents = agents
        self._console = console
        self._downloads = downloads or console
        self._schemas = schemas or console
        self._metrics = metrics or console
        self._private = private or console
        self._installs = installs or console
        self._background = background
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the life of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            known = with_source(scope, self._proxies) if self._proxies else scope
            await self._part(known)(known, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1003})

    def _part(self, scope: Scope) -> App:
        if scope["path"].startswith(AGENT_PATHS):
            return self._agents
        if scope["path"].startswith(INSTALL_PATHS):
            return self._installs
        if scope["path"].startswith(EXPORT_PATHS):
            return self._downloads
        if scope["path"].startswith(SCHEMA_PATHS):
            return self._schemas
        if scope["path"] == METRICS_PATH:
            return self._metrics
        if scope["path"].startswith(CONSOLE_PATHS):
            return self._private
        return self._api if is_api(scope) else self._console

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start what runs beside the requests, and end it with the server."""
        await receive()
        running = [asyncio.ensure_future(job()) for job in self._background]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})


def is_api(scope: Scope) -> bool:
    """True for what the API answers, errors included: POST /, and any request with an Action or an Authorization.

    A method that is neither POST nor a page's GET or HEAD goes to the API too, which says what it takes.
    """
    if scope["path"] == "/" and scope["method"] not in ("GET", "HEAD"):
        return True
    if any(name in API_HEADERS for name, _ in scope["headers"]):
        return True
    query = scope["query_string"]
    return b"Action=" in query and any(name == "Action" for name, _ in parse_qsl(query.decode("latin-1")))
