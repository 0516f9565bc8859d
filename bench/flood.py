"""Latency of legitimate calls while 2,000 invalid requests a second come in, beside the same calls without them.

    python bench/flood.py [--turns 7] [--seconds 4] [--rate 2000] [--kind signature]

A real server in a process of its own answers a client that asks DescribeScanTaskDetails (100 rows) and
DescribeScanState in turn, fifty times a second over one connection. In every other span of time another process sends
what can't be answered: signatures that are wrong, SecretIds that nobody has (each another one), no signature at all,
bodies that are no JSON, and bytes that are no HTTP. All on 127.0.0.1, for a bounded time.

Calm and flood take turns of a few seconds, and each flood is compared with the calm just before it: what counts is the
median of these ratios, since on a busy machine one turn says little. The sender runs beside the server on the same
cores, so that it is as cheap as can be (bytes made before, connections kept, niced), and what it takes is told too.
"""

import argparse
import hashlib
import hmac
import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from api import SECRET, SECRET_ID, fill, process_cpu

HOST = "127.0.0.1"
GOAL = 2.0
CALLS_PER_SECOND = 50
CONNECTIONS = 64
TICK_SECONDS = 0.004
"""Between two looks of the sender: 8 requests at a time of 2,000 a second."""

BEHIND = 16
"""Requests that may be late before they are given up: a sender that the machine held up must not send a burst."""

PREPARED = 512
"""Requests of each kind that are made before; those of invented SecretIds are made anew at every turn."""

SENDER_NICE = 5
KINDS = ("signature", "secret-id", "unsigned", "no-json", "no-http")
MOST_SECONDS, MOST_TURNS = 30, 60
"""Of one flood, whatever is asked for."""


Open = tuple[selectors.BaseSelector, deque[socket.socket]]
"""Connections, and those of them that wait for nothing."""


