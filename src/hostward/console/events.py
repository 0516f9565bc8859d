"""GET /console/events: a stream of what changes (server-sent events), for a browser that is signed in."""

import asyncio
import zlib
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

import msgspec

from hostward.console.feeds import Event, Feed, Feeds
from hostward.console.json_http import Problem, Receive, Scope, Send, refusal, respond
from hostward.domain.account import User
from hostward.domain.errors import Forbidden, HostwardError, InvalidValue, NotFound
from hostward.domain.ids import UserId
from hostward.runtime.logging import get_logger
from hostward.usecases.accounts.browser import token_in
from hostward.usecases.live import Topics

MOST_TOPICS: Final = 60
"""Of one stream: a browser's tabs share one, and each follows a few."""

MOST_STREAMS: Final = 200
MOST_STREAMS_OF_USER: Final = 20

MOST_QUEUED: Final = 256
"""Events that wait for a slow browser; one more, and it is told the whole anew."""

MARKS: Final = 1 << 16
"""Marks of what a stream follows."""

HEARTBEAT: Final = 15.0
"""Seconds after which a silent stream says that it is alive."""

UNSEEN: Final = 5.0
"""Seconds between two words to a browser that says that nobody looks at it (pace=unseen)."""

CHECK: Final = 5.0
"""Seconds between two looks at whether the session still stands."""

MAX_QUERY: Final = 90_000
"""Characters of a query string: twenty topics of the longest name, and many more of those there are."""

RETRY_AFTER: Final = 10
"""Seconds that one who is refused should wait."""

SESSION_OVER: Final = "the session is over: sign in again"
USER_CHANGED: Final = "what you may see has changed"
SERVER_STOPS: Final = "the server stops"

_STATUS: Final = ((Forbidden, 403, "Forbidden"), (NotFound, 404, "NotFound"), (InvalidValue, 400, "BadTopic"))

SessionOf = Callable[[str], Awaitable[User | None]]
"""Whom a cookie's value stands for now; None for nobody."""

_log: Final = get_logger(__name__)


