"""HTTP/1.1 POSTs to one server, each thread on a connection of its own that is kept alive.

On the standard library's client because urllib3 costs 4 MB of memory more, a ninth of what an agent at rest may have,
and what it adds (pools, retries, redirects) is not wanted here.
"""

import base64
import ipaddress
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from select import POLLHUP, POLLIN, poll
from socket import SHUT_RDWR
from urllib.parse import SplitResult, unquote, urlsplit

from hostward.agent.words import Response
from hostward.domain.errors import InvalidValue

CONNECT_SECONDS = 10.0

MAX_ANSWER = 4 * 1024 * 1024
"""Bytes of an answer: three jobs with 200 paths of 4 KiB each fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect. proxy: through which host and port, None for none; its user and password, "" for none."""

    scheme: str
    host: str
    port: int
    path: str
    proxy: tuple[str, int] | None = None
    proxy_user: str = ""


class Wire:
    """The connections to one server. ca_file: certificates trusted in place of the system's."""

    def __init__(self, target: Target, *, ca_file: Path | None = None) -> None:
        self._target = target
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._connections: dict[int, HTTPConnection] = {}
        self._closed = False

    def post(self, path: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Response:
        """Send one message and wait that long for each part of its answer. Raises OSError when there is none."""
        connection = self._connection()
        try:
            if connection.sock is not None and _is_given_up(connection):
                connection.close()
            if connection.sock is None:
                self._connect(connection)
            connection.sock.settimeout(seconds)
            connection.request("POST", self._target.path + path, body=body, headers=dict(headers))
            response = connection.getresponse()
            data = response.read(MAX_ANSWER + 1)
        except HTTPException as error:
            connection.close()
            raise OSError(f"no HTTP: {error!r}") from error
        except OSError:
            connection.close()
            raise
        if len(data) > MAX_ANSWER:
            connection.close()
            raise OSError(f"an answer of more than {MAX_ANSWER} bytes")
        return Response(response.status, data, response.getheader("retry-after", ""))

    def close(self) -> None:
        """Break off every request under way; those after it fail."""
        with self._lock:
            self._closed = True
            connections = list(self._connections.values())
        for connection in connections:
            sock = connection.sock
            if sock is not None:
                with suppress(OSError):  # it was closed already
                    sock.shutdown(SHUT_RDWR)

    def _connection(self) -> HTTPConnection:
        """This thread's own connection."""
        thread = threading.get_ident()
        with self._lock:
            if thread not in self._connections:
                self._connections[thread] = self._make()
            return self._connections[thread]

    def _make(self) -> HTTPConnection:
        target = self._target
        host, port = target.proxy or (target.host, target.port)
        if target.scheme == "http":
            return HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        if self._tls is None:
            self._tls = ssl.create_default_context(cafile=str(self._ca_file) if self._ca_file else None)
        connection = HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=self._tls)
        if target.proxy:
            connection.set_tunnel(target.host, target.port, headers=_credentials(target.proxy_user))
        return connection

    def _connect(self, connection: HTTPConnection) -> None:
        connection.connect()
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("the link was closed")


def target_of(url: str, environ: Mapping[str, str]) -> Target:
    """Where a server's URL leads, through HTTPS_PROXY unless it is spared by NO_PROXY or on this machine.

    Raises InvalidValue for what is no server's URL, and for plain http to another machine.
    """
    parsed, port = _split(url)
    host = parsed.hostname or ""
    if parsed.scheme not in ("http", "https") or not host or parsed.query or parsed.fragment:
        raise InvalidValue(f"{url!r} is no server: write https://HOST or https://HOST:PORT")
    if parsed.scheme == "http" and not is_loopback(host):
        raise InvalidValue(f"{url!r} would send results unencrypted: use https, plain http serves this machine only")
    proxy, user = _proxy(parsed, environ)
    default = 443 if parsed.scheme == "https" else 80
    return Target(
        scheme=parsed.scheme, host=host, port=port or default, path=parsed.path.rstrip("/"),
        proxy=proxy, proxy_user=user,
    )  # fmt: skip


def is_loopback(host: str) -> bool:
    """True for names and addresses of this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _proxy(url: SplitResult, environ: Mapping[str, str]) -> tuple[tuple[str, int] | None, str]:
    host = url.hostname or ""
    named = _environment(environ, "https_proxy")
    if url.scheme != "https" or is_loopback(host) or not named or _is_spared(host, environ):
        return None, ""
    proxy, port = _split(named if "://" in named else f"http://{named}")
    if proxy.scheme != "http" or not proxy.hostname:
        raise InvalidValue(f"HTTPS_PROXY is {named!r}: a proxy is written http://HOST:PORT")
    user = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}" if proxy.username else ""
    return (proxy.hostname, port or 80), user


def _is_spared(host: str, environ: Mapping[str, str]) -> bool:
    domains = _environment(environ, "no_proxy").lower().replace(" ", "").split(",")
    return "*" in domains or any(_is_within(host, domain) for domain in domains if domain)


def _is_within(host: str, domain: str) -> bool:
    domain = domain.removeprefix("*").removeprefix(".")
    return host == domain or host.endswith("." + domain)


def _environment(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name) or environ.get(name.upper()) or ""


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parsed = urlsplit(url)
        return parsed, parsed.port
    except ValueError as error:
        raise InvalidValue(f"{url!r} is no URL: {error}") from error


def _credentials(user: str) -> dict[str, str]:
    return {"Proxy-Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {}


def _is_given_up(connection: HTTPConnection) -> bool:
    """True when the server has closed a kept connection (or said something nobody asked for)."""
    ready = poll()
    ready.register(connection.sock, POLLIN | POLLHUP)
    return bool(ready.poll(0))
