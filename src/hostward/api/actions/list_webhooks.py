"""ListWebhooks (service hostward): who is told of what, and whether messages arrive."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.times import wire_datetime
from hostward.usecases.notifications import keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Nothing more."""


class WebhookInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One webhook. LastStatus: HTTP status of the last try, 0 for none; LastTime "" before the first.

    OffReason: why Hostward switched it off, "" when it did not. Pending: messages that wait.
    """

    webhook_id: int
    name: str
    url: str
    events: list[str]
    level: int
    enabled: bool
    off_reason: str
    created_time: str
    last_status: int
    last_time: str
    pending: int


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The account's webhooks, oldest first."""

    webhooks: list[WebhookInfo]


async def answer(ctx: Context, _request: Request) -> Response:
    """List them; secrets are shown nowhere."""
    every = await ctx.store.read(lambda uow: keep.listing(uow, account=ctx.account))
    return Response(webhooks=[_shown(each, ctx) for each in every])


def _shown(listed: keep.Listed, ctx: Context) -> WebhookInfo:
    one, zone = listed.webhook, ctx.settings.time_zone
    return WebhookInfo(
        webhook_id=one.id,
        name=one.name,
        url=one.url,
        events=sorted(one.events, reverse=True),
        level=one.level,
        enabled=one.enabled,
        off_reason=one.off_reason,
        created_time=wire_datetime(zone, one.created),
        last_status=one.last_status,
        last_time=wire_datetime(zone, one.last_at),
        pending=listed.pending,
    )
