"""CreateEnrolmentToken (service hostward): let machines in; the token and the line to paste are in this answer only."""

from datetime import timedelta
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.enrolment_values import installs_of
from hostward.api.hosts import origin_of
from hostward.api.texts import BAD_HOST
from hostward.api.times import wire_datetime
from hostward.api.values import between, count_between, wrong_value
from hostward.domain.account import MOST_TAGS, tags_of
from hostward.domain.enrolment import DEFAULT_LIFE, MAX_LIFE, MAX_USES
from hostward.runtime import ids
from hostward.usecases.machines.enrol import Offer, make

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """What the token is good for. Everything may be left out: then it lets in one machine within a day.

    Tags: KEY=VALUE, given to each machine. Approve: each waits until ApproveMachine. Image: machines keep the token, to
    enrol anew when they find that they were copied. Server: host or HOST:PORT that they reach this server by.
    """

    uses: Uint64 = 1
    life_seconds: Uint64 = int(DEFAULT_LIFE.total_seconds())
    tags: list[str] = []
    approve: bool = False
    image: bool = False
    server: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The token and the line. Missing: packages that the server has no wheel of, without which nothing is installed."""

    token_id: str
    token: str
    command: str
    expire_time: str
    missing: list[str]


async def answer(ctx: Context, request: Request) -> Response:
    """Make the token."""
    uses = between("Uses", request.uses, 1, MAX_USES)
    life = between("LifeSeconds", request.life_seconds, 1, int(MAX_LIFE.total_seconds()))
    tags = tags_of(count_between("Tags", request.tags, 0, MOST_TAGS))
    origin = ctx.origin
    if request.server and not (origin := origin_of(request.server, "https")):
        wrong_value("Server", request.server, BAD_HOST)
    offer = Offer(
        uses=uses, life=timedelta(seconds=life), tags=tags, needs_approval=request.approve,
        for_image=request.image,
    )  # fmt: skip
    installs, token = installs_of(ctx), ids.token()

    made = await ctx.store.write(
        lambda uow: make(uow, token=token, account=ctx.account, offer=offer, by=ctx.user.name, now=ctx.now)
    )
    return Response(
        token_id=made.id,
        token=token,
        command=installs.command(token, origin=origin),
        expire_time=wire_datetime(ctx.settings.time_zone, made.expires),
        missing=list(await installs.missing()),
    )
