"""GET /metrics: the numbers of this process for Prometheus and its relatives.

Whoever asks from the machine itself, by a name of loopback and through no proxy, is answered. Anybody else needs the
token of the settings; as long as there is none, nobody else is answered.
"""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Final

from hostward.api.http import Receive, Scope, Send
from hostward.runtime.metrics import CONTENT_TYPE, Metrics

PATH: Final = "/metrics"

_TEXT: Final = b"text/plain; charset=utf-8"
_PROXIED: Final = (b"forwarded", b"via", b"x-forwarded-", b"x-real-ip")
"""What headers of a proxy begin with: who asks through one on this machine is not on this machine."""

_ELSEWHERE: Final = b"Ask this server by 127.0.0.1, localhost or a name in its settings (server.names).\n"
_CLOSED: Final = b"From other machines this takes a token: see metrics.token_file in the settings.\n"
_NO_TOKEN: Final = b"Send the token of metrics.token_file: Authorization: Bearer TOKEN.\n"

Answer = tuple[int, bytes, bytes]


class MetricsPage:
    """Answers GET and HEAD of /metrics.

    refresh: puts what is only counted when asked for into the metrics. answers_to: whether a Host header names this
    server; is_loopback: whether it names the machine itself. token: b"" for none, which keeps all others out.
    """

    def __init__(
        self,
        metrics: Metrics,
        *,
        refresh: Callable[[], Awaitable[None]],
        answers_to: Callable[[str], bool],
        is_loopback: Callable[[str], bool],
        token: bytes = b"",
    ) -> None:
        self._metrics = metrics
        self._refresh = refresh
        self._answers_to = answers_to
        self._is_loopback = is_loopback
        self._token = token

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request (ASGI)."""
        status, kind, body = await self._answer(scope)
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if status == 401:
            headers.append((b"www-authenticate", b'Bearer realm="metrics"'))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope) -> Answer:
        sent = dict(scope["headers"])
        host = sent.get(b"host", b"").decode("latin-1")
        if not self._answers_to(host):
            return 421, _TEXT, _ELSEWHERE
        if scope["method"] not in ("GET", "HEAD"):
            return 405, _TEXT, b"This path is for reading.\n"
        is_near = _is_near(scope) and self._is_loopback(host) and not any(name.startswith(_PROXIED) for name in sent)
        if not is_near and not self._token:
            return 403, _TEXT, _CLOSED
        if not is_near and not self._is_token(sent.get(b"authorization", b"")):
            return 401, _TEXT, _NO_TOKEN
        await self._refresh()
        return 200, CONTENT_TYPE.encode(), self._metrics.text().encode()

    def _is_token(self, authorization: bytes) -> bool:
        scheme, _, given = authorization.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), self._token)


def _is_near(scope: Scope) -> bool:
    """Whether the connection comes from this machine."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0]) if client else None
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool(address and (mapped or address).is_loopback)
