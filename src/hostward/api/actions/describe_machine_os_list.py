"""DescribeMachineOsList: the operating systems that machines have, for the filter Os."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.usecases.machines import overview

ERRORS: Final = codes("InternalError")

NOT_WINDOWS: Final = 0
"""MachineOSType: Windows is not scanned."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing to say."""


class OsName(msgspec.Struct, rename="pascal", kw_only=True):
    """An operating system as its hosts name it."""

    name: str
    machine_os_type: Uint64 = msgspec.field(name="MachineOSType", default=NOT_WINDOWS)


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Sorted by name, each once; at most 1,000."""

    list: list[OsName]


async def answer(ctx: Context, request: Request) -> Response:  # noqa: ARG001  # it has no members
    """List the operating systems."""
    names = await ctx.store.read(lambda uow: overview.systems(uow, account=ctx.account))
    return Response(list=[OsName(name=name) for name in names])
