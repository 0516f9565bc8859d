"""Plain text: tab-separated and whole, for pipes and files. What a terminal shows is in screen.py."""

from collections.abc import Iterator

from hostward.cli.scan.formats.fields import text, whole_path
from hostward.cli.scan.report import Finding, HostReport, ModuleReport, is_risk, level_of
from hostward.domain.advisory import Match
from hostward.domain.finding import MalwareFinding
from hostward.domain.module import Module
from hostward.domain.note import printable
from hostward.domain.package import Restart
from hostward.domain.verdict import Verdict

HEADERS = {
    Module.VUL: ("CVE", "LEVEL", "CVSS", "PACKAGE", "INSTALLED", "FIXED", "FROM", "PATH"),
    Module.MALWARE: ("RULE", "LEVEL", "PATH", "TITLE", "SHA256"),
    Module.BASELINE: ("ITEM", "LEVEL", "VERDICT", "TITLE", "FOUND"),
}


def as_table(report: HostReport) -> Iterator[str]:
    """A block for each module: header, its risks, and what was not judged."""
    for number, module in enumerate(report.modules):
        if number:
            yield "\n"
        yield from _block(module)


def cells(finding: Finding) -> tuple[str, ...]:
    """A finding as the columns of its module; nothing in them drives a terminal."""
    return tuple(printable(cell) for cell in _cells(finding))


def restart_words(restart: Restart) -> tuple[str, ...]:
    """What is to be started again, and why."""
    if not restart.unit:
        return ("reboot needed", restart.package or "-", restart.reason)
    return ("restart needed", restart.unit, restart.package or text(restart.path), restart.reason)


def _block(module: ModuleReport) -> Iterator[str]:
    yield _row(HEADERS[module.module])
    for finding in module.findings:
        if is_risk(finding):
            yield _row(cells(finding))
    for restart in module.restarts:
        yield _row(tuple(map(printable, restart_words(restart))))
    for each in module.not_scanned:
        detail = f": {each.detail}" if each.detail else ""
        yield _row(("not fully scanned", printable(text(each.path)), printable(f"{each.reason}{detail}")))
    for reason in module.reasons:
        yield _row(("not judged", printable(reason)))


def _cells(finding: Finding) -> tuple[str, ...]:
    level = level_of(finding).label
    match finding:
        case Match():
            cvss = "-" if finding.cvss is None else f"{finding.cvss:.1f}"
            return (
                finding.key, level, cvss, finding.name, finding.version, finding.fixed or "-", finding.evidence,
                text(finding.path) or "-",
            )  # fmt: skip
        case MalwareFinding():
            return (finding.rule, level, whole_path(finding), finding.title, finding.sha256 or "-")
        case Verdict():
            seen = "; ".join(e.actual for e in finding.evidence)
            return (finding.item, level, str(finding.outcome), finding.title, seen or "-")


def _row(cells_: tuple[str, ...]) -> str:
    return "\t".join(cells_) + "\n"
