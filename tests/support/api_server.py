"""A real HTTP server for a gateway, on a free port of this machine."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn

from api_bench import SECRET, SECRET_ID, Answer
from export_bench import exports
from hostward.api.action import VERSIONS
from hostward.api.context import ApiSettings
from hostward.api.download import Downloads
from hostward.api.gateway import Gateway
from hostward.api.keys import KeyRing
from hostward.api.signatures import signatures
from hostward.runtime.clock import SystemClock
from hostward.wiring.application import Application
from tc3 import sign

STARTS_WITHIN = 20.0


@dataclass
class HubLog:
    """A hub that remembers whom it woke."""

    woken: list[int] = field(default_factory=list)

    def wake(self, machines) -> None:
        self.woken.extend(machines)


@dataclass
class ApiServer:
    """A server that answers, and a client of it that signs."""

    port: int
    hub: HubLog

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def call(self, action: str, request: dict, *, service: str = "cwp", body: bytes | None = None) -> Answer:
        """One signed request over a connection of its own."""
        sent = json.dumps(request).encode() if body is None else body
        now = int(time.time())
        headers = {"host": self.endpoint, "content-type": "application/json"}
        authorization = sign(
            secret_id=SECRET_ID, secret=SECRET, headers=headers, body=sent, timestamp=now, service=service
        )
        common = {"x-tc-action": action, "x-tc-version": VERSIONS[service], "x-tc-timestamp": str(now)}
        return self.send("POST", "/", sent, headers | common | {"authorization": authorization})

    def send(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Any request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
            seen = {name.lower().encode(): value.encode() for name, value in answer.getheaders()}
            return Answer(answer.status, seen, json.loads(raw) if raw else {}, raw)
        finally:
            connection.close()


@contextmanager
def served(store, *, settings: ApiSettings | None = None) -> Iterator[ApiServer]:
    """Serve a store's gateway as the product does: uvicorn, uvloop, httptools."""
    clock, hub, settings = SystemClock(), HubLog(), settings or ApiSettings(rate=1000)
    authenticators = signatures(KeyRing(store, clock), host_aliases=settings.host_aliases)
    kept = exports()
    gateway = Gateway(authenticators=authenticators, store=store, hub=hub, clock=clock, settings=settings, exports=kept)
    app = Application(api=gateway, agents=gateway, console=gateway, downloads=Downloads(kept, clock))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, loop="uvloop", http="httptools", lifespan="off", ws="none",
        log_config=None, access_log=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="api-server")
    thread.start()
    try:
        give_up = time.monotonic() + STARTS_WITHIN
        while not server.started:
            assert time.monotonic() < give_up, "the server did not start"
            time.sleep(0.01)
        yield ApiServer(server.servers[0].sockets[0].getsockname()[1], hub)
    finally:
        server.should_exit = True
        thread.join(20)
        kept.close()
