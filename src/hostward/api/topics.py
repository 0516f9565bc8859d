"""The topics of the console's stream: tasks, one task, a page of its machines, the fleet, vulnerabilities, overview."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import msgspec

from hostward.api.actions.describe_overview import shown as overview_shown
from hostward.api.context import Context
from hostward.api.errors import ApiError
from hostward.api.machine_query import PAGE, MachineQuery, machine_query
from hostward.api.task_rows import WORDS, scan_task, task_machine
from hostward.api.texts import DEFAULT_LANGUAGE, Language
from hostward.api.values import module_of, task_of
from hostward.domain.account import User
from hostward.domain.bucket import sizes
from hostward.domain.errors import Forbidden, InvalidValue
from hostward.domain.ids import TaskId
from hostward.domain.module import Module
from hostward.domain.permission import Permission, lacking
from hostward.domain.progress import percent
from hostward.domain.task import ScanState, Task
from hostward.usecases.live import Sight, Topic
from hostward.usecases.machines.listing import online
from hostward.usecases.overview.look import NOTHING, look
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans import describe, views

MAX_NAME: Final = 4_096
"""Characters of a topic's name: a page's query with the longest text to look for fits in."""

PAUSE: Final = timedelta(milliseconds=250)
"""Between two looks at a topic (design: at most 4 events a second)."""

SLOW_PAUSE: Final = timedelta(seconds=1)
"""For what counts the whole fleet."""

MOST_RUNNING: Final = 100
NEWEST: Final = 100
"""Tasks whose changes move rev; older ones change only while they run again, and are seen then."""

NAMES: Final = "tasks, task:MODULE:NUMBER, rows:MODULE:NUMBER:PAGE, machines, vulnerabilities, overview"

_RUNNING: Final = frozenset({ScanState.SCANNING, ScanState.STOPPING})

Look = Callable[[UnitOfWork, datetime], Sight]


class RowsPage(msgspec.Struct, rename="pascal", kw_only=True, forbid_unknown_fields=True):
    """The page of a rows topic. States, Reasons: other names for more of Buckets."""

    offset: int = 0
    limit: int = PAGE
    buckets: list[str] = []
    states: list[str] = []
    reasons: list[str] = []
    query: str = ""
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One kind of topic: how many parts its name has, what it takes, how it is looked at."""

    parts: int
    permission: Permission
    pause: timedelta
    look: Callable[[list[str], Context], Look]


