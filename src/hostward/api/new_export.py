"""How every export begins: it is kept at once, and written beside the requests."""

import asyncio

from hostward.api.context import Context
from hostward.api.errors import ApiError, Code
from hostward.api.exports import Tables
from hostward.api.texts import NO_EXPORTS
from hostward.usecases.exports.shelf import Export


async def begin(ctx: Context, name: str, table: Tables) -> str:
    """The id of a new export of the caller's. name: what its files are called by, before the time.

    Raises ApiError where none are made, Conflict when too many wait already.
    """
    if ctx.exports is None:
        raise ApiError(Code.UNSUPPORTED_OPERATION, NO_EXPORTS)
    begun = ctx.now.astimezone(ctx.settings.time_zone)
    export = Export(
        id=ctx.exports.new_id(),
        account=ctx.account,
        user=ctx.user.id,
        tags=ctx.user.tags,
        name=f"{name}-{begun:%Y%m%d-%H%M%S}",
        created=ctx.now,
    )
    await asyncio.to_thread(ctx.exports.start, export, table)
    return export.id
