"""ListMachineRestarts (service hostward): what is to be started again on a machine before updates take effect."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code
from hostward.api.restart_texts import reason_in
from hostward.api.texts import NO_MACHINE, Language
from hostward.domain.package import Restart
from hostward.usecases.machines import restarts

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest", "ResourceNotFound"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machine."""

    quuid: str


class RestartInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One thing to start again. Unit "": the machine itself needs a reboot; Package "": not known."""

    unit: str
    package: str
    path: str
    processes: Uint64
    reason: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Known: its newest whole inventory says so; without one nothing is known, which is not an empty list."""

    known: bool
    restarts: list[RestartInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List what is to be started again."""
    found = await ctx.store.read(lambda uow: restarts.find(uow, account=ctx.account, quuid=request.quuid))
    if found is None:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_MACHINE)
    return Response(known=found.known, restarts=_told(found.restarts, ctx.language))


def _told(restarts: Sequence[Restart], language: Language) -> list[RestartInfo]:
    return [
        RestartInfo(
            unit=each.unit,
            package=each.package,
            path=each.path.decode("utf-8", "backslashreplace"),
            processes=each.processes,
            reason=reason_in(language, each.reason),
        )
        for each in restarts
    ]
