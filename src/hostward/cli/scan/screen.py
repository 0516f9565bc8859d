"""A local scan on a terminal: bars while it runs, a summary, and the worst findings."""

from collections.abc import Sequence
from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hostward.cli.overview import Ended, Line
from hostward.cli.scan.formats.table import HEADERS, cells, restart_words
from hostward.cli.scan.report import HostReport, ModuleReport, is_risk, level_of
from hostward.cli.screen import LEVEL_STYLES, screen_for
from hostward.cli.screen import summary as show_summary
from hostward.domain.ids import TaskId
from hostward.domain.note import printable
from hostward.wiring.local_scan import Part

SHOWN = 15
"""Findings of a module shown on a terminal; more are counted."""


class Progress:
    """Bars on a terminal, lines elsewhere."""

    def __init__(self, console: Console) -> None:
        self._screen = screen_for(console)

    def show(self, parts: Sequence[Part]) -> None:
        """The parts as they are now."""
        self._screen.show([_line(number, part) for number, part in enumerate(parts)])

    def close(self) -> None:
        """No more will come."""
        self._screen.close()


def summary(report: HostReport, seconds: float, console: Console) -> None:
    """Findings per level and what was not judged; always, whatever becomes of the report."""
    took = timedelta(seconds=seconds)
    show_summary([_ended(module, took) for module in report.modules], console)


def findings(report: HostReport, console: Console, *, everything: bool) -> None:
    """The worst findings of each module as a table."""
    for module in report.modules:
        for restart in module.restarts:
            console.print(Text(printable(": ".join(restart_words(restart))), style="yellow"))
        risks = [finding for finding in module.findings if is_risk(finding)]
        if not risks:
            continue
        shown = risks if everything else risks[:SHOWN]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
        for name in HEADERS[module.module]:
            table.add_column(name, overflow="fold")
        for finding in shown:
            style = LEVEL_STYLES[level_of(finding)]
            row = [Text(cell, style=style if place == 1 else "") for place, cell in enumerate(cells(finding))]
            table.add_row(*row)
        console.print()
        console.print(table)
        if len(risks) > len(shown):
            console.print(f"... {len(risks) - len(shown)} more (--all shows them, -o json writes them)", style="dim")


def _line(number: int, part: Part) -> Line:
    percent = 100 if part.ended else min(99, int(part.done * 100))
    return Line(module=part.module, task=TaskId(number), percent=percent, left=None, doing=part.doing, done=part.ended)


def _ended(module: ModuleReport, took: timedelta) -> Ended:
    return Ended(
        module=module.module,
        task=None,
        status=module.status,
        counts=module.counts(),
        not_judged="; ".join(module.reasons),
        took=took,
    )
