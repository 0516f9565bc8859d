"""UpdateMachineTags: say which tags a machine has. As EditTags, it takes the permission of SetMachineTags."""

from typing import Final

import msgspec

from hostward.api.actions.describe_machines import EVERYWHERE, is_here
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.machine_filters import ALL
from hostward.api.texts import NO_MACHINE, NO_TAG
from hostward.api.values import count_between
from hostward.domain.account import MOST_TAGS
from hostward.domain.ids import TagId
from hostward.usecases.machines import tags

ERRORS: Final = codes(
    """FailedOperation InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameter.ParsingError
    InvalidParameterValue ResourceNotFound"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The machine and all the tags that it is to have; none takes them away.

    MachineArea, MachineRegion: type and region of the machine as DescribeMachines has them; "" is any.
    """

    quuid: str
    tag_ids: list[Uint64] = []
    machine_region: str = ""
    machine_area: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Change the machine's tags."""
    count_between("TagIds", request.tag_ids, 0, MOST_TAGS)
    if not is_here(request.machine_area or ALL, request.machine_region or EVERYWHERE, kind_name="MachineArea"):
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_MACHINE)
    wanted = [TagId(one) for one in request.tag_ids]
    try:
        await ctx.store.write(lambda uow: tags.update(uow, account=ctx.account, quuid=request.quuid, tags=wanted))
    except tags.NoSuchTag as unknown:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_TAG, tag=unknown.tag) from unknown
    return Response()
