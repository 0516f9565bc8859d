"""The real server in a process of its own, on a clock that a test turns: `hostward up` without its own agent.

Arguments: one JSON object (see Order). Standard input: "clock SECONDS" sets the clock off; its end ends the server.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import msgspec

from hostward.runtime import logging
from hostward.settings import read
from hostward.usecases.machines.enrol import allow
from hostward.wiring.server import open_server
from hostward.wiring.serving import Serving, listen
from hostward.wiring.tls import chosen
from scaled_clock import ScaledClock


class Order(msgspec.Struct, kw_only=True):
    """How to run. settings: as on a command line. ready: the file that says when it answers. token: to be made
    good, "" for none. off: of the clock.
    """

    settings: dict[str, str]
    ready: str
    token: str
    origin: float
    speed: float
    off: float = 0.0


def main() -> None:
    """Serve until standard input ends."""
    order = msgspec.json.decode(sys.argv[1], type=Order)
    settings = read(command_line=order.settings)
    logging.configure(level=settings.log_level, format=settings.log_format)
    clock = ScaledClock(order.origin, order.speed)
    clock.off = order.off
    tls = chosen(settings, clock)
    with listen(settings.listen) as listener, open_server(settings, clock) as server:
        serving = Serving(server.app, listener, tls=tls.live.context if tls else None)
        serving.start()
        life, account = timedelta(days=3650), server.owner.account
        if order.token:
            server.store.write_now(
                lambda uow: allow(uow, token=order.token, account=account, uses=10_000, life=life, now=clock.now())
            )
        key, port = server.owner.key, listener.getsockname()[1]
        ready = {"endpoint": f"{settings.listen.host}:{port}", "secret_id": key.secret_id, "secret_key": key.secret}
        Path(order.ready).write_text(json.dumps(ready))
        for line in sys.stdin:
            clock.off = float(line.split()[1])
        server.hub.close()
        server.events.close()
        serving.stop()


if __name__ == "__main__":
    main()
