"""Values that several actions take, checked; mistakes name the parameter and what it accepts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, NoReturn, TypeVar

from hostward.api.context import ApiSettings
from hostward.api.errors import ApiError, Code
from hostward.api.texts import NO_QUUIDS, UNSUPPORTED, WITHOUT_EFFECT, WRONG_COUNT, WRONG_VALUE, Text, shown
from hostward.domain.errors import NotFound
from hostward.domain.ids import ROWS_PER_TASK, TaskId
from hostward.domain.module import Module
from hostward.domain.reason import Reason
from hostward.domain.task import MAX_TIMEOUT
from hostward.usecases.records import Scope

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 10
"""Page sizes (the API page of DescribeScanTaskDetails; the default is that of its neighbours)."""

MOST_TASKS: Final = 2**53 // ROWS_PER_TASK
"""Task ids stay below: a row's id must fit a JSON number."""

ALL_HOSTS: Final = 1
LISTED_HOSTS: Final = 2
"""HostType."""

T = TypeVar("T")


def wrong_value(name: str, value: object, accepted: str | Text) -> NoReturn:
    """Refuse a value."""
    raise ApiError(Code.INVALID_VALUE, WRONG_VALUE, name=name, value=shown(value), accepted=accepted)


def unsupported(name: str, value: object, reason: Text) -> NoReturn:
    """Refuse a value that is real elsewhere."""
    raise ApiError(Code.INVALID_VALUE, UNSUPPORTED, name=name, value=shown(value), reason=reason)


def without_effect(name: str, reason: Text) -> NoReturn:
    """Refuse a parameter that nothing would come of."""
    raise ApiError(Code.INVALID_VALUE, WITHOUT_EFFECT, name=name, reason=reason)


def one_of(name: str, value: T, accepted: Sequence[T]) -> T:
    """The value, if it is one of those accepted."""
    if value not in accepted:
        wrong_value(name, value, ", ".join(map(str, accepted)))
    return value


def between(name: str, value: int, minimum: int, maximum: int) -> int:
    """The value, if it is in a range (both ends included)."""
    if not minimum <= value <= maximum:
        wrong_value(name, value, f"{minimum} - {maximum}")
    return value


def count_between(name: str, values: Sequence[T], minimum: int, maximum: int) -> Sequence[T]:
    """The values, if there are neither too few nor too many."""
    if not minimum <= len(values) <= maximum:
        accepted = f"{minimum} - {maximum}"
        raise ApiError(Code.INVALID_VALUE, WRONG_COUNT, name=name, count=len(values), accepted=accepted)
    return values


def module_of(value: str, name: str = "ModuleType") -> Module:
    """A module's name: exactly Malware, Vul or Baseline."""
    return Module(one_of(name, value, [module.value for module in Module]))


def task_of(value: int, module: Module, name: str = "TaskId") -> TaskId:
    """TaskId; a number that no task can have is refused in the words for a task that does not exist."""
    between(name, value, 1, 2**64 - 1)
    if value >= MOST_TASKS:
        raise NotFound.because(Reason.NOT_OF_MODULE, task=value, module=module)
    return TaskId(value)


def any_task_of(value: int) -> TaskId:
    """TaskId of an action that takes tasks of every module."""
    between("TaskId", value, 1, 2**64 - 1)
    if value >= MOST_TASKS:
        raise NotFound.because(Reason.NO_TASK, task=value)
    return TaskId(value)


def limit_of(value: int) -> int:
    """Limit: 1 to 100."""
    return between("Limit", value, 1, MAX_LIMIT)


def offset_of(value: int) -> int:
    """Offset; what lies past every page is cut to a number that any database can hold."""
    return min(value, ROWS_PER_TASK)


def timeout_of(value: int, settings: ApiSettings) -> timedelta:
    """TimeoutPeriod: 1 to 86,400 seconds for each machine; 0 means the default."""
    return own_timeout_of(value) or settings.default_timeout


def own_timeout_of(value: int) -> timedelta | None:
    """TimeoutPeriod where 0 means that of the task itself: None."""
    longest = int(MAX_TIMEOUT.total_seconds())
    return timedelta(seconds=between("TimeoutPeriod", value, 0, longest)) or None


def scope_of(host_type: int, quuids: Sequence[str]) -> Scope:
    """HostType and QuuidList: 1 all machines, 2 those listed."""
    if one_of("HostType", host_type, (ALL_HOSTS, LISTED_HOSTS)) == LISTED_HOSTS:
        count_between("QuuidList", quuids, 1, ROWS_PER_TASK)
        return Scope(everything=False, quuids=tuple(quuids))
    if quuids:
        without_effect("QuuidList", NO_QUUIDS)
    return Scope(everything=True)


def codes_of(name: str, text: str, known: Sequence[int]) -> frozenset[int]:
    """Codes in one text, split by "," or ";" ("1,2", "1;2"); "0" among them means all."""
    parts = [part.strip() for part in text.replace(";", ",").split(",")]
    accepted = {str(code): code for code in known}
    for part in parts:
        if part != "0" and part not in accepted:
            wrong_value(name, part, f"0 (all), {', '.join(accepted)}; several are separated by , or ;")
    return frozenset(known) if "0" in parts else frozenset(accepted[part] for part in parts)
