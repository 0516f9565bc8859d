"""What stands under /console/ on a bench: a store, a clock that a test turns, and browsers that keep their cookie."""

import asyncio
import json
from dataclasses import dataclass, field

from api_bench import HOST, TurnedClock
from hostward.console.doors import Doors
from hostward.console.private import Private
from hostward.console.routes import answers_to
from hostward.console.session import SessionApp
from hostward.domain.account import Role, User
from hostward.domain.totp import code_at, step_of
from hostward.store.memory import MemoryStore
from hostward.store.passwords import Cost, Passwords
from hostward.usecases.accounts import credentials, sign_in
from hostward.usecases.accounts.browser import COOKIE

PASSWORD = "correct horse battery"
CHEAP = Cost(kibibytes=64, passes=1, lanes=1)


@dataclass(frozen=True)
class Reply:
    """What came back. body: parsed, None without one."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: dict | None

    @property
    def code(self) -> str:
        """The error's code, "" for none."""
        return "" if self.body is None else self.body.get("error", {}).get("code", "")

    def header(self, name: str) -> str:
        """A header, "" when it was not sent."""
        return dict(self.headers).get(name.encode(), b"").decode()


class ConsoleBench:
    """One account with its users, and the doors to the console."""

    def __init__(self, *, store=None, clock=None) -> None:
        self.store = store or MemoryStore()
        self.clock = clock or TurnedClock()
        self.passwords = Passwords(CHEAP)
        self.account = self.store.write_now(lambda uow: uow.accounts.add_account("default"))
        self.app = self.doors()

    def doors(self) -> Private:
        """The application anew, as after a restart: what is kept in memory is forgotten."""
        doors = Doors(
            store=self.store, clock=self.clock, passwords=self.passwords, account=self.account, version="9.9.9",
            time_zone="UTC", rate=20,
        )  # fmt: skip
        return Private(answers=lambda host: answers_to(host, {"scan.example"}), session=SessionApp(doors))

    def user(
        self, name: str = "ann", role: Role = Role.OPERATOR, tags: tuple[str, ...] = (), *, password: str = PASSWORD
    ) -> User:
        """A new user. password: "" for none."""
        user = self.store.write_now(lambda uow: uow.accounts.add_user(self.account, name, role, tags))
        if password:
            self.set_password(name, password)
        return user

    def set_password(self, name: str, password: str) -> None:
        """As an administrator does."""
        hashed = asyncio.run(self.passwords.hashed(password))
        self.store.write_now(lambda uow: credentials.set_password(uow, account=self.account, name=name, hashed=hashed))

    def link(self, user: User, token: str = "token-of-a-link") -> str:
        """The token of a login link."""
        self.store.write_now(lambda uow: sign_in.link(uow, by=user, name=user.name, token=token, now=self.clock.now()))
        return token

    def code(self, secret: bytes, steps: int = 0) -> str:
        """The code of now, or of so many steps later."""
        return code_at(secret, step_of(self.clock.now()) + steps)

    def deeds(self) -> list:
        """What the audit log has, oldest first."""
        return [entry.deed for entry in self.store.read_now(lambda uow: list(uow.audit.entries(self.account)))]

    def browser(self, **facts) -> "Browser":
        """A new browser."""
        return Browser(self, **facts)

    def signed_in(self, name: str = "ann", password: str = PASSWORD, **facts) -> "Browser":
        """A browser that has signed in."""
        browser = self.browser(**facts)
        reply = browser.sign_in(name, password)
        assert reply.status == 200, reply
        return browser


@dataclass
class Browser:
    """Keeps the cookie and the CSRF token as the console does."""

    bench: ConsoleBench
    source: str = "10.0.0.1"
    scheme: str = "http"
    host: str = HOST
    cookie: str = ""
    csrf: str = ""
    agent: str = "Mozilla/5.0"
    last: Reply | None = field(default=None, repr=False)

    def sign_in(self, user: str = "ann", password: str = PASSWORD, code: str | None = None) -> Reply:
        """POST /console/session."""
        body = {"user": user, "password": password} | ({} if code is None else {"code": code})
        return self.ask("POST", "/console/session", body)

    def ask(self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str) -> Reply:
        """One request; a cookie that comes back is kept. headers: with _ for -; "" leaves one out."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        named = {
            "host": self.host, "user-agent": self.agent, "content-type": "application/json",
            "cookie": f"{COOKIE}={self.cookie}" if self.cookie else "", "x-hostward-csrf": self.csrf,
            "origin": f"{self.scheme}://{self.host}",
        }  # fmt: skip
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        reply = asyncio.run(self._exchange(method, path, sent, {name: value for name, value in named.items() if value}))
        self._keep(reply)
        return reply

    def _keep(self, reply: Reply) -> None:
        for name, value in reply.headers:
            if name == b"set-cookie":
                self.cookie = value.decode().partition(";")[0].partition("=")[2]
        if reply.body and "csrf" in reply.body:
            self.csrf = reply.body["csrf"]

    async def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        sent: list[dict] = []

        async def receive() -> dict:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict) -> None:
            sent.append(message)

        scope = {
            "type": "http", "method": method, "path": path, "query_string": b"", "scheme": self.scheme,
            "client": (self.source, 1),
            "headers": [(name.encode(), value.encode("latin-1", "replace")) for name, value in headers.items()],
        }  # fmt: skip
        await self.bench.app(scope, receive, send)
        raw = sent[1]["body"]
        parsed = json.loads(raw) if raw and b"json" in dict(sent[0]["headers"]).get(b"content-type", b"") else None
        return Reply(sent[0]["status"], sent[0]["headers"], parsed)
