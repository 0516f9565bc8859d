"""The console's bars, in Debian's Chromium: sizes, first paint, live updates, long lists, streams.

Run: python bench/console.py [--rounds 5] [--machines 100000] [--clients 20]

A scan of 1,000 machines is looked at, as it is and on a processor of a quarter of the speed with 10 Mbit/s and 40 ms;
beside it a page without any framework that asks the same and draws the same rows. Times are medians of the rounds, on
the wall, so that other work on the machine counts: read the ratio to the control first. Exits with 1 on a miss.
"""

import argparse
import http.client
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/support"))

from fleet import fill  # bench/fleet.py

from console_browser import chromium, script, tabs
from console_meter import (
    CLIENT,
    FOLLOW,
    STATIC,
    Painted,
    frames,
    heap_mb,
    medians,
    packed,
    packed_size,
    painted,
)  # fmt: skip
from console_server import ConsoleServer, console_server
from hostward.domain.ids import MachineId

TASK_MACHINES = 1_000
KB = 1000
CONTROL = "/control"
GRID = ".hw-grid-scroll"
PAGE = script("control.html").encode()
"""What the same rows cost without a framework."""

results: list[bool] = []


def bar(name: str, value: float, most: float, unit: str = "", *, least: bool = False) -> None:
    """One line of the table. least: the value must not be below the bar."""
    met = value >= most if least else value <= most
    results.append(met)
    sign = ">=" if least else "<="
    print(f"{name:<58}{value:>10.2f} {unit:<4} {sign} {most:>8g} {unit:<4} {'MET' if met else 'MISSED'}", flush=True)


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--machines", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=20)
    chosen = parser.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="hostward-bench-")))
        browser = opened.enter_context(chromium())
        with console_server(folder / "small") as server:
            for number in range(TASK_MACHINES):
                server.fleet.add(f"web-{number:04}.prod")
            server.fleet.awake()
            server.fleet.start()
            server.traffic.pages[CONTROL] = PAGE
            sizes(browser, server)
            paints(browser, server, chosen.rounds)
            live(browser, server, chosen.clients)
            streams(browser, server)
            several_tabs(browser, server)
        with console_server(folder / "large") as server:
            fill(server.fleet.store, server.fleet.account, chosen.machines, datetime.now(UTC))
            tag_each_tenth(server)
            long_lists(browser, server, chosen.rounds)
    return 0 if all(results) else 1


@contextmanager
def page_of(browser, server: ConsoleServer, path: str = "") -> Iterator:
    """A page in a new profile; on this path, if one is named."""
    with tabs(browser, server) as profile:
        profile.context.add_init_script(CLIENT)
        page = profile.context.new_page()
        if path:
            page.goto(server.url + path)
        yield page


def sizes(browser, server: ConsoleServer) -> None:
    """Bytes that are fetched, and those of everything that is built."""
    with page_of(browser, server) as page:
        first = painted(page, f"{server.url}/tasks/Malware/1", slow=False)
        again = painted(page, f"{server.url}/tasks/Malware/1", slow=False)
    bar("first load of a task's page, scripts and styles, gzip", packed(first.urls) / KB, 130, "KB")
    entry = {path for path in STATIC.joinpath("index.html").read_text().split('"') if path.startswith("/assets/")}
    names = {path.removeprefix("/assets/") for path in entry}
    chunks = [one for one in (STATIC / "assets").iterdir() if one.suffix in (".js", ".css") and one.name not in names]
    largest = max(chunks, key=packed_size)
    bar(f"largest chunk of a route ({largest.name.partition('-')[0]}), gzip", packed_size(largest) / KB, 35, "KB")
    whole = [
        one
        for one in STATIC.rglob("*")
        if one.is_file() and one.suffix not in (".gz", ".br", ".stamp") and one.name != ".stamp"
    ]
    bar("everything that is built, both languages, gzip", sum(map(packed_size, whole)) / KB, 300, "KB")
    bar("transferred by a first visit with 100 rows", first.transferred / KB, 160, "KB")
    bar("transferred by a second visit", again.transferred / KB, 15, "KB")


