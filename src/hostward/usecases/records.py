"""The records that use cases and the store hand to one another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple

from hostward.domain.advisory import FixStatus
from hostward.domain.errors import InvalidValue
from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.host_rules import NO_WISH, Wish
from hostward.domain.ids import LeaseId, MachineId, Seq, TagId, TaskId, VulId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import AtRisk, Tagged, TextIs
from hostward.domain.matching import KeyRange
from hostward.domain.module import Module
from hostward.domain.options import Options
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.tally import EMPTY, Tally
from hostward.domain.task import Trigger
from hostward.domain.verdict import Outcome, Verdict

Item = MalwareFinding | NotScanned | Package | Evidence | HostFacts | Restart | Verdict


def is_risk(item: Item) -> bool:
    """Whether it is a malware finding or a failed baseline item (vulnerabilities are matches)."""
    return isinstance(item, MalwareFinding) or (isinstance(item, Verdict) and item.outcome is Outcome.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One lease ever given. acked: batches 0 .. acked-1 are stored. ended: its End was taken.

    unit: what it was given for (as that unit is now). run: the task's run then.
    """

    id: LeaseId
    machine: MachineId
    task: TaskId
    seq: Seq
    run: int
    acked: int = 0
    ended: bool = False
    given: datetime


class MachineRow(NamedTuple):
    """One machine of a task, flat and cheap: what a page of DescribeScanTaskDetails is made of.

    state, fail: numbers of UnitState and FailType. begin, end: seconds since 1970 UTC, 0 while unknown.
    progress: 0 to WHOLE. note_code, note_values: a Note, its values as a JSON object in text.
    """

    seq: int
    machine: int
    quuid: str
    uuid: str
    host_name: str
    inner_ip: str
    wan_ip: str
    os_name: str
    state: int
    fail: int
    risk_num: int
    begin: int
    end: int
    progress: int
    note_code: str
    note_values: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a task's machines, in the task's order, and how many match in all."""

    total: int
    rows: Sequence[MachineRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """Which tasks are meant, beside module and state; what is empty or None lets every task through.

    query: the number of a task, or part of the name of who began it, without regard to ASCII case. after, before: of
    the first begin, both included. below: tasks older than this one.
    """

    triggers: frozenset[Trigger] = frozenset()
    query: str = ""
    after: datetime | None = None
    before: datetime | None = None
    below: TaskId | None = None


ALL_TASKS = TaskFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskQuery:
    """Which risks of a task are meant. levels: numbers of Level, 0 for none given; empty: all.

    text: in the name, the title or where it is, without regard to ASCII case.
    """

    text: str = ""
    levels: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One risk of a task. key: the same in every task that finds it. machines: how many of the task have it.

    level None, cvss None: nobody gives one. where: package, path or policy. fix: what helps, in words or a version.
    """

    key: str
    name: str
    level: Level | None
    level_source: str = ""
    cvss: float | None = None
    machines: int
    where: str
    fix: str = ""
    reference: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPage:
    """A page of risks, and how many match in all."""

    total: int
    rows: Sequence[Risk]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is counted over some of a task's machines. end: when the last of them became final so far, None for none."""

    tally: Tally = EMPTY
    end: datetime | None = None


