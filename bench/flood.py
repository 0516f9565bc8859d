"""Latency of legitimate calls while 2,000 invalid requests a second come in, beside the same calls without them.

    python bench/flood.py [--rounds 3] [--seconds 10] [--rate 2000] [--kind signature]

A real server in a process of its own answers a client that asks DescribeScanTaskDetails (100 rows) and
DescribeScanState in turn, ten times a second over one connection. In every other span of time another process sends
what can't be answered: signatures that are wrong, SecretIds that nobody has (each another one), no signature at all,
bodies that are no JSON, and bytes that are no HTTP. All on 127.0.0.1, for a bounded time. Both kinds of spans take
turns, so that both meet the same noise of the machine.
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from api import SECRET, SECRET_ID, fill, process_cpu

HOST = "127.0.0.1"
GOAL = 2.0
CALLS_PER_SECOND = 10
CONNECTIONS = 200
BEHIND = 10
"""Requests that may be late before they are given up: a sender that the machine held up must not send a burst."""

PAUSE_SECONDS = 0.0005
KINDS = ("signature", "secret-id", "unsigned", "no-json", "no-http")
MOST_SECONDS = 60
"""Of one flood, whatever is asked for."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10, help="of each span, with and without the flood")
    parser.add_argument("--rate", type=int, default=2000, help="invalid requests a second")
    parser.add_argument("--kind", choices=KINDS, help="of invalid request; all of them in turn unless given")
    parser.add_argument("--flood", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.seconds = min(options.seconds, MOST_SECONDS)
    if options.flood:
        flood(options.flood, (options.kind,) if options.kind else KINDS, options.rate, options.seconds)
        return
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        data.mkdir()
        fill(data, 1000, 0)
        with server(data) as (port, pid):
            compare(port, pid, options)


def compare(port: int, pid: int, options: argparse.Namespace) -> None:
    """Ask in calm and in flood, and print both."""
    calm: list[float] = []
    flooded: list[float] = []
    sent, cpu = 0, 0.0
    ask(port, 2.0)  # warm
    for _ in range(options.rounds):
        calm += ask(port, options.seconds)
        command = [sys.executable, __file__, "--flood", str(port), "--rate", str(options.rate)]
        command += ["--seconds", str(options.seconds + 1)] + (["--kind", options.kind] if options.kind else [])
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attacker:
            time.sleep(0.5)
            before = process_cpu(pid)
            flooded += ask(port, options.seconds)
            cpu += process_cpu(pid) - before
            sent += int(attacker.communicate()[0])
    seconds = options.rounds * options.seconds
    print(f"flood: {sent / (options.rounds * (options.seconds + 1)):.0f} invalid requests a second answered")
    print(f"server: {100 * cpu / seconds:.0f} % of a core while flooded")
    for name, times in (("calm", calm), ("flooded", flooded)):
        print(
            f"{name:<8} {len(times)} calls: p50 {1000 * at(times, 0.5):.2f} ms, "
            f"p99 {1000 * at(times, 0.99):.2f} ms, worst {1000 * max(times):.2f} ms"
        )
    ratio = at(flooded, 0.99) / at(calm, 0.99)
    print(f"p99 ratio {ratio:.2f}, goal <= {GOAL}: {'met' if ratio <= GOAL else 'MISSED'}")


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
    """Send invalid requests at this rate, one at a time on each of many connections; prints how many were answered."""
    good = details(port)
    selector = selectors.DefaultSelector()
    idle: deque[socket.socket] = deque()
    for _ in range(CONNECTIONS):
        idle.append(connect(port, selector))
    begun, number, answered = time.monotonic(), 0, 0
    while (now := time.monotonic()) < begun + seconds:
        due = int((now - begun) * rate) - number
        for _ in range(min(due, len(idle))):
            with suppress(OSError):
                idle.popleft().send(invalid(good, kinds[number % len(kinds)]))
            number += 1
        number += max(0, due - BEHIND)  # what could not be sent in time is not made up for in one burst
        for key, _events in selector.select(PAUSE_SECONDS if due <= 0 or not idle else 0):
            ready = answered_by(key.fileobj, port, selector)
            if ready is not None:
                idle.append(ready)
                answered += 1
    print(answered)


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
