"""Streams of events on a bench: the ASGI application over a store in memory, and browsers that read it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from api_bench import HubLog
from hostward.api.context import ApiSettings, Context
from hostward.api.topics import LiveTopics
from hostward.api.vul_info import VulInfo
from hostward.console.events import Events
from hostward.console.feeds import Feeds
from hostward.domain.account import Role, User
from hostward.runtime.clock import SystemClock
from hostward.runtime.pulse import Pulse
from hostward.store.memory import MemoryStore
from hostward.usecases.ports import Store

PATIENCE = 5.0
"""Seconds after which a test gives up waiting."""


class Counting:
    """A store that counts its reads."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0

    async def read(self, work: Callable) -> Any:
        self.reads += 1
        return await self._store.read(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@dataclass
class Live:
    """One server's streams. users: by the value of their cookie."""

    store: Store = field(default_factory=MemoryStore)
    users: dict[str, User] = field(default_factory=dict)
    pulse: Pulse | None = None
    busy_tick: timedelta = timedelta(seconds=1)

    def __post_init__(self) -> None:
        self.counting = Counting(self.store)
        self.account = self.store.write_now(lambda uow: uow.accounts.add_account("live"))
        self.admin = self.user("admin")
        clock = SystemClock()
        context = Context(
            account=self.account, user=self.admin, language="en-US", now=clock.now(), request_id="",
            store=self.store, hub=HubLog(), settings=ApiSettings(), clock=clock, vul_info=VulInfo(),
        )  # fmt: skip
        pulse = self.pulse or getattr(self.store, "pulse", Pulse())
        self.feeds = Feeds(store=self.counting, clock=clock, pulse=pulse, busy_tick=self.busy_tick)
        self.app = Events(session_of=self._session_of, topics=LiveTopics(context), feeds=self.feeds)

    async def _session_of(self, token: str) -> User | None:
        return self.users.get(token)

    def user(self, name: str, *tags: str, role: Role = Role.ADMINISTRATOR) -> User:
        """A new user, signed in with a cookie of that name."""
        user = self.store.write_now(lambda uow: uow.accounts.add_user(self.account, name, role, tags))
        self.users[name] = user
        return user

    def change(self, name: str, **changes: Any) -> None:
        """The user is another one now."""
        self.users[name] = replace(self.users[name], **changes)

    @asynccontextmanager
    async def browser(self, *topics: str, cookie: str = "admin", last: str = "", **query: str):
        """A browser that follows these topics; it leaves with the block."""
        browser = Browser()
        headers = [(b"cookie", f"hostward_session={cookie}".encode())]
        headers += [(b"last-event-id", last.encode())] if last else []
        text = urlencode([*(("topic", topic) for topic in topics), *query.items()])
        scope = {
            "type": "http", "method": "GET", "path": "/console/events", "headers": headers,
            "query_string": text.encode(), "scheme": "http", "client": ("127.0.0.1", 1),
        }  # fmt: skip
        serving = asyncio.ensure_future(self.app(scope, browser.receive, browser.send))
        browser.ended = serving
        try:
            await browser.until(lambda: browser.status > 0)
            yield browser
        finally:
            browser.leaves.set()
            await asyncio.wait_for(serving, PATIENCE)

    async def refused(self, *topics: str, **options: Any) -> tuple[int, dict]:
        """Status and error of a stream that is not opened."""
        async with self.browser(*topics, **options) as browser:
            await asyncio.wait_for(asyncio.shield(browser.ended), PATIENCE)
            return browser.status, json.loads(browser.raw)["error"]


class Browser:
    """One EventSource: what it has read, and the state of each topic, patches applied."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.raw = b""
        self.events: list[dict] = []
        self.ids: list[int] = []
        self.gone: str | None = None
        self.states: dict[str, dict] = {}
        self.ended: asyncio.Future | None = None
        self.leaves = asyncio.Event()
        self.stalls = asyncio.Event()
        self.stalls.set()
        self._news = asyncio.Event()

    async def receive(self) -> dict:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            await self.stalls.wait()
            self.raw += message["body"]
            if self.status == 200:
                self._read(message["body"])
        self._news.set()

    def _read(self, body: bytes) -> None:
        for block in filter(None, body.decode().split("\n\n")):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":"))
            if fields.get("event") == "gone":
                self.gone = json.loads(fields["data"])["reason"]
            elif "data" in fields:
                self.ids += [int(fields["id"])] if "id" in fields else []
                self._take(json.loads(fields["data"]))

    def _take(self, event: dict) -> None:
        self.events.append(event)
        before = {} if event["full"] else self.states[event["topic"]]
        rows = {**before.get("Rows", {}), **event["patch"].get("Rows", {})}
        after = {**before, **event["patch"]}
        self.states[event["topic"]] = {**after, "Rows": rows} if "Rows" in after else after

    def of(self, topic: str) -> Sequence[dict]:
        """The events of a topic."""
        return [event for event in self.events if event["topic"] == topic]

    async def until(self, holds: Callable[[], object]) -> None:
        """Return when it holds; it is looked at after everything that is read."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self._news.clear()
                await self._news.wait()


def moment() -> datetime:
    """Now, for what is to be near the server's clock."""
    return datetime.now(UTC)
