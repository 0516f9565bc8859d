"""What a local scan found, in the shape every output format is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding, NotScanned, ScanStats
from hostward.domain.host_scan import Status
from hostward.domain.matching import level_or_unknown
from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, Verdict

Finding = Match | MalwareFinding | Verdict


class Judged(StrEnum):
    """How much a module could judge: everything, not everything, nothing."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILED = "failed"


NO_STATS = ScanStats(files=0, bytes=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleReport:
    """One module's results, worst first. degraded: what could not be judged; failure: why there is no result.

    A baseline report has every verdict, a vulnerability report its hidden matches too (last), the machine's facts,
    packages, and what is to be started again.
    """

    module: Module
    findings: Sequence[Finding] = ()
    degraded: Sequence[str] = ()
    failure: str = ""
    not_scanned: Sequence[NotScanned] = ()
    stats: ScanStats = NO_STATS
    facts: HostFacts | None = None
    packages: Sequence[Package] = ()
    restarts: Sequence[Restart] = ()

    @property
    def judged(self) -> Judged:
        """How much was judged."""
        if self.failure:
            return Judged.FAILED
        return Judged.DEGRADED if self.degraded else Judged.OK

    @property
    def status(self) -> Status:
        """As a task would show it."""
        return Status.FAIL if self.failure else Status.OK

    @property
    def reasons(self) -> Sequence[str]:
        """Why it is not whole."""
        return [self.failure, *self.degraded] if self.failure else list(self.degraded)

    def counts(self) -> dict[Level, int]:
        """Risks by level; a vulnerability counts once, however many packages have it."""
        seen = {(identity(finding), level_of(finding)) for finding in self.findings if is_risk(finding)}
        counts: dict[Level, int] = {}
        for _, level in seen:
            counts[level] = counts.get(level, 0) + 1
        return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReport:
    """A machine (or another root) and its modules' reports. host: what is known of it, for people and programs."""

    host: Mapping[str, str]
    modules: Sequence[ModuleReport]

    def worst(self) -> Level | None:
        """The worst level among all risks, None when there is none."""
        return max((level_of(f) for m in self.modules for f in m.findings if is_risk(f)), default=None)


def is_risk(finding: Finding) -> bool:
    """Whether it counts: hidden matches and verdicts other than fail don't."""
    match finding:
        case Match():
            return not finding.hidden
        case Verdict():
            return finding.outcome is Outcome.FAIL
        case MalwareFinding():
            return True


def level_of(finding: Finding) -> Level:
    """Its level; a vulnerability nobody has given one is medium, and says so by its source."""
    if isinstance(finding, Match):
        return level_or_unknown(finding.level, finding.level_source)[0]
    return finding.level


def identity(finding: Finding) -> str:
    """What it is counted as."""
    match finding:
        case Match():
            return finding.key
        case Verdict():
            return finding.item
        case MalwareFinding():
            return f"{finding.path!r} {finding.member!r} {finding.rule}"


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Risks before the rest, then by level, then by name, so that two runs agree."""
    return sorted(findings, key=lambda each: (not is_risk(each), -level_of(each), identity(each), _place(each)))


def _place(finding: Finding) -> str:
    return f"{finding.name} {finding.path!r}" if isinstance(finding, Match) else ""
