"""Feeds that are current, failing and stale, and the requests that show and renew them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from account_scenarios import staffed
from api_bench import BEGIN, ApiBench
from api_scenarios import Example
from hostward.domain.errors import Conflict, Fault, InvalidValue
from hostward.domain.reason import Reason
from hostward.usecases.feed_ports import FeedJob, FeedSource
from hostward.usecases.records import FeedHealth
from store_samples import advisory, affects

SERVICE = "hostward"
ADDRESS = "https://feeds.example.com/{}"


@dataclass
class FakeWork:
    """Feeds that are renewed by nobody."""

    now: FeedJob = field(default_factory=FeedJob)
    asked: list[Sequence[str]] = field(default_factory=list)

    def sources(self) -> Sequence[FeedSource]:
        """Three usual ones and one that is not."""
        names = {"debian": True, "kev": True, "osv:PyPI": True, "cve": False}
        return [FeedSource(name=name, address=ADDRESS.format(name), usual=usual) for name, usual in names.items()]

    def every(self) -> timedelta | None:
        """Four times a day."""
        return timedelta(hours=6)

    def job(self) -> FeedJob:
        """As the test put it."""
        return self.now

    def start(self, names: Sequence[str]) -> int:
        """Remember who was asked for."""
        if self.now.running:
            raise Conflict.because(Reason.FEEDS_BUSY)
        known = {one.name for one in self.sources()}
        if odd := next((name for name in names if name not in known), ""):
            raise InvalidValue.because(Reason.NO_FEED, name=odd)
        self.asked.append(names)
        return len(names) or 3


def kept() -> ApiBench:
    """One feed is current, one fails since an hour, one is five days old; another was never imported."""
    api = staffed()
    api.gateway._feeds = FakeWork()

    def work(uow) -> None:
        told = [advisory("CVE-2026-1", affects(fixed="2"))]
        for name, age in (("debian", 1), ("osv:PyPI", 2), ("alpine:edge:main", 24 * 5)):
            imported = BEGIN - timedelta(hours=age)
            uow.advisories.replace(name, told, ecosystems=["Debian:12"], digest="d", now=imported)
            health = FeedHealth(feed=name, source=ADDRESS.format(name), checked=imported)
            if name == "osv:PyPI":
                health = FeedHealth(
                    feed=name, source=ADDRESS.format(name), checked=imported, failed=BEGIN - timedelta(hours=1),
                    failures=2, problem="the server answers 503", fault=Fault.UNREACHABLE, told="failing",
                )  # fmt: skip
            uow.advisories.put_health(health)

    api.store.write_now(work)
    return api


def renewing() -> ApiBench:
    """Feeds are being renewed: the first of three is done and failed."""
    api = kept()
    api.gateway._feeds.now = FeedJob(
        running=True, feed="kev", done=1, total=3, failed=1, problem="debian: is cut short", began=BEGIN
    )  # fmt: skip
    return api


def _example(name: str, state, action: str, request: dict | None = None, *, language: str = "en-US") -> Example:
    return Example(name, state, action, request or {}, SERVICE, language)


FEED_EXAMPLES = (
    _example("list_feeds", kept, "ListFeeds"),
    _example("list_all_feeds_while_renewed", renewing, "ListFeeds", {"All": True}),
    _example("update_feeds", kept, "UpdateFeeds", {"Names": ["debian"]}),
    _example("update_unknown_feed", kept, "UpdateFeeds", {"Names": ["moon"]}),
    _example("update_feeds_while_renewed_zh", renewing, "UpdateFeeds", language="zh-CN"),
)
