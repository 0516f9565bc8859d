"""HTTP/1.1 POSTs on an event loop: as many kept connections to one server as requests are under way, usually two."""

import asyncio
import ssl
from contextlib import suppress
from typing import Final, cast

from hostward.agent.link import READ_SECONDS
from hostward.agent.wire import CONNECT_SECONDS, MAX_ANSWER, Target
from hostward.agent.words import Letter, Response

_END: Final = b"\r\n\r\n"


class Wire:
    """One agent's connections. cut_until: event loop time before which nothing gets through (a partition)."""

    def __init__(self, target: Target, tls: ssl.SSLContext | None) -> None:
        self._target = target
        self._tls = tls
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self.cut_until = 0.0

    async def post(self, letter: Letter) -> Response:
        """Send a letter and wait for its answer. Raises OSError when there is none."""
        if asyncio.get_running_loop().time() < self.cut_until:
            raise ConnectionResetError("cut off")
        connection = await self._connection()
        self._busy.add(connection)
        try:
            async with asyncio.timeout(letter.held + READ_SECONDS):
                response = await connection.ask(self._written(letter))
        except BaseException:
            connection.close()
            raise
        finally:
            self._busy.discard(connection)
        if connection.is_open:
            self._idle.append(connection)
        return response

    def cut(self, seconds: float) -> None:
        """Break everything off, and let nothing through for a while."""
        self.cut_until = asyncio.get_running_loop().time() + seconds
        self.close()

    def close(self) -> None:
        """Break everything off."""
        for connection in (*self._idle, *self._busy):
            connection.close()
        self._idle.clear()

    async def _connection(self) -> "_Connection":
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        async with asyncio.timeout(CONNECT_SECONDS):
            _, made = await asyncio.get_running_loop().create_connection(
                _Connection, self._target.host, self._target.port, ssl=self._tls
            )
        return made

    def _written(self, letter: Letter) -> bytes:
        target = self._target
        lines = "".join(f"{name}: {value}\r\n" for name, value in letter.headers.items())
        head = (
            f"POST {target.path}{letter.path} HTTP/1.1\r\nhost: {target.host}:{target.port}\r\n"
            f"content-length: {len(letter.body)}\r\n{lines}\r\n"
        )
        return head.encode() + letter.body


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[Response] | None = None
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self.is_open = cast("asyncio.Transport", transport), True  # uvloop's is no subclass of it

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_open = False
        self._fail(ConnectionResetError(f"the connection was closed: {exc or 'by the server'}"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        try:
            response = _read(self._received)
        except (ValueError, IndexError) as error:
            self._fail(OSError(f"no HTTP: {error}"))
            self.close()
            return
        if response is not None:
            self._received.clear()
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(response)

    async def ask(self, request: bytes) -> Response:
        """Send bytes, wait for an answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Let the connection go."""
        self.is_open = False
        if self._transport is not None:
            with suppress(RuntimeError):  # the event loop is closed already
                self._transport.abort()

    def _fail(self, error: OSError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


def _read(received: bytearray) -> Response | None:
    """The answer, once it is whole. Raises ValueError or IndexError for what is none."""
    end = received.find(_END)
    if end < 0:
        if len(received) > MAX_ANSWER:
            raise ValueError("headers without an end")
        return None
    first, *lines = received[:end].decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    size = int(headers["content-length"]) if "content-length" in headers else 0
    if size > MAX_ANSWER:
        raise ValueError(f"an answer of {size} bytes")
    body = received[end + len(_END) :]
    if len(body) < size:
        return None
    return Response(int(first.split(" ")[1]), bytes(body), headers.get("retry-after", ""))
