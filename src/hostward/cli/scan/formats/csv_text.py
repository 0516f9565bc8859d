"""CSV (RFC 4180): one table for all modules, safe to be opened by a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from hostward.cli.scan.formats.fields import text, whole_path
from hostward.cli.scan.report import Finding, HostReport, ModuleReport, is_risk, level_of
from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding
from hostward.domain.verdict import Verdict

HEADER = (
    "module", "risk", "level", "id", "title", "target", "installed", "fixed", "verdict", "reason", "evidence",
    "remediation",
)  # fmt: skip

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet calculate. Source: OWASP, CSV Injection."""


def as_csv(report: HostReport) -> Iterator[str]:
    """A header, a row for each finding, and a row for whatever was not judged."""
    yield _row(HEADER)
    for module in report.modules:
        yield from _module_rows(module)


def _module_rows(module: ModuleReport) -> Iterator[str]:
    name = str(module.module)
    for finding in module.findings:
        risk = "yes" if is_risk(finding) else "no"
        yield _row((name, risk, level_of(finding).label, *_cells(finding)))
    for each in module.not_scanned:
        yield _row((name, "no", "", "", "not fully scanned", text(each.path), "", "", "", each.reason, each.detail, ""))
    for reason in module.reasons:
        yield _row((name, "no", "", "", "not judged", "", "", "", str(module.judged), reason, "", ""))


def _cells(finding: Finding) -> tuple[str, ...]:
    """From id to remediation."""
    match finding:
        case Match():
            target = f"{finding.name} ({text(finding.path)})" if finding.path else finding.name
            return (
                finding.key, "", target, finding.version, finding.fixed, str(finding.status), finding.hidden,
                finding.evidence, "",
            )  # fmt: skip
        case MalwareFinding():
            return (finding.rule, finding.title, whole_path(finding), "", "", "", "", "; ".join(finding.matches), "")
        case Verdict():
            evidence = "; ".join(f"{e.probe}: {e.actual} (expected {e.expected})" for e in finding.evidence)
            return (
                finding.item, finding.title, finding.policy, "", "", str(finding.outcome), finding.reason, evidence,
                finding.remediation,
            )  # fmt: skip


def _row(cells: tuple[str, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_safe(cell) for cell in cells])
    return out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
