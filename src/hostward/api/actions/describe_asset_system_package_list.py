"""DescribeAssetSystemPackageList: the packages that are installed on a machine, by its newest inventory."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from hostward.api.context import Context
from hostward.api.decode import Int64, Uint64
from hostward.api.errors import ApiError, Code, codes
from hostward.api.machine_extra_info import MachineExtraInfo
from hostward.api.machine_filters import MAX_FILTERS, MAX_VALUES, Filter
from hostward.api.texts import MISSING, NO_INSTALL_TIME, NO_MACHINE
from hostward.api.times import wire_datetime
from hostward.api.values import DEFAULT_LIMIT, limit_of, offset_of, one_of, without_effect
from hostward.api.vul_filters import is_exact
from hostward.api.vul_names import descends, filters_of, words_of
from hostward.domain.machine import Machine
from hostward.domain.package import Package
from hostward.domain.versions.table import family_of
from hostward.usecases.machines import overview
from hostward.usecases.machines.packages import PackagePage, packages
from hostward.usecases.ports import UnitOfWork

ERRORS: Final = codes("InternalError InvalidParameter InvalidParameterValue MissingParameter")

NAME: Final = "Name"
TYPE: Final = "Type"
TIMES: Final = ("StartTime", "EndTime")
NAMES: Final = (NAME, *TIMES, TYPE)
BY: Final = ("FistTime", "FirstTime", "InstallTime")
"""What the cloud sorts by, its own spelling too: times that inventories do not have."""

SYSTEM: Final = "system"
_TYPES: Final[Mapping[str, str]] = {"1": "rpm", "2": "dpkg", "3": "java", "4": SYSTEM}
"""Type by its number in the filter; "system" is whatever else the machine has."""
_OF_SCHEME: Final[Mapping[str, str]] = {"rpm": "rpm", "dpkg": "dpkg", "maven": "java"}


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Which machine, by one of its names or both, and which of its packages, by name."""

    uuid: str = ""
    quuid: str = ""
    filters: list[Filter] = []
    offset: Uint64 = 0
    limit: Uint64 = DEFAULT_LIMIT
    order: str = ""
    by: str = ""


class AssetSystemPackageInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One package. Desc: its ecosystem, architecture and place. An inventory does not tell when it was installed."""

    name: str
    desc: str
    version: str
    install_time: str = ""
    type: str
    machine_name: str
    machine_ip: str
    os_info: str
    update_time: str
    first_time: str = ""
    is_new: Int64 = 0
    machine_extra_info: MachineExtraInfo
    quuid: str
    uuid: str


class Response(msgspec.Struct, rename="pascal", kw_only=True):
    """The page, and how many packages are meant in all."""

    total: int
    packages: list[AssetSystemPackageInfo]


async def answer(ctx: Context, request: Request) -> Response:
    """List them."""
    if not request.quuid and not request.uuid:
        raise ApiError(Code.MISSING_PARAMETER, MISSING, name="Quuid")
    if request.by in BY:
        without_effect("By", NO_INSTALL_TIME)
    one_of("By", request.by, ("",))
    descending = descends(request.order, default=False)
    limit, offset = limit_of(request.limit), offset_of(request.offset)
    filters = filters_of(request.filters, NAMES, most=MAX_FILTERS, most_values=MAX_VALUES)
    for name in TIMES:
        if name in filters:
            without_effect(f"Filters ({name})", NO_INSTALL_TIME)
    chosen = _chosen(filters, exact=is_exact(request.filters, NAME))

    def work(uow: UnitOfWork) -> tuple[Machine, PackagePage]:
        machine = overview.find(uow, account=ctx.account, quuid=request.quuid, uuid=request.uuid)
        if machine is None:
            raise ApiError(Code.RESOURCE_NOT_FOUND, NO_MACHINE)
        return machine, packages(uow, machine.id, chosen, descending=descending, limit=limit, offset=offset)

    machine, page = await ctx.store.read(work)
    updated = wire_datetime(ctx.settings.time_zone, page.at)
    return Response(total=page.total, packages=[_info(one, machine, updated) for one in page.rows])


def _chosen(filters: Mapping[str, Sequence[str]], *, exact: bool) -> Callable[[Package], bool]:
    """What the filters leave. exact: Name is the whole of one."""
    kinds = {_TYPES[word] for word in words_of(TYPE, filters.get(TYPE, ()), tuple(_TYPES))}
    names = [text.casefold() for text in filters.get(NAME, ())]
    empty = not all(filters.values())  # a filter that was given twice, with nothing that is in both

    def test(one: Package) -> bool:
        name = one.name.casefold()
        called = not names or any(text == name if exact else text in name for text in names)
        return not empty and called and (not kinds or _type(one) in kinds)

    return test


def _type(one: Package) -> str:
    family = family_of(one.ecosystem)
    return _OF_SCHEME.get(family.scheme, SYSTEM) if family is not None else SYSTEM


def _info(one: Package, machine: Machine, updated: str) -> AssetSystemPackageInfo:
    facts = machine.facts
    inner = next(iter(facts.addresses), "")
    return AssetSystemPackageInfo(
        name=one.name,
        desc=", ".join(filter(None, (one.ecosystem, one.arch, _place(one.path)))),
        version=one.version,
        type=_type(one),
        machine_name=facts.host_name,
        machine_ip=inner,
        os_info=facts.os_name,
        update_time=updated,
        machine_extra_info=MachineExtraInfo(facts.wan_ip, inner, 0, "", machine.quuid, facts.host_name),
        quuid=machine.quuid,
        uuid=machine.uuid,
    )


def _place(path: bytes) -> str:
    """Where a language package lies, fit for people: file names are not text."""
    text = path.decode("utf-8", "backslashreplace")
    return "".join(sign if sign.isprintable() else "?" for sign in text)
