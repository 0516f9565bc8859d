"""The console's paths as a small ASGI application: its files, its screens, and whether the server is alive."""

from collections.abc import Awaitable, Callable, Container, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final

from hostward.console.page import content_security_policy, not_built
from hostward.console.static_files import INDEX, StaticFile, load

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

NOT_MODIFIED: Final = 304

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names every server is asked by. A Host nobody named is a page of somebody else's that points its name here."""

SCREENS: Final = frozenset(
    {"", "login", "tasks", "scan", "schedules", "machines", "vulns", "explorer", "settings", "__states"}
)  # fmt: skip
"""First parts of the paths that the console draws itself (web/src/app/routes.ts has the whole ones)."""

POLICY: Final = (
    b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)
"""No inline script or style, no other host, in no frame. data: is for the icon that shows progress."""

_ALWAYS: Final = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")
_NEVER: Final = (b"cache-control", b"no-store")
_ASK: Final = (b"cache-control", b"no-cache")
_LASTING: Final = (b"cache-control", b"public, max-age=31536000, immutable")


class Console:
    """Answers GET and HEAD of the console's own paths; everything else is 404 or 405.

    names: hosts it is asked by beside loopback, small letters, no port. ca_file: the own CA, if there is one.
    files: the built console, as load() gives it.
    """

    def __init__(
        self,
        *,
        version: str,
        names: Container[str] = (),
        ca_file: Path | None = None,
        files: Mapping[str, StaticFile] | None = None,
    ) -> None:
        self._version = version
        self._names = names
        self._ca_file = ca_file
        self._files = load() if files is None else files

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request."""
        status, headers, body = self._answer(scope)
        headers += _ALWAYS
        if status != NOT_MODIFIED:
            headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, scope: Scope) -> Answer:
        asked = dict(scope["headers"])
        host = asked.get(b"host", b"").decode("latin-1")
        if not answers_to(host, self._names):
            return _plain(421, b"Ask this server by 127.0.0.1, localhost or a name in its settings (server.names).\n")
        path: str = scope["path"].removeprefix("/")
        file = self._files.get(path)
        if file is None and path != "healthz" and not _is_screen(path):
            return _plain(404, b"Nothing here. The console is at / and the API takes POST /.\n")
        if scope["method"] not in ("GET", "HEAD"):
            return _plain(405, b"This path is for reading.\n")
        if path == "healthz":
            return _plain(200, b"ok\n")
        file = file or self._files.get(INDEX)
        return self._not_built(host, scope) if file is None else _sent(file, asked)

    def _not_built(self, host: str, scope: Scope) -> Answer:
        tls = scope.get("scheme") == "https"
        body = not_built(
            endpoint=host, version=self._version, tls=tls or _is_behind_tls(scope),
            ca_file=self._own_ca(host) if tls else "",
        )  # fmt: skip
        kind = (b"content-type", b"text/html; charset=utf-8")
        return 200, [kind, _NEVER, (b"content-security-policy", content_security_policy())], body

    def _own_ca(self, host: str) -> str:
        """The CA file: its path for who is on this machine, its name for others; "" when there is none."""
        if self._ca_file is None:
            return ""
        return str(self._ca_file) if _name(host) in LOOPBACK else self._ca_file.name


def answers_to(host: str, names: Container[str]) -> bool:
    """Whether a Host header names this server: by loopback, or by one of these names."""
    name = _name(host)
    return name in LOOPBACK or name in names


def _is_screen(path: str) -> bool:
    """Whether the console draws this path, given without its first slash."""
    return path == "" or (path[0] != "/" and path.partition("/")[0] in SCREENS)


def _plain(status: int, words: bytes) -> Answer:
    return status, [_TEXT, _NEVER, (b"content-security-policy", b"default-src 'none'")], words


def _sent(file: StaticFile, asked: Mapping[bytes, bytes]) -> Answer:
    """A file in the encoding that the browser takes; nothing but its tag when the browser has it already."""
    headers = [
        (b"content-type", file.kind), (b"etag", file.tag), (b"vary", b"accept-encoding"),
        _LASTING if file.lasting else _ASK, (b"content-security-policy", POLICY),
    ]  # fmt: skip
    if file.tag in asked.get(b"if-none-match", b""):
        return NOT_MODIFIED, headers, b""
    encoding, body = file.best(asked.get(b"accept-encoding", b""))
    return 200, headers + ([(b"content-encoding", encoding)] if encoding else []), body


def _name(host: str) -> str:
    """The host of a Host header, without port and brackets, in small letters."""
    bare = host if host.endswith("]") or ":" not in host else host.rpartition(":")[0]
    return bare.removeprefix("[").removesuffix("]").lower()


def _is_behind_tls(scope: Scope) -> bool:
    """Whether a proxy says that it was asked by https: anybody may say so, and only changes the lines he is shown."""
    return bool(dict(scope["headers"]).get(b"x-forwarded-proto") == b"https")
