"""ExportVulList: make files of the account's vulnerabilities. ExportTasks tells when they are there, and where."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.machine_filters import MAX_FILTERS, MAX_VALUES, Filter
from hostward.api.new_export import begin
from hostward.api.values import one_of
from hostward.api.vul_cells import MACHINE_HEADER, VUL_HEADER, VULS, header, machine_cells, vul_cells
from hostward.api.vul_filters import CATEGORY, LEVEL, NAME, STATUS, is_exact, wanted_of
from hostward.api.vul_names import filters_of, words_of
from hostward.domain.ids import MachineId
from hostward.domain.machine import Machine
from hostward.usecases.exports.shelf import Row, Table
from hostward.usecases.exports.vulnerabilities import affected, vulnerabilities
from hostward.usecases.vulnerabilities.fleet_list import Wanted

ERRORS: Final = codes(
    "InternalError InvalidParameter InvalidParameter.MissingParameter InvalidParameterValue MissingParameter"
)

EMERGENCY: Final = "IfEmergency"
"""The filter of what is known to be exploited; its only value is "yes"."""

NAMES: Final = (CATEGORY, EMERGENCY, STATUS, LEVEL, NAME)


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which ones, worst first. IfDetail 1: a row for each machine of each."""

    filters: list[Filter] = []
    if_detail: Uint64 = 0


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The id of the export, which is a text here; DownloadUrl is out of use."""

    download_url: str = ""
    task_id: str


async def answer(ctx: Context, request: Request) -> Response:
    """Begin an export; it is written beside the requests."""
    detailed = bool(one_of("IfDetail", request.if_detail, (0, 1)))
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    wanted = wanted_of(filters, ctx.settings.time_zone, exact=is_exact(request.filters, NAME))
    if wanted is not None and words_of(EMERGENCY, filters.get(EMERGENCY, ()), ("yes",)):
        wanted = replace(wanted, query=replace(wanted.query, kev=True))
    rows, columns = (_detailed, MACHINE_HEADER) if detailed else (_rows, VUL_HEADER)

    def table(goes_on: Callable[[], bool]) -> Table:
        return Table(
            title=VULS.said(ctx.language, {}),
            header=header(columns, ctx.language),
            rows=iter(()) if wanted is None else rows(ctx, wanted, goes_on),
        )

    return Response(task_id=await begin(ctx, "vulnerabilities", table))


def _rows(ctx: Context, wanted: Wanted, goes_on: Callable[[], bool]) -> Iterator[Row]:
    """A row for each vulnerability, as far as the caller may see their machines."""
    zone = ctx.settings.time_zone
    for row in vulnerabilities(ctx.store, ctx.account, lambda _: wanted, goes_on=goes_on):
        yield vul_cells(row, zone, ctx.language)


def _detailed(ctx: Context, wanted: Wanted, goes_on: Callable[[], bool]) -> Iterator[Row]:
    """A row for each machine of each vulnerability, as far as the caller may see it."""
    known: dict[MachineId, Machine] = {}
    zone = ctx.settings.time_zone
    for row in vulnerabilities(ctx.store, ctx.account, lambda _: wanted, goes_on=goes_on):
        vul = row.vul.known
        for one in affected(ctx.store, ctx.account, vul.id, lambda _: wanted, known, goes_on=goes_on):
            yield machine_cells(vul, one, zone, ctx.language)
