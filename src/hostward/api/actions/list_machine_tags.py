"""ListMachineTags (service hostward): the account's machines with their tags, in the order they were enrolled."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of
from hostward.usecases.accounts import machine_tags

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which page."""

    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class MachineTags(msgspec.Struct, rename="pascal", kw_only=True):
    """A machine and its tags."""

    quuid: str
    host_name: str
    tags: list[str]


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many machines there are."""

    machines: list[MachineTags]
    total_count: int


async def answer(ctx: Context, request: Request) -> Response:
    """List the tags."""
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    total, rows = await ctx.store.read(
        lambda uow: machine_tags.listing(uow, account=ctx.account, limit=limit, offset=offset)
    )
    machines = [MachineTags(quuid=quuid, host_name=name, tags=list(tags)) for quuid, name, tags in rows]
    return Response(machines=machines, total_count=total)
