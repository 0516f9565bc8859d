"""EstimateScan (service hostward): whom a scan would reach and how long it would take, before it is started."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.times import left_in
from hostward.api.values import count_between, module_of
from hostward.domain.ids import ROWS_PER_TASK
from hostward.usecases.records import Scope
from hostward.usecases.scans.estimate import estimate

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

MAX_TAGS: Final = 100


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """A scan that is not started. No quuids: all machines. Tags: only those of them that have one of these."""

    module: str
    quuids: list[str] = []
    tags: list[str] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Offline or busy machines may wait WaitSeconds; those TooOld fail at once.

    RunSeconds and TotalSeconds are the deadline while not Known.
    """

    machines: int
    offline: int
    too_old: int
    wait_seconds: int
    run_seconds: int
    total_seconds: int
    known: bool


async def answer(ctx: Context, request: Request) -> Response:
    """Reckon it by the rules of a start, with the default timeout."""
    module = module_of(request.module, "Module")
    quuids = count_between("Quuids", request.quuids, 0, ROWS_PER_TASK)
    tags = count_between("Tags", request.tags, 0, MAX_TAGS)
    timeout = ctx.settings.default_timeout
    found = await ctx.store.read(
        lambda uow: estimate(
            uow,
            account=ctx.account,
            module=module,
            scope=Scope(everything=not quuids, quuids=tuple(quuids), tags=tuple(tags), parameter="Quuids"),
            timeout=timeout,
            queue=timeout if ctx.settings.rules.queues else timedelta(0),
            hours=ctx.hours(),
            now=ctx.now,
        )
    )
    return Response(
        machines=found.machines,
        offline=found.offline,
        too_old=found.too_old,
        wait_seconds=left_in("seconds", found.wait),
        run_seconds=left_in("seconds", found.run.left),
        total_seconds=left_in("seconds", found.total.left),
        known=found.total.known,
    )
