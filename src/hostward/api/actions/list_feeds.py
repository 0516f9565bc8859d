"""ListFeeds (service hostward): what is here of each vulnerability feed, how current it is, and what went wrong."""

from datetime import datetime
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.times import whole_seconds, wire_datetime
from hostward.usecases.feed_ports import FeedJob
from hostward.usecases.vulnerabilities.feed_health import FeedView, due_at, known, view_of

ERRORS: Final = frozenset({"AuthFailure"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """All: also feeds that were neither imported nor tried and are not renewed by themselves."""

    all: bool = False


class FeedInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One feed. AgeSeconds: since its data was last found current; 0 for none. Fault, Problem "": none.

    NextTime "": when it is renewed by itself; it never is, or is due now.
    """

    name: str
    state: str
    advisories: int
    ecosystems: list[str]
    current_time: str
    age_seconds: int
    checked_time: str
    failed_time: str
    failures: int
    fault: str
    problem: str
    left_out: str
    source: str
    usual: bool
    next_time: str


class FeedUpdate(msgspec.Struct, rename="pascal", kw_only=True):
    """The renewal that runs, or the last one of this server. Total 0: there was none yet."""

    running: bool
    feed: str
    done: int
    total: int
    imported: int
    failed: int
    problem: str
    begin_time: str
    end_time: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Feeds by name. UpdateHours 0: nothing is renewed by itself."""

    feeds: list[FeedInfo]
    update: FeedUpdate
    update_hours: int


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    views = await ctx.store.read(lambda uow: known(uow, ctx.now))
    work = ctx.feeds
    sources = {} if work is None else {one.name: one for one in work.sources()}
    usual = {name for name, one in sources.items() if one.usual}
    every = None if work is None else work.every()
    names = sorted({*views, *usual, *(sources if request.all else ())})
    feeds = []
    for name in names:
        view = view_of(name, views)
        at = due_at(view.status, view.health, every) if every is not None and name in usual else None
        address = sources[name].address if name in sources else ""
        feeds.append(_info(ctx, view, usual=name in usual, at=at, address=address))
    return Response(
        feeds=feeds,
        update=_update(ctx, FeedJob() if work is None else work.job()),
        update_hours=0 if every is None else whole_seconds(every) // 3600,
    )


def _info(ctx: Context, view: FeedView, *, usual: bool, at: datetime | None, address: str) -> FeedInfo:
    status, health, zone = view.status, view.health, ctx.settings.time_zone
    is_failing = health.failed is not None
    return FeedInfo(
        name=view.feed,
        state=view.state.value,
        advisories=status.advisories if status else 0,
        ecosystems=list(status.ecosystems) if status else [],
        current_time=wire_datetime(zone, status.imported if status else None),
        age_seconds=whole_seconds(ctx.now - status.imported) if status else 0,
        checked_time=wire_datetime(zone, health.checked),
        failed_time=wire_datetime(zone, health.failed),
        failures=health.failures,
        fault=health.fault if is_failing else "",
        problem=health.problem if is_failing else "",
        left_out=health.left_out,
        source=health.source or address,
        usual=usual,
        next_time=wire_datetime(zone, at),
    )


def _update(ctx: Context, job: FeedJob) -> FeedUpdate:
    return FeedUpdate(
        running=job.running,
        feed=job.feed,
        done=job.done,
        total=job.total,
        imported=job.imported,
        failed=job.failed,
        problem=job.problem,
        begin_time=wire_datetime(ctx.settings.time_zone, job.began),
        end_time=wire_datetime(ctx.settings.time_zone, job.ended),
    )
