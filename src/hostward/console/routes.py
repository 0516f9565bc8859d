"""The console's paths as a small ASGI application: the page, and whether the server is alive."""

from collections.abc import Awaitable, Callable, Container, MutableMapping
from pathlib import Path
from typing import Any

from hostward.console.page import View, content_security_policy, render
from hostward.domain.ids import AccountId
from hostward.runtime.clock import Clock
from hostward.usecases.ports import Store
from hostward.usecases.scans.describe import listing

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TASKS_SHOWN = 20

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names every server is asked by. A Host nobody named is a page of somebody else's that points its name here."""


class Console:
    """Answers GET and HEAD of the console's own paths; everything else is 404 or 405.

    names: hosts it is asked by beside loopback, small letters, no port. ca_file: the own CA, if there is one.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        account: AccountId,
        secret_id: str,
        version: str,
        names: Container[str] = (),
        ca_file: Path | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._account = account
        self._secret_id = secret_id
        self._version = version
        self._names = names
        self._ca_file = ca_file

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request."""
        status, kind, body = await self._answer(scope)
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"content-security-policy", content_security_policy().encode()),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope) -> tuple[int, bytes, bytes]:
        text = b"text/plain; charset=utf-8"
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if not answers_to(host, self._names):
            return 421, text, b"Ask this server by 127.0.0.1, localhost or a name in its settings (server.names).\n"
        if scope["path"] not in ("/", "/healthz"):
            return 404, text, b"Nothing here. The page is at / and the API takes POST /.\n"
        if scope["method"] not in ("GET", "HEAD"):
            return 405, text, b"This path is for reading.\n"
        if scope["path"] == "/healthz":
            return 200, text, b"ok\n"
        return 200, b"text/html; charset=utf-8", (await self._page(host, scope)).encode()

    async def _page(self, host: str, scope: Scope) -> str:
        _, tasks = await self._store.read(
            lambda uow: listing(
                uow, account=self._account, module=None, states=frozenset(), limit=TASKS_SHOWN, offset=0
            )
        )
        now = self._clock.now()
        tls = scope.get("scheme") == "https"
        view = View(
            endpoint=host, secret_id=self._secret_id, version=self._version, tasks=tasks, now=now,
            tls=tls or _is_behind_tls(scope), ca_file=self._own_ca(host) if tls else "",
        )  # fmt: skip
        return render(view)

    def _own_ca(self, host: str) -> str:
        """The CA file: its path for who is on this machine, its name for others; "" when there is none."""
        if self._ca_file is None:
            return ""
        return str(self._ca_file) if _name(host) in LOOPBACK else self._ca_file.name


def answers_to(host: str, names: Container[str]) -> bool:
    """Whether a Host header names this server: by loopback, or by one of these names."""
    name = _name(host)
    return name in LOOPBACK or name in names


def _name(host: str) -> str:
    """The host of a Host header, without port and brackets, in small letters."""
    bare = host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
    return bare.removeprefix("[").removesuffix("]").lower()


def _is_behind_tls(scope: Scope) -> bool:
    """Whether a proxy says that it was asked by https: anybody may say so, and only changes the lines he is shown."""
    return bool(dict(scope["headers"]).get(b"x-forwarded-proto") == b"https")
