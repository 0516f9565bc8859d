"""What became of a machine in a task, in one word of nine: the parts that a task's machines fall into."""

from collections.abc import Mapping
from enum import StrEnum

from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.tally import Tally


class Bucket(StrEnum):
    """The parts. A machine that is being stopped is in STOPPED already, as the API's Status has it."""

    WAITING = "Waiting"
    SCANNING = "Scanning"
    OK = "Ok"
    OK_WITH_RISKS = "OkWithRisks"
    OFFLINE = "Offline"
    TIMEOUT = "Timeout"
    FAILED = "Failed"
    TOO_OLD = "TooOld"
    STOPPED = "Stopped"


ALL: frozenset[Bucket] = frozenset(Bucket)

STATES: Mapping[Bucket, tuple[UnitState, ...]] = {
    Bucket.WAITING: (UnitState.PENDING,),
    Bucket.SCANNING: (UnitState.LEASED, UnitState.RUNNING),
    Bucket.STOPPED: (UnitState.STOPPING, UnitState.STOPPED),
}
"""Parts that a unit's state alone puts it in."""

FAILS: Mapping[Bucket, FailType] = {
    Bucket.OFFLINE: FailType.OFFLINE,
    Bucket.TIMEOUT: FailType.TIMEOUT,
    Bucket.TOO_OLD: FailType.TOO_OLD,
}
"""Parts of the units that failed; all other failures are FAILED."""

_OF_STATE = {state.value: bucket for bucket, states in STATES.items() for state in states}
_OF_FAIL = {fail.value: bucket for bucket, fail in FAILS.items()}


def bucket_of(state: int, fail: int, risk_num: int) -> Bucket:
    """The part of a machine. state, fail: numbers of UnitState and FailType."""
    if state == UnitState.OK:
        return Bucket.OK_WITH_RISKS if risk_num > 0 else Bucket.OK
    if state == UnitState.FAIL:
        return _OF_FAIL.get(fail, Bucket.FAILED)
    return _OF_STATE[state]


def sizes(tally: Tally) -> Mapping[Bucket, int]:
    """How many machines each part has, in the order of Bucket; they add up to the tally's machines."""
    return {
        Bucket.WAITING: tally.pending,
        Bucket.SCANNING: tally.leased + tally.running,
        Bucket.OK: tally.ok - tally.ok_at_risk,
        Bucket.OK_WITH_RISKS: tally.ok_at_risk,
        Bucket.OFFLINE: tally.offline,
        Bucket.TIMEOUT: tally.timeout,
        Bucket.FAILED: tally.failed,
        Bucket.TOO_OLD: tally.too_old,
        Bucket.STOPPED: tally.stopping + tally.stopped,
    }
