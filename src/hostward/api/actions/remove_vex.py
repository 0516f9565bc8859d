"""RemoveVex (service hostward): forget an OpenVEX document; what it set aside counts again."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.usecases.vulnerabilities import ignore

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The document by its id."""

    document: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """How many rules ended with it."""

    ended: int


async def answer(ctx: Context, request: Request) -> Response:
    """Forget it."""
    which = request.document
    ended = await ctx.store.write(lambda uow: ignore.drop(uow, account=ctx.account, document=which, now=ctx.now))
    return Response(ended=ended)
