"""DeleteTags: remove tags, from machines too. A user who was limited to one of them alone sees no machine any more."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.texts import NO_TAG
from hostward.api.values import count_between
from hostward.domain.ids import TagId
from hostward.usecases.machines import tags

ERRORS: Final = codes("FailedOperation InternalError InvalidParameter.ParsingError MissingParameter ResourceNotFound")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which tags; with one that does not exist, none is removed."""

    ids: list[Uint64]


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Remove the tags."""
    count_between("Ids", request.ids, 1, tags.MOST_LABELS)
    wanted = [TagId(one) for one in request.ids]
    try:
        await ctx.store.write(lambda uow: tags.delete(uow, account=ctx.account, tags=wanted))
    except tags.NoSuchTag as unknown:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_TAG, tag=unknown.tag) from unknown
    return Response()