def paints(browser, server: ConsoleServer, rounds: int) -> None:
    """Until something, the most, and the rows are seen; beside a page that needs no build."""
    for slow in (False, True):
        ours, control = [], []
        for _ in range(rounds):
            for made, path in ((ours, "/tasks/Malware/1"), (control, CONTROL)):
                made.append(_painted_once(browser, server, path, slow))
        found, plain = medians(ours), medians(control)
        name = "4x slower, 10 Mbit, 40 ms: " if slow else ""
        bar(f"{name}first contentful paint", found["first"] / 1000, 1.3 if slow else 0.6, "s")
        if slow:
            bar(f"{name}largest contentful paint", found["largest"] / 1000, 1.8, "s")
        bar(f"{name}rows on the screen", found["rows"] / 1000, 2.0 if slow else 0.9, "s")
        bar(f"{name}ratio to a page without a build ({plain['rows'] / 1000:.2f} s)", found["rows"] / plain["rows"], 2.0)
        if slow:
            bar(f"{name}total blocking time", found["blocked"], 400, "ms")
            bar(f"{name}cumulative layout shift", found["shift"], 0.02)


def _painted_once(browser, server: ConsoleServer, path: str, slow: bool) -> Painted:
    with page_of(browser, server) as page:
        return painted(page, server.url + path, slow=slow)


def live(browser, server: ConsoleServer, clients: int) -> None:
    """From a commit to the pixel, while others follow the same scan."""
    with ExitStack() as opened, page_of(browser, server, "/tasks/Malware/1?sort=HostName") as page:
        for _ in range(clients - 1):
            opened.enter_context(follower(server))
        row = page.locator("[data-index='0']")
        row.get_by_text("Waiting", exact=True).wait_for()
        machine = server.fleet.machines[0]
        lease = server.fleet.lease(machine)
        server.fleet.report(machine, lease, progress=0.01)
        row.get_by_role("progressbar").wait_for()
        page.evaluate(FOLLOW, "[data-index='0'] [role=progressbar]")
        committed = {}
        for percent in range(2, 62):
            server.fleet.report(machine, lease, progress=(percent + 0.5) / 100)
            committed[str(percent)] = time.time() * 1000
            page.wait_for_function(
                "(wanted) => window.__changes.at(-1)?.[0] === wanted", arg=str(percent), timeout=60_000
            )
            page.wait_for_timeout(260)
        seen = {text: (at, drawn) for text, at, drawn in page.evaluate("window.__changes")}
        server.fleet.finish(machine, lease)
    times = [seen[text][0] - at for text, at in committed.items()]
    bar(f"commit to pixel, {clients} clients, median", median(times), 50, "ms")
    bar(f"commit to pixel, {clients} clients, 95th percentile", quantiles(times, n=20)[-1], 250, "ms")
    drawn = [seen[text][1] for text in committed]
    bar("event in the page to changed document, 95th percentile", quantiles(drawn, n=20)[-1], 30, "ms")