@dataclass(frozen=True)
class Turn:
    """Calls without and with the flood, and what the flood took: answered requests, CPU seconds."""

    calm: Sequence[float]
    flooded: Sequence[float]
    answered: int
    sender_cpu: float
    server_cpu: float
    calm_cpu: float

    @property
    def ratio(self) -> float:
        """How much longer the slow calls took."""
        return at(self.flooded, 0.99) / at(self.calm, 0.99)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4, help="of each span, with and without the flood")
    parser.add_argument("--rate", type=int, default=2000, help="invalid requests a second")
    parser.add_argument("--kind", choices=KINDS, help="of invalid request; all of them in turn unless given")
    parser.add_argument("--flood", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.seconds = min(options.seconds, MOST_SECONDS)
    options.turns = min(options.turns, MOST_TURNS)
    if options.flood:
        os.nice(SENDER_NICE)
        flood(options.flood, (options.kind,) if options.kind else KINDS, options.rate, options.seconds + 1)
        return
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        data.mkdir()
        fill(data, 1000, 0)
        with server(data) as (port, pid):
            tell([*turns(port, pid, options)], options)


def turns(port: int, pid: int, options: argparse.Namespace) -> Iterator[Turn]:
    """Calm and flood, in turns."""
    ask(port, 2.0)  # warm
    command = [sys.executable, __file__, "--flood", str(port), "--rate", str(options.rate)]
    command += ["--seconds", str(options.seconds)] + (["--kind", options.kind] if options.kind else [])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdin is not None
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
        try:
            for _ in range(options.turns):
                begun = process_cpu(pid)
                calm = ask(port, options.seconds)
                calm_cpu = process_cpu(pid) - begun
                sender.stdin.write("go\n")
                sender.stdin.flush()
                begun, sending = process_cpu(pid), process_cpu(sender.pid)
                flooded = ask(port, options.seconds)
                said = sender.stdout.readline()
                cpu = (process_cpu(sender.pid) - sending, process_cpu(pid) - begun, calm_cpu)
                yield Turn(calm, flooded, int(said), *cpu)
        finally:
            sender.stdin.close()


def tell(done: Sequence[Turn], options: argparse.Namespace) -> None:
    """Print all of it. The sender floods a second longer than the calls take."""
    answered = sum(turn.answered for turn in done)
    seconds = len(done) * (options.seconds + 1)
    calm_rate = sum(turn.calm_cpu for turn in done) / (len(done) * options.seconds)
    extra = [(turn.server_cpu - calm_rate * options.seconds) / turn.answered for turn in done]
    print(f"flood: {answered / seconds:.0f} invalid requests a second answered, of {options.rate}")
    print(f"server: {1e6 * median(extra):.0f} us CPU an invalid request, {100 * calm_rate:.0f} % of a core while calm")
    print(
        f"sender: {1e6 * sum(turn.sender_cpu for turn in done) / answered:.0f} us CPU an invalid request, on our cores"
    )
    spans: Mapping[str, Sequence[Sequence[float]]] = {
        "calm": [turn.calm for turn in done], "flooded": [turn.flooded for turn in done]
    }  # fmt: skip
    for name, lists in spans.items():
        p50, p99 = (median(at(times, share) for times in lists) for share in (0.5, 0.99))
        count, worst = sum(map(len, lists)), max(map(max, lists))
        print(
            f"{name:<8} {count} calls: p50 {1000 * p50:.2f} ms, p99 {1000 * p99:.2f} ms (medians of turns), "
            f"worst {1000 * worst:.2f} ms"
        )
    ratios = sorted(turn.ratio for turn in done)
    print(f"p99 ratios of the turns: {' '.join(f'{one:.2f}' for one in ratios)}")
    print(f"median {median(ratios):.2f}, goal <= {GOAL}: {'met' if median(ratios) <= GOAL else 'MISSED'}")


def at(times: Sequence[float], share: float) -> float:
    """The value that this share of them stays at or below."""
    return sorted(times)[min(len(times) - 1, round(share * (len(times) - 1)))]


def ask(port: int, seconds: float) -> list[float]:
    """Call so long, ten times a second, and tell how long each call took. Every answer must be a good one."""
    times = []
    with socket.create_connection((HOST, port)) as connection, connection.makefile("rb") as stream:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = time.monotonic()
        for number in range(int(seconds * CALLS_PER_SECOND)):
            wire = details(port) if number % 2 else state(port)
            time.sleep(max(0.0, begun + number / CALLS_PER_SECOND - time.monotonic()))
            sent = time.perf_counter()
            connection.sendall(wire)
            answer = read(stream)
            times.append(time.perf_counter() - sent)
            assert "Error" not in json.loads(answer)["Response"], answer[:300]
    return times


def state(port: int) -> bytes:
    """DescribeScanState, signed."""
    return signed(port, "DescribeScanState", {"ModuleType": "Vul"})


def details(port: int) -> bytes:
    """DescribeScanTaskDetails of 100 rows, signed."""
    return signed(port, "DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": 1, "Limit": 100})


