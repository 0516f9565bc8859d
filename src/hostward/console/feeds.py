"""Feeds: what many follow is looked at once for all of them, and only while somebody follows it.

A feed looks at its topic when it is told that something was committed, at once if it has paused long enough, and
otherwise at a slow tick. What differs from the last look goes to all who follow it. For a while after the last of them
left it stays as it is, without looking, so that a browser that lost its connection can go on where it was.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

import msgspec

from hostward.console.patches import patch
from hostward.domain.errors import HostwardError, NotFound
from hostward.runtime.clock import Clock
from hostward.runtime.logging import get_logger
from hostward.runtime.pulse import Pulse
from hostward.usecases.accounts.limited import store_for
from hostward.usecases.live import Sight, State, Topic
from hostward.usecases.ports import Store

A_SECOND: Final = 4_096
"""Numbers that a second of running time stands for: more than its events, so that no restart gives one anew."""

RING: Final = 1_000
"""Events that are kept for those who come back."""

IDLE_TICK: Final = timedelta(seconds=1)
"""Between looks at what nobody works on."""

LINGER_SECONDS: Final = 30.0
"""How long a feed is kept that nobody follows: longer than a browser waits before it connects again."""

MOST_LEFT: Final = 64
"""Feeds that are kept that nobody follows: each holds up to 100 rows."""

NOTHING: Final = Sight(state={})

_ENCODER: Final = msgspec.json.Encoder()
_log: Final = get_logger(__name__)


Event = tuple[int, bytes]
"""Its number, and what it says as the stream has it (data: ...)."""


class Follower(Protocol):
    """Who follows feeds. Neither call blocks or fails."""

    def news(self, feed: "Feed", event: "Event") -> None:
        """An event of a feed."""
        ...

    def lost(self, reason: str) -> None:
        """A feed can't be looked at any more."""
        ...


class Ring:
    """The newest events of all feeds, and the number of the last one ever sent. Numbers rise over restarts too."""

    def __init__(self, started: datetime) -> None:
        self.last = int(started.timestamp()) * A_SECOND
        self._events: deque[tuple[Hashable, Event]] = deque(maxlen=RING)

    def next(self) -> int:
        """A number for an event."""
        self.last += 1
        return self.last

    def keep(self, key: Hashable, event: Event) -> None:
        """Remember an event."""
        self._events.append((key, event))

    def since(self, number: int, key: Hashable) -> list[Event] | None:
        """The feed's events after this one; None when some may be forgotten, or the number is none of ours."""
        if number > self.last:
            return None
        forgot = len(self._events) == RING and self._events[0][1][0] > number + 1
        return None if forgot else [event for whose, event in self._events if whose == key and event[0] > number]


class Feed:
    """One topic, looked at for all who follow it. born: the number of the last event before its first look."""

    def __init__(self, topic: Topic, feeds: "Feeds") -> None:
        self.topic = topic
        self.state: State | None = None
        self.born = feeds.ring.last
        self.followers: set[Follower] = set()
        self._feeds = feeds
        self._busy = False
        self._hint = asyncio.Event()
        self._looking = asyncio.Lock()
        self._looked_at = float("-inf")
        self._running: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Return once it has something to show. Raises what the first look raises."""
        if self._running is not None and self.state is not None:
            return
        asked = self._feeds.clock.monotonic()
        async with self._looking:
            if self.state is None or self._looked_at < asked:
                await self._look()

    def follow(self, follower: Follower) -> None:
        """Tell the follower of every change from now on. To be called once it is ready."""
        self.followers.add(follower)
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name=f"feed {self.topic.name[:64]}")

    def leave(self, follower: Follower) -> None:
        """Tell the follower no more; the last one ends the looking."""
        self.followers.discard(follower)
        if not self.followers and self._running is not None:
            self._running.cancel()
            self._running = None

    def hint(self) -> None:
        """Something may have changed."""
        self._hint.set()

    def snapshot(self) -> Event:
        """The whole of it, as an event of its own number."""
        return self._event(self._feeds.ring.next(), self.state or {}, full=True)

    async def _run(self) -> None:
        """Look after each hint, at most once a pause, and at each tick."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._tick()):  # wait_for loses a cancellation that comes with a hint
                    await self._hint.wait()
            self._hint.clear()
            rest = self._looked_at + self.topic.pause.total_seconds() - self._feeds.clock.monotonic()
            if rest > 0:
                await asyncio.sleep(rest)
                self._hint.clear()
            if not await self._looked():
                return

    def _tick(self) -> float:
        return (self._feeds.busy_tick if self._busy else IDLE_TICK).total_seconds()

    async def _looked(self) -> bool:
        """Look, whatever happens; False when there is nothing to look at any more."""
        try:
            async with self._looking:
                await self._look()
        except HostwardError as error:
            for follower in list(self.followers):
                follower.lost(str(error))
            return False
        except Exception:  # noqa: BLE001  # a database that is away for a moment must not end every stream
            _log.exception("live topic could not be read", topic=self.topic.name[:64])
            await asyncio.sleep(IDLE_TICK.total_seconds())
        return True

    async def _look(self) -> None:
        self._looked_at = self._feeds.clock.monotonic()
        sight = await self._feeds.look(self.topic)
        before, self.state, self._busy = self.state, sight.state, sight.busy
        if before is not None:
            self._tell(before, sight.state)

    def _tell(self, before: State, after: State) -> None:
        change = patch(before, after)
        if change == {}:
            return
        ring = self._feeds.ring
        event = self._event(ring.next(), after if change is None else change, full=change is None)
        ring.keep(self.topic.key, event)
        for follower in list(self.followers):
            follower.news(self, event)

    def _event(self, number: int, said: State, *, full: bool) -> Event:
        content: dict[str, Any] = {
            "topic": self.topic.name,
            "ts": self._feeds.clock.now().isoformat(timespec="milliseconds"),
            "full": full,
            "patch": said,
        }
        return number, b"data: %b\n\n" % _ENCODER.encode(content)


