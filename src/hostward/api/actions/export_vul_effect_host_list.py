"""ExportVulEffectHostList: make files of the machines that have, had or ignore a vulnerability.

ExportTasks tells when they are there, and where.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from hostward.api.actions.describe_vul_effect_host_list import seen
from hostward.api.actions.scan_vul import MAX_VUL_ID
from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.machine_filters import MAX_FILTERS, MAX_VALUES, Filter
from hostward.api.new_export import begin
from hostward.api.values import between
from hostward.api.vul_cells import MACHINE_HEADER, MACHINES, header, machine_cells
from hostward.api.vul_filters import ALIAS, is_exact, machine_conditions
from hostward.api.vul_names import filters_of
from hostward.domain.ids import VulId
from hostward.usecases.exports.shelf import Table
from hostward.usecases.exports.vulnerabilities import affected
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vul_event_ports import VulQuery
from hostward.usecases.vulnerabilities.fleet_list import Wanted, meeting

ERRORS: Final = codes(
    """InternalError InvalidParameter InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat
    InvalidParameter.MissingParameter InvalidParameter.ParsingError InvalidParameterValue OperationDenied"""
)

NAMES: Final = (ALIAS,)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which vulnerability, and which of its machines, in the order of their enrolment."""

    vul_id: Uint64
    filters: list[Filter] = []


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The id of the export, which is a text here; DownloadUrl is out of use."""

    download_url: str = ""
    task_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """Begin an export; it is written beside the requests."""
    which = VulId(between("VulId", request.vul_id, 1, MAX_VUL_ID))
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    conditions = machine_conditions(filters, ctx.now, exact=is_exact(request.filters, ALIAS))
    vul = await ctx.store.read(lambda uow: seen(uow, ctx.account, which))
    zone, language = ctx.settings.time_zone, ctx.language

    def choice(uow: UnitOfWork) -> Wanted:
        return Wanted(query=VulQuery(machines=meeting(uow, ctx.account, conditions)))

    def table(goes_on: Callable[[], bool]) -> Table:
        found = affected(ctx.store, ctx.account, which, choice, {}, goes_on=goes_on)
        rows = (machine_cells(vul, one, zone, language) for one in found)
        return Table(title=MACHINES.said(language, {}), header=header(MACHINE_HEADER, language), rows=rows)

    return Response(task_id=await begin(ctx, f"vulnerability-{which}-machines", table))
