"""DescribeVulInfoCvss: one vulnerability, with its CVSS score and what fixes it."""

from collections.abc import Sequence
from typing import Final

import msgspec

from hostward.api.actions.scan_vul import MAX_VUL_ID
from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.texts import NO_CONTAINER_VIEW, NO_VUL
from hostward.api.times import wire_datetime
from hostward.api.values import between, unsupported
from hostward.api.vul_info import rating_of
from hostward.api.vul_names import labels_of, level_of, name_of
from hostward.domain.ids import VulId
from hostward.usecases.advisory_ports import Fix
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vulnerabilities.visible import visible

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue MissingParameter"""
)

CONTAINERS: Final = "tcss"
"""Source of another product's view, that of containers."""

MOST_FIXES: Final = 50
"""Versions named in a repair plan."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which one. Source: the view, that of hosts whatever it says but "tcss"."""

    vul_id: Uint64
    source: str = ""


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The vulnerability.

    CvssScore: CvssScoreFloat without its fraction; 0 when nobody gives one. CVSS: the vector. CveInfo: where the level
    comes from. RepairPlan: what to upgrade to, a line for each package; "" while no fix is known. Nothing is fended off
    or fixed by itself: 0.
    """

    vul_id: int
    vul_name: str
    vul_level: int
    vul_type: int
    description: str
    repair_plan: str
    cve_id: str
    reference: str
    cvss: str = msgspec.field(name="CVSS")
    public_date: str
    cvss_score: int
    cve_info: str
    cvss_score_float: float
    labels: str
    defense_attack_count: Uint64 = 0
    success_fix_count: Uint64 = 0
    fix_switch: Int64 = 0
    support_defence: Int64 = 0


async def answer(ctx: Context, request: Request) -> Response:
    """Describe it."""
    if request.source == CONTAINERS:
        unsupported("Source", request.source, NO_CONTAINER_VIEW)
    which = VulId(between("VulId", request.vul_id, 1, MAX_VUL_ID))

    def work(uow: UnitOfWork) -> tuple[TaskVul, Sequence[Fix]]:
        found = uow.advisories.vuls([which])
        if not found or which not in visible(uow, ctx.account, [which]):
            raise ApiError(Code.RESOURCE_NOT_FOUND, NO_VUL, vul=which)
        return found[0], uow.advisories.fixes(which, limit=MOST_FIXES)

    vul, fixes = await ctx.store.read(work)
    score = vul.cvss or 0.0
    return Response(
        vul_id=vul.id,
        vul_name=name_of(vul),
        vul_level=level_of(vul),
        vul_type=vul.category,
        description=vul.description,
        repair_plan="\n".join(f"{fix.ecosystem}: upgrade {fix.package} to {fix.version}" for fix in fixes),
        cve_id=vul.key,
        reference=vul.reference,
        cvss=vul.vector,
        public_date=wire_datetime(ctx.settings.time_zone, vul.published),
        cvss_score=int(score),
        cve_info=rating_of(vul),
        cvss_score_float=score,
        labels=labels_of(vul),
    )
