"""What is known of all machines of an account at once, as a Protocol: kept figures and short counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from hostward.domain.ids import AccountId, TaskId
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.usecases.records import MachineCondition

NO_LEVELS: Mapping[Level, int] = MappingProxyType({})
"""Of no risk the level is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCount:
    """How many machines have agents of one version, and how many of those were heard of after a time."""

    version: str
    machines: int
    heard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleStanding:
    """What the current results of a module say over machines.

    judged: machines that have whole results. at_risk: of those with a risk. levels: risks by level, None for those
    whose level was not counted (vulnerabilities, of which a task knows the levels).
    """

    judged: int = 0
    at_risk: int = 0
    levels: Mapping[Level | None, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetStanding:
    """What the current results say over machines. judged: machines with whole results of at least one module."""

    judged: int = 0
    modules: Mapping[Module, ModuleStanding] = field(default_factory=dict)


class Fleet(Protocol):
    """All machines of an account, in a few numbers."""

    def agents(
        self, account: AccountId, conditions: Sequence[MachineCondition], *, heard_after: datetime
    ) -> Sequence[AgentCount]:
        """The versions of agents of machines that meet the conditions, by version; heard: after that time."""
        ...

    def standing(self, account: AccountId, tags: Sequence[str] = ()) -> FleetStanding:
        """What the current results say over all machines of the account, as it is kept.

        tags: over machines that have one of these, counted now.
        """
        ...

    def vul_levels(self, task: TaskId, tags: Sequence[str] = ()) -> Mapping[tuple[Level | None, bool], int]:
        """How many vulnerabilities a task found, by level and by whether a fix is known.

        tags: on machines that have one of these.
        """
        ...