class LiveTopics:
    """usecases.live.Topics. context: what looks are made from; user, language and time are put in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def topic(self, name: str, *, user: User, language: str) -> Topic:
        """The topic. Raises InvalidValue for what is none, Forbidden for what the user may not see."""
        kind, parts = _kind(name)
        if lacking(user, kind.permission) is not None:
            raise Forbidden(f"the topic {parts[0]} takes the permission {kind.permission}")
        spoken: Language = "zh-CN" if language == "zh-CN" else DEFAULT_LANGUAGE
        context = replace(self._context, account=user.account, user=user, language=spoken)
        try:
            look = kind.look(parts, context)
        except ApiError as error:
            raise InvalidValue(error.message(spoken)) from None
        key = (name, user.account, user.tags, user.role, spoken)
        return Topic(name=name, key=key, user=user, pause=kind.pause, look=look)


def _kind(name: str) -> tuple[_Kind, list[str]]:
    parts = name[:MAX_NAME].split(":")
    kind = _KINDS.get(parts[0])
    if kind is None or len(parts) != kind.parts or len(name) > MAX_NAME:
        raise InvalidValue(f"{name[:64]!r} is no topic: ask for {NAMES}")
    return kind, parts


def _tasks(_parts: list[str], ctx: Context) -> Look:
    def look_at(uow: UnitOfWork, _now: datetime) -> Sight:
        _, running = describe.listing(
            uow, account=ctx.account, module=None, states=_RUNNING, limit=MOST_RUNNING, offset=0
        )
        total, newest = describe.listing(
            uow, account=ctx.account, module=None, states=frozenset(), limit=NEWEST, offset=0
        )
        rows = [
            {"TaskId": task.id, "Module": task.module.value, "Progress": percent(task.tally), "State": _word(task)}
            for task in running
        ]
        rev = _revision(total, *(part for task in (*newest, *running) for part in _changing(task)))
        return Sight(state={"running": rows, "rev": rev}, busy=bool(running))

    return look_at


def _task(parts: list[str], ctx: Context) -> Look:
    module, which = _task_named(parts)

    def look_at(uow: UnitOfWork, now: datetime) -> Sight:
        task = describe.find(uow, account=ctx.account, module=module, task=which)
        state = msgspec.to_builtins(scan_task(task, describe.left(uow, task, now), ctx.settings.time_zone))
        parts = [{"Bucket": bucket.value, "Machines": size} for bucket, size in sizes(task.tally).items()]
        return Sight(state={**state, "Buckets": parts}, busy=not task.tally.is_done)

    return look_at


def _rows(parts: list[str], ctx: Context) -> Look:
    module, which = _task_named(parts)
    page = _page(parts[3])

    def look_at(uow: UnitOfWork, _now: datetime) -> Sight:
        found, versions = views.machines(
            uow, account=ctx.account, module=module, task=which, conditions=page.conditions, order=page.order,
            limit=page.limit, offset=page.offset,
        )  # fmt: skip
        zone, language = ctx.settings.time_zone, ctx.language
        rows = {
            str(index): msgspec.to_builtins(task_machine(row, versions.get(row.quuid, ""), zone, language))
            for index, row in enumerate(found.rows)
        }
        task = uow.tasks.get(which)
        return Sight(state={"TotalCount": found.total, "Rows": rows}, busy=task is not None and not task.tally.is_done)

    return look_at


def _machines(_parts: list[str], ctx: Context) -> Look:
    def look_at(uow: UnitOfWork, now: datetime) -> Sight:
        total = uow.machines.page(ctx.account, (), limit=1, offset=0).total
        heard = uow.machines.page(ctx.account, (online(now, wanted=True),), limit=1, offset=0).total
        # What people and programs change of machines (tags, remarks) is in the audit log, whose end is read at once.
        rev = _revision(total, heard, uow.audit.head(ctx.account))
        return Sight(state={"Total": total, "Online": heard, "Offline": total - heard, "rev": rev})

    return look_at


def _vulnerabilities(_parts: list[str], ctx: Context) -> Look:
    def look_at(uow: UnitOfWork, _now: datetime) -> Sight:
        # What they follow from: scans, imports, rules. None of it is counted here: a look costs next to nothing.
        scanned = uow.fleet.standing(ctx.account).modules.get(Module.VUL, NOTHING)
        _, newest = describe.listing(
            uow, account=ctx.account, module=Module.VUL, states=frozenset(), limit=MOST_RUNNING, offset=0
        )
        counted = [(task.id, task.run, task.vul_rev, task.tally.ok) for task in newest]
        feeds = [(feed.feed, feed.digest) for feed in uow.advisories.feeds()]
        rev = _revision(scanned, counted, feeds, uow.audit.head(ctx.account))
        return Sight(state={"rev": rev}, busy=not all(task.tally.is_done for task in newest))

    return look_at


def _overview(_parts: list[str], ctx: Context) -> Look:
    def look_at(uow: UnitOfWork, now: datetime) -> Sight:
        view = look(uow, account=ctx.account, plans=not ctx.user.is_limited, now=now)
        shown = msgspec.to_builtins(overview_shown(view, replace(ctx, now=now)))
        # An age would be another one at every look: who shows it knows the time of the import.
        feeds = [{name: value for name, value in feed.items() if name != "AgeSeconds"} for feed in shown["Feeds"]]
        return Sight(state={**shown, "Feeds": feeds})

    return look_at


_KINDS: Final[Mapping[str, _Kind]] = {
    "tasks": _Kind(parts=1, permission=Permission.SCAN_READ, pause=PAUSE, look=_tasks),
    "task": _Kind(parts=3, permission=Permission.SCAN_READ, pause=PAUSE, look=_task),
    "rows": _Kind(parts=4, permission=Permission.SCAN_READ, pause=PAUSE, look=_rows),
    "machines": _Kind(parts=1, permission=Permission.MACHINE_READ, pause=SLOW_PAUSE, look=_machines),
    "vulnerabilities": _Kind(parts=1, permission=Permission.SCAN_READ, pause=SLOW_PAUSE, look=_vulnerabilities),
    "overview": _Kind(parts=1, permission=Permission.SCAN_READ, pause=SLOW_PAUSE, look=_overview),
}


def _task_named(parts: list[str]) -> tuple[Module, TaskId]:
    """MODULE:NUMBER of a topic's name. Raises InvalidValue, ApiError, NotFound."""
    module = module_of(parts[1], "Module")
    if not (parts[2].isascii() and parts[2].isdigit() and len(parts[2]) <= 20):
        raise InvalidValue(f"{parts[2][:64]!r} is no number of a task")
    return module, task_of(int(parts[2]), module)


def _page(text: str) -> MachineQuery:
    """The page of a rows topic, base64url of JSON. Raises InvalidValue, ApiError."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        page = msgspec.json.decode(raw, type=RowsPage)
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError) as problem:
        raise InvalidValue(f"the page of the topic rows is no JSON in base64url: {problem}") from None
    if page.offset < 0:
        raise InvalidValue(f"Offset {page.offset} is below 0")
    return machine_query(
        buckets=list(dict.fromkeys((*page.buckets, *page.states, *page.reasons))),
        query=page.query,
        sort=page.sort,
        descending=page.descending,
        limit=page.limit,
        offset=page.offset,
    )


def _word(task: Task) -> str:
    return WORDS[task.state]


def _changing(task: Task) -> tuple[object, ...]:
    """What of a task can change."""
    return task.id, task.run, task.end, task.stop_at, task.vul_rev, task.tally


def _revision(*parts: object) -> int:
    """A number that is another one whenever one of the parts is; it fits into JavaScript's."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=6).digest()
    return int.from_bytes(digest)
