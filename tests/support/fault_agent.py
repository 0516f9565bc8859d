"""Real agents in a process of their own, with fake scanners and a clock that a test turns.

Arguments: one JSON object (see Order). Standard input: "clock SECONDS" sets the clock off; its end stops the agents.
"""

import resource
import signal
import sys
from pathlib import Path

import msgspec

from fake_scanners import fake_command
from hostward.agent.driver import Agent, Setup
from hostward.runtime import clock
from link_lab import QUICK
from scaled_clock import ScaledClock


class Order(msgspec.Struct, kw_only=True):
    """url: of the server. data: a folder an agent. most: bytes that a file may have, 0 for any number.

    ca_file: of the server's CA, "" where it speaks plain HTTP.
    """

    url: str
    data: list[str]
    token: str
    origin: float
    speed: float
    most: int = 0
    ca_file: str = ""


def main() -> None:
    """Work until standard input ends."""
    order = msgspec.json.decode(sys.argv[1], type=Order)
    if order.most:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order.most, order.most))
    turned = ScaledClock(order.origin, order.speed)
    clock.SystemClock.now = lambda _self: turned.now()  # type: ignore[method-assign]  # the machine's clock is wrong
    clock.SystemClock.monotonic = lambda _self: turned.monotonic()  # type: ignore[method-assign]  # and as fast
    agents = [_started(order, Path(data)) for data in order.data]
    for line in sys.stdin:
        turned.off = float(line.split()[1])
    for agent in agents:
        agent.stop()


def _started(order: Order, data: Path) -> Agent:
    setup = Setup(
        url=order.url, data=data, token=order.token, pace=QUICK, command=fake_command(),
        ca_file=Path(order.ca_file) if order.ca_file else None,
    )  # fmt: skip
    agent = Agent(setup, notice=lambda text: sys.stderr.write(f"{data.name}: {text}\n"))
    agent.start()
    return agent


if __name__ == "__main__":
    main()
