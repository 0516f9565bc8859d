"""GET /console/events over ASGI: what a browser that follows a task is told, and who is told nothing."""

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import wraps
from typing import Any

import pytest

from hostward.console import events as events_module
from hostward.console import feeds as feeds_module
from hostward.domain.account import Role
from hostward.domain.severity import Level
from hostward.runtime.pulse import Pulse
from hostward.usecases.vulnerabilities.import_feed import Parsed, import_feed
from live_bench import Live
from store_samples import (
    NOW,
    Scan,
    advisory,
    affects,
    enrol,
    failed,
    fleet,
    found,
    judged,
    leased,
    new_task,
    package,
    running,
)
from vul_samples import scan


def on_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on an event loop of its own."""

    @wraps(test)
    def run(*args: Any, **named: Any) -> None:
        asyncio.run(test(*args, **named))

    return run


def begun(live: Live, size: int = 3) -> Scan:
    """A task over new machines of the bench's account."""

    def work(uow):
        machines = [enrol(uow, live.account, number) for number in range(size)]
        return machines, new_task(uow, live.account, machines).id

    machines, task = live.store.write_now(work)
    return Scan(store=live.store, account=live.account, machines=machines, id=task)


def rows_topic(task: Scan, **page: object) -> str:
    """The topic of a page of the task's machines."""
    text = base64.urlsafe_b64encode(json.dumps(page).encode()).decode().rstrip("=")
    return f"rows:Vul:{task.id}:{text}"


@pytest.fixture
def live() -> Live:
    """Streams with nobody on them yet."""
    return Live()


@on_loop
async def test_each_topic_begins_whole_and_goes_on_with_what_changed(live: Live) -> None:
    """In the order of ids; a row that did not change is not sent again."""
    task = begun(live)
    one, page = f"task:Vul:{task.id}", rows_topic(task, Limit=2)
    async with live.browser("tasks", one, page, "machines", "overview") as browser:
        assert browser.headers[b"content-type"].startswith(b"text/event-stream")
        await browser.until(lambda: len(browser.states) == 5)
        assert all(browser.of(topic)[0]["full"] for topic in browser.states)
        assert browser.states[one]["State"] == "Scanning"
        assert browser.states[page]["TotalCount"] == 3
        assert browser.states["machines"]["Total"] == 3
        assert "Score" in browser.states["overview"]
        task.step(1, leased(1), running(5000))
        await browser.until(lambda: len(browser.of(page)) > 1)
        change = browser.of(page)[1]
        assert (change["full"], list(change["patch"]), list(change["patch"]["Rows"])) == (False, ["Rows"], ["1"])
        assert change["patch"]["Rows"]["1"]["Progress"] == 50
        await browser.until(lambda: browser.states["tasks"]["running"][0]["Progress"] == 16)
        assert browser.states[one]["Counts"]["Running"] == 1
        assert browser.ids == sorted(set(browser.ids))


@on_loop
async def test_an_import_changes_vulnerabilities_and_the_overview(live: Live) -> None:
    """Between scans, without any agent; one that brings nothing else tells nothing of vulnerabilities."""
    (machine,) = fleet(live.store, live.account, 1)
    scan(live.store, machine.id, 1, NOW, package("openssl", "1"))
    told = [advisory("CVE-1", affects(fixed="2"), level=Level.CRITICAL)]
    async with live.browser("vulnerabilities", "overview") as browser:
        await browser.until(lambda: len(browser.states) == 2)
        before = browser.states["vulnerabilities"]["rev"]
        parsed = Parsed(feed="debian", digest="d", advisories=told, ecosystems=["Debian:12"])
        await asyncio.to_thread(import_feed, live.store, parsed=parsed, now=NOW)
        await browser.until(lambda: browser.states["vulnerabilities"]["rev"] != before)

        def critical() -> int:
            vul = next(one for one in browser.states["overview"]["Modules"] if one["Module"] == "Vul")
            return vul["Levels"][0]["Count"]

        await browser.until(lambda: critical() == 1)


@on_loop
async def test_a_task_that_ends_is_told_at_once_and_then_nothing_more(live: Live) -> None:
    """Its last state is the final one; nothing is sent while nothing changes."""
    task = begun(live, 1)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        task.step(0, leased(), running(), judged())
        await browser.until(lambda: browser.states.get(topic, {}).get("State") == "Done")
        assert browser.states[topic]["CanStop"] is False
        count = len(browser.events)
        for _ in range(2):
            live.store.pulse.beat()
        await asyncio.sleep(0.3)
        assert len(browser.events) == count


