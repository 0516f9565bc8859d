"""What is measured with a crowd: a scan from its creation to its last result, and a stop from the call to quiet."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hostward.domain.errors import HostwardError
from hostward.domain.module import Module
from hostward.perf.crowd import Crowd, Habits

Call = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Call an action of the server's API. Raises HostwardError when it answers with an error."""

Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""The same, and it blocks."""

ENROL_SECONDS: Final = 120.0
PAGE: Final = 100
PAGE_SECONDS: Final = 0.06
"""Between two pages: a server answers at most 20 requests a second to an action."""

LOOK_SECONDS: Final = 0.25
SHORTEST_TIMEOUT: Final = 60
MAX_TIMEOUT: Final = 86_400
STOPPED_WITHIN: Final = 60.0
LONG_SCAN: Final = 300.0
DETAILS: Final = "DescribeScanTaskDetails"


@dataclass(frozen=True, slots=True)
class Spread:
    """Latencies in seconds. of: how many."""

    of: int
    p50: float
    p99: float
    longest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Outcome of the trial. lost, doubled: findings that the server lacks, or has more of than were found."""

    agents: int
    enrolled: int
    started: Spread
    progress_seen: float
    scan_seconds: float
    states: dict[str, int]
    lost: int
    doubled: int
    unfinished: int
    quiet: Spread
    answers: dict[int, int]
    scans: int
    crashes: int
    cuts: int
    requests: Spread
    notices: dict[str, int] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Nothing was lost, doubled or left unfinished."""
        return not (self.lost or self.doubled or self.unfinished)


async def run(crowd: Crowd, ask: Ask | None, *, ramp: float, duration: float, stops: bool) -> Figures:
    """Start the crowd, try it, end it. ask: blocking. Raises HostwardError when no agent is taken in."""
    await crowd.start(ramp=ramp)
    for _ in range(int(ENROL_SECONDS * 4)):
        if crowd.enrolled == len(crowd.members):
            break
        await asyncio.sleep(0.25)
    if not crowd.enrolled:
        why = "; ".join(crowd.notes.notices) or f"answers by status: {dict(crowd.notes.statuses)}"
        crowd.stop()
        raise HostwardError(f"no agent was enrolled: {why}")
    try:
        return await trial(crowd, None if ask is None else _off_the_loop(ask), duration=duration, stops=stops)
    finally:
        crowd.stop()


def _off_the_loop(ask: Ask) -> Call:
    """The same, in a thread of its own."""

    async def call(action: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        return await asyncio.get_running_loop().run_in_executor(None, ask, action, parameters)

    return call


async def trial(crowd: Crowd, call: Call | None, *, duration: float, stops: bool) -> Figures:
    """Scan with every module of the crowd's, then stop a long scan; without an API to call, be there for a while."""
    notes = crowd.notes
    outcome = _Outcome()
    if call is None:
        await asyncio.sleep(duration)
    else:
        for module in crowd.habits.modules:
            await _scan(crowd, call, module, outcome, duration)
        if stops:
            await _stop(crowd, call, outcome)
    return Figures(
        agents=len(crowd.members), enrolled=crowd.enrolled, started=spread(outcome.started),
        progress_seen=outcome.progress_seen, scan_seconds=outcome.seconds, states=dict(outcome.states),
        lost=outcome.lost, doubled=outcome.doubled, unfinished=outcome.unfinished + crowd.holding,
        quiet=spread(outcome.quiet), answers=dict(notes.statuses), scans=notes.scans, crashes=notes.crashes,
        cuts=notes.cuts, requests=spread(notes.latencies), notices=dict(notes.notices.most_common(5)),
    )  # fmt: skip


def spread(seconds: Sequence[float]) -> Spread:
    """Percentiles; zeros for nothing."""
    if not seconds:
        return Spread(0, 0.0, 0.0, 0.0)
    ordered = sorted(seconds)
    return Spread(len(ordered), ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1])


@dataclass(slots=True)
class _Outcome:
    started: list[float] = field(default_factory=list)
    quiet: list[float] = field(default_factory=list)
    progress_seen: float = 0.0
    seconds: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    unfinished: int = 0


