"""One message to one receiver: the name looked up once, each address checked, the very address checked then called.

HTTP is h11's (the library uvicorn itself stands on): it does no I/O, so that nothing here can follow a redirect, read a
proxy from the environment, look a name up a second time or keep a connection.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_address
from typing import Final

import h11

from hostward.domain.errors import InvalidValue
from hostward.domain.webhook import Outcome
from hostward.domain.webhook_target import Address, Network, Target, is_allowed, plain, refusal, target_of

SECONDS: Final = 10.0
"""For everything: name, connection, TLS, request and answer."""

MAX_ANSWER: Final = 64 * 1024
"""Bytes that are read of an answer, its head included; what comes after is nobody's business."""

KEPT_CHARS: Final = 2000
LOOKUPS: Final = 8
"""Threads that wait for name servers: as many as messages are sent at once, so that none waits for another's."""

_CHUNK: Final = 16_384


class WebhookPost:
    """usecases.webhook_ports.Post over the network. allowed: networks that may be called though they are not public."""

    def __init__(
        self, allowed: Sequence[Network] = (), *, trust: ssl.SSLContext | None = None, seconds: float = SECONDS
    ) -> None:
        self._allowed = tuple(allowed)
        self._given_trust = trust
        self._seconds = seconds
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="webhook-name")

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Try once; what goes wrong is said in the outcome."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._exchanged(target_of(url), headers, body)
        except TimeoutError:
            return Outcome(error=f"no whole answer within {self._seconds:.0f} seconds", took=_since(began))
        except InvalidValue as refused:
            return Outcome(error=str(refused), took=_since(began))
        except ssl.SSLCertVerificationError as problem:
            return Outcome(error=f"its certificate is not trusted: {problem.verify_message}", took=_since(began))
        except (OSError, h11.ProtocolError) as problem:
            return Outcome(error=_words(problem), took=_since(began))
        return Outcome(status=answer.status, body=answer.text, took=_since(began))

    def close(self) -> None:
        """Wait for no name server any longer."""
        self._lookups.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Whom HTTPS receivers must be certified by: the system's authorities (SSL_CERT_FILE names others)."""
        return self._given_trust or ssl.create_default_context()

    async def _exchanged(self, target: Target, headers: Mapping[str, str], body: bytes) -> "_Answer":
        addresses = await self._addresses(target)
        reader, writer = await self._connected(target, addresses)
        try:
            answer = _Answer()
            writer.write(answer.request(target, headers, body))
            await writer.drain()
            while answer.wants_more:
                answer.take(await reader.read(_CHUNK))
            return answer
        finally:
            writer.transport.abort()  # politeness would wait for the receiver

    async def _addresses(self, target: Target) -> list[Address]:
        """What the name stands for. Raises InvalidValue when one of them may not be called: all or none."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._lookups, _looked_up, target)
        except socket.gaierror as problem:
            raise InvalidValue(f"the name {target.host} was not found: {problem.strerror}") from None
        for address in found:
            if not is_allowed(address, self._allowed):
                raise InvalidValue(refusal(target.host, address))
        return [plain(address) for address in found]

    async def _connected(
        self, target: Target, addresses: Sequence[Address]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the first address that takes one. Raises the last one's OSError."""
        tls = {"ssl": self._trust, "server_hostname": target.host} if target.is_tls else {}
        problem: OSError = OSError("the name stands for no address")
        for address in addresses:
            try:
                return await asyncio.open_connection(str(address), target.port, **tls)  # type: ignore[arg-type]  # ssl's own types
            except ssl.SSLError:
                raise
            except OSError as failed:
                problem = failed
        raise problem


@dataclass(slots=True)
class _Answer:
    """An exchange on one connection, and what came back so far."""

    status: int = 0
    wants_more: bool = True
    _kept: bytearray = field(default_factory=bytearray)
    _read: int = 0
    _http: h11.Connection = field(
        default_factory=lambda: h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_ANSWER)
    )

    @property
    def text(self) -> str:
        """The first characters of the body."""
        return self._kept.decode("utf-8", "replace")[:KEPT_CHARS].replace("\0", "\ufffd")

    def request(self, target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
        """The bytes of the request."""
        own = [("Host", target.authority), ("Content-Length", str(len(body))), ("Connection", "close")]
        head = h11.Request(method="POST", target=target.path, headers=[*own, *headers.items()])
        parts = (self._http.send(each) for each in (head, h11.Data(data=body), h11.EndOfMessage()))
        return b"".join(part for part in parts if part is not None)

    def take(self, data: bytes) -> None:
        """Take in what was read; b"" is the end. Raises h11.ProtocolError for what is no HTTP."""
        self._read += len(data)
        self._http.receive_data(data)
        while (event := self._http.next_event()) is not h11.NEED_DATA:
            if isinstance(event, h11.Response):
                self.status = event.status_code
            elif isinstance(event, h11.Data) and len(self._kept) < 4 * KEPT_CHARS:
                self._kept += event.data
            elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed) or event is h11.PAUSED:
                self.wants_more = False
                return
        if self._read >= MAX_ANSWER and self.status:
            self.wants_more = False


def _looked_up(target: Target) -> list[Address]:
    """Every address of a name, the system's order kept; a literal is itself. Raises socket.gaierror."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    texts = dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found)
    return [ip_address(text) for text in texts]


def _since(began: float) -> timedelta:
    return timedelta(seconds=time.monotonic() - began)


def _words(problem: Exception) -> str:
    if isinstance(problem, h11.ProtocolError):
        return f"the answer is no HTTP: {problem}"
    if isinstance(problem, ssl.SSLError):
        return f"TLS failed: {problem.reason or problem}"
    if isinstance(problem, OSError) and problem.strerror:
        return f"no connection: {problem.strerror}"
    return f"no connection: {problem}"