@on_loop
async def test_many_steps_are_told_together(live: Live) -> None:
    """At most four times a second, however many commits there are."""
    task = begun(live, 40)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        await browser.until(lambda: browser.events)
        for seq in range(40):
            task.step(seq, leased(seq + 1), running(), judged())
            await asyncio.sleep(0.01)
        await browser.until(lambda: browser.states[topic]["State"] == "Done")
        assert len(browser.events) <= 5


@on_loop
async def test_twenty_browsers_cost_one_read_a_look(live: Live) -> None:
    """Nothing is read before and after."""
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    await asyncio.sleep(0)
    assert live.counting.reads == 0
    async with asyncio.TaskGroup() as group, live.browser(topic) as first:
        await first.until(lambda: first.events)

        async def follow() -> None:
            async with live.browser(topic) as browser:
                await browser.until(lambda: browser.events and browser.states[topic]["Counts"]["Leased"] == 1)

        for _ in range(19):
            group.create_task(follow())
        await asyncio.sleep(0.05)
        assert (live.counting.reads, len(live.app), len(live.feeds)) == (1, 20, 1)
        task.step(0, leased())
        await first.until(lambda: first.states[topic]["Counts"]["Leased"] == 1)
        assert live.counting.reads == 2
    reads = live.counting.reads
    live.store.pulse.beat()
    await asyncio.sleep(0.05)
    assert (live.counting.reads, len(live.app), len(live.feeds)) == (reads, 0, 0)


@on_loop
async def test_who_comes_back_is_told_what_was_missed(live: Live) -> None:
    """By patches alone, even when nobody looked meanwhile; for other topics an id says nothing."""
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        await browser.until(lambda: browser.events)
    last = str(browser.ids[-1])
    task.step(0, leased())
    async with live.browser(topic, last=last) as again:
        await again_with(again, browser, topic)
        assert again.states[topic]["Counts"]["Leased"] == 1
        assert again.ids[0] > int(last)
        assert not any(event["full"] for event in again.events)
    async with live.browser(topic, "tasks", last=last) as other:
        await other.until(lambda: len(other.states) == 2)
        assert [event["full"] for event in other.events[:2]] == [True, True]


async def again_with(again, before, topic: str) -> None:
    """A browser that knows what it knew before."""
    again.states.setdefault(topic, before.states[topic])
    await again.until(lambda: again.events)


@pytest.mark.parametrize("last", ["1", "99999999999999999999", "x", "9" * 400, "-5"])
@on_loop
async def test_an_id_that_is_none_of_ours_gets_the_whole(live: Live, last: str) -> None:
    """As if there were none."""
    task = begun(live)
    async with live.browser(f"task:Vul:{task.id}", last=last) as browser:
        await browser.until(lambda: browser.events)
        assert browser.events[0]["full"]


