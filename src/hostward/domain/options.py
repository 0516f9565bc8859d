"""What a scan is asked to do, one value a module."""

from dataclasses import dataclass
from enum import IntEnum

from hostward.domain.ids import VulId
from hostward.domain.module import Module
from hostward.domain.severity import Level

ALL_LEVELS = frozenset(Level)


class Category(IntEnum):
    """What a vulnerability lives in; the numbers are the API's VulCategory."""

    WEB_CMS = 1
    APPLICATION = 2
    LINUX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class VulOptions:
    """A vulnerability scan: levels and categories that count; vul_ids and emergency (known exploited) narrow it."""

    levels: frozenset[Level] = ALL_LEVELS
    categories: frozenset[Category] = frozenset(Category)
    vul_ids: tuple[VulId, ...] = ()
    emergency: bool = False


class Pattern(IntEnum):
    """Which files a malware scan looks at; the numbers are the API's ScanPattern."""

    FULL = 0
    QUICK = 1
    ONLY_PATHS = 2
    ALL_BUT_PATHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MalwareOptions:
    """A malware scan.

    engine: 1 reports critical and high, 2 medium too, 3 everything. paths: absolute, 1-200 for the path patterns.
    """

    pattern: Pattern = Pattern.QUICK
    engine: int = 3
    memory: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineOptions:
    """A baseline scan; empty tuples mean all. Numbers are those of the built-in catalogue (scanners/baseline)."""

    policies: tuple[int, ...] = ()
    rules: tuple[int, ...] = ()
    items: tuple[int, ...] = ()


Options = VulOptions | MalwareOptions | BaselineOptions


def plain_options(module: Module) -> Options:
    """A module's scan with nothing chosen."""
    match module:
        case Module.VUL:
            return VulOptions()
        case Module.MALWARE:
            return MalwareOptions()
        case Module.BASELINE:
            return BaselineOptions()


def module_of(options: Options) -> Module:
    """The module that these options belong to."""
    match options:
        case VulOptions():
            return Module.VUL
        case MalwareOptions():
            return Module.MALWARE
        case BaselineOptions():
            return Module.BASELINE
