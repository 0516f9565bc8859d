"""TestWebhook (service hostward): send a message that tells nothing, now, and answer what came back."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.webhook_values import webhook_of
from hostward.domain.errors import Conflict
from hostward.usecases.notifications import deliver, keep

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which one; it may be switched off."""

    webhook_id: Uint64


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """What came back. Status 0: no answer, and Problem says why. Body: its first 2,000 characters.

    It is no Error: clients take a response with a member of that name for a refusal.
    """

    status: int
    milliseconds: int
    body: str
    problem: str


async def answer(ctx: Context, request: Request) -> Response:
    """Send the test; it waits for no other message and no other waits for it."""
    which = webhook_of(request.webhook_id)
    if ctx.post is None:
        raise Conflict("nothing is sent from here: ask the running server")
    webhook = await ctx.store.read(lambda uow: keep.find(uow, account=ctx.account, webhook=which))
    message = deliver.test_message(webhook, ctx.clock.now())
    outcome = await ctx.post.send(message.url, message.headers, message.body)
    await ctx.store.write(lambda uow: deliver.tested(uow, webhook=which, outcome=outcome, now=ctx.clock.now()))
    took = outcome.took // timedelta(milliseconds=1)
    return Response(status=outcome.status, milliseconds=took, body=outcome.body, problem=outcome.words)
