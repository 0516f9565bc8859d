"""Commit to event over a real server: latency, bytes and CPU of browsers that follow a task of 1,000 machines.

Run: python bench/events.py [--clients 20] [--machines 1000] [--seconds 20]. A process of its own plays the browsers
(tasks, the task, a page of 100 rows). First single commits, each far from the last; then machines that begin, report
and end all the time. Exits with 1 when a figure is above its bar.
"""

import argparse
import base64
import http.client
import json
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from hostward.domain.host_scan import Unit
from hostward.domain.ids import LeaseId, Seq, TaskId
from hostward.domain.machine import MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import NOTHING, Code, Note
from hostward.domain.options import VulOptions
from hostward.domain.task import Task, Trigger, enter
from hostward.runtime.clock import SystemClock
from hostward.settings import Address, read
from hostward.usecases.accounts.sign_in import first_link
from hostward.wiring.server import Server, open_server
from hostward.wiring.serving import Serving, listen

SINGLE_COMMITS = 40
P50_MS, P95_MS, BUSY_P95_MS = 50.0, 250.0, 300.0
KILOBYTES, EVENTS, CPU_SHARE = 20.0, 4.2, 1.0
"""A second and client; a second and topic (4, and what the edges of the time add); per cent of a processor a client."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A running server with a task."""

    server: Server
    port: int
    task: TaskId
    cookie: str

    def step(self, seq: int, *steps: Callable[[Unit], Unit]) -> float:
        """A unit takes steps in one commit; monotonic seconds when it was durable."""

        def work(uow) -> None:
            unit = uow.tasks.unit(self.task, Seq(seq), lock=True)
            for each in steps:
                after = each(unit)
                uow.tasks.change(unit, after, datetime.now(UTC))
                unit = after

        self.server.store.write_now(work)
        return time.monotonic()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--machines", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--follow", default="", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.follow:
        return follow(json.loads(chosen.follow))
    with tempfile.TemporaryDirectory(prefix="hostward-bench-") as folder, lab(Path(folder), chosen.machines) as made:
        good = [*single(made, chosen), *busy(made, chosen)]
    return int(not all(good))


@contextmanager
def lab(folder: Path, machines: int) -> Iterator[Lab]:
    """A server on a free port, a task of so many machines, and a signed-in browser."""
    settings = read({"HOSTWARD_DATA_DIR": str(folder)})
    with listen(Address(host="127.0.0.1", port=0)) as listener, open_server(settings, SystemClock()) as server:
        port = listener.getsockname()[1]
        serving = Serving(server.app, listener)
        serving.start()
        try:
            yield Lab(server, port, task_of(server, machines), signed_in(server, port))
        finally:
            server.events.close()
            serving.stop()


def task_of(server: Server, size: int) -> TaskId:
    now = datetime.now(UTC)

    def work(uow) -> TaskId:
        machines = [
            uow.machines.enrol(
                server.owner.account, b"key %d" % number,
                MachineFacts(
                    host_name=f"web-{number}", addresses=(f"10.0.{number // 256}.{number % 256}",), wan_ip="",
                    os_name="Debian GNU/Linux 12 (bookworm)", agent_version="0.1.0",
                ),
                quuid=f"q-{number}", uuid=f"u-{number}",
            )
            for number in range(size)
        ]  # fmt: skip
        task = Task(
            id=uow.tasks.next_id(), account=server.owner.account, module=Module.VUL, trigger=Trigger.ONE_CLICK,
            options=VulOptions(), content=("1",), created_by="bench", begin=now, run_begin=now,
            timeout=timedelta(hours=1), queue=timedelta(hours=1),
        )  # fmt: skip
        return uow.tasks.create(task, enter(task, machines, now)).id

    return server.store.write_now(work)


def signed_in(server: Server, port: int) -> str:
    now, user = server.clock.now(), server.owner.key.user
    server.store.write_now(lambda uow: first_link(uow, user=user, token="bench-token", now=now))
    asking = http.client.HTTPConnection("127.0.0.1", port)
    asking.request(
        "POST", "/console/session/link", json.dumps({"token": "bench-token"}), {"Content-Type": "application/json"}
    )
    answer = asking.getresponse()
    cookie = (answer.getheader("set-cookie") or "").partition(";")[0]
    assert answer.status == 200, answer.read()
    headers = {
        "Content-Type": "application/json",
        "Cookie": cookie,
        "X-Hostward-CSRF": json.loads(answer.read())["csrf"],
    }
    asking.request("PUT", "/console/password", json.dumps({"password": "a password of the bench"}), headers)
    assert asking.getresponse().status == 200
    return cookie


