"""From what the workers said to a report: items sorted into findings, packages matched against advisories."""

import platform
import socket
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hostward.cli.scan.report import NO_STATS, HostReport, ModuleReport, worst_first
from hostward.cli.scan.request import Request
from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding, NotScanned, ScanStats
from hostward.domain.ignoring import part_of
from hostward.domain.module import Module
from hostward.domain.package import HostFacts, Package, Restart
from hostward.domain.verdict import Verdict
from hostward.protocol.openvex import SetAside
from hostward.runtime.clock import SystemClock
from hostward.usecases.ports import UnitOfWork
from hostward.usecases.vulnerabilities.feed_doubts import doubts
from hostward.usecases.vulnerabilities.judge import judge
from hostward.wiring import local_store
from hostward.wiring.local_scan import Part


def report(parts: Sequence[Part], request: Request, data_dir: Path) -> HostReport:
    """The parts as one report."""
    return HostReport(host=_host(parts, request), modules=[_module(part, data_dir, request.aside) for part in parts])


def _module(part: Part, data_dir: Path, aside: Sequence[SetAside]) -> ModuleReport:
    match part.module:
        case Module.VUL:
            return _vul(part, data_dir, aside)
        case Module.MALWARE:
            return _malware(part)
        case Module.BASELINE:
            verdicts = [item for item in part.items if isinstance(item, Verdict)]
            return ModuleReport(
                module=part.module, findings=worst_first(verdicts), degraded=part.degraded, failure=part.failure
            )


def _vul(part: Part, data_dir: Path, aside: Sequence[SetAside]) -> ModuleReport:
    """Packages of a machine nobody has advisories for are judged by the host's own evidence alone."""
    matches, doubtful = local_store.judged(data_dir, lambda uow: (judge(uow, part.items), _doubts(uow, part)))
    facts = [item for item in part.items if isinstance(item, HostFacts)]
    return ModuleReport(
        module=part.module,
        findings=worst_first([_marked(match, aside) for match in matches]),
        degraded=[*part.degraded, *doubtful],
        failure=part.failure,
        facts=facts[-1] if facts else None,
        packages=[item for item in part.items if isinstance(item, Package)],
        restarts=[item for item in part.items if isinstance(item, Restart)],
    )


def _marked(match: Match, aside: Sequence[SetAside]) -> Match:
    """The match, hidden when somebody set it aside."""
    part = part_of(match)
    for one in aside:
        if one.key == match.key and not match.hidden and (one.product is None or one.product.holds(part)):
            return replace(match, hidden=f"ignored: {one.status} {one.justification or one.reason}".rstrip())
    return match


def _doubts(uow: UnitOfWork, part: Part) -> Sequence[str]:
    packages = [item for item in part.items if isinstance(item, Package)]
    installed = {package.ecosystem for package in packages}
    return doubts(uow, installed, now=SystemClock().now(), said=part.degraded)


def _malware(part: Part) -> ModuleReport:
    return ModuleReport(
        module=part.module,
        findings=worst_first([item for item in part.items if isinstance(item, MalwareFinding)]),
        degraded=part.degraded,
        failure=part.failure,
        not_scanned=[item for item in part.items if isinstance(item, NotScanned)],
        stats=next((item for item in part.items if isinstance(item, ScanStats)), NO_STATS),
    )


def _host(parts: Sequence[Part], request: Request) -> dict[str, str]:
    facts = [item for part in parts for item in part.items if isinstance(item, HostFacts)]
    here = request.root == Path("/") and request.sbom is None
    return {
        "name": socket.gethostname() if here else request.subject,
        "root": str(request.sbom or request.root),
        "os": facts[-1].os_name if facts else "",
        "kernel": platform.release() if here else "",
    }
