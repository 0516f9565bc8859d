"""CreateWebhook (service hostward): tell another system what happens; its secret is in this answer and never again."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.webhook_values import events_of, level_of
from hostward.domain.severity import Level
from hostward.runtime import ids
from hostward.usecases.notifications import keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Who is told of what. Level: the least of a new finding that is told."""

    name: str
    url: str
    events: list[str]
    level: Uint64 = Level.HIGH.value


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new webhook. Keep Secret now: it is stored encrypted and never shown again."""

    webhook_id: int
    secret: str


async def answer(ctx: Context, request: Request) -> Response:
    """Make it, switched on."""
    events, level, secret = events_of(request.events), level_of(request.level), ids.token()
    made = await ctx.store.write(
        lambda uow: keep.create(
            uow, account=ctx.account, name=request.name, url=request.url, events=events, level=level, secret=secret,
            allowed=ctx.settings.allow_private, now=ctx.now,
        )
    )  # fmt: skip
    return Response(webhook_id=made.id, secret=secret)
