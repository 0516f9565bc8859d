"""StartBaselineDetect: start a baseline scan."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64
from hostward.api.values import between, count_between
from hostward.domain.ids import ROWS_PER_TASK
from hostward.domain.options import BaselineOptions
from hostward.domain.task import Trigger
from hostward.scanners.baseline.catalogue import chosen_policies
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import start

ERRORS: Final = frozenset({"FailedOperation", "InternalError", "InvalidParameter", "OperationDenied"})

MAX_IDS: Final = 1000
MAX_ID: Final = 2**53 - 1


class BaselineDetectParam(msgspec.Struct, rename="pascal", kw_only=True):
    """What to check; an empty list means all. HostIds: Quuids."""

    policy_ids: list[Int64] = []
    rule_ids: list[Int64] = []
    item_ids: list[Int64] = []
    host_ids: list[str] = []


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The scan asked for."""

    param: BaselineDetectParam


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new task."""

    task_id: int


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents."""
    options = _options(request.param)
    hosts = count_between("Param.HostIds", request.param.host_ids, 0, ROWS_PER_TASK)
    scan = ScanRequest(
        options=options,
        content=tuple(policy.name for policy in chosen_policies(options)),
        scope=Scope(everything=not hosts, quuids=tuple(hosts), parameter="HostIds"),
        timeout=ctx.settings.default_timeout,
    )
    started = await ctx.store.write(
        lambda uow: start(
            uow, request=ctx.ruled(scan), account=ctx.account, by=ctx.user.name, trigger=Trigger.ONE_CLICK, now=ctx.now
        )
    )
    ctx.hub.wake(started.wake)
    return Response(task_id=started.task)


def _options(param: BaselineDetectParam) -> BaselineOptions:
    return BaselineOptions(
        policies=ids_of("Param.PolicyIds", param.policy_ids),
        rules=ids_of("Param.RuleIds", param.rule_ids),
        items=ids_of("Param.ItemIds", param.item_ids),
    )


def ids_of(name: str, ids: Sequence[int]) -> tuple[int, ...]:
    """Numbers of the catalogue, each once."""
    count_between(name, ids, 0, MAX_IDS)
    return tuple(between(name, one, 1, MAX_ID) for one in dict.fromkeys(ids))
