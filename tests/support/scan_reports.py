"""Reports to be written in every format."""

from dataclasses import replace

from hostward.cli.scan.report import HostReport, ModuleReport, worst_first
from hostward.domain.advisory import FixStatus, Match
from hostward.domain.finding import MalwareFinding, NotScanned, ScanStats
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.verdict import Outcome, ProbeEvidence, Verdict


def match(key: str = "CVE-2026-1", **changes: object) -> Match:
    """A package that a feed speaks of."""
    plain = Match(
        key=key, name="openssl", source="openssl", version="3.0.1-1", ecosystem="Debian:12", fixed="3.0.2-1",
        status=FixStatus.FIXED, level=Level.HIGH, level_source="cvss", cvss=7.5, evidence="debian DSA-1",
        aliases=("GHSA-1",),
    )  # fmt: skip
    return replace(plain, **changes)


def hit(path: bytes = b"/tmp/x", **changes: object) -> MalwareFinding:
    """A file that a rule hit."""
    plain = MalwareFinding(
        path=path, rule="a_rule", title="A bad thing", engine="yara-x 1", level=Level.CRITICAL, size=12,
        sha256="ab" * 32, matches=("curl | sh",),
    )  # fmt: skip
    return replace(plain, **changes)


def verdict(item: str = "HW-SSH-001", outcome: Outcome = Outcome.FAIL, **changes: object) -> Verdict:
    """An item judged."""
    seen = ProbeEvidence(probe="sshd /etc/ssh/sshd_config:7", actual="yes", expected="no")
    plain = Verdict(
        policy="SSH server", item=item, title="Root logs in by key", level=Level.MEDIUM, outcome=outcome,
        evidence=(seen,), remediation="Set PermitRootLogin no",
    )  # fmt: skip
    return replace(plain, **changes)


def report(*modules: ModuleReport) -> HostReport:
    """A report over these modules."""
    return HostReport(host={"name": "web-1", "root": "/", "os": "Debian", "kernel": "6.1"}, modules=modules)


def vul(*findings: Match, **changes: object) -> ModuleReport:
    """A vulnerability report."""
    return replace(ModuleReport(module=Module.VUL, findings=worst_first(findings)), **changes)


def malware(*findings: MalwareFinding, **changes: object) -> ModuleReport:
    """A malware report."""
    return replace(ModuleReport(module=Module.MALWARE, findings=worst_first(findings)), **changes)


def baseline(*findings: Verdict, **changes: object) -> ModuleReport:
    """A baseline report."""
    return replace(ModuleReport(module=Module.BASELINE, findings=worst_first(findings)), **changes)


def everything() -> HostReport:
    """One of each: a risk, one that does not count, something that was not judged."""
    return report(
        vul(match(), match("CVE-2026-2", hidden="kernel headers and tools"), degraded=("2 gems: not judged yet",)),
        malware(
            hit(b"/tmp/\xff\x1b[2J.php"),
            not_scanned=(NotScanned(path=b"/srv/a.zip", reason="encrypted", detail="member x"),),
            stats=ScanStats(files=10, bytes=2000, skipped={"mounted from elsewhere": 3}),
        ),
        baseline(verdict(), verdict("HW-FIL-001", Outcome.PASS), verdict("HW-SVC-001", Outcome.ERROR, reason="no")),
    )
