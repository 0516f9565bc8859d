"""UpdateFeeds (service hostward): begin to renew feeds; ListFeeds shows how far it is."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.domain.errors import Conflict
from hostward.domain.reason import Reason

ERRORS: Final = frozenset({"AuthFailure", "FailedOperation", "InvalidParameterValue"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Names: of feeds, or what the names of several begin with ("osv"); none for the configured ones."""

    names: list[str] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """How many feeds are renewed."""

    total: int


async def answer(ctx: Context, request: Request) -> Response:
    """Begin; the answer does not wait for the end."""
    if ctx.feeds is None:
        raise Conflict.because(Reason.FEEDS_ELSEWHERE)
    return Response(total=ctx.feeds.start(request.names))
