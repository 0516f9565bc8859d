"""StopBaselineDetect: stop baseline scans."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64
from hostward.api.values import between, count_between, task_of
from hostward.domain.ids import MachineId
from hostward.domain.module import Module
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.scans.stop import stop

ERRORS: Final = frozenset({"InternalError", "InvalidParameter"})

MAX_TASKS: Final = 100
MAX_TASK: Final = 2**63 - 1


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The tasks."""

    task_ids: list[Int64]


class Response(msgspec.Struct, rename="pascal"):
    """Nothing but the RequestId."""


async def answer(ctx: Context, request: Request) -> Response:
    """Ask the machines of all of them to stop, or of none when one is unknown; stopping what is over is no error."""
    count_between("TaskIds", request.task_ids, 1, MAX_TASKS)
    numbers = [between("TaskIds", number, 1, MAX_TASK) for number in dict.fromkeys(request.task_ids)]
    tasks = [task_of(number, Module.BASELINE) for number in numbers]

    def work(uow: UnitOfWork) -> list[MachineId]:
        woken: list[MachineId] = []
        for task in tasks:
            woken += stop(
                uow, account=ctx.account, module=Module.BASELINE, task=task, quuids=(), by=ctx.user.name, now=ctx.now
            )  # fmt: skip
        return woken

    ctx.hub.wake(await ctx.store.write(work))
    return Response()
