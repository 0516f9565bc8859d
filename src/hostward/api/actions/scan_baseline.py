"""ScanBaseline: start a baseline scan, of some rules and some machines."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hostward.api.actions.start_baseline_detect import MAX_ID, MAX_IDS
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.schedule_texts import NO_CATEGORIES, NO_STRATEGIES
from hostward.api.values import between, count_between, without_effect
from hostward.domain.ids import ROWS_PER_TASK
from hostward.domain.options import BaselineOptions
from hostward.domain.task import Trigger
from hostward.scanners.baseline.catalogue import chosen_policies
from hostward.usecases.machines.names import quuids_of
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import ScanRequest, Scope
from hostward.usecases.scans.start import Started, start

ERRORS: Final = codes(
    """FailedOperation FailedOperation.APIServerFail FailedOperation.NoProfessionHost InternalError InvalidParameter
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter
    OperationDenied ResourceNotFound ResourceNotFound.MachineNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """What to check, where; an empty RuleIdList means all rules, no machine named means all machines."""

    strategy_id_list: list[Uint64] = []
    category_id_list: list[Uint64] = []
    rule_id_list: list[Uint64] = []
    quuid_list: list[str] = []
    uuid_list: list[str] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new task and the machines that entered it."""

    scanning_quuids: list[str]
    task_id: Uint64


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents."""
    options = _options(request)
    count_between("QuuidList", request.quuid_list, 0, ROWS_PER_TASK)
    count_between("UuidList", request.uuid_list, 0, ROWS_PER_TASK)
    started, quuids = await ctx.store.write(lambda uow: _started(uow, ctx, request, options))
    ctx.hub.wake(started.wake)
    return Response(scanning_quuids=list(quuids), task_id=started.task)


def _options(request: Request) -> BaselineOptions:
    if request.strategy_id_list:
        without_effect("StrategyIdList", NO_STRATEGIES)
    if request.category_id_list:
        without_effect("CategoryIdList", NO_CATEGORIES)
    count_between("RuleIdList", request.rule_id_list, 0, MAX_IDS)
    return BaselineOptions(
        rules=tuple(between("RuleIdList", rule, 1, MAX_ID) for rule in dict.fromkeys(request.rule_id_list))
    )


def _started(
    uow: UnitOfWork, ctx: Context, request: Request, options: BaselineOptions
) -> tuple[Started, Sequence[str]]:
    """The scan of the machines that either list names."""
    named = tuple(dict.fromkeys([*request.quuid_list, *quuids_of(uow, ctx.account, request.uuid_list)]))
    scan = ScanRequest(
        options=options,
        content=tuple(policy.name for policy in chosen_policies(options)),
        scope=Scope(everything=not named, quuids=named),
        timeout=ctx.settings.default_timeout,
    )
    started = start(
        uow, request=ctx.ruled(scan), account=ctx.account, by=ctx.user.name, trigger=Trigger.ONE_CLICK, now=ctx.now
    )  # fmt: skip
    return started, named or [machine.quuid for machine in uow.machines.of_account(ctx.account)]
