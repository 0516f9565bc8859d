"""A forward proxy that knows where some names are: what stands between hosts and a server in many networks."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress


class ConnectProxy:
    """Takes CONNECT for names it knows. asked: what it was asked for."""

    def __init__(self, names: Mapping[str, tuple[str, int]]) -> None:
        self._names = names
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head and (part := client.recv(4096)):
                head += part
            method, _, rest = head.decode("latin-1").partition(" ")
            target = rest.partition(" ")[0]
            self.asked.append(f"{method} {target}")
            where = self._names.get(target)
            if method != "CONNECT" or where is None:
                client.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                return
            with socket.create_connection(where) as server:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()


@contextmanager
def connect_proxy(names: Mapping[str, tuple[str, int]]) -> Iterator[ConnectProxy]:
    """A proxy that is closed at the end."""
    proxy = ConnectProxy(names)
    try:
        yield proxy
    finally:
        proxy.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
