"""What goes wrong in one history, drawn from its seed: each fault is in about a third of all histories.

Faults that are always on hide one another; drawn one by one, every pair of them meets in some history (the method is
swarm testing: Groce and others, ISSTA 2012).
"""

from dataclasses import dataclass, field
from random import Random

FAULTS = (
    "drop request", "drop answer", "duplicate", "late", "slow network", "partition", "agent kill", "agent power cut",
    "agent crash at the disk", "server kill", "server restart", "server clock", "agent clock", "stop", "rerun",
    "agent away", "clone", "agent disk full", "agent disk unreadable", "server disk full", "busy", "slow database",
    "stubborn scanner", "window", "too old",
)  # fmt: skip
SHARES = (0.06, 0.15, 0.35)
"""Share of the faults that are in one history: with few of them scans get far, with many everything meets."""

WISHES = frozenset(("stop", "rerun"))
OFTEN = 0.35
"""What people do, and the share of histories in which they do it."""

WAITS = frozenset(("agent disk full", "slow database"))
"""What makes a scan wait and nothing else: it must end as it would have without, if its time is not over before."""

CALM = 0.15
"""Share of histories in which nothing goes wrong: there every scan must end as its scanner does, and quickly."""


@dataclass(slots=True)
class Plan:
    """faults: which there are. machines, tasks: how many. ends: seconds until everything works again."""

    seed: int
    random: Random
    faults: frozenset[str]
    machines: int
    tasks: int
    ends: float
    drop: float = 0.0
    lose_answer: float = 0.0
    duplicate: float = 0.0
    late: float = 0.0
    latency: float = 0.01
    commit: float = 0.0
    partitions: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def is_calm(self) -> bool:
        """Nothing goes wrong, though people may stop scans and run them again."""
        return not self.faults - WISHES

    @property
    def costs_only_time(self) -> bool:
        """Scans may be late, and nothing may become of them but what their scanners said."""
        return not self.faults - WISHES - WAITS

    def has(self, fault: str) -> bool:
        """Whether the fault is in this history."""
        return fault in self.faults


def plan_of(seed: int) -> Plan:
    """The plan of a seed."""
    random = Random(seed)
    share = 0.0 if random.random() < CALM else random.choice(SHARES)
    shares = {fault: OFTEN if fault in WISHES else share for fault in FAULTS}
    faults = frozenset(fault for fault in FAULTS if random.random() < shares[fault])
    plan = Plan(
        seed=seed, random=random, faults=faults, machines=random.choice((1, 2, 2, 3, 4)),
        tasks=random.choice((1, 2, 3, 4)), ends=random.uniform(300.0, 1500.0),
    )  # fmt: skip
    strength = random.choice((0.03, 0.1, 0.3))
    plan.drop = strength if plan.has("drop request") else 0.0
    plan.lose_answer = strength if plan.has("drop answer") else 0.0
    plan.duplicate = strength if plan.has("duplicate") else 0.0
    plan.late = strength / 2 if plan.has("late") else 0.0
    plan.latency = random.choice((0.3, 2.0)) if plan.has("slow network") else 0.01
    plan.commit = random.choice((0.05, 1.0)) if plan.has("slow database") else 0.004
    return plan
