"""Limits of scans as requests and answers have them."""

import msgspec

from hostward.api.decode import Uint64
from hostward.domain.caps import Caps
from hostward.domain.limits import Bounds, window_text
from hostward.usecases.machines.limits import NamedLimit

ACCOUNT, TAG, MACHINE = "account", "tag", "machine"


class ScanLimitInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """Limits and whom they are for: "account", "tag" or "machine". 0 and "": not set."""

    scope: str
    tag: str
    quuid: str
    host_name: str
    cpu_percent: Uint64
    memory_mib: Uint64
    io_mib: Uint64
    window: str


class ScanBoundsInfo(msgspec.Struct, rename="pascal", kw_only=True):
    """What holds for a machine. IoMib 0: no cap; Window "": at any hour."""

    cpu_percent: Uint64
    memory_mib: Uint64
    io_mib: Uint64
    window: str


def limit_info(named: NamedLimit) -> ScanLimitInfo:
    """A limit in an answer."""
    limits = named.limit.limits
    return ScanLimitInfo(
        scope=named.limit.of.name.lower(), tag=named.tag, quuid=named.quuid, host_name=named.host_name,
        cpu_percent=limits.cpu_percent, memory_mib=limits.memory_mib, io_mib=limits.io_mib,
        window=window_text(limits.window),
    )  # fmt: skip


def bounds_info(bounds: Bounds) -> ScanBoundsInfo:
    """What holds, in an answer."""
    caps: Caps = bounds.caps
    return ScanBoundsInfo(
        cpu_percent=caps.cpu_percent, memory_mib=caps.memory_mib, io_mib=caps.io_mib, window=window_text(bounds.window)
    )
