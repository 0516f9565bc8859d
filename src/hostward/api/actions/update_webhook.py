"""UpdateWebhook (service hostward): change a webhook; what is left out stays, its secret always."""

from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.webhook_values import events_of, level_of, webhook_of
from hostward.usecases.notifications import keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """The webhook, and what is to change of it."""

    webhook_id: Uint64
    name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    events: list[str] | UnsetType = UNSET
    level: Uint64 | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


async def answer(ctx: Context, request: Request) -> Response:
    """Change it; switched on or pointed elsewhere, it gets what waits for it at once."""
    which, wanted = webhook_of(request.webhook_id), _wanted(request)
    await ctx.store.write(
        lambda uow: keep.update(
            uow, account=ctx.account, webhook=which, wanted=wanted, allowed=ctx.settings.allow_private, now=ctx.now
        )
    )  # fmt: skip
    return Response()


def _wanted(request: Request) -> keep.Wanted:
    return keep.Wanted(
        name=None if request.name is UNSET else request.name,
        url=None if request.url is UNSET else request.url,
        events=None if request.events is UNSET else events_of(request.events),
        level=None if request.level is UNSET else level_of(request.level),
        enabled=None if request.enabled is UNSET else request.enabled,
    )
