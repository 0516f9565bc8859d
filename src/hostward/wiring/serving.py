"""Serve an application from a thread of its own, so that a command line can watch what it does."""

import socket
import threading

import uvicorn

from hostward.domain.errors import HostwardError
from hostward.settings import Address
from hostward.wiring.application import App

START_SECONDS = 20.0
STOP_SECONDS = 10.0
BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
"""Longer than an agent's long-poll, so that its connection lives through it."""


class Serving:
    """A uvicorn server in a thread. Made with a bound socket, so that its port is known before it answers."""

    def __init__(self, app: App, listener: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=2,
        )
        self._server = uvicorn.Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="hostward-server", daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Return once it answers. Raises HostwardError when it does not come up."""
        self._thread.start()
        for _ in range(int(START_SECONDS * 100)):
            if self._server.started:
                return
            self._thread.join(0.01)
            if not self._thread.is_alive():
                break
        raise HostwardError(f"the server did not start: {self._failure or 'no answer in time'}")

    @property
    def is_alive(self) -> bool:
        """False once it has ended, for whatever reason."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End it: open requests get a moment to finish."""
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        self._listener.close()

    def _run(self) -> None:
        try:
            self._server.run(sockets=[self._listener])
        except BaseException as error:  # noqa: BLE001  # it is told by the thread that waits for the start
            self._failure = error


def listen(address: Address) -> socket.socket:
    """A socket that listens there. Raises HostwardError that says what to do when the port is taken."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise HostwardError(
            f"can't listen on {address}: {error.strerror}; choose another with --listen 127.0.0.1:0"
        ) from error
    return listener
