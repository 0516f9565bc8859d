"""DescribeAgentInstallCommand: the line to paste on a host, with a new token in it. Each call makes a token."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.enrolment_values import INSTALL_USES, installs_of, life_until
from hostward.api.errors import codes
from hostward.api.hosts import origin_of
from hostward.api.texts import BAD_HOST
from hostward.api.values import count_between, one_of, wrong_value
from hostward.domain.account import MOST_TAGS
from hostward.domain.enrolment import DEFAULT_LIFE
from hostward.domain.ids import TagId
from hostward.runtime import ids
from hostward.usecases.machines import tags
from hostward.usecases.machines.enrol import Offer, make
from hostward.usecases.ports import UnitOfWork

ERRORS: Final = codes("FailedOperation.APIServerFail InternalError InvalidParameter InvalidParameter.InvalidFormat")

NET_TYPES: Final = ("basic", "private", "public", "direct")


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """What the line is for. IsCloud, NetType, RegionCode and VpcId make no difference here: there is one network.

    TagIds: tags that each machine gets. ExpireDate: the last day, YYYY-MM-DD; "" is 24 hours. Vip: the host or
    HOST:PORT by which the machines reach this server, "" for the one of this request.
    """

    is_cloud: bool
    net_type: str
    region_code: str = ""
    vpc_id: str = ""
    tag_ids: list[Uint64] = []
    expire_date: str = ""
    vip: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The line. Linux on x86-64 and ARM take the same one; agents for Windows there are none, so that these are ""."""

    linux_command: str
    windows_command: str = ""
    windows_step_one: str = ""
    windows_step_two: str = ""
    windows_download_url: str = ""
    arm_command: str = msgspec.field(name="ARMCommand")


async def answer(ctx: Context, request: Request) -> Response:
    """Make a token and its line."""
    one_of("NetType", request.net_type, NET_TYPES)
    count_between("TagIds", request.tag_ids, 0, MOST_TAGS)
    life = life_until(ctx, request.expire_date) if request.expire_date else DEFAULT_LIFE
    installs, token, origin = installs_of(ctx), ids.token(), ctx.origin
    if request.vip and not (origin := origin_of(request.vip, "https")):
        wrong_value("Vip", request.vip, BAD_HOST)

    def made(uow: UnitOfWork) -> None:
        named = tags.names(uow, account=ctx.account, tags=[TagId(one) for one in request.tag_ids])
        offer = Offer(uses=INSTALL_USES, life=life, tags=tuple(named))
        make(uow, token=token, account=ctx.account, offer=offer, by=ctx.user.name, now=ctx.now)

    await ctx.store.write(made)
    line = installs.command(token, origin=origin)
    return Response(linux_command=line, arm_command=line)
