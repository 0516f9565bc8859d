"""A proxy between agents and a server that loses, doubles, delays and reorders messages, cuts lines, and says 503."""

import http.client
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 60.0
HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@dataclass(slots=True)
class Faults:
    """Shares of all messages, 0 to 1. longest: of a delay, in seconds. cut: nothing gets through."""

    drop: float = 0.0
    drop_answer: float = 0.0
    double: float = 0.0
    late: float = 0.0
    delay: float = 0.0
    busy: float = 0.0
    longest: float = 0.3
    cut: bool = False


class Proxy(ThreadingHTTPServer):
    """Listens on loopback; faults may be changed at any time. done: how often each happened."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, port: int, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = port
        self.faults = Faults()
        self.done: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._lines: set[_Handler] = set()

    @property
    def url(self) -> str:
        """Where agents find it."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def happens(self, fault: str) -> bool:
        """Whether this fault befalls this message."""
        with self._lock:
            share = float(getattr(self.faults, fault))
            befalls = share > 0 and self._random.random() < share
            self.done[fault] += befalls
            return befalls

    def seconds(self) -> float:
        """How long a delay takes."""
        with self._lock:
            return self._random.uniform(0, self.faults.longest)

    def cut(self) -> None:
        """Part the two sides: also what is under way is lost."""
        self.faults.cut = True
        with self._lock:
            lines = list(self._lines)
            self.done["cut"] += 1
        for line in lines:
            line.hang_up()

    def join(self) -> None:
        """Join them again."""
        self.faults.cut = False

    def enter(self, line: "_Handler") -> None:
        """A connection came."""
        with self._lock:
            self._lines.add(line)

    def leave(self, line: "_Handler") -> None:
        """A connection went."""
        with self._lock:
            self._lines.discard(line)

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy
    timeout = PATIENCE

    def setup(self) -> None:
        super().setup()
        self.server.enter(self)

    def finish(self) -> None:
        self.server.leave(self)
        with suppress(OSError):
            super().finish()

    def hang_up(self) -> None:
        """Close the connection, whoever waits on it."""
        with suppress(OSError):
            self.connection.shutdown(2)

    def do_POST(self) -> None:
        """One message."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        proxy = self.server
        if proxy.faults.cut or proxy.happens("drop"):
            return self._close()
        if proxy.happens("busy"):
            return self._answer(503, b'{"message":"busy","time":0}', [("retry-after", "1")])
        if proxy.happens("late"):
            # It arrives after others, when its sender has long given it up.
            threading.Timer(proxy.seconds(), self._forward, [body]).start()
            return self._close()
        if proxy.happens("delay"):
            threading.Event().wait(proxy.seconds())
        if proxy.happens("double"):
            self._forward(body)
        answer = self._forward(body)
        if answer is None or proxy.faults.cut or proxy.happens("drop_answer"):
            return self._close()
        return self._answer(*answer)

    def _forward(self, body: bytes) -> tuple[int, bytes, list[tuple[str, str]]] | None:
        line = http.client.HTTPConnection("127.0.0.1", self.server.target, timeout=PATIENCE)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            line.request("POST", self.path, body=body, headers=headers)
            response = line.getresponse()
            passed = [(name, value) for name, value in response.getheaders() if name.lower() not in HOP]
            return response.status, response.read(), passed
        except (OSError, http.client.HTTPException):
            return None
        finally:
            line.close()

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
        with suppress(OSError):
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def _close(self) -> None:
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
        """Say nothing."""


@contextmanager
def proxy_to(port: int, seed: int) -> Iterator[Proxy]:
    """A proxy for the length of a test."""
    proxy = Proxy(port, seed)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.cut()
        proxy.shutdown()
        proxy.server_close()
        thread.join(10)