def signed(port: int, action: str, members: dict[str, object]) -> bytes:
    """A request as the official clients write it."""
    body, now = json.dumps(members).encode(), int(time.time())
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    headers = f"content-type:application/json\nhost:{HOST}:{port}\n"
    canonical = f"POST\n/\n\n{headers}\ncontent-type;host\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{day}/cwp/tc3_request"
    text = f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{SECRET}".encode()
    for part in (day, "cwp", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return (
        f"POST / HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Type: application/json\r\nX-TC-Action: {action}\r\n"
        f"X-TC-Version: 2018-02-28\r\nX-TC-Timestamp: {now}\r\n"
        f"Authorization: TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}, SignedHeaders=content-type;host, "
        f"Signature={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def read(stream) -> bytes:
    """The body of one answer."""
    length = 0
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return stream.read(length)


def flood(port: int, kinds: Sequence[str], rate: int, seconds: int) -> None:
    """At each line that is read: send at this rate for so long, then print how many were answered."""
    selector = selectors.DefaultSelector()
    idle: deque[socket.socket] = deque()
    made = prepared(port, kinds)
    print("ready", flush=True)
    for _ in sys.stdin:
        while len(idle) < CONNECTIONS:
            idle.append(connect(port, selector))
        print(flooded(made, rate, seconds, port, (selector, idle)), flush=True)
        made = prepared(port, kinds)
        while idle:
            connection = idle.popleft()
            selector.unregister(connection)
            connection.close()


def prepared(port: int, kinds: Sequence[str]) -> Sequence[bytes]:
    """Requests of all kinds in turn."""
    good = details(port)
    return [invalid(good, kinds[number % len(kinds)]) for number in range(PREPARED * len(kinds))]


def flooded(made: Sequence[bytes], rate: int, seconds: int, port: int, open_ones: Open) -> int:
    """One flood, one request at a time on each connection; how many were answered."""
    begun, number, answered = time.monotonic(), 0, 0
    selector, idle = open_ones
    while (now := time.monotonic()) < begun + seconds:
        due = int((now - begun) * rate) - number
        for _ in range(min(due, len(idle))):
            with suppress(OSError):
                idle.popleft().send(made[number % len(made)])
            number += 1
        number += max(0, due - BEHIND)  # what could not be sent in time is not made up for in one burst
        time.sleep(TICK_SECONDS)
        for key, _events in selector.select(0):
            ready = answered_by(key.fileobj, port, selector)
            if ready is not None:
                idle.append(ready)
                answered += 1
    return answered


def answered_by(connection: socket.socket, port: int, selector: selectors.BaseSelector) -> socket.socket | None:
    """A connection that is free again: this one, or a new one where it was closed. None: there is more to come."""
    try:
        got = connection.recv(65536)
    except OSError:
        got = b""
    if got:
        return connection if got.endswith(b"}}") else None
    selector.unregister(connection)
    connection.close()
    return connect(port, selector)


def connect(port: int, selector: selectors.BaseSelector) -> socket.socket:
    """A connection that is watched for answers."""
    connection = socket.create_connection((HOST, port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(connection, selectors.EVENT_READ)
    return connection


def invalid(good: bytes, kind: str) -> bytes:
    """A request that is refused."""
    if kind == "signature":
        return flipped(good)
    if kind == "secret-id":
        return good.replace(SECRET_ID.encode(), b"AKID" + secrets.token_hex(len(SECRET_ID) // 2).encode(), 1)
    if kind == "unsigned":
        return b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    if kind == "no-json":
        head, _, body = good.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n" + b"[" * len(body)
    return secrets.token_bytes(64) + b"\r\n\r\n"


def flipped(good: bytes) -> bytes:
    """The request with a signature that is wrong in its first digits."""
    start = good.index(b"Signature=") + len(b"Signature=")
    return good[:start] + secrets.token_hex(4).encode() + good[start + 8 :]


@contextmanager
def server(data: Path) -> Iterator[tuple[int, int]]:
    """`hostward up`, its port and pid."""
    ready = data.parent / "ready.json"
    command = [sys.executable, "-m", "hostward", "up", "--data", str(data), "--listen", f"{HOST}:0"]
    environment = {**os.environ, "HOSTWARD_API_RATE_PER_SECOND": "1000"}
    with (data.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--no-scan", "--ready-file", str(ready)], stdout=log, stderr=log, env=environment
        )
    try:
        for _ in range(600):
            if ready.exists() or process.poll() is not None:
                break
            time.sleep(0.1)
        if not ready.exists():
            raise SystemExit((data.parent / "log").read_text())
        yield int(json.loads(ready.read_text())["endpoint"].rpartition(":")[2]), process.pid
    finally:
        print(f"log of the server: {(data.parent / 'log').stat().st_size} bytes")
        process.send_signal(signal.SIGINT)
        process.wait(30)


if __name__ == "__main__":
    main()
