"""ScanVul: start a vulnerability scan."""

from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Uint64
from hostward.api.errors import codes
from hostward.api.texts import NO_ATTACKS, NO_WINDOWS, NO_WINDOWS_UPDATES
from hostward.api.values import (
    between,
    codes_of,
    count_between,
    one_of,
    scope_of,
    timeout_of,
    unsupported,
    without_effect,
)
from hostward.domain.ids import VulId
from hostward.domain.options import Category, VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import Trigger
from hostward.usecases.records import ScanRequest
from hostward.usecases.scans.start import start

ERRORS: Final = codes(
    """FailedOperation FailedOperation.APIServerFail FailedOperation.NoProfessionHost InternalError InvalidParameter
    InvalidParameter.IllegalRequest InvalidParameter.InvalidFormat InvalidParameter.MissingParameter
    InvalidParameter.ParsingError InvalidParameterValue OperationDenied ResourceNotFound"""
)

MAX_VUL_IDS: Final = 1000
MAX_VUL_ID: Final = 2**53 - 1
"""Ids are JSON numbers, which some clients read as doubles."""

PROOF_OF_CONCEPT: Final = 2
"""ScanMethod: besides comparing versions, attack; never done here."""

WINDOWS: Final = 5
"""VulCategory of Windows systems, which are not scanned."""

EMERGENCY_CODE: Final = "0"
"""VulCategory of known exploited vulnerabilities, in ScanContent."""


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which vulnerabilities on which machines; TimeoutPeriod in seconds for each machine."""

    vul_levels: str
    host_type: Uint64
    vul_categories: str = "0"
    quuid_list: list[str] = []
    vul_emergency: Uint64 = 0
    timeout_period: Uint64 = 0
    vul_ids: list[Uint64] = []
    scan_method: Uint64 = 0
    kb_number: list[str] = msgspec.field(name="KBNumber", default_factory=list)


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The new task; SuccessCount: machines that entered it."""

    task_id: int
    basic_version_count: int = 0
    success_count: int


async def answer(ctx: Context, request: Request) -> Response:
    """Start the scan and wake the agents."""
    options = _options(request)
    scan = ScanRequest(
        options=options,
        content=content_of(options),
        scope=scope_of(request.host_type, request.quuid_list),
        timeout=timeout_of(request.timeout_period, ctx.settings),
    )
    started = await ctx.store.write(
        lambda uow: start(
            uow, request=ctx.ruled(scan), account=ctx.account, by=ctx.user.name, trigger=Trigger.ONE_CLICK, now=ctx.now
        )
    )
    ctx.hub.wake(started.wake)
    return Response(task_id=started.task, success_count=started.machines)


def _options(request: Request) -> VulOptions:
    if request.scan_method == PROOF_OF_CONCEPT:
        unsupported("ScanMethod", request.scan_method, NO_ATTACKS)
    one_of("ScanMethod", request.scan_method, (0,))
    if request.kb_number:
        without_effect("KBNumber", NO_WINDOWS_UPDATES)
    levels = codes_of("VulLevels", request.vul_levels, [level.value for level in Level])
    count_between("VulIds", request.vul_ids, 0, MAX_VUL_IDS)
    return VulOptions(
        levels=frozenset(map(Level, levels)),
        categories=_categories(request.vul_categories),
        vul_ids=tuple(VulId(between("VulIds", vul, 1, MAX_VUL_ID)) for vul in dict.fromkeys(request.vul_ids)),
        emergency=bool(one_of("VulEmergency", request.vul_emergency, (0, 1))),
    )


def _categories(text: str) -> frozenset[Category]:
    if str(WINDOWS) in text.replace(";", ",").split(","):
        unsupported("VulCategories", WINDOWS, NO_WINDOWS)
    return frozenset(map(Category, codes_of("VulCategories", text, [category.value for category in Category])))


def content_of(options: VulOptions) -> tuple[str, ...]:
    """ScanContent of a vulnerability scan."""
    codes = [str(category.value) for category in sorted(options.categories)]
    return (EMERGENCY_CODE, *codes) if options.emergency else tuple(codes)
