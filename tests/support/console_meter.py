"""What a browser says of a page: when it was painted, how long it was busy, what it fetched, how quick it follows."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import CDPSession, Page

from console_browser import script

STATIC = Path(__file__).parents[2] / "src" / "hostward" / "console" / "static"
LATENCY_MS = 40
SETTLE_MS = 700
"""After the rows: what is shown late, and its answers."""
BYTES_PER_SECOND = 10_000_000 / 8
SLOWER = 4
CLIENT = script("paint.js")
"""Runs before anything of the page. rows: milliseconds until the first row of a list is painted."""

FOLLOW = script("follow.js")
"""Notes each change of an element: its text, when it was on the screen (ms since 1970), and ms since its event came."""


@dataclass(frozen=True, kw_only=True)
class Painted:
    """Milliseconds of a page's way onto the screen; shift is its CLS, transferred in bytes."""

    first: float
    largest: float
    rows: float
    blocked: float
    shift: float
    transferred: int
    urls: tuple[str, ...]


class Wire:
    """What a page fetches, in bytes as they travel."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes = 0
        self.urls: list[str] = []
        session.send("Network.enable")
        session.on("Network.loadingFinished", self._ended)
        session.on("Network.requestWillBeSent", lambda event: self.urls.append(event["request"]["url"]))

    def _ended(self, event: Mapping[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


@contextmanager
def slowed(page: Page, *, wanted: bool) -> Iterator[CDPSession]:
    """A processor of a quarter of the speed, 10 Mbit/s and 40 ms, where that is wanted."""
    session = page.context.new_cdp_session(page)
    if wanted:
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        conditions = {
            "offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_PER_SECOND,
            "uploadThroughput": BYTES_PER_SECOND,
        }  # fmt: skip
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", conditions)
    yield session
    session.detach()


def painted(page: Page, url: str, *, slow: bool) -> Painted:
    """Load a page and wait for its rows."""
    with slowed(page, wanted=slow) as session:
        wire = Wire(session)
        page.goto(url)
        page.wait_for_function("() => window.__paint.rows > 0", timeout=60_000)
        page.wait_for_timeout(SETTLE_MS)
        said = page.evaluate(
            "({...window.__paint, first: performance.getEntriesByName('first-contentful-paint')[0].startTime})"
        )
    return Painted(
        first=said["first"], largest=said["lcp"], rows=said["rows"], blocked=said["long"], shift=said["shift"],
        transferred=wire.bytes, urls=tuple(wire.urls),
    )  # fmt: skip


def medians(all_of: list[Painted]) -> dict[str, float]:
    """The median of each figure."""
    names = ("first", "largest", "rows", "blocked", "shift", "transferred")
    return {name: median(float(getattr(one, name)) for one in all_of) for name in names}


def packed(urls: tuple[str, ...]) -> int:
    """Bytes of the scripts and styles among these, each once, as gzip packs them."""
    paths = {url.split("/", 3)[3].partition("?")[0] for url in urls if url.endswith((".js", ".css"))}
    return sum(packed_size(STATIC / path) for path in paths)


def packed_size(path: Path) -> int:
    """Bytes of a file as gzip packs it."""
    other = path.with_name(f"{path.name}.gz")
    return other.stat().st_size if other.exists() else len(gzip.compress(path.read_bytes(), 9))


def frames(page: Page, selector: str, milliseconds: int = 1500) -> int:
    """Frames that are drawn while an element is scrolled for so long; without one, while nothing happens."""
    return int(
        page.evaluate(
            script("frames.js"),
            [selector, milliseconds],
        )
    )


def heap_mb(page: Page) -> float:
    """Megabytes of the page's heap after its garbage is collected."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return float(used) / 1_000_000
