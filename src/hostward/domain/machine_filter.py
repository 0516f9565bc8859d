"""Which machines of a task a reader wants to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from hostward.domain.bucket import Bucket
from hostward.domain.host_scan import FailType, Status


class Text(Enum):
    """A text a machine can be searched by. ANY: host name, every address and the remark."""

    ANY = "any"
    ADDRESS = "address"
    HOST_NAME = "host_name"
    INSTANCE = "instance"
    OS_NAME = "os_name"
    UUID = "uuid"
    QUUID = "quuid"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextIs:
    """One of values is in the text, without regard to case; exact: it is the whole text. % and _ mean themselves."""

    text: Text
    values: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusIs:
    """The machine has one of these statuses."""

    values: frozenset[Status]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailTypeIs:
    """The machine failed for one of these reasons."""

    values: frozenset[FailType]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """The machine has at least one risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """The machine has one of these tags."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketIs:
    """The machine is in one of these parts of its task."""

    values: frozenset[Bucket]


class SortKey(Enum):
    """What a task's machines can be sorted by. TASK: the order they entered it, which costs nothing."""

    TASK = "task"
    HOST_NAME = "host_name"
    RISKS = "risks"
    BEGIN = "begin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How machines are sorted; those with the same key stand in the task's order. Not begun yet sorts first."""

    key: SortKey = SortKey.TASK
    descending: bool = False


TASK_ORDER = Order()

Condition = TextIs | StatusIs | FailTypeIs | AtRisk | Tagged | BucketIs
Conditions = Sequence[Condition]
"""All of them must hold; an empty sequence lets every machine through."""
