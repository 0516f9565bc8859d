"""Results on their way to the server. POST /agent/v1/report: Report -> Answer.

A lease's results are a numbered sequence of batches (0, 1, 2 ...). A batch may be sent again and gets the same
answer; it counts once. The last message of a lease carries an End that says how many batches there are: the
unit is final only when all of them are in.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from hostward.domain.finding import MalwareFinding, NotScanned, ScanStats
from hostward.domain.package import Evidence, HostFacts, Package, Restart
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict

MAX_ITEMS = 500
"""Items in one batch."""

MAX_BODY = 4 * 1024 * 1024
"""Bytes of one report after decompression."""

Item = MalwareFinding | NotScanned | ScanStats | Package | Evidence | HostFacts | Restart | Verdict


class PackageRow(msgspec.Struct, frozen=True, kw_only=True, tag="pkg", omit_defaults=True):
    """An installed package (domain.package.Package)."""

    eco: str
    name: str
    ver: str
    arch: str = ""
    src: str
    srcver: str
    path: bytes = b""


class EvidenceRow(msgspec.Struct, frozen=True, kw_only=True, tag="ev"):
    """A fix the host lacks, by its own changelogs (domain.package.Evidence)."""

    eco: str
    src: str
    srcver: str
    cve: str
    fixed: str
    urgency: str


class HostRow(msgspec.Struct, frozen=True, kw_only=True, tag="host"):
    """The machine itself (domain.package.HostFacts)."""

    os_id: str
    os_version: str
    os_name: str
    kernel: str


class RestartRow(msgspec.Struct, frozen=True, kw_only=True, tag="rst", omit_defaults=True):
    """What is to be started again (domain.package.Restart)."""

    unit: str
    pkg: str
    path: bytes = b""
    procs: int = 0
    reason: str


class MalwareRow(msgspec.Struct, frozen=True, kw_only=True, tag="mal"):
    """A rule that hit a file (domain.finding.MalwareFinding)."""

    path: bytes
    member: bytes = b""
    rule: str
    title: str
    engine: str
    level: int
    size: int
    sha256: str
    matches: list[str] = []


class NotScannedRow(msgspec.Struct, frozen=True, kw_only=True, tag="not"):
    """A file not fully judged (domain.finding.NotScanned)."""

    path: bytes
    reason: str
    detail: str = ""


class StatsRow(msgspec.Struct, frozen=True, kw_only=True, tag="stat"):
    """What was looked at (domain.finding.ScanStats)."""

    files: int
    bytes: int
    skipped: dict[str, int] = {}


class EvidenceOfProbe(msgspec.Struct, frozen=True, kw_only=True):
    """What a probe saw (domain.verdict.ProbeEvidence)."""

    probe: str
    actual: str
    expected: str


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True, tag="ver"):
    """A baseline item judged (domain.verdict.Verdict)."""

    policy: str
    item: str
    title: str
    level: int
    outcome: str
    reason: str = ""
    evidence: list[EvidenceOfProbe] = []
    remediation: str = ""


Row = PackageRow | EvidenceRow | HostRow | RestartRow | MalwareRow | NotScannedRow | StatsRow | VerdictRow


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Results number seq of a lease; at most MAX_ITEMS rows."""

    seq: int
    rows: list[Row]


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How the scan ended: "ok", "failed" or "stopped".

    batches: how many there are in all. reasons: what could not be judged (ok), or why it failed (failed).
    seconds: how long the scan ran, by the agent's own clock.
    """

    outcome: str
    batches: int
    reasons: list[str] = []
    seconds: float = 0.0


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message about one lease: batches, how far it is (0.0 to 1.0) and what it does, and its end."""

    lease: int
    batches: list[Batch] = []
    progress: float = 0.0
    doing: str = ""
    end: End | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """acked: batches 0 .. acked-1 are durable. ended: the End is taken too. stop: end the scan and report."""

    acked: int
    ended: bool
    stop: bool


def rows_of(items: Sequence[Item]) -> list[Row]:
    """Domain values as they travel."""
    return [_row(item) for item in items]


def item_of(row: Row) -> Item:
    """A row that travelled, as the domain knows it. Raises ValueError on a number or word nobody knows."""
    return _ITEMS[type(row)](row)


