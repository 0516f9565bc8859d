"""ListUpgrades (service hostward): what to upgrade, first what closes most vulnerabilities on most machines."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.machine_query import PAGE
from hostward.api.values import count_between, limit_of, offset_of
from hostward.api.vulnerability_rows import MAX_MACHINES
from hostward.domain.upgrade_command import source_upgrade_command
from hostward.usecases.vul_event_ports import Upgrade
from hostward.usecases.vulnerabilities.fleet_vuls import upgrades

ERRORS: Final = frozenset({"AuthFailure", "InvalidParameter.IllegalRequest"})


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Quuids: only of these machines; empty for all."""

    quuids: list[str] = []
    limit: Uint64 = PAGE
    offset: Uint64 = 0


class UpgradeInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One upgrade. Component: the source package. Command: upgrades all that is installed of it, "" for none."""

    ecosystem: str
    component: str
    fixed: str
    machines: int
    vulnerabilities: int
    risks: int
    level: int
    kev: bool
    command: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many there are in all."""

    total_count: int
    upgrades: list[UpgradeInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    quuids = count_between("Quuids", request.quuids, 0, MAX_MACHINES)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    page = await ctx.store.read(
        lambda uow: upgrades(uow, account=ctx.account, quuids=quuids, limit=limit, offset=offset)
    )
    return Response(total_count=page.total, upgrades=[_info(one) for one in page.rows])


def _info(one: Upgrade) -> UpgradeInfo:
    return UpgradeInfo(
        ecosystem=one.ecosystem,
        component=one.component,
        fixed=one.fixed,
        machines=one.machines,
        vulnerabilities=one.vulnerabilities,
        risks=one.risks,
        level=one.level.value,
        kev=one.kev,
        command=source_upgrade_command(one.ecosystem, one.component, one.fixed),
    )