async def _scan(crowd: Crowd, call: Call, module: Module, outcome: _Outcome, patience: float) -> None:
    loop, notes = asyncio.get_running_loop(), crowd.notes
    notes.forget_scans()
    began = loop.time()
    task = await _begin(crowd, call, module, int(patience))
    seen = 0.0
    while True:
        shown = await call(DETAILS, {"ModuleType": module.value, "TaskId": task, "Limit": 1})
        if shown["ScanProgress"] > 0 and not seen:
            seen = loop.time()
        if shown["ScanProgress"] == 100 or loop.time() - began > patience + LONG_SCAN:
            break
        await asyncio.sleep(LOOK_SECONDS)
    outcome.seconds = max(outcome.seconds, loop.time() - began)
    outcome.started += [at - began for at in notes.began.values()]
    if seen and notes.first_step:
        outcome.progress_seen = max(outcome.progress_seen, seen - notes.first_step)
    await _settled(crowd)
    await _compare(crowd, call, module, task, outcome)


async def _settled(crowd: Crowd) -> None:
    """What was spooled by machines that were away still comes."""
    for _ in range(int(STOPPED_WITHIN / LOOK_SECONDS)):
        if not crowd.holding:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def _compare(crowd: Crowd, call: Call, module: Module, task: int, outcome: _Outcome) -> None:
    """Each machine that is Ok has exactly the risks its scanner found (packages are none)."""
    expected = 0 if module is Module.VUL else crowd.habits.findings
    mine = {member.quuid for member in crowd.members}
    for row in await _rows(call, module, task):
        if row["Quuid"] not in mine:
            continue
        state = row["Status"] if row["Status"] != "Fail" else f"Fail {row['FailType']}"
        outcome.states[state] += 1
        if row["Status"] == "Scanning":
            outcome.unfinished += 1
        if row["Status"] == "Ok":
            outcome.lost += max(0, expected - row["RiskNum"])
            outcome.doubled += max(0, row["RiskNum"] - expected)


async def _rows(call: Call, module: Module, task: int) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    while True:
        page = await call(
            DETAILS, {"ModuleType": module.value, "TaskId": task, "Limit": PAGE, "Offset": len(rows)}
        )  # fmt: skip
        rows += page["ScanTaskDetailList"]
        if len(rows) >= page["TotalCount"] or not page["ScanTaskDetailList"]:
            return rows
        await asyncio.sleep(PAGE_SECONDS)


async def _stop(crowd: Crowd, call: Call, outcome: _Outcome) -> None:
    """Stop everything while all are at work, and wait until no scanner runs."""
    loop, notes = asyncio.get_running_loop(), crowd.notes
    module, usual = crowd.habits.modules[0], crowd.habits
    crowd.habits = _at_length(usual)
    notes.forget_scans()
    task = await _begin(crowd, call, module, 3600)
    able = sum(not member.is_too_old for member in crowd.members)
    for _ in range(int(STOPPED_WITHIN / LOOK_SECONDS)):
        if crowd.scanning >= able:
            break
        await asyncio.sleep(LOOK_SECONDS)
    began = loop.time()
    await call("DeleteScanTask", {"TaskId": task, "ModuleType": module.value})
    for _ in range(int(STOPPED_WITHIN / LOOK_SECONDS)):
        if not crowd.scanning:
            break
        await asyncio.sleep(LOOK_SECONDS)
    outcome.quiet += [at - began for at in notes.ended.values() if at >= began]
    outcome.unfinished += crowd.scanning
    crowd.habits = usual
    await _settled(crowd)


def _at_length(habits: Habits) -> Habits:
    """Scans that nobody waits for the end of, and nothing that goes wrong: a stop is measured."""
    return replace(habits, seconds=LONG_SCAN, offline=0.0, crash=0.0, slow=0.0)


async def _begin(crowd: Crowd, call: Call, module: Module, limit: int) -> int:
    """Scan the crowd's machines, and no others; its task."""
    quuids = [member.quuid for member in crowd.members if member.quuid]
    listed = {"HostType": 2, "QuuidList": quuids, "TimeoutPeriod": min(max(limit, SHORTEST_TIMEOUT), MAX_TIMEOUT)}
    match module:
        case Module.MALWARE:
            given = await call("CreateScanMalwareSetting", {"ScanPattern": 1, **listed})
        case Module.VUL:
            given = await call("ScanVul", {"VulLevels": "1;2;3;4", **listed})
        case Module.BASELINE:
            given = await call("StartBaselineDetect", {"Param": {"HostIds": quuids}})
    return int(given["TaskId"])
