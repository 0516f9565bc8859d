"""Work, as the server hands it to an agent. POST /agent/v1/poll: Poll -> Work."""

import msgspec

from hostward.domain.ids import LeaseId, VulId
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.severity import Level


class VulJob(msgspec.Struct, frozen=True, kw_only=True, tag="Vul"):
    """Options of a vulnerability scan."""

    levels: list[int]
    categories: list[int]
    vul_ids: list[int] = []
    emergency: bool = False


class MalwareJob(msgspec.Struct, frozen=True, kw_only=True, tag="Malware"):
    """Options of a malware scan."""

    pattern: int
    engine: int
    memory: bool = False
    paths: list[str] = []


class BaselineJob(msgspec.Struct, frozen=True, kw_only=True, tag="Baseline"):
    """Options of a baseline scan."""

    policies: list[int] = []
    rules: list[int] = []
    items: list[int] = []


WireOptions = VulJob | MalwareJob | BaselineJob


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One leased unit. seconds: how long the scan may take from now; covered: see scanners.contract.Job.

    cpu_percent, memory_mib, io_mib: what the operator of the server lets the scan use (domain.caps.Caps); an agent that
    has a stricter limit of its own keeps to that. Agents that don't know one of them go on as they are.
    """

    lease: int
    options: WireOptions
    seconds: float
    covered: list[str] = []
    cpu_percent: int = 100
    memory_mib: int = 0
    io_mib: int = 0


class Poll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agent asks for work and keeps its leases alive.

    generation: the last one it saw (0 at first). holding: leases it works on or still has reports for. modules:
    those it could start now. wait: seconds it is ready to be held, 0 for an answer at once.
    """

    generation: int = 0
    holding: list[int] = []
    modules: list[str] = []
    wait: float = 0.0


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What to start, what to stop (leases), which leases are lost (nobody wants their reports any more)."""

    generation: int
    jobs: list[Job] = []
    stop: list[int] = []
    lost: list[int] = []


def wire_options(options: Options) -> WireOptions:
    """Domain options as they travel."""
    match options:
        case VulOptions():
            return VulJob(
                levels=sorted(int(level) for level in options.levels),
                categories=sorted(int(category) for category in options.categories),
                vul_ids=[int(vul) for vul in options.vul_ids],
                emergency=options.emergency,
            )
        case MalwareOptions():
            return MalwareJob(
                pattern=int(options.pattern), engine=options.engine, memory=options.memory, paths=list(options.paths)
            )
        case BaselineOptions():
            return BaselineJob(policies=list(options.policies), rules=list(options.rules), items=list(options.items))


def domain_options(wire: WireOptions) -> Options:
    """Options that travelled, as the domain knows them. Raises ValueError on numbers nobody knows."""
    match wire:
        case VulJob():
            return VulOptions(
                levels=frozenset(Level(level) for level in wire.levels),
                categories=frozenset(Category(category) for category in wire.categories),
                vul_ids=tuple(VulId(vul) for vul in wire.vul_ids),
                emergency=wire.emergency,
            )
        case MalwareJob():
            return MalwareOptions(
                pattern=Pattern(wire.pattern), engine=wire.engine, memory=wire.memory, paths=tuple(wire.paths)
            )
        case BaselineJob():
            return BaselineOptions(policies=tuple(wire.policies), rules=tuple(wire.rules), items=tuple(wire.items))


def lease_ids(numbers: list[int]) -> frozenset[LeaseId]:
    """Lease numbers off the wire."""
    return frozenset(LeaseId(number) for number in numbers)
