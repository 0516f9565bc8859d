"""The whole server in this process, over a fleet that a test drives, for browsers to look at."""

import asyncio
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hostward.domain.account import Role, User
from hostward.domain.machine import Machine
from hostward.runtime.clock import SystemClock
from hostward.settings import Address, read
from hostward.store.passwords import Passwords
from hostward.usecases.accounts import credentials, sign_in
from hostward.usecases.accounts.sign_in import path_of
from hostward.wiring.server import Server, open_server
from hostward.wiring.serving import Serving, listen
from small_fleet import Fleet

PASSWORD = "correct horse battery"
ADMIN = "admin"
PATIENCE = 30.0
AHEAD = timedelta(days=1)
"""Machines are heard of so much later than now, so that none goes silent while a test looks at it."""


class LiveFleet(Fleet):
    """A fleet by the clock of this machine."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @now.setter
    def now(self, _: datetime) -> None:
        """Nobody turns this clock."""

    def awake(self, *machines: Machine) -> None:
        """These machines, or all that have a session, stay online for the length of a test."""
        ahead = self.now + AHEAD

        def work(uow) -> None:
            for machine in machines or self.machines:
                uow.machines.seen(machine.id, ahead)

        self.store.write_now(work)

    def scan(self, machine: Machine, *items: object, outcome: str = "ok", reasons: tuple[str, ...] = ()) -> None:
        """The machine's agent takes its job and ends it."""
        self.finish(machine, self.lease(machine), *items, outcome=outcome, reasons=reasons)


@dataclass
class Traffic:
    """What was asked of the server, and how many streams of events are open."""

    requests: list[tuple[str, str, str]] = field(default_factory=list)
    streams: int = 0
    most_streams: int = 0
    sent: Counter = field(default_factory=Counter)
    """Bytes of event streams and their events, by "bytes" and "events"."""

    pages: dict[str, bytes] = field(default_factory=dict)
    """HTML that is answered on these paths in place of the console, to compare it with."""

    def actions(self) -> Counter:
        """Calls by action."""
        return Counter(action for _, _, action in self.requests if action)

    def clear(self) -> None:
        """Forget what was asked."""
        self.requests.clear()
        self.sent.clear()
        self.most_streams = self.streams


class Watched:
    """An application with a Traffic."""

    def __init__(self, app: Any, traffic: Traffic) -> None:
        self._app = app
        self.traffic = traffic

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request, noted."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        action = dict(scope["headers"]).get(b"x-tc-action", b"").decode()
        traffic = self.traffic
        page = traffic.pages.get(scope["path"]) if scope["method"] == "GET" else None
        if page is not None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
            return await send({"type": "http.response.body", "body": page})
        traffic.requests.append((scope["method"], scope["path"], action))
        if scope["path"] != "/console/events":
            return await self._app(scope, receive, send)

        async def counted(message: Any) -> None:
            body = message.get("body", b"")
            traffic.sent["bytes"] += len(body)
            traffic.sent["events"] += body.count(b"data: ")
            await send(message)

        traffic.streams += 1
        traffic.most_streams = max(traffic.most_streams, traffic.streams)
        try:
            await self._app(scope, receive, counted)
        finally:
            traffic.streams -= 1


