"""DescribeAgentInstallationToken: a new token that lets machines in until the end of a day."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.enrolment_values import INSTALL_USES, life_until
from hostward.api.errors import codes
from hostward.runtime import ids
from hostward.usecases.machines.enrol import Offer, make

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.InvalidFormat InvalidParameterValue MissingParameter"""
)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The last day, YYYY-MM-DD."""

    expire_date: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The token; it is not kept and is answered this once."""

    token: str


async def answer(ctx: Context, request: Request) -> Response:
    """Make one."""
    offer, token = Offer(uses=INSTALL_USES, life=life_until(ctx, request.expire_date)), ids.token()
    await ctx.store.write(
        lambda uow: make(uow, token=token, account=ctx.account, offer=offer, by=ctx.user.name, now=ctx.now)
    )
    return Response(token=token)