def _package(row: PackageRow) -> Package:
    return Package(
        ecosystem=row.eco, name=row.name, version=row.ver, arch=row.arch,
        source=row.src, source_version=row.srcver, path=row.path,
    )  # fmt: skip


def _evidence(row: EvidenceRow) -> Evidence:
    return Evidence(
        ecosystem=row.eco, source=row.src, source_version=row.srcver, cve=row.cve, fixed=row.fixed, urgency=row.urgency
    )


def _facts(row: HostRow) -> HostFacts:
    return HostFacts(os_id=row.os_id, os_version=row.os_version, os_name=row.os_name, running_kernel=row.kernel)


def _restart(row: RestartRow) -> Restart:
    return Restart(unit=row.unit, package=row.pkg, path=row.path, processes=row.procs, reason=row.reason)


def _finding(row: MalwareRow) -> MalwareFinding:
    return MalwareFinding(
        path=row.path, member=row.member, rule=row.rule, title=row.title, engine=row.engine,
        level=_LEVELS.get(row.level) or Level(row.level), size=row.size, sha256=row.sha256, matches=tuple(row.matches),
    )  # fmt: skip


def _not_scanned(row: NotScannedRow) -> NotScanned:
    return NotScanned(path=row.path, reason=row.reason, detail=row.detail)


def _stats(row: StatsRow) -> ScanStats:
    return ScanStats(files=row.files, bytes=row.bytes, skipped=row.skipped)


def _row(item: Item) -> Row:
    match item:
        case Package():
            return PackageRow(
                eco=item.ecosystem, name=item.name, ver=item.version, arch=item.arch,
                src=item.source, srcver=item.source_version, path=item.path,
            )  # fmt: skip
        case Evidence():
            return EvidenceRow(
                eco=item.ecosystem, src=item.source, srcver=item.source_version,
                cve=item.cve, fixed=item.fixed, urgency=item.urgency,
            )  # fmt: skip
        case HostFacts():
            return HostRow(
                os_id=item.os_id, os_version=item.os_version, os_name=item.os_name, kernel=item.running_kernel
            )
        case Restart():
            return RestartRow(
                unit=item.unit, pkg=item.package, path=item.path, procs=item.processes, reason=item.reason
            )
        case MalwareFinding():
            return MalwareRow(
                path=item.path, member=item.member, rule=item.rule, title=item.title, engine=item.engine,
                level=int(item.level), size=item.size, sha256=item.sha256, matches=list(item.matches),
            )  # fmt: skip
        case NotScanned():
            return NotScannedRow(path=item.path, reason=item.reason, detail=item.detail)
        case ScanStats():
            return StatsRow(files=item.files, bytes=item.bytes, skipped=dict(item.skipped))
        case Verdict():
            return _verdict_row(item)


def _verdict(row: VerdictRow) -> Verdict:
    evidence = tuple(ProbeEvidence(probe=e.probe, actual=e.actual, expected=e.expected) for e in row.evidence)
    return Verdict(
        policy=row.policy, item=row.item, title=row.title, level=Level(row.level), outcome=Outcome(row.outcome),
        reason=row.reason, evidence=evidence, remediation=row.remediation,
    )  # fmt: skip


def _verdict_row(item: Verdict) -> VerdictRow:
    evidence = [EvidenceOfProbe(probe=e.probe, actual=e.actual, expected=e.expected) for e in item.evidence]
    return VerdictRow(
        policy=item.policy, item=item.item, title=item.title, level=int(item.level), outcome=item.outcome.value,
        reason=item.reason, evidence=evidence, remediation=item.remediation,
    )  # fmt: skip


_LEVELS = {level.value: level for level in Level}
_ITEMS: Mapping[type[Row], Callable[[Any], Item]] = {
    PackageRow: _package,
    EvidenceRow: _evidence,
    HostRow: _facts,
    RestartRow: _restart,
    MalwareRow: _finding,
    NotScannedRow: _not_scanned,
    StatsRow: _stats,
    VerdictRow: _verdict,
}
"""How each kind of row is read: looked up by its type, which costs the same for the first kind and the last."""