class Feeds:
    """All feeds of this process, by key. busy_tick: between looks at what is worked on, when no hint comes."""

    def __init__(self, *, store: Store, clock: Clock, pulse: Pulse, busy_tick: timedelta = IDLE_TICK) -> None:
        self.clock = clock
        self.busy_tick = busy_tick
        self.ring = Ring(clock.now())
        self._store = store
        self._pulse = pulse
        self._feeds: dict[Hashable, Feed] = {}
        self._deaf: Callable[[], None] | None = None

    def __len__(self) -> int:
        """How many feeds somebody follows."""
        return sum(bool(feed.followers) for feed in self._feeds.values())

    @property
    def kept(self) -> tuple[Feed, ...]:
        """Feeds that are known, followed or not."""
        return tuple(self._feeds.values())

    def feed(self, topic: Topic) -> Feed:
        """The feed of this topic, which others may follow already."""
        feed = self._feeds.get(topic.key)
        if feed is None:
            feed = self._feeds[topic.key] = Feed(topic, self)
            self._forget_later(feed)
        return feed

    def follow(self, feed: Feed, follower: Follower) -> None:
        """Let the follower follow the feed, which is ready."""
        self._feeds[feed.topic.key] = feed
        feed.follow(follower)
        if self._deaf is None:
            self._deaf = self._pulse.listen(self._hint)

    def leave(self, feed: Feed, follower: Follower) -> None:
        """The follower follows the feed no more."""
        feed.leave(follower)
        if not feed.followers:
            self._keep_for_a_while(feed)
        if self._deaf is not None and not any(self._followed()):
            self._deaf()
            self._deaf = None

    def resumed(self, feed: Feed, last: int) -> list[Event] | None:
        """What the feed told since event number last, after which it was followed; None when that is not known."""
        return None if last < feed.born else self.ring.since(last, feed.topic.key)

    async def look(self, topic: Topic) -> Sight:
        """Look at a topic as far as its user may see, off the event loop. What is not there is empty, and may come."""
        now = self.clock.now()
        try:
            return await store_for(self._store, topic.user).read(lambda uow: topic.look(uow, now))
        except NotFound:
            return NOTHING

    def _hint(self) -> None:
        for feed in self._followed():
            feed.hint()

    def _followed(self) -> Iterator[Feed]:
        return (feed for feed in self._feeds.values() if feed.followers)

    def _keep_for_a_while(self, feed: Feed) -> None:
        """Forget it later; at once when it never was ready, and the oldest of too many that nobody follows."""
        self._feeds.pop(feed.topic.key, None)
        if feed.state is None:
            return
        left = [one for one in self._feeds.values() if not one.followers]
        for one in left[: len(left) + 1 - MOST_LEFT]:
            self._forget(one)
        self._feeds[feed.topic.key] = feed
        self._forget_later(feed)

    def _forget_later(self, feed: Feed) -> None:
        asyncio.get_running_loop().call_later(LINGER_SECONDS, self._forget, feed)

    def _forget(self, feed: Feed) -> None:
        if not feed.followers and self._feeds.get(feed.topic.key) is feed:
            del self._feeds[feed.topic.key]
