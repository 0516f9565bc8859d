"""Findings as plain values: what the JSON formats write, and others pick from."""

import os
from typing import Any

from hostward.cli.scan.report import Finding, HostReport, ModuleReport
from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding, NotScanned
from hostward.domain.matching import level_or_unknown
from hostward.domain.module import Module
from hostward.domain.package import Restart
from hostward.domain.verdict import Verdict

SCHEMA = "hostward-scan/1"


def report_fields(report: HostReport) -> dict[str, Any]:
    """The whole report as one JSON object."""
    return {
        "schema": SCHEMA,
        "host": dict(report.host),
        "modules": {str(module.module): module_fields(module) for module in report.modules},
    }


def module_fields(module: ModuleReport) -> dict[str, Any]:
    """One module: status, what was not judged, and every finding."""
    fields = {**head_fields(module), "findings": [finding_fields(finding) for finding in module.findings]}
    if module.module is Module.VUL:
        fields["restarts"] = [restart_fields(each) for each in module.restarts]
    if module.module is Module.MALWARE:
        fields["not_fully_scanned"] = [not_scanned_fields(each) for each in module.not_scanned]
        fields["stats"] = stats_fields(module)
    return fields


def head_fields(module: ModuleReport) -> dict[str, Any]:
    """Status and what was not judged."""
    return {"status": str(module.judged), "degraded": list(module.reasons)}


def stats_fields(module: ModuleReport) -> dict[str, Any]:
    """What a malware scan looked at."""
    stats = module.stats
    return {"files": stats.files, "bytes": stats.bytes, "skipped": dict(stats.skipped)}


def restart_fields(each: Restart) -> dict[str, Any]:
    """What is to be started again; unit "" is the machine itself."""
    return {
        "unit": each.unit,
        "package": each.package,
        "path": text(each.path),
        "processes": each.processes,
        "reason": each.reason,
    }


def not_scanned_fields(each: NotScanned) -> dict[str, Any]:
    """A file that could not be judged whole."""
    reason = f"{each.reason}: {each.detail}" if each.detail else each.reason
    return {"path": text(each.path), "reason": reason}


def finding_fields(finding: Finding) -> dict[str, Any]:
    """One finding; levels are 1 to 4."""
    match finding:
        case Match():
            return _vul(finding)
        case MalwareFinding():
            return _malware(finding)
        case Verdict():
            return _baseline(finding)


def text(path: bytes) -> str:
    """A path as text; bytes that are no UTF-8 become surrogates, as Python's own file functions take them back."""
    return os.fsdecode(path)


def whole_path(finding: MalwareFinding) -> str:
    """The file, and the member of the archive it is."""
    return text(finding.path) + (f"!{text(finding.member)}" if finding.member else "")


def _vul(match: Match) -> dict[str, Any]:
    level, source = level_or_unknown(match.level, match.level_source)
    return {
        "cve": match.key,
        "aliases": list(match.aliases),
        "package": match.name,
        "source": match.source,
        "installed": match.version,
        "fixed": match.fixed,
        "level": int(level),
        "level_source": source,
        "cvss": match.cvss,
        "ecosystem": match.ecosystem,
        "path": text(match.path),
        "hidden": match.hidden or None,
        "evidence": match.evidence,
    }


def _malware(finding: MalwareFinding) -> dict[str, Any]:
    return {
        "path": whole_path(finding),
        "rule": finding.rule,
        "engine": finding.engine,
        "level": int(finding.level),
        "size": finding.size,
        "sha256": finding.sha256,
        "matches": list(finding.matches),
    }


def _baseline(verdict: Verdict) -> dict[str, Any]:
    evidence = [{"probe": e.probe, "actual": e.actual, "expected": e.expected} for e in verdict.evidence]
    return {
        "policy": verdict.policy,
        "id": verdict.item,
        "title": verdict.title,
        "verdict": str(verdict.outcome),
        "reason": verdict.reason,
        "level": int(verdict.level),
        "evidence": evidence,
        "remediation": verdict.remediation,
    }
