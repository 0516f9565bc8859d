"""JSON: one object, or one a line."""

import json
from collections.abc import Iterator

from hostward.cli.scan.formats.fields import (
    finding_fields,
    head_fields,
    not_scanned_fields,
    report_fields,
    restart_fields,
    stats_fields,
)
from hostward.cli.scan.report import HostReport, ModuleReport
from hostward.domain.module import Module

_encoder = json.JSONEncoder(ensure_ascii=True)
"""ASCII, so that surrogates survive every pipe: a program reads them back as it would from os.listdir."""


def as_json(report: HostReport) -> Iterator[str]:
    """The whole report as one object, indented."""
    yield json.dumps(report_fields(report), indent=2, ensure_ascii=True) + "\n"


def as_jsonl(report: HostReport) -> Iterator[str]:
    """One object a line, each with its type: host, then per module its findings and, last, its status."""
    yield _line("host", **dict(report.host))
    for module in report.modules:
        yield from _module_lines(module)


def _module_lines(module: ModuleReport) -> Iterator[str]:
    name = str(module.module)
    for finding in module.findings:
        yield _line("finding", module=name, **finding_fields(finding))
    for restart in module.restarts:
        yield _line("restart", module=name, **restart_fields(restart))
    for each in module.not_scanned:
        yield _line("not_fully_scanned", module=name, **not_scanned_fields(each))
    stats = {"stats": stats_fields(module)} if module.module is Module.MALWARE else {}
    yield _line("module", module=name, **head_fields(module), **stats)


def _line(kind: str, **fields: object) -> str:
    return _encoder.encode({"type": kind, **fields}) + "\n"