@on_loop
async def test_what_the_ring_forgot_is_told_whole(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand events later patches would not lead anywhere."""
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        await browser.until(lambda: browser.events)
        for _ in range(feeds_module.RING + 1):
            live.feeds.ring.keep("another", (live.feeds.ring.next(), b""))
    async with live.browser(topic, last=str(browser.ids[-1])) as again:
        await again.until(lambda: again.events)
        assert again.events[0]["full"]


@on_loop
async def test_a_slow_browser_is_told_the_whole_anew(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue has an end; what it then reads is what there is."""
    monkeypatch.setattr(events_module, "MOST_QUEUED", 2)
    task = begun(live, 5)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as slow, live.browser(topic) as quick:
        await slow.until(lambda: slow.events)
        slow.stalls.clear()
        for seq in range(5):
            count = len(quick.events)
            task.step(seq, leased(seq + 1))
            await quick.until(lambda count=count: len(quick.events) > count)
        slow.stalls.set()
        await slow.until(lambda: slow.states[topic]["Counts"]["Leased"] == 5)
        assert slow.events[-1]["full"]
        assert len(slow.events) < len(quick.events)


@on_loop
async def test_who_does_not_look_is_told_seldom_and_whole(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """One word after the span, however much has changed; its last state is the newest."""
    monkeypatch.setattr(events_module, "UNSEEN", 2.5)
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as looking, live.browser(topic, pace="unseen") as away:
        await away.until(lambda: topic in away.states)
        for number in range(3):
            task.step(number, leased(number), running(5000))
            live.store.pulse.beat()
            await looking.until(lambda n=number: looking.states[topic]["Counts"]["Running"] == n + 1)
        assert len(away.events) == 1
        await away.until(lambda: away.states[topic]["Counts"]["Running"] == 3)
        assert [event["full"] for event in away.events] == [True, True]


@on_loop
async def test_the_end_of_a_session_ends_its_stream(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the event gone; so does another role or other limits, and the end of the server."""
    monkeypatch.setattr(events_module, "CHECK", 0.02)
    for name, change, reason in (
        ("ann", lambda: live.users.pop("ann"), events_module.SESSION_OVER),
        ("tom", lambda: live.change("tom", tags=("env=prod",)), events_module.USER_CHANGED),
        ("eva", lambda: live.change("eva", role=Role.AUDITOR), events_module.USER_CHANGED),
        ("admin", live.app.close, events_module.SERVER_STOPS),
    ):
        if name != "admin":
            live.user(name)
        async with live.browser("tasks", cookie=name) as browser:
            await browser.until(lambda browser=browser: browser.events)
            change()
            await browser.until(lambda browser=browser: browser.gone is not None)
            assert browser.gone == reason
            await asyncio.wait_for(browser.ended, 1)
    async with live.browser("tasks") as late:
        await late.until(lambda: late.gone == events_module.SERVER_STOPS)
    assert len(live.app) == 0


@on_loop
async def test_a_silent_stream_says_that_it_is_alive(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a comment, so that proxies and browsers keep it."""
    monkeypatch.setattr(events_module, "HEARTBEAT", 0.02)
    async with live.browser("tasks") as browser:
        await browser.until(lambda: b": alive\n\n" in browser.raw)
        assert len(browser.events) == 1


@on_loop
async def test_nobody_opens_a_stream_who_is_not_signed_in(live: Live) -> None:
    """Nor one by a method that changes things."""
    status, error = await live.refused("tasks", cookie="nobody")
    assert (status, error["code"]) == (401, "NotSignedIn")


PAGE = base64.urlsafe_b64encode(b'{"Limit":101}').decode()
DEEP = base64.urlsafe_b64encode(b"[" * 2000).decode()


@pytest.mark.parametrize(
    "topic",
    [
        "", "task", "tasks:1", "task:Vul", "task:Vul:x", "task:Vul:-1", "task:Vul:0", "task:Trojan:1", "task:Vul:²",
        "task:Vul:99999999999999999999999", "rows:Vul:1:%%%", "rows:Vul:1:" + PAGE, "rows:Vul:1:" + DEEP, "rows:Vul:1:",
        "rows:Vul:1:eyJDb2xvciI6MX0", "rows:Vul:1:eyJTb3J0IjoiQ29sb3IifQ", "x" * 5000, "tasks\n\nevent: gone",
        "rows:Vul:1:eyJPZmZzZXQiOi0xfQ", "__class__", "rows:Vul:1:é",
    ],
)  # fmt: skip
@on_loop
async def test_a_topic_that_is_none_is_refused_in_words(live: Live, topic: str) -> None:
    """Before anything is read; nothing is kept of it."""
    begun(live)
    status, error = await live.refused(topic)
    assert (status, error["code"]) == (400, "BadTopic")
    assert error["message"]
    assert (len(live.feeds), len(live.app), live.counting.reads) == (0, 0, 0)


@on_loop
async def test_a_task_that_is_not_there_is_empty_until_it_is(live: Live) -> None:
    """So that one wrong link does not end the stream of all tabs."""
    async with live.browser("task:Vul:1", "tasks") as browser:
        await browser.until(lambda: len(browser.states) == 2)
        assert browser.states["task:Vul:1"] == {}
        task = begun(live)
        assert task.id == 1
        await browser.until(lambda: browser.states["task:Vul:1"].get("TaskId") == 1)


@on_loop
async def test_streams_have_caps(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Topics of a stream, streams of a user, streams of the server; places become free again."""
    task = begun(live)
    many = [rows_topic(task, Offset=number) for number in range(events_module.MOST_TOPICS + 1)]
    assert (await live.refused(*many))[0] == 400
    async with live.browser(*many[1:]) as browser:
        await browser.until(lambda: len(browser.states) == events_module.MOST_TOPICS)
    monkeypatch.setattr(events_module, "MOST_STREAMS_OF_USER", 1)
    live.user("ann")
    async with live.browser("tasks"):
        status, error = await live.refused("tasks")
        assert (status, error["code"], error["retry_after"]) == (429, "TooManyStreams", events_module.RETRY_AFTER)
        monkeypatch.setattr(events_module, "MOST_STREAMS", 1)
        assert (await live.refused("tasks", cookie="ann"))[0] == 429
    async with live.browser("tasks", cookie="ann") as ann:
        await ann.until(lambda: ann.events)


@on_loop
async def test_a_limited_user_follows_their_own_machines(live: Live) -> None:
    """Counts, rows and tasks; another's feed of the same name is another feed."""
    task = begun(live)
    live.store.write_now(lambda uow: uow.machines.put_tags(task.machines[1].id, ["env=prod"]))
    live.user("ann", "env=prod")
    live.user("tom", "env=none")
    one, page = f"task:Vul:{task.id}", rows_topic(task)
    async with (
        live.browser(one, page, "machines") as admin,
        live.browser(one, page, "machines", cookie="ann") as ann,
        live.browser(one, page, "tasks", cookie="tom") as tom,
    ):
        await ann.until(lambda: len(ann.states) == 3)
        await tom.until(lambda: len(tom.states) == 3)
        assert (ann.states[one]["Machines"], ann.states[page]["TotalCount"]) == (1, 1)
        assert [row["HostName"] for row in ann.states[page]["Rows"].values()] == ["host-1"]
        assert ann.states["machines"]["Total"] == 1
        assert (tom.states[one], tom.states[page], tom.states["tasks"]["running"]) == ({}, {}, [])
        count = len(ann.of(page))
        task.step(0, leased())
        await admin.until(lambda: len(admin.of(page)) > 1)
        assert len(ann.of(page)) == count
        assert admin.states[one]["Machines"] == 3


@on_loop
async def test_words_come_in_the_language_asked_for(live: Live) -> None:
    """By the query; each language is a feed of its own."""
    task = begun(live)
    page = rows_topic(task)
    async with live.browser(page, language="zh-CN") as chinese, live.browser(page) as english:
        await chinese.until(lambda: chinese.states)
        await english.until(lambda: english.states)
        assert chinese.states[page]["Rows"]["0"]["Doing"].startswith("等待")
        assert english.states[page]["Rows"]["0"]["Doing"].startswith("waiting")


@on_loop
async def test_rows_that_leave_a_page_are_told_by_the_whole(live: Live) -> None:
    """A patch has no word for what is gone."""
    task = begun(live)
    page = rows_topic(task, Buckets=["Waiting"], States=["Scanning"], Reasons=["Scanning"])
    async with live.browser(page) as browser:
        await browser.until(lambda: browser.states)
        task.step(2, failed())
        await browser.until(lambda: browser.states[page]["TotalCount"] == 2)
        assert browser.events[-1]["full"]
        assert sorted(browser.states[page]["Rows"]) == ["0", "1"]


@on_loop
async def test_without_a_hint_a_tick_finds_what_changed() -> None:
    """As with several replicas, of which each hears of its own commits alone."""
    live = Live(pulse=Pulse(), busy_tick=timedelta(milliseconds=20))
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        await browser.until(lambda: browser.events)
        task.step(0, leased())
        await browser.until(lambda: browser.states[topic]["Counts"]["Leased"] == 1)


@on_loop
async def test_a_database_that_is_away_for_a_moment_ends_no_stream(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The feed looks again, and tells what it then finds."""
    monkeypatch.setattr(feeds_module, "IDLE_TICK", timedelta(milliseconds=20))
    task = begun(live)
    topic = f"task:Vul:{task.id}"
    async with live.browser(topic) as browser:
        await browser.until(lambda: browser.events)
        real = live.counting.read

        tried = asyncio.Event()

        async def broken(_work: object) -> None:
            tried.set()
            raise OSError("the database is away")

        live.counting.read = broken
        task.step(0, leased())
        await asyncio.wait_for(tried.wait(), 5)
        live.counting.read = real
        await browser.until(lambda: browser.states[topic]["Counts"]["Leased"] == 1)


@on_loop
async def test_feeds_that_nobody_follows_are_forgotten(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while, and the oldest at once when there are many."""
    monkeypatch.setattr(feeds_module, "MOST_LEFT", 2)
    monkeypatch.setattr(feeds_module, "LINGER_SECONDS", 0.05)
    task = begun(live)
    for number in range(5):
        async with live.browser(rows_topic(task, Offset=number)) as browser:
            await browser.until(lambda browser=browser: browser.events)
    assert len(live.feeds.kept) <= 2
    await asyncio.sleep(0.1)
    assert live.feeds.kept == ()


@on_loop
async def test_risks_found_are_told_with_the_row_and_the_task(live: Live) -> None:
    """Both come from the same commit."""
    task = begun(live)
    one, page = f"task:Vul:{task.id}", rows_topic(task)
    async with live.browser(one, page) as browser:
        task.step(0, leased(), running(), found(4), judged())
        await browser.until(lambda: browser.states.get(one, {}).get("RiskEvents") == 4)
        await browser.until(lambda: browser.states[page]["Rows"]["0"]["RiskNum"] == 4)
        assert browser.states[page]["Rows"]["0"]["Bucket"] == "OkWithRisks"
