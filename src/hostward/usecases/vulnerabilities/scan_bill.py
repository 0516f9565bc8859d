"""Judge a bill of materials by the advisories there are, like the machine it describes; nothing is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hostward.domain.advisory import Match
from hostward.domain.errors import InvalidValue
from hostward.domain.ids import VulId
from hostward.domain.matching import category_of, level_or_unknown
from hostward.domain.package import Package
from hostward.domain.reason import Reason
from hostward.domain.versions.table import not_judged
from hostward.usecases.bill_ports import Bill
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.records import TaskVul
from hostward.usecases.vul_event_ports import Bringer
from hostward.usecases.vulnerabilities.feed_doubts import doubts
from hostward.usecases.vulnerabilities.judge import judge

MOST_PACKAGES: Final = 50_000
MOST_COMPARED: Final = 500_000
"""Packages with ranges of advisories: a machine with 3,000 packages has some 100,000."""
MOST_FOUND: Final = 50_000
"""Packages with vulnerabilities of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBill:
    """What a bill's packages bring, worst first. not_judged: of what (a package, an ecosystem, "") and why."""

    vulnerabilities: Sequence[tuple[TaskVul, tuple[Bringer, ...]]]
    not_judged: Sequence[tuple[str, str]]


def judged(uow: UnitOfWork, bill: Bill, *, now: datetime) -> JudgedBill:
    """Judge it. Raises InvalidValue for one with more packages or findings than are judged at once."""
    if len(bill.packages) > MOST_PACKAGES:
        raise InvalidValue.because(Reason.BILL_TOO_LARGE, count=len(bill.packages), limit=MOST_PACKAGES)
    matches = judge(uow, [bill.facts, *bill.packages], most=MOST_COMPARED)
    if len(matches) > MOST_FOUND:
        raise InvalidValue.because(Reason.BILL_FINDS_TOO_MUCH, count=len(matches), limit=MOST_FOUND)
    counted: dict[str, list[Match]] = {}
    for match in matches:
        if not match.hidden:
            counted.setdefault(match.key, []).append(match)
    packages = {(one.ecosystem, one.name, one.version, one.path): one for one in bill.packages}
    known = _known(uow, counted)
    found = [(_vul(some[0], known.get(key)), _bringers(some, packages)) for key, some in counted.items()]
    return JudgedBill(
        vulnerabilities=sorted(found, key=_worst_first),
        not_judged=[*_not_judged(uow, bill, now), *sorted({(one.name, one.hidden) for one in matches if one.hidden})],
    )


def _known(uow: UnitOfWork, keys: Mapping[str, object]) -> Mapping[str, TaskVul]:
    numbers = uow.advisories.numbers(keys)
    return {vul.key: vul for vul in uow.advisories.vuls(list(numbers.values()))}


def _vul(match: Match, known: TaskVul | None) -> TaskVul:
    """What is known of it in general, as of a machine's; of one that has no number yet what its advisory says."""
    if known is not None:
        return known
    return TaskVul(
        id=VulId(0), key=match.key, level=match.level, level_source=match.level_source, cvss=match.cvss, vector="",
        title="", description="", reference="", published=None, category=category_of(match.ecosystem).value,
        component=match.name, fixed=match.fixed, machines=0,
    )  # fmt: skip


def _bringers(matches: Sequence[Match], packages: Mapping[tuple[str, str, str, bytes], Package]) -> tuple[Bringer, ...]:
    found = [
        Bringer(
            package=packages[one.ecosystem, one.name, one.version, one.path],
            fixed=one.fixed,
            status=one.status,
            said_by=one.evidence,
        )
        for one in matches
    ]
    return tuple(sorted(found, key=lambda one: (one.package.name, one.package.version, one.package.path)))


def _worst_first(found: tuple[TaskVul, tuple[Bringer, ...]]) -> tuple[float, float, str]:
    vul = found[0]
    level, _ = level_or_unknown(vul.level, vul.level_source)
    return -level.value, -(vul.cvss or 0.0), vul.key


def _not_judged(uow: UnitOfWork, bill: Bill, now: datetime) -> Iterator[tuple[str, str]]:
    yield from (("", remark) for remark in bill.remarks)
    ecosystems = {one.ecosystem for one in bill.packages}
    for ecosystem in sorted(ecosystems):
        reason = not_judged(ecosystem)
        if reason:
            yield ecosystem, reason.partition(": ")[2]
        elif not uow.advisories.covers(ecosystem):
            yield ecosystem, "no feed has data for it: import one (hostward feed update)"
    covered = {each for each in ecosystems if uow.advisories.covers(each)}  # of the others it is said above
    yield from (("", doubt) for doubt in doubts(uow, covered, now=now))