class Events:
    """The application of /console/events."""

    def __init__(self, *, session_of: SessionOf, topics: Topics, feeds: Feeds) -> None:
        self._session_of = session_of
        self._topics = topics
        self._feeds = feeds
        self._streams: set[_Stream] = set()
        self._of_user: Counter[UserId] = Counter()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def __len__(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    def close(self) -> None:
        """End every stream, now and from now on; may be called from any thread."""
        self._closed = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: no stream is left
                self._loop.call_soon_threadsafe(self._end_all)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One stream, until the browser leaves or its session is over."""
        try:
            ask = _asked(scope)
            user = await self._session_of(ask.token)
            if user is None:
                raise Problem(401, "NotSignedIn", "sign in to follow what happens")
            async with self._admitted(user), self._opened(ask, user) as stream:
                await self._serve(stream, ask, user, receive, send)
        except Problem as problem:
            await respond(send, refusal(problem))
        except HostwardError as error:
            await respond(send, refusal(_problem(error)))

    @asynccontextmanager
    async def _admitted(self, user: User) -> AsyncIterator[None]:
        """A place among the streams. Raises Problem 429 when there is none left."""
        if self._of_user[user.id] >= MOST_STREAMS_OF_USER:
            words = f"you follow {MOST_STREAMS_OF_USER} streams already: close a tab or a browser"
            raise Problem(429, "TooManyStreams", words, retry_after=RETRY_AFTER)
        if self._of_user.total() >= MOST_STREAMS:
            words = f"this server serves {MOST_STREAMS} streams at a time: try again later"
            raise Problem(429, "TooManyStreams", words, retry_after=RETRY_AFTER)
        self._of_user[user.id] += 1
        try:
            yield
        finally:
            self._of_user[user.id] -= 1
            self._of_user += Counter()  # drops users without a stream

    @asynccontextmanager
    async def _opened(self, ask: "_Asked", user: User) -> AsyncIterator["_Stream"]:
        """A stream that follows all its topics. Raises what a first look raises."""
        self._loop = asyncio.get_running_loop()
        topics = [self._topics.topic(name, user=user, language=ask.language) for name in ask.topics]
        feeds = [self._feeds.feed(topic) for topic in topics]
        stream = _Stream(feeds, unseen=ask.unseen)
        try:
            for feed in feeds:
                await feed.ready()
            for feed in feeds:
                self._feeds.follow(feed, stream)
            stream.begin({feed: self._feeds.resumed(feed, stream.number_in(ask.last)) for feed in feeds})
            self._streams.add(stream)
            yield stream
        finally:
            self._streams.discard(stream)
            for feed in feeds:
                self._feeds.leave(feed, stream)

    async def _serve(self, stream: "_Stream", ask: "_Asked", user: User, receive: Receive, send: Send) -> None:
        if self._closed:
            stream.lost(SERVER_STOPS)
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        parts = (_gone(receive), self._write(stream, send), self._watch(stream, ask, user))
        running = [asyncio.ensure_future(part) for part in parts]
        try:
            done, _ = await asyncio.wait(running[:2], return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
        finally:
            for part in running:
                part.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _write(self, stream: "_Stream", send: Send) -> None:
        """Send what there is, or a sign of life; return after the reason of an end was sent."""
        while True:
            said = await stream.taken(HEARTBEAT)
            more = stream.reason is None
            if not more:
                said += b"event: gone\ndata: %b\n\n" % msgspec.json.encode({"reason": stream.reason})
            await send({"type": "http.response.body", "body": said or b": alive\n\n", "more_body": more})
            if not more:
                return

    async def _watch(self, stream: "_Stream", ask: "_Asked", user: User) -> None:
        """End the stream when its session is over, or its user may see something else."""
        while True:
            await asyncio.sleep(CHECK)
            try:
                now = await self._session_of(ask.token)
            except Exception:  # noqa: BLE001  # a database that is away for a moment ends no session
                _log.exception("session of a live stream could not be checked", user=user.name)
                continue
            if now is None:
                stream.lost(SESSION_OVER)
            elif (now.id, now.tags, now.role) != (user.id, user.tags, user.role):
                stream.lost(USER_CHANGED)

    def _end_all(self) -> None:
        for stream in self._streams:
            stream.lost(SERVER_STOPS)


class _Stream:
    """One browser's stream. reason: why it ends, None while it goes on.

    Its ids are the numbers of events with a mark of what it follows: only who followed just that can go on with one.
    """

    def __init__(self, feeds: Sequence[Feed], *, unseen: bool = False) -> None:
        self.reason: str | None = None
        self._feeds = feeds
        self._unseen = unseen
        self._said_at = -UNSEEN
        self._mark = zlib.crc32(repr(sorted(repr(feed.topic.key) for feed in feeds)).encode()) % MARKS
        self._queue: deque[Event] = deque()
        self._whole: dict[Feed, None] = {}
        self._news = asyncio.Event()

    def number_in(self, last: int) -> int:
        """The number of the event that had this id; -1 for an id of a stream that followed something else."""
        number, mark = divmod(last, MARKS)
        return number if mark == self._mark else -1

    def begin(self, missed: Mapping[Feed, list[Event] | None]) -> None:
        """Begin with what was missed of each feed, and with the whole of those where that is not known."""
        self._queue.extend(sorted(event for events in missed.values() if events is not None for event in events))
        self._whole = {feed: None for feed, events in missed.items() if events is None}
        self._news.set()

    def news(self, feed: Feed, event: Event) -> None:
        """See Follower.news. What will be told whole need not be told before; too much is told whole.

        So is what nobody looks at: it is told seldom, and then at once.
        """
        if feed in self._whole:
            return
        if self._unseen:
            self._whole[feed] = None
        elif len(self._queue) >= MOST_QUEUED:
            self._queue.clear()
            self._whole = dict.fromkeys(self._feeds)
        else:
            self._queue.append(event)
        self._news.set()

    def lost(self, reason: str) -> None:
        """See Follower.lost."""
        self.reason = self.reason or reason
        self._news.set()

    async def taken(self, seconds: float) -> bytes:
        """What is to be sent next; b"" when there was nothing for so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # wait_for loses a cancellation that comes with the news
                await self._news.wait()
        if self._unseen and self._news.is_set() and self.reason is None:
            await asyncio.sleep(self._said_at + UNSEEN - asyncio.get_running_loop().time())
            self._said_at = asyncio.get_running_loop().time()
        self._news.clear()
        said = [*self._queue, *(feed.snapshot() for feed in self._whole)]
        # Who has lost the connection between two snapshots must not go on as if both had come: the last one has the id.
        named = said[-1:] if self._whole else said
        self._queue.clear()
        self._whole.clear()
        return b"".join(self._written(event, named=event in named) for event in said)

    def _written(self, event: Event, *, named: bool) -> bytes:
        number, data = event
        return b"id: %d\n%b" % (number * MARKS + self._mark, data) if named else data


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request for a stream. last: id of the last event that was seen, -1 for none. unseen: nobody looks at it."""

    token: str
    topics: Sequence[str]
    language: str
    last: int
    unseen: bool


def _asked(scope: Scope) -> _Asked:
    """What is asked for. Raises Problem."""
    if scope["method"] != "GET":
        raise Problem(405, "MethodNotAllowed", "this path takes GET")
    headers = dict(scope["headers"])
    query = scope["query_string"].decode("latin-1")
    if len(query) > MAX_QUERY:
        raise Problem(400, "BadTopic", f"the query is longer than {MAX_QUERY} characters")
    named = parse_qs(query, max_num_fields=None)
    topics = list(dict.fromkeys(named.get("topic", [])))
    if not 1 <= len(topics) <= MOST_TOPICS:
        raise Problem(400, "BadTopic", f"name 1 to {MOST_TOPICS} topics (topic=...), not {len(topics)}")
    spoken = named.get("language", [headers.get(b"accept-language", b"").decode("latin-1")])[0]
    last = headers.get(b"last-event-id", b"")
    return _Asked(
        token=token_in(headers.get(b"cookie", b"").decode("latin-1")),
        topics=topics,
        language="zh-CN" if spoken.lower().startswith("zh") else "en-US",
        last=int(last) if last.isdigit() and len(last) < 20 else -1,
        unseen=named.get("pace") == ["unseen"],
    )


def _problem(error: HostwardError) -> Problem:
    for kind, status, code in _STATUS:
        if isinstance(error, kind):
            return Problem(status, code, str(error))
    return Problem(500, "Internal", str(error))


async def _gone(receive: Receive) -> None:
    """Return when the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        continue
