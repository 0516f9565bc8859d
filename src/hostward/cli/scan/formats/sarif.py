"""SARIF 2.1.0 (OASIS standard): one run a module, a location for every result, split at the limits of its readers."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from hostward import __version__
from hostward.cli.scan.formats.fields import text, whole_path
from hostward.cli.scan.report import Finding, HostReport, ModuleReport, is_risk, level_of
from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding
from hostward.domain.severity import Level
from hostward.domain.verdict import Verdict

SCHEMA_URI = "https://json.schemastore.org/sarif-2.1.0.json"
MAX_RESULTS = 25_000
"""Results in one run that GitHub's code scanning takes; a run with more is split."""

MAX_RUNS = 20
"""Runs in one file that it takes."""

ROOT = "ROOT"
OS_RELEASE = b"/etc/os-release"
"""Where a result points that is about the machine as a whole."""

PACKAGE_FILES = (
    (("Debian", "Ubuntu", "dpkg"), b"/var/lib/dpkg/status"),
    (("Alpine", "Wolfi", "Chainguard"), b"/lib/apk/db/installed"),
)
"""The file that says a distribution's package is installed, by ecosystem."""

RPM_FILES = b"/var/lib/rpm"

LEVELS = {Level.CRITICAL: "error", Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "note"}
SCORES = {Level.CRITICAL: "9.5", Level.HIGH: "8.0", Level.MEDIUM: "5.5", Level.LOW: "2.0"}
"""security-severity of a level where there is no CVSS score: the middle of its band."""

_PATH = re.compile(r"(?:^|[\s:(])(/[^\s:;,()]+)(?::(\d+))?")


def as_sarif(report: HostReport) -> Iterator[str]:
    """One log. Results beyond MAX_RUNS runs are left out, and the last run says how many."""
    runs = [run for module in report.modules for run in _runs(module)]
    kept = runs[:MAX_RUNS]
    if len(runs) > MAX_RUNS:
        lost = sum(len(run["results"]) for run in runs[MAX_RUNS:])
        kept[-1]["invocations"][0]["toolExecutionNotifications"].append(_notification(_too_many(lost)))
    log = {"$schema": SCHEMA_URI, "version": "2.1.0", "runs": kept}
    yield json.dumps(log, ensure_ascii=True, indent=1) + "\n"


def _too_many(lost: int) -> str:
    return f"{lost} results are left out: a SARIF file holds {MAX_RUNS} runs of {MAX_RESULTS}; -o json has them all"


def _runs(module: ModuleReport) -> Iterator[dict[str, Any]]:
    risks = [finding for finding in module.findings if is_risk(finding)]
    for start in range(0, max(1, len(risks)), MAX_RESULTS):
        yield _run(module, risks[start : start + MAX_RESULTS])


def _run(module: ModuleReport, risks: Sequence[Finding]) -> dict[str, Any]:
    indexes: dict[str, int] = {}
    rules: list[dict[str, Any]] = []
    results = []
    for finding in risks:
        name = _rule_id(finding)
        if name not in indexes:
            indexes[name] = len(rules)
            rules.append(_rule(name, finding))
        results.append(_result(name, indexes[name], finding))
    invocation = {
        "executionSuccessful": not module.failure,
        "toolExecutionNotifications": [_notification(reason) for reason in module.reasons],
    }
    return {
        "tool": {"driver": {"name": f"Hostward {module.module}", "version": __version__, "rules": rules}},
        "automationDetails": {"id": f"hostward/{module.module}/"},
        "originalUriBaseIds": {ROOT: {"uri": "file:///"}},
        "invocations": [invocation],
        "results": results,
    }


def _notification(reason: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": reason}}


def _rule_id(finding: Finding) -> str:
    match finding:
        case Match():
            return finding.key
        case MalwareFinding():
            return finding.rule
        case Verdict():
            return finding.item


def _rule(name: str, finding: Finding) -> dict[str, Any]:
    title = f"{name} in {finding.source}" if isinstance(finding, Match) else finding.title
    rule = {
        "id": name,
        "shortDescription": {"text": title},
        "properties": {"security-severity": _score(finding), "tags": ["security"]},
    }
    if isinstance(finding, Verdict) and finding.remediation:
        rule["help"] = {"text": finding.remediation}
    return rule


def _score(finding: Finding) -> str:
    if isinstance(finding, Match) and finding.cvss is not None:
        return f"{finding.cvss:.1f}"
    return SCORES[level_of(finding)]


def _result(name: str, index: int, finding: Finding) -> dict[str, Any]:
    path, line = _location(finding)
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path.lstrip(b"/")), "uriBaseId": ROOT}}
    if line:
        place["region"] = {"startLine": line}
    return {
        "ruleId": name,
        "ruleIndex": index,
        "level": LEVELS[level_of(finding)],
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"hostward/v1": _fingerprint(name, finding, path)},
    }


def _message(finding: Finding) -> str:
    match finding:
        case Match():
            remedy = f"fixed in {finding.fixed}" if finding.fixed else f"no fix yet ({finding.status})"
            return f"{finding.name} {finding.version} is affected by {finding.key}; {remedy}"
        case MalwareFinding():
            return _clean(f"{finding.title} in {whole_path(finding)}")
        case Verdict():
            seen = "; ".join(f"{e.probe}: {e.actual}, expected {e.expected}" for e in finding.evidence)
            return _clean(f"{finding.title}. {seen}")


def _clean(words: str) -> str:
    """Surrogates have no place in a message for people."""
    return words.encode("utf-8", "backslashreplace").decode()


def _location(finding: Finding) -> tuple[bytes, int]:
    """The file to look at, and the line if one is known (0 if not)."""
    match finding:
        case MalwareFinding():
            return finding.path or OS_RELEASE, 0
        case Match():
            return finding.path or _package_file(finding.ecosystem), 0
        case Verdict():
            return _evidence_file(finding)


def _package_file(ecosystem: str) -> bytes:
    family = ecosystem.partition(":")[0]
    return next((path for names, path in PACKAGE_FILES if family in names), RPM_FILES)


def _evidence_file(verdict: Verdict) -> tuple[bytes, int]:
    """The first file its evidence names."""
    for evidence in verdict.evidence:
        for words in (evidence.probe, evidence.actual):
            if found := _PATH.search(words):
                return os.fsencode(found[1]), int(found[2] or 0)
    return OS_RELEASE, 0


def _fingerprint(name: str, finding: Finding, path: bytes) -> str:
    """The same for the same finding in the next scan, whatever line or version it then has."""
    what = finding.name if isinstance(finding, Match) else ""
    return hashlib.sha256(f"{name}\0{what}\0{text(path)}".encode("utf-8", "surrogateescape")).hexdigest()