@dataclass
class ConsoleServer:
    """A server on a port of this machine. It can be stopped, and started again on what it has stored."""

    folder: Path
    port: int = 0
    traffic: Traffic = field(default_factory=Traffic)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    world: Any = None
    """What a file's tests have put into it."""

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Open what is stored, and answer."""
        self._opened = ExitStack()
        settings = read({}, command_line={"data_dir": str(self.folder)})
        self.server: Server = self._opened.enter_context(open_server(settings, SystemClock()))
        self._opened.callback(self.server.events.close)
        listener = listen(Address(host="127.0.0.1", port=self.port))
        self.port = listener.getsockname()[1]
        serving = Serving(Watched(self.server.app, self.traffic), listener)
        self._opened.callback(serving.stop)
        self._opened.callback(self.server.events.close)
        serving.start()
        store, account = self.server.store, self.server.owner.account
        known = self.fleet.machines if hasattr(self, "fleet") else []
        self.fleet = LiveFleet(store=store, account=account, machines=known, server_started=self.server.started)

    def stop(self) -> None:
        """Answer no more; what is stored stays."""
        self._opened.close()

    @property
    def secret_id(self) -> str:
        """Of the administrator's key."""
        return self.server.owner.key.secret_id

    @property
    def secret_key(self) -> str:
        """Of the same."""
        return self.server.owner.key.secret

    def user(
        self, name: str, role: Role = Role.OPERATOR, tags: Sequence[str] = (), *, password: str = PASSWORD
    ) -> User:
        """A new user who signs in with a password. name admin: the one there is gets a password."""
        store, account = self.server.store, self.server.owner.account
        user = self.server.owner.key.user
        if name != ADMIN:
            user = store.write_now(lambda uow: uow.accounts.add_user(account, name, role, tuple(tags)))
        hashed = _hashed(password)
        store.write_now(lambda uow: credentials.set_password(uow, account=account, name=name, hashed=hashed))
        return user

    def link(self, name: str, token: str) -> str:
        """The path of a one-time link."""
        owner = self.server.owner.key.user
        now = datetime.now(UTC)
        self.server.store.write_now(lambda uow: sign_in.link(uow, by=owner, name=name, token=token, now=now))
        return path_of(token)

    def cookie(self, name: str, *, anew: bool = False) -> str:
        """A session of this user, as the value of its cookie; one for all who ask, unless it is to be a new one."""
        if name in self.cookies and not anew:
            return self.cookies[name]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = json.dumps({"user": name, "password": PASSWORD})
            headers = {"content-type": "application/json", "origin": self.url}
            connection.request("POST", "/console/session", body, headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            cookie = (answer.getheader("set-cookie") or "").partition(";")[0].partition("=")[2]
        finally:
            connection.close()
        if not anew:
            self.cookies[name] = cookie
        return cookie

    def until_ended(self, task: int, module: str = "Malware") -> None:
        """Return when the scan is over: the last machines may have to be given up."""
        give_up = time.monotonic() + PATIENCE
        while self.call("DescribeScanTask", Module=module, TaskId=task)["Task"]["State"] in ("Scanning", "Stopping"):
            assert time.monotonic() < give_up, f"{module} task {task} does not end"
            time.sleep(0.1)

    def call(self, action: str, parameters: Mapping[str, Any] | None = None, *, user: str = ADMIN, **said: Any) -> dict:
        """The Response of one call by the console's way: session and CSRF header. Fails when it is refused."""
        service = "2018-02-28" if said.pop("cwp", False) else "2026-12-01"
        cookie = f"hostward_session={self.cookie(user)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            csrf = self._csrf(connection, cookie)
            headers = {
                "cookie": cookie, "content-type": "application/json", "x-tc-action": action, "x-tc-version": service,
                "x-hostward-csrf": csrf, "origin": self.url,
            }  # fmt: skip
            connection.request("POST", "/", json.dumps(dict(parameters or {}) | said), headers)
            response = json.loads(connection.getresponse().read())["Response"]
        finally:
            connection.close()
        assert "Error" not in response, (action, response)
        return response

    def _csrf(self, connection: http.client.HTTPConnection, cookie: str) -> str:
        """The token of a session; asked for once."""
        if cookie not in self.tokens:
            connection.request("GET", "/console/session", headers={"cookie": cookie})
            self.tokens[cookie] = json.loads(connection.getresponse().read())["csrf"]
        return self.tokens[cookie]


@contextmanager
def console_server(folder: Path, settings: str = "") -> Iterator[ConsoleServer]:
    """A server with nothing but its administrator, who has a password. settings: text of hostward.toml."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if settings:
        (folder / "hostward.toml").write_text(settings)
    made = ConsoleServer(folder)
    made.start()
    try:
        made.user(ADMIN)
        yield made
    finally:
        made.stop()


def _hashed(password: str) -> str:
    """As the server hashes it; in a thread, since a browser's driver may hold this one's event loop."""
    found: list[str] = []
    passwords = Passwords()
    thread = threading.Thread(target=lambda: found.append(asyncio.run(passwords.hashed(password))))
    thread.start()
    thread.join()
    passwords.close()
    return found[0]
