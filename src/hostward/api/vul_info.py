"""VulInfo of DescribeScanTaskDetails: the vulnerabilities of a task, encoded once and remembered for a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from threading import Lock

import msgspec

from hostward.api.times import wire_datetime
from hostward.domain.ids import TaskId
from hostward.domain.matching import UNKNOWN_SOURCE, level_or_unknown
from hostward.domain.remedy import remedy
from hostward.domain.task import Task
from hostward.usecases.records import TaskVul

REMEMBERED = 5.0
"""Seconds: an advisory's words may change under a list that stays the same."""

MOST = 64
"""Tasks remembered; a list of 100 vulnerabilities takes about 100 KB."""

MOST_BYTES = 8_000_000
"""All lists together: a task that named its vulnerabilities may have 1,000 of them."""

LEVEL_UNKNOWN = "No source gives a level: counted as medium."

_ENCODER = msgspec.json.Encoder()


class VulDetailInfo(msgspec.Struct, rename="pascal", kw_only=True, gc=False):
    """One vulnerability. CvssScore 0: nobody gives one. Fix "": no fix is known.

    A level that nobody gives is shown as medium, and the description says so.
    """

    vul_id: int
    level: int
    name: str
    cve_id: str
    vul_category: int
    descript: str
    fix: str
    reference: str
    cvss_score: float
    cvss: str
    publish_time: str


@dataclass(frozen=True, slots=True)
class Encoded:
    """A task's list as JSON, at one revision of it. until: monotonic seconds."""

    rev: int
    json: msgspec.Raw
    until: float


class VulInfo:
    """Encoded lists by task. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[TaskId, Encoded] = {}
        self._bytes = 0
        self._turn = Lock()

    def known(self, task: TaskId, now: float) -> Encoded | None:
        """What is remembered of a task's list; it stands for the task only at the same vul_rev."""
        found = self._known.get(task)
        return found if found is not None and now < found.until else None

    def remember(self, task: Task, vuls: Sequence[TaskVul], zone: tzinfo, now: float) -> Encoded:
        """Encode a task's list."""
        encoded = Encoded(
            task.vul_rev, msgspec.Raw(_ENCODER.encode([_detail(vul, zone) for vul in vuls])), now + REMEMBERED
        )
        with self._turn:
            self._forget(task.id)
            self._bytes += len(encoded.json)
            while self._known and (len(self._known) >= MOST or self._bytes > MOST_BYTES):
                self._forget(next(iter(self._known)))  # the oldest
            self._known[task.id] = encoded
        return encoded

    def _forget(self, task: TaskId) -> None:
        forgotten = self._known.pop(task, None)
        if forgotten is not None:
            self._bytes -= len(forgotten.json)


def rating_of(vul: TaskVul) -> str:
    """Where its level comes from, in a sentence."""
    _, source = level_or_unknown(vul.level, vul.level_source)
    if source == UNKNOWN_SOURCE:
        return LEVEL_UNKNOWN
    return f"Level by {source}." if source else ""


def _detail(vul: TaskVul, zone: tzinfo) -> VulDetailInfo:
    level, _ = level_or_unknown(vul.level, vul.level_source)
    return VulDetailInfo(
        vul_id=vul.id,
        level=level,
        name=": ".join(filter(None, (vul.component, vul.title or vul.key))),
        cve_id=vul.key,
        vul_category=vul.category,
        descript=" ".join(filter(None, (vul.description, rating_of(vul)))),
        fix=remedy(vul.component, vul.fixed, vul.ecosystem, vul.place, vul.restart),
        reference=vul.reference,
        cvss_score=vul.cvss or 0.0,
        cvss=vul.vector,
        publish_time=wire_datetime(zone, vul.published),
    )
