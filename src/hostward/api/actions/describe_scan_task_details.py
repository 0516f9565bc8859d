"""DescribeScanTaskDetails: a task as a whole and a page of its machines. The busiest action: it must stay cheap."""

import json
from datetime import tzinfo
from functools import lru_cache
from typing import Annotated, Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.filters import Filters, conditions_of
from hostward.api.machine_extra_info import MachineExtraInfo
from hostward.api.texts import Language
from hostward.api.times import left_in, whole_seconds, wire_datetime, wire_time
from hostward.api.values import DEFAULT_LIMIT, limit_of, module_of, offset_of, task_of
from hostward.api.vul_info import Encoded, VulDetailInfo
from hostward.domain.host_scan import Status, UnitState
from hostward.domain.ids import ROWS_PER_TASK
from hostward.domain.note import Code, Note, render
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import MachineRow
from hostward.usecases.scans import describe

ERRORS: Final = codes(
    """AuthFailure InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameterValue
    MissingParameter"""
)

_ENCODER: Final = msgspec.json.Encoder()

_STATUS_WORDS: Final = tuple(
    {
        UnitState.STOPPING: Status.STOP,
        UnitState.OK: Status.OK,
        UnitState.FAIL: Status.FAIL,
        UnitState.STOPPED: Status.STOP,
    }.get(state, Status.SCANNING).word
    for state in sorted(UnitState)
)
"""The API's word for each number of UnitState."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which task, which of its machines, which page of them."""

    module_type: str
    task_id: Uint64
    filters: list[Filters] = []
    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class ScanTaskDetails(msgspec.Struct, rename="pascal", gc=False):
    """One machine of the task."""

    host_ip: str
    host_name: str
    os_name: str
    risk_num: int
    scan_begin_time: str
    scan_end_time: str
    uuid: str
    quuid: str
    status: str
    description: str
    id: int
    fail_type: int
    machine_wan_ip: str
    machine_extra_info: MachineExtraInfo


class PatchInfoDetail(msgspec.Struct, rename="pascal"):
    """A Windows update; never sent, since Windows is not scanned."""

    id: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The task's counters (whatever the filters) and the page of machines that match them."""

    scan_task_detail_list: Annotated[msgspec.Raw, list[ScanTaskDetails]]
    total_count: int
    scan_machine_count: int
    risk_machine_count: int
    scan_begin_time: str
    scan_end_time: str
    scan_time: int
    scan_progress: int
    scan_left_time: int
    scan_content: list[str]
    vul_info: Annotated[msgspec.Raw, list[VulDetailInfo]]
    risk_event_count: int
    type: int
    stopping_all: bool
    vul_count: int
    patch_info: list[PatchInfoDetail] = []


async def answer(ctx: Context, request: Request) -> Response:
    """Describe the task.

    The rows are written as JSON by the thread that read them, while they are in its processor's cache: handing a
    hundred of them to another thread costs more than writing them.
    """
    module = module_of(request.module_type)
    task = task_of(request.task_id, module)
    conditions = conditions_of(request.filters)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    known = ctx.vul_info.known(task, ctx.clock.monotonic())

    def read(uow: UnitOfWork) -> Response:
        found = describe.details(
            uow,
            account=ctx.account,
            module=module,
            task=task,
            conditions=conditions,
            limit=limit,
            offset=offset,
            now=ctx.now,
            want_vuls=lambda task: known is None or known.rev != task.vul_rev,
            reckon=ctx.times_left.of,
        )
        return _response(found, known, ctx)

    return await ctx.store.read(read)


def _response(found: describe.Details, known: Encoded | None, ctx: Context) -> Response:
    task, tally, zone = found.task, found.task.tally, ctx.settings.time_zone
    if known is None or known.rev != task.vul_rev:
        known = ctx.vul_info.remember(task, found.vuls, zone, ctx.clock.monotonic())
    first_id = task.id * ROWS_PER_TASK
    rows = [_row(row, first_id, zone, ctx.language) for row in found.page.rows]
    return Response(
        scan_task_detail_list=msgspec.Raw(_ENCODER.encode(rows)),
        total_count=found.page.total,
        scan_machine_count=tally.machines,
        risk_machine_count=tally.risk_machines,
        scan_begin_time=wire_datetime(zone, task.begin),
        scan_end_time=wire_datetime(zone, task.end),
        scan_time=whole_seconds(found.elapsed),
        scan_progress=found.percent,
        scan_left_time=left_in(ctx.settings.left_time_unit, found.left.left),
        scan_content=list(task.content),
        vul_info=known.json,
        risk_event_count=tally.risk_events,
        type=task.trigger,
        stopping_all=task.stopping_all,
        vul_count=tally.vuls,
    )


def _row(row: MachineRow, first_id: int, zone: tzinfo, language: Language) -> ScanTaskDetails:
    """One machine; unpacked once and built by position, since a page has a hundred."""
    seq, _, quuid, uuid, name, inner, wan, os_name, state, fail, risks, begin, end, _, code, values = row
    return ScanTaskDetails(
        inner,
        name,
        os_name,
        risks,
        wire_time(zone, begin),
        wire_time(zone, end),
        uuid,
        quuid,
        _STATUS_WORDS[state],
        _words(code, values, language),
        first_id + seq,
        fail,
        wan,
        MachineExtraInfo(wan, inner, 0, "", quuid, name),
    )


@lru_cache(maxsize=4096)
def _words(code: str, values: str, language: Language) -> str:
    """A stored note in words; remembered, since most machines of a task say the same."""
    return render(Note(code=Code(code), values=json.loads(values) if values else {}), language)