@contextmanager
def follower(server: ConsoleServer) -> Iterator[None]:
    """Somebody else who follows the scan, without a browser; each by a session of their own stream."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    user = f"reader-{threading.active_count()}-{id(connection)}"
    server.user(user)
    connection.request(
        "GET",
        "/console/events?topic=task:Malware:1&topic=tasks",
        headers={"cookie": f"hostward_session={server.cookie(user)}"},
    )
    response = connection.getresponse()
    reader = threading.Thread(target=_read_all, args=(response,), daemon=True)
    reader.start()
    yield
    connection.sock.shutdown(2)  # type: ignore[union-attr]  # it is open


def _read_all(response: http.client.HTTPResponse) -> None:
    try:
        while response.read1(65_536):
            continue
    except (OSError, ValueError, http.client.HTTPException):
        return


def streams(browser, server: ConsoleServer, seconds: float = 10.0) -> None:
    """What one who looks at a busy scan is sent, seen and hidden."""
    with page_of(browser, server, "/tasks/Malware/1") as page:
        page.locator("[data-index='0']").wait_for()
        with busy(server, 100):
            page.wait_for_timeout(1000)
            server.traffic.clear()
            page.wait_for_timeout(seconds * 1000)
            seen, topics = dict(server.traffic.sent), 3
            page.evaluate(script("hide.js"))
            page.wait_for_timeout(1000)
            server.traffic.clear()
            page.wait_for_timeout(seconds * 1000)
            hidden = dict(server.traffic.sent)
    bar("stream of a busy scan", seen.get("bytes", 0) / seconds / KB, 20, "KB/s")
    bar("events a second and topic", seen.get("events", 0) / seconds / topics, 4)
    bar("events in 5 s while the tab is hidden", hidden.get("events", 0) / seconds * 5, 1)


@contextmanager
def busy(server: ConsoleServer, first: int) -> Iterator[None]:
    """Machines that report, about 24 a second begin and end."""
    ended = threading.Event()

    def work() -> None:
        for machine in server.fleet.machines[first:]:
            if ended.is_set():
                return
            lease = server.fleet.lease(machine)
            server.fleet.report(machine, lease, progress=0.5)
            server.fleet.finish(machine, lease)
            ended.wait(1 / 24)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    ended.set()
    thread.join()


def several_tabs(browser, server: ConsoleServer) -> None:
    """Twelve tabs of one browser."""
    with tabs(browser, server) as profile:
        pages = [profile.open("/tasks/Malware/1?sort=HostName", wait_until="commit") for _ in range(12)]
        for page in pages:
            page.locator("[data-index='1']").get_by_text("Waiting", exact=True).wait_for(timeout=60_000)
        server.fleet.report(server.fleet.machines[1], server.fleet.lease(server.fleet.machines[1]), progress=0.5)
        alive = 0
        for page in pages:
            page.locator("[data-index='1']").get_by_role("progressbar").wait_for(timeout=30_000)
            alive += 1
        bar("tabs of one browser that are live", alive, 12, least=True)
        bar("streams that they hold open", server.traffic.streams, 1)


def tag_each_tenth(server: ConsoleServer) -> None:
    """A list of a tenth of the machines, for a filter within it."""

    def work(uow) -> None:
        for number in range(0, 10_000_000, 10):
            if uow.machines.get(MachineId(number + 1)) is None:
                return
            uow.machines.put_tags(MachineId(number + 1), ("tenth=yes",))

    server.fleet.store.write_now(work)


def long_lists(browser, server: ConsoleServer, rounds: int) -> None:
    """Filters, nodes, heap and scrolling of a list of everything."""
    with page_of(browser, server, "/machines?q=nobody-is-called-so") as page:
        page.get_by_text("No machine meets these filters.").wait_for(timeout=60_000)
        empty = median(frames(page, "") for _ in range(3))
    for name, path, most in (
        ("10,000 rows: filter", "/machines?tag=tenth%3Dyes", 50), ("all rows: filter", "/machines", 300)
    ):  # fmt: skip
        with page_of(browser, server, path) as page:
            page.locator("[data-index='0']").get_by_text("web-").wait_for(timeout=60_000)
            rows = page.get_by_role("grid").get_attribute("aria-rowcount")
            times = [_filtered(page, text) for _ in range(rounds) for text in ("web-77", "web-1", "web-40")]
            bar(f"{name} ({rows} in the list)", median(times), most, "ms")
            page.goto(server.url + path)
            page.locator("[data-index='0']").get_by_text("web-").wait_for(timeout=60_000)
            few = name.partition(":")[0]
            bar(f"{few}: elements in the document", page.locator("*").count(), 800)
            drawn = median(frames(page, GRID) for _ in range(3))
            bar(f"{few}: frames while scrolling, of an empty list's", drawn / empty * 100, 35, "%", least=True)
            bar(f"{few}: heap after scrolling", heap_mb(page), 25, "MB")


def _filtered(page, text: str) -> float:
    """Milliseconds from Enter in the search field to the first row that has the text, and a new total."""
    field = page.get_by_role("textbox", name="Host name, address or remark")
    field.fill("")
    field.press("Enter")
    page.wait_for_function("() => !location.search.includes('q=')")
    page.wait_for_timeout(300)
    field.evaluate(script("typed.js"), text)
    return float(
        page.evaluate(
            script("filtered.js"),
            text,
        )
    )


if __name__ == "__main__":
    sys.exit(main())
