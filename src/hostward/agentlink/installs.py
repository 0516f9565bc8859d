"""GET /i/: the install script for a token, the packages it installs, and their list for upgrades.

Nothing here is secret but the token in the script's address: packages are this program and public ones, and their
names hold their hash. What is read from files is read off the event loop.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from typing import Any, Final, Protocol

from hostward.agentlink.asgi import Receive, Scope, Send, address_of, headers_of
from hostward.agentlink.attempts import Attempts
from hostward.agentlink.auth import Busy
from hostward.domain.errors import AgentRefused
from hostward.runtime.clock import Clock
from hostward.usecases.machines.enrol import NO_TOKEN, digest_of
from hostward.usecases.ports import Store

PREFIX: Final = "/i/"
PACKAGES: Final = "packages"
WHEELS: Final = "wheels/"
MOST_FILES: Final = 8
"""Packages sent at a time: each is 10 MB of memory at most, and a host asks for one after another."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,128}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")
_END: Final = "HOSTWARD_END_OF_FILE"

Headers = Mapping[str, str]


class Shelf(Protocol):
    """What is handed out. Its methods read files."""

    def offer(self, scheme: str, host: str) -> Mapping[str, Any]:
        """What an installation is told by a server that was reached so (agent.setup.wheels.Offer, without a token)."""
        ...

    def data(self, sha256: str, file: str) -> bytes | None:
        """A package, None when there is none."""
        ...

    def program(self) -> Mapping[str, str]:
        """The files of the program that installs, by their names below hostward/agent/setup."""
        ...


class InstallPages:
    """The ASGI application. knows: whether a host is a name of this server."""

    def __init__(self, *, store: Store, shelf: Shelf, clock: Clock, knows: Callable[[str], bool]) -> None:
        self._store = store
        self._shelf = shelf
        self._clock = clock
        self._knows = knows
        self._attempts = Attempts()
        self._files = asyncio.Semaphore(MOST_FILES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path, host = scope["path"].removeprefix(PREFIX), headers_of(scope).get("host", "")
        if scope["method"] not in ("GET", "HEAD"):
            return await _said(scope, send, 405, "only GET is answered here", {"allow": "GET, HEAD"})
        if not _HOST.fullmatch(host) or not self._knows(host):
            return await _said(scope, send, 421, f"{host[:80]} is no name of this server: see the setting server.names")
        if path.startswith(WHEELS):
            return await self._wheel(scope, send, path.removeprefix(WHEELS))
        if path == PACKAGES:
            offer = await asyncio.to_thread(self._shelf.offer, scope["scheme"], host)
            return await _sent(scope, send, json.dumps(offer).encode(), {"content-type": "application/json"})
        return await self._script(scope, send, path, host)

    async def _script(self, scope: Scope, send: Send, token: str, host: str) -> None:
        try:
            with self._attempts.of(address_of(scope), self._clock.monotonic()):
                await self._check(token)
        except AgentRefused as error:
            return await _said(scope, send, 404, str(error))
        except Busy as error:
            return await _said(scope, send, 503, str(error), {"retry-after": str(error.retry_after)})
        offer = await asyncio.to_thread(self._shelf.offer, scope["scheme"], host)
        body = script({**offer, "token": token}, self._shelf.program())
        return await _sent(scope, send, body.encode(), {"content-type": "text/x-shellscript; charset=utf-8"})

    async def _check(self, token: str) -> None:
        found = None
        if _TOKEN.fullmatch(token):
            found = await self._store.read(lambda uow: uow.enrolments.by_digest(digest_of(token)))
        if found is None or not found.is_open(self._clock.now()):
            raise AgentRefused(NO_TOKEN)

    async def _wheel(self, scope: Scope, send: Send, path: str) -> None:
        sha256, _, file = path.partition("/")
        async with self._files:
            data = await asyncio.to_thread(self._shelf.data, sha256, file)
            if data is None:
                return await _said(scope, send, 404, "there is no such package: ask for the script again")
            return await _sent(
                scope, send, data,
                {"content-type": "application/octet-stream", "cache-control": "public, max-age=31536000, immutable"},
            )  # fmt: skip


def script(offer: Mapping[str, Any], program: Mapping[str, str]) -> str:
    """The install script: its text, with the program and the offer as files that no shell looks into."""
    parts = [_file(f"hostward/agent/setup/{name}", text) for name, text in sorted(program.items())]
    parts.append(_file("offer.json", json.dumps(offer, indent=1)))
    frame = files("hostward.agentlink").joinpath("install_script.sh").read_text(encoding="utf-8")
    return frame.replace("@FILES@\n", "".join(parts))


def _file(name: str, text: str) -> str:
    if _END in text:
        raise ValueError(f"{name} holds the word that ends it")
    return f"cat >\"$work/{name}\" <<'{_END}'\n{text.rstrip()}\n{_END}\n"


async def _said(scope: Scope, send: Send, status: int, words: str, headers: Headers | None = None) -> None:
    body = f"hostward: {words}\n".encode()
    await _sent(scope, send, body, {"content-type": "text/plain; charset=utf-8", **(headers or {})}, status)


def _sent(scope: Scope, send: Send, body: bytes, headers: Headers, status: int = 200) -> Awaitable[None]:
    shown = {
        "content-length": str(len(body)),
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        **headers,
    }

    async def both() -> None:
        lines = [(name.encode(), value.encode("latin-1", "replace")) for name, value in shown.items()]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return both()
