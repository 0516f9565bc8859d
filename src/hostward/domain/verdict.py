"""What a baseline scan says about one item on one machine."""

from dataclasses import dataclass
from enum import StrEnum

from hostward.domain.severity import Level


class Outcome(StrEnum):
    """The verdict on an item. Only pass and fail enter the pass rate; an unreadable file is an error, never a pass."""

    PASS = "pass"
    FAIL = "fail"
    IGNORED = "ignored"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeEvidence:
    """What a probe saw: its name and target, the actual value and the expected one.

    actual has secrets masked and at most 1,000 characters.
    """

    probe: str
    actual: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One item judged. reason: why it is not applicable, an error or a timeout; "" for pass and fail."""

    policy: str
    item: str
    title: str
    level: Level
    outcome: Outcome
    reason: str = ""
    evidence: tuple[ProbeEvidence, ...] = ()
    remediation: str = ""
