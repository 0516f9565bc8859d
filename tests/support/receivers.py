"""Receivers of messages on this machine: sockets that answer as a test says, byte for byte."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Reply = bytes | Callable[[socket.socket], None]


@dataclass
class Receiver:
    """A port of this machine. got: each request as it came; replies: answered in turn, the last one for ever."""

    port: int
    replies: list[Reply] = field(default_factory=lambda: [OK])
    got: list[bytes] = field(default_factory=list)

    def url(self, path: str = "/in", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Where it is."""
        return f"{scheme}://{host}:{self.port}{path}"

    def answer(self, connection: socket.socket) -> None:
        """One request, read whole, and its reply."""
        data = b""
        while b"\r\n\r\n" not in data and (chunk := connection.recv(65_536)):
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length and (chunk := connection.recv(65_536)):
            body += chunk
        self.got.append(head + b"\r\n\r\n" + body)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if callable(reply):
            reply(connection)
        else:
            connection.sendall(reply)


@contextmanager
def receiver(*replies: Reply, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[Receiver]:
    """A receiver for the length of a test."""
    with closing(socket.create_server(("127.0.0.1", port))) as listener:
        made = Receiver(port=listener.getsockname()[1])
        if replies:
            made.replies = list(replies)
        thread = threading.Thread(target=_serve, args=(listener, made, tls), daemon=True)
        thread.start()
        yield made
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _serve(listener: socket.socket, made: Receiver, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_one, args=(connection, made, tls), daemon=True).start()


def _one(connection: socket.socket, made: Receiver, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), connection:
        if tls is not None:
            with tls.wrap_socket(connection, server_side=True) as secured:
                made.answer(secured)
        else:
            made.answer(connection)
