"""Tasks, their machines and their risks as the service hostward writes them, in answers and in events."""

import json
from collections.abc import Mapping
from datetime import tzinfo
from functools import lru_cache
from typing import Final

import msgspec

from hostward.api.texts import Language
from hostward.api.times import left_in, wire_datetime, wire_time
from hostward.domain.bucket import bucket_of
from hostward.domain.host_scan import WHOLE, UnitState
from hostward.domain.note import Code, Note, render
from hostward.domain.progress import Estimate, percent
from hostward.domain.tally import Tally
from hostward.domain.task import ScanState, Task
from hostward.usecases.records import MachineRow, Risk

STATES: Final[Mapping[str, ScanState]] = {
    state.name.capitalize(): state for state in ScanState if state is not ScanState.NEVER
}
WORDS: Final[Mapping[ScanState, str]] = {state: word for word, state in STATES.items()}


class Counts(msgspec.Struct, rename="pascal"):
    """Machines of a task by what became of them; they add up to Machines."""

    pending: int
    leased: int
    running: int
    stopping: int
    ok: int
    offline: int
    timeout: int
    failed: int
    too_old: int
    stopped: int


class ScanTask(msgspec.Struct, rename="pascal", kw_only=True):
    """One task. LeftSeconds is the deadline itself while LeftKnown is false. EndTime "" while it runs."""

    task_id: int
    module: str
    type: int
    state: str
    content: list[str]
    progress: int
    left_seconds: int
    left_known: bool
    begin_time: str
    end_time: str
    created_by: str
    stopped_by: str
    machines: int
    counts: Counts
    risk_machines: int
    risk_events: int
    vul_count: int
    stopping_all: bool
    runs: int
    can_stop: bool
    can_rerun: bool


class TaskMachine(msgspec.Struct, rename="pascal", gc=False):
    """One machine of a task. Doing: words until it is final; Reason: words from then on. Seconds: 0 until its end."""

    quuid: str
    uuid: str
    host_name: str
    host_ip: str
    os_name: str
    agent_version: str
    bucket: str
    progress: int
    doing: str
    reason: str
    fail_type: int
    risk_num: int
    begin_time: str
    end_time: str
    seconds: int


class TaskRisk(msgspec.Struct, rename="pascal", gc=False):
    """One risk of a task. Level 0: nobody gives one. Score "": nobody gives one."""

    id: str
    name: str
    level: int
    level_source: str
    score: str
    machines: int
    where: str
    fix: str
    reference: str
    description: str


def scan_task(task: Task, estimate: Estimate, zone: tzinfo) -> ScanTask:
    """A task as it is now, and the time it has left."""
    tally = task.tally
    return ScanTask(
        task_id=task.id,
        module=task.module,
        type=task.trigger,
        state=WORDS[task.state],
        content=list(task.content),
        progress=percent(tally),
        left_seconds=left_in("seconds", estimate.left),
        left_known=estimate.known,
        begin_time=wire_datetime(zone, task.begin),
        end_time=wire_datetime(zone, task.end),
        created_by=task.created_by,
        stopped_by=task.stop_by,
        machines=tally.machines,
        counts=_counts(tally),
        risk_machines=tally.risk_machines,
        risk_events=tally.risk_events,
        vul_count=tally.vuls,
        stopping_all=task.stopping_all,
        runs=task.run,
        can_stop=tally.scanning > 0,
        can_rerun=tally.stopping == 0 and tally.fail + tally.stopped > 0,
    )


def task_machine(row: MachineRow, version: str, zone: tzinfo, language: Language) -> TaskMachine:
    """One machine; unpacked once and built by position, since a page has a hundred."""
    _, _, quuid, uuid, name, inner, _, os_name, state, fail, risks, begin, end, progress, code, values = row
    words = _words(code, values, language)
    doing, reason = ("", words) if state >= UnitState.OK else (words, "")
    return TaskMachine(
        quuid,
        uuid,
        name,
        inner,
        os_name,
        version,
        bucket_of(state, fail, risks).value,
        progress * 100 // WHOLE,
        doing,
        reason,
        fail,
        risks,
        wire_time(zone, begin),
        wire_time(zone, end),
        max(0, end - begin) if begin and end else 0,
    )


def task_risk(risk: Risk) -> TaskRisk:
    """One risk."""
    return TaskRisk(
        risk.key,
        risk.name,
        0 if risk.level is None else risk.level.value,
        risk.level_source,
        "" if risk.cvss is None else f"{risk.cvss:.1f}",
        risk.machines,
        risk.where,
        risk.fix,
        risk.reference,
        risk.description,
    )


@lru_cache(maxsize=4096)
def _words(code: str, values: str, language: Language) -> str:
    """A stored note in words; remembered, since most machines of a task say the same."""
    return render(Note(code=Code(code), values=json.loads(values) if values else {}), language)


def _counts(tally: Tally) -> Counts:
    return Counts(
        pending=tally.pending,
        leased=tally.leased,
        running=tally.running,
        stopping=tally.stopping,
        ok=tally.ok,
        offline=tally.offline,
        timeout=tally.timeout,
        failed=tally.failed,
        too_old=tally.too_old,
        stopped=tally.stopped,
    )