PLAIN_ADDRESS = re.compile(r"[0-9A-Za-z.:%_-]+")
"""What addresses, and parts of them, are written with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressIs:
    """One of values is in one of the machine's addresses (the public one too), without regard to ASCII case.

    exact: it is the whole address. Raises InvalidValue for a value with a sign that no address has.
    """

    values: tuple[str, ...]
    exact: bool = False

    def __post_init__(self) -> None:
        """Refuse what a store could take for more than an address."""
        odd = [value for value in self.values if not PLAIN_ADDRESS.fullmatch(value)]
        if odd:
            raise InvalidValue(f"{odd[0]!r} is no part of an address: use digits, letters, dots and colons")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardOf:
    """The machine's agent was heard of after a time; heard False: it was not, or never."""

    after: datetime
    heard: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The machine has one of the tags with these numbers."""

    values: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A tag of an account, and how many machines have it."""

    id: TagId
    name: str
    machines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskIn:
    """The machine's own current results of one of these modules hold a risk."""

    modules: tuple[Module, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeverJudged:
    """The machine has whole results of no module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIs:
    """The machine's agent has one of these versions."""

    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledAfter:
    """The machine was enrolled after this one: it has a higher number."""

    machine: MachineId


MachineCondition = (
    TextIs | AddressIs | HeardOf | AtRisk | RiskIn | NeverJudged | AgentIs | Tagged | Labelled | EnrolledAfter
)
"""What a machine of an account can be chosen by. AtRisk: its own current results hold a risk."""


class MachineOrder(Enum):
    """What a list of machines can be sorted by: what is quick for any number of them.

    VULNERABILITIES: as Listed.risks counts them; machines without whole results come before those that have none.
    """

    ENROLMENT = "enrolment"
    HOST_NAME = "host_name"
    LAST_SEEN = "last_seen"
    VULNERABILITIES = "vulnerabilities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A machine in a list of them.

    risks: of its current results, as they were counted when they arrived; a module that never gave whole results is
    left out. ends: when those results came. kernel: the running one by its newest inventory, "" when that is not known.
    """

    machine: Machine
    risks: Mapping[Module, int]
    ends: Mapping[Module, datetime] = field(default_factory=dict)
    kernel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachinePage:
    """A page of an account's machines, in the order they were enrolled, and how many match in all."""

    total: int
    rows: Sequence[Listed]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskVul:
    """A vulnerability a task found, or was asked for. key: CVE id. machines: how many of the task have it.

    level None and cvss None: nobody gives one. component: name of the package. fixed: "" when no fix is known. kev: it
    is known to be exploited. epss: probability that it will be within 30 days, None when nobody gives one.
    """

    id: VulId
    key: str
    level: Level | None
    level_source: str
    cvss: float | None
    vector: str
    title: str
    description: str
    reference: str
    published: datetime | None
    category: int
    component: str
    fixed: str
    machines: int
    kev: bool = False
    epss: float | None = None
    ecosystem: str = ""
    place: str = ""
    restart: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """One range of one advisory about one source package, its versions as byte keys.

    key: the vulnerability; vul: its permanent number.
    """

    source: str
    keys: KeyRange
    fixed: str
    status: FixStatus
    feed: str
    advisory: str
    key: str
    vul: VulId
    aliases: tuple[str, ...]
    level: Level | None
    level_source: str
    cvss: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """What is known of an imported feed. ecosystems: those it covers, each with its release ("Debian:12").

    imported: when its data was last found to be what its source has.
    """

    feed: str
    advisories: int
    ecosystems: tuple[str, ...]
    imported: datetime
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """What came of the tries to renew a feed.

    source: where from, without credentials. validator: what the source told the last content by (ETag), "" for nothing.
    checked: the last time the source was found whole, changed or not; failed: the last try, when it failed, with the
    problem in words, its kind (a Fault, "" for none) and how many failed in a row. left_out: records that could not be
    used, in words. told: the state ("failing", "stale", "" for well) that webhooks were told last.
    """

    feed: str
    source: str = ""
    validator: str = ""
    checked: datetime | None = None
    failed: datetime | None = None
    failures: int = 0
    problem: str = ""
    fault: str = ""
    left_out: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which machines a scan is for: all of the account, or those with these quuids.

    tags: only those of them that have one of these, () for all. but: quuids of machines that are left out.
    parameter: what the caller calls quuids.
    """

    everything: bool
    quuids: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    parameter: str = "QuuidList"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """A scan to be started. queue None: machines may wait as long as their timeout is.

    not_before, not_after: its window, None for none. ramp: over how long the starts of its machines are spread.
    wish: what was asked for of that. zone: of the hours that machines have of their own.
    """

    options: Options
    content: tuple[str, ...]
    scope: Scope
    timeout: timedelta
    queue: timedelta | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None
    ramp: timedelta = timedelta(0)
    wish: Wish = NO_WISH
    zone: tzinfo = UTC
