"""All that the memory store holds. A transaction works on a copy; values are never changed in place."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Self

from hostward.domain.account import AgentSession, ApiKey, User
from hostward.domain.advisory import Advisory
from hostward.domain.audit import AuditEntry
from hostward.domain.client_token import ClientToken
from hostward.domain.console_session import ConsoleSession
from hostward.domain.credential import Credential
from hostward.domain.durations import Durations
from hostward.domain.enrolment import EnrolmentToken, Waiting
from hostward.domain.host_scan import Unit
from hostward.domain.ids import (
    AccountId,
    DeliveryId,
    EditionId,
    LeaseId,
    MachineId,
    RuleId,
    ScheduleId,
    Seq,
    TagId,
    TaskId,
    UserId,
    VulId,
    WebhookId,
)
from hostward.domain.ignoring import IgnoreRule, VexDocument
from hostward.domain.limits import Limit, LimitOf
from hostward.domain.machine import Machine
from hostward.domain.module import Module
from hostward.domain.package import Package
from hostward.domain.processes import Processes
from hostward.domain.schedule import Schedule
from hostward.domain.severity import Level
from hostward.domain.task import Task
from hostward.domain.webhook import Delivery, Webhook
from hostward.store.brought import Parts
from hostward.store.found_vuls import Found
from hostward.store.known_vuls import Known
from hostward.store.vul_spans import Advice, Held, Installed
from hostward.usecases.records import FeedHealth, FeedStatus, Item, Lease
from hostward.usecases.request_records import RequestBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A vulnerability of a task: on how many machines it counts, and how many have it, set aside or not."""

    found: Found
    machines: int
    holders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVuls:
    """The vulnerabilities of a unit or a machine, with the packages that bring them. ignored: those set aside."""

    parts: Parts = field(default_factory=dict)
    ignored: frozenset[VulId] = frozenset()

    @property
    def counted(self) -> frozenset[VulId]:
        """Those that count."""
        return frozenset(self.parts) - self.ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One import of a feed. counts: it is the feed's data."""

    feed: str
    advisories: Mapping[str, Advisory] = field(default_factory=dict)
    facts: Mapping[VulId, Known] = field(default_factory=dict)
    counts: bool = False


@dataclass(slots=True)
class State:
    """Everything, by key."""

    counters: dict[str, int] = field(default_factory=dict)
    accounts: dict[AccountId, str] = field(default_factory=dict)
    users: dict[tuple[AccountId, str], User] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    credentials: dict[UserId, Credential] = field(default_factory=dict)
    recovery: dict[UserId, frozenset[bytes]] = field(default_factory=dict)
    links: dict[bytes, tuple[User, datetime]] = field(default_factory=dict)
    console_sessions: dict[bytes, ConsoleSession] = field(default_factory=dict)
    machines: dict[MachineId, Machine] = field(default_factory=dict)
    public_keys: dict[bytes, MachineId] = field(default_factory=dict)
    tokens: dict[bytes, EnrolmentToken] = field(default_factory=dict)
    waiting: dict[bytes, Waiting] = field(default_factory=dict)
    processes: dict[MachineId, Processes] = field(default_factory=dict)
    next_keys: dict[MachineId, bytes] = field(default_factory=dict)
    labels: dict[tuple[AccountId, str], TagId] = field(default_factory=dict)
    machine_tags: dict[MachineId, tuple[str, ...]] = field(default_factory=dict)
    audit: dict[tuple[AccountId, int], AuditEntry] = field(default_factory=dict)
    requests: dict[int, RequestBatch] = field(default_factory=dict)
    sessions: dict[str, AgentSession] = field(default_factory=dict)
    challenges: dict[bytes, str] = field(default_factory=dict)
    tasks: dict[TaskId, Task] = field(default_factory=dict)
    units: dict[tuple[TaskId, Seq], Unit] = field(default_factory=dict)
    leases: dict[LeaseId, Lease] = field(default_factory=dict)
    unit_vuls: dict[tuple[TaskId, Seq], OwnVuls] = field(default_factory=dict)
    task_vuls: dict[tuple[TaskId, VulId], Counted] = field(default_factory=dict)
    client_tokens: dict[tuple[AccountId, UserId, str], ClientToken] = field(default_factory=dict)
    lengths: dict[tuple[AccountId, Module], Durations] = field(default_factory=dict)
    schedules: dict[ScheduleId, Schedule] = field(default_factory=dict)
    batches: dict[tuple[MachineId, LeaseId, int], tuple[Item, ...]] = field(default_factory=dict)
    current: dict[tuple[MachineId, Module], tuple[LeaseId, datetime]] = field(default_factory=dict)
    risks: dict[tuple[MachineId, Module], int] = field(default_factory=dict)
    risk_levels: dict[tuple[MachineId, Module], Mapping[Level, int]] = field(default_factory=dict)
    own_vuls: dict[MachineId, OwnVuls] = field(default_factory=dict)
    ignore_rules: dict[RuleId, IgnoreRule] = field(default_factory=dict)
    ignore_tags: dict[RuleId, tuple[TagId, ...]] = field(default_factory=dict)
    vex_documents: dict[tuple[AccountId, str], VexDocument] = field(default_factory=dict)
    ignore_revisions: dict[AccountId, tuple[int, int]] = field(default_factory=dict)
    limits: dict[tuple[AccountId, LimitOf, int], Limit] = field(default_factory=dict)
    webhooks: dict[WebhookId, Webhook] = field(default_factory=dict)
    deliveries: dict[DeliveryId, Delivery] = field(default_factory=dict)
    known_vuls: dict[MachineId, tuple[LeaseId, frozenset[VulId]]] = field(default_factory=dict)
    installed: dict[MachineId, tuple[Installed, ...]] = field(default_factory=dict)
    advice: dict[Package, tuple[Advice, ...]] = field(default_factory=dict)
    evident: dict[MachineId, tuple[Held, ...]] = field(default_factory=dict)
    feeds: dict[str, FeedStatus] = field(default_factory=dict)
    editions: dict[EditionId, Edition] = field(default_factory=dict)
    health: dict[str, FeedHealth] = field(default_factory=dict)
    vul_numbers: dict[str, VulId] = field(default_factory=dict)
    known: dict[VulId, Known] = field(default_factory=dict)

    def copy(self) -> Self:
        """A state that changes without this one."""
        return type(self)(**{each.name: dict(getattr(self, each.name)) for each in fields(self)})

    def take(self, counter: str) -> int:
        """The next number of a counter, from 1."""
        self.counters[counter] = self.counters.get(counter, 0) + 1
        return self.counters[counter]
