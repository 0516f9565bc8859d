"""SetMachineTags (service hostward): give machines tags and take some away: what users can be limited to."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.values import count_between
from hostward.usecases.accounts import machine_tags

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

MOST_MACHINES: Final = 1_000
"""Machines of one call."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machines. Tags are KEY=VALUE; one that is both removed and added is there in the end."""

    quuid_list: list[str]
    add_tags: list[str] = []
    remove_tags: list[str] = []


class TaggedMachine(msgspec.Struct, rename="pascal", kw_only=True):
    """A machine and all of its tags now."""

    quuid: str
    tags: list[str]


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The machines."""

    machines: list[TaggedMachine]


async def answer(ctx: Context, request: Request) -> Response:
    """Change the tags."""
    quuids = count_between("QuuidList", request.quuid_list, 1, MOST_MACHINES)
    after = await ctx.store.write(
        lambda uow: machine_tags.put(
            uow, account=ctx.account, quuids=quuids, add=request.add_tags, remove=request.remove_tags
        )
    )
    return Response(machines=[TaggedMachine(quuid=quuid, tags=list(tags)) for quuid, tags in after.items()])
