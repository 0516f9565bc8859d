"""EditTags: make a tag, or rename one, and say which machines have it.

Tags called KEY=VALUE can limit what users see: this takes the permission that SetMachineTags takes.
"""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.texts import NO_TAG, TAG_NAME
from hostward.api.values import count_between
from hostward.domain.ids import TagId
from hostward.usecases.machines import tags

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.ParsingError InvalidParameterValue
    InvalidParameterValue.TagNameLengthLimit LimitExceeded.AreaQuota MissingParameter OperationDenied
    ResourceNotFound"""
)

MOST_MACHINES: Final = 1_000
"""Machines of one call."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Name: 1 to 192 characters. Id: of a tag to be renamed; without it one is made, unless the name is there.

    Quuids: a new tag is put on these; of one that is there they become all of its machines. None leaves them.
    """

    name: str
    id: Uint64 = 0
    quuids: list[str] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more: DescribeTags tells the Id."""


async def answer(ctx: Context, request: Request) -> Response:
    """Change the tag."""
    quuids = count_between("Quuids", request.quuids, 0, MOST_MACHINES)
    tag = TagId(request.id) if request.id else None
    try:
        await ctx.store.write(
            lambda uow: tags.edit(uow, account=ctx.account, name=request.name, tag=tag, quuids=quuids)
        )
    except tags.NameRefused as refused:
        raise ApiError(Code.TAG_NAME_LENGTH, TAG_NAME, limit=tags.MAX_NAME) from refused
    except tags.NoSuchTag as unknown:
        raise ApiError(Code.RESOURCE_NOT_FOUND, NO_TAG, tag=request.id) from unknown
    return Response()
