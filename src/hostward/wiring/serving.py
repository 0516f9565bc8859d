"""Serve an application from a thread of its own, so that a command line can watch what it does."""

import asyncio
import gc
import socket
import ssl
import sys
import threading

import uvicorn

from hostward.domain.errors import HostwardError
from hostward.runtime.open_files import allow_more
from hostward.settings import Address
from hostward.wiring.application import AGENT_PATHS, App, Receive, Scope, Send
from hostward.wiring.quiet_log import quiet

START_SECONDS = 20.0
STOP_SECONDS = 10.0
BACKLOG = 2048
SWITCH_SECONDS = 0.0005
"""After which a busy thread lets another one run. The interpreter's own 5 ms is what each step of a database read
would wait for while the event loop refuses a flood (bench/flood.py).
"""

KEEP_ALIVE_SECONDS = 75
"""Longer than an agent's long-poll, so that its connection lives through it."""


class Serving:
    """A uvicorn server in a thread. Made with a bound socket, so that its port is known before it answers.

    tls: how the listener speaks TLS, None for plain HTTP. own_agent: a loopback socket where the agent of this
    process, and nobody else, is answered without TLS.
    """

    def __init__(
        self,
        app: App,
        listener: socket.socket,
        *,
        tls: ssl.SSLContext | None = None,
        own_agent: socket.socket | None = None,
    ) -> None:
        config = uvicorn.Config(
            app if own_agent is None else _agents_only_without_tls(app),
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
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
        self._server = _Server(config, own_agent)
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="hostward-server", daemon=True)
        self._failure: BaseException | None = None

    def start(self) -> None:
        """Return once it answers. Raises HostwardError when it does not come up."""
        quiet("uvicorn.error")
        sys.setswitchinterval(SWITCH_SECONDS)
        allow_more()
        self._thread.start()
        for _ in range(int(START_SECONDS * 100)):
            if self._server.started:
                _spare_what_stays()
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


class _Server(uvicorn.Server):
    """A server that answers one more socket, without TLS."""

    def __init__(self, config: uvicorn.Config, plain: socket.socket | None) -> None:
        super().__init__(config)
        self._plain = plain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer both."""
        await super().startup(sockets)
        if self._plain is not None:
            loop = asyncio.get_running_loop()
            self.servers.append(await loop.create_server(self._protocol, sock=self._plain, backlog=BACKLOG))

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes it for its own sockets."""
        return self.config.http_protocol_class(  # type: ignore[call-arg]  # its interface is documented nowhere else
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _spare_what_stays() -> None:
    """Take what was loaded by now out of the garbage collector's sight.

    It never goes away, and looking through it stops every request for 50 ms and more (bench/flood.py --kind secret-id).
    """
    gc.collect()
    gc.freeze()


def _agents_only_without_tls(app: App) -> App:
    """The application, of which a connection without TLS sees the agents' part only."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["scheme"] == "http" and not scope["path"].startswith(AGENT_PATHS):
            headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 404, "headers": headers})
            await send({"type": "http.response.body", "body": b"This port is for the agent of this server.\n"})
        else:
            await app(scope, receive, send)

    return guarded


def listen(address: Address) -> socket.socket:
    """A socket that listens there. Raises HostwardError that says what to do when the port is taken."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:  # a name that can't be looked up is an UnicodeError
        listener.close()
        said = error.strerror if isinstance(error, OSError) else error
        raise HostwardError(f"can't listen on {address}: {said}; choose another with --listen 127.0.0.1:0") from error
    return listener