@contextmanager
def browsers(made: Lab, clients: int) -> Iterator[subprocess.Popen[str]]:
    """A process that follows, and has seen the whole of everything."""
    orders = json.dumps({"port": made.port, "cookie": made.cookie, "task": made.task, "clients": clients})
    with subprocess.Popen(
        [sys.executable, __file__, "--follow", orders], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def ended(process: subprocess.Popen[str]) -> dict:
    """What the browsers saw."""
    said, _ = process.communicate("stop\n", timeout=30)
    return json.loads(said)


def single(made: Lab, chosen: argparse.Namespace) -> list[bool]:
    """Commits that are alone: what a person waits for."""
    commits = {}
    with browsers(made, chosen.clients) as process:
        time.sleep(1)
        for number in range(SINGLE_COMMITS):
            commits[number + 1] = made.step(number, lambda unit, number=number: leased(unit, number + 1))
            time.sleep(random.uniform(0.35, 0.6))  # spreads them over the ticks
        seen = ended(process)["leased"]
    late = sorted((at - commits[int(count)]) * 1000 for client in seen for count, at in client.items() if count != "0")
    print(f"{chosen.clients} browsers, {SINGLE_COMMITS} single commits, {len(late)} events")
    return [
        told("  commit to event, p50 ms", late[len(late) // 2], P50_MS),
        told("  commit to event, p95 ms", late[int(len(late) * 0.95)], P95_MS),
    ]


def busy(made: Lab, chosen: argparse.Namespace) -> list[bool]:
    """Machines that work all the time; what it costs is compared with the same work that nobody follows."""
    half = (chosen.machines - SINGLE_COMMITS) // 2
    alone, _ = work_on(made, range(SINGLE_COMMITS, SINGLE_COMMITS + half), chosen.seconds)
    with browsers(made, chosen.clients) as process:
        follows, commits = work_on(made, range(SINGLE_COMMITS + half, chosen.machines), chosen.seconds)
        time.sleep(1)
        seen = ended(process)
    base = half
    late = sorted(
        delay * 1000
        for client in seen["ok"]
        for delay in delays(commits, [(int(count) - base, at) for count, at in client.items()])
    )
    span = chosen.seconds
    topics = {name: number / chosen.clients / span for name, number in seen["events"].items()}
    size = seen["bytes"] / chosen.clients / span / 1000
    cpu = (follows - alone) / span / chosen.clients * 100
    print(f"{chosen.clients} browsers, {len(commits)} machines ended in {span:.0f} s")
    return [
        told("  commit to event, p95 ms", late[int(len(late) * 0.95)], BUSY_P95_MS),
        told("  kB a second and browser", size, KILOBYTES),
        told("  events a second and topic", max(topics.values()), EVENTS),
        told("  % of a processor a browser", cpu, CPU_SHARE),
    ]


def work_on(made: Lab, seqs: range, seconds: float) -> tuple[float, list[float]]:
    """Machines begin, report and end, evenly; CPU seconds of this process, and when each had ended."""
    began, cpu = time.monotonic(), cpu_seconds()
    commits = []
    for place, seq in enumerate(seqs):
        made.step(seq, lambda unit, seq=seq: leased(unit, seq + 1))
        made.step(seq, lambda unit: unit.progressed(4000, doing(40)))
        commits.append(made.step(seq, lambda unit: unit.judged(datetime.now(UTC), NOTHING)))
        time.sleep(max(0.0, began + (place + 1) * seconds / len(seqs) - time.monotonic()))
    return cpu_seconds() - cpu, commits


def delays(commits: list[float], seen: list[tuple[int, float]]) -> Iterator[float]:
    """Of each commit, how long it took until an event had it."""
    shown = sorted(seen)
    place = 0
    for number, at in enumerate(commits, 1):
        while place < len(shown) and shown[place][0] < number:
            place += 1
        if place < len(shown):
            yield shown[place][1] - at


def leased(unit: Unit, number: int) -> Unit:
    return unit.leased(LeaseId(number), datetime.now(UTC), timedelta(hours=1))


def doing(percent: int) -> Note:
    return Note(code=Code.DOING, values={"what": "checking packages", "percent": str(percent)})


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def told(name: str, figure: float, bar: float) -> bool:
    print(f"{name:32} {figure:8.2f}   bar {bar:6.1f}   {'ok' if figure <= bar else 'OVER'}")
    return figure <= bar


def follow(orders: dict) -> int:
    """The browsers: read until told to stop, then say what was seen and when."""
    import selectors  # noqa: PLC0415  # this process only

    page = base64.urlsafe_b64encode(json.dumps({"Offset": 500, "Limit": 100}).encode()).decode().rstrip("=")
    one = f"task:Vul:{orders['task']}"
    query = urlencode([("topic", topic) for topic in ("tasks", one, f"rows:Vul:{orders['task']}:{page}")])
    clients = []
    with selectors.DefaultSelector() as selector:
        for _ in range(orders["clients"]):
            opened = socket.create_connection(("127.0.0.1", orders["port"]))
            ask = f"GET /console/events?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {orders['cookie']}\r\n\r\n"
            opened.sendall(ask.encode())
            client = Follower()
            clients.append(client)
            selector.register(opened, selectors.EVENT_READ, client)
        selector.register(sys.stdin, selectors.EVENT_READ, None)
        said = False
        while True:
            for key, _ in selector.select():
                if key.data is None:
                    return report(clients)
                key.data.read(key.fileobj.recv(1 << 20))
            if not said and all(client.topics >= 3 for client in clients):
                said = True
                for client in clients:
                    client.forget()
                print("ready", flush=True)


class Follower:
    """One browser: bytes, events by topic, and when each count of the task was first seen."""

    def __init__(self) -> None:
        self.rest = b""
        self.topics = 0
        self.forget()

    def forget(self) -> None:
        """Begin to count."""
        self.size = 0
        self.events: dict[str, int] = {}
        self.leased: dict[int, float] = {}
        self.ok: dict[int, float] = {}

    def read(self, data: bytes) -> None:
        """More of the stream (in chunks of HTTP, whose sizes stand between)."""
        at = time.monotonic()
        self.size += len(data)
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                event = json.loads(line[6:])
                kind = event["topic"].partition(":")[0]
                self.topics += event["full"]
                self.events[kind] = self.events.get(kind, 0) + 1
                counts = event["patch"].get("Counts")
                if kind == "task" and counts:
                    self.leased.setdefault(counts["Leased"], at)
                    self.ok.setdefault(counts["Ok"], at)


def report(clients: list[Follower]) -> int:
    events: dict[str, int] = {}
    for client in clients:
        for kind, number in client.events.items():
            events[kind] = events.get(kind, 0) + number
    seen = {"leased": [client.leased for client in clients], "ok": [client.ok for client in clients]}
    print(json.dumps({**seen, "events": events, "bytes": sum(client.size for client in clients)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
