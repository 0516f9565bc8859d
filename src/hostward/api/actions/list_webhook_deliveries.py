"""ListWebhookDeliveries (service hostward): the messages of a webhook, newest first, and how each stands."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.times import wire_datetime
from hostward.api.values import limit_of, offset_of
from hostward.api.webhook_values import webhook_of
from hostward.domain.webhook import Delivery, DeliveryState
from hostward.usecases.notifications import keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})

DEFAULT_LIMIT: Final = 20
_WORDS: Final = {DeliveryState.PENDING: "Pending", DeliveryState.SENT: "Sent", DeliveryState.GIVEN_UP: "GivenUp"}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Of which webhook, and which page."""

    webhook_id: Uint64
    limit: Uint64 = DEFAULT_LIMIT
    offset: Uint64 = 0


class DeliveryInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """One message. Status, Error: of the last try that ended. NextTime: "" when it is not tried again."""

    delivery_id: str
    event: str
    time: str
    state: str
    attempts: int
    status: int
    error: str
    next_time: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """A page, and how many messages are kept in all."""

    total_count: int
    deliveries: list[DeliveryInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    which, limit, offset = webhook_of(request.webhook_id), limit_of(request.limit), offset_of(request.offset)
    total, page = await ctx.store.read(
        lambda uow: keep.deliveries(uow, account=ctx.account, webhook=which, limit=limit, offset=offset)
    )
    return Response(total_count=total, deliveries=[_shown(each, ctx) for each in page])


def _shown(delivery: Delivery, ctx: Context) -> DeliveryInfo:
    zone = ctx.settings.time_zone
    return DeliveryInfo(
        delivery_id=delivery.key,
        event=delivery.event.value,
        time=wire_datetime(zone, delivery.created),
        state=_WORDS[delivery.state],
        attempts=delivery.attempts,
        status=delivery.status,
        error=delivery.error,
        next_time=wire_datetime(zone, delivery.next),
    )
