"""How scans are shown: live bars on a terminal, plain lines in a pipe."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hostward.cli.overview import Ended, Line
from hostward.domain.host_scan import Status
from hostward.domain.severity import Level

BAR_CELLS = 24
PLAIN_STEP = 10
"""Percent between two lines of a module in a pipe."""

LEVEL_STYLES = {Level.CRITICAL: "bold red", Level.HIGH: "red", Level.MEDIUM: "yellow", Level.LOW: "cyan"}


class Screen(Protocol):
    """Where progress and the summary go."""

    def show(self, lines: Sequence[Line]) -> None:
        """The scans as they are now."""
        ...

    def close(self) -> None:
        """No more progress will come."""
        ...


class Bars:
    """Bars that are redrawn in place, for a terminal."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=8, transient=False)
        self._started = False

    def show(self, lines: Sequence[Line]) -> None:
        """See Screen.show."""
        if not self._started:
            self._live.start()
            self._started = True
        self._live.update(bars(lines))

    def close(self) -> None:
        """See Screen.close."""
        if self._started:
            self._live.stop()


class Lines:
    """One line a module every PLAIN_STEP percent: nothing that a log would not want."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._said: dict[int, int] = {}

    def show(self, lines: Sequence[Line]) -> None:
        """See Screen.show."""
        for line in lines:
            step = line.percent // PLAIN_STEP
            if self._said.get(line.task) != step:
                self._said[line.task] = step
                words = "done" if line.done else line.doing
                _write(self._console, f"{line.module}\t{line.percent} %\t{words}")

    def close(self) -> None:
        """See Screen.close."""


def screen_for(console: Console) -> Screen:
    """Bars where they can be drawn."""
    return Bars(console) if console.is_terminal and not console.is_dumb_terminal else Lines(console)


def bars(lines: Sequence[Line]) -> Table:
    """The scans as a grid: module, bar, percent, time left, what is being done."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="ellipsis", no_wrap=True, style="dim", ratio=1)
    for line in lines:
        grid.add_row(line.module, _bar(line.percent), f"{line.percent} %", _left(line), _doing(line))
    return grid


def summary(results: Sequence[Ended], console: Console) -> None:
    """Findings per level and what was not judged: a table on a terminal, tab-separated lines in a pipe."""
    if console.is_terminal:
        console.print(_table(results))
    else:
        _print_plain(results, console)


def _bar(percent: int) -> Text:
    full = round(percent * BAR_CELLS / 100)
    style = "green" if percent == 100 else "blue"
    return Text.assemble(("█" * full, style), ("░" * (BAR_CELLS - full), "bright_black"))


def _left(line: Line) -> str:
    if line.done:
        return "done"
    return "estimating" if line.left is None else f"{clock(line.left)} left"


def _doing(line: Line) -> Text:
    return Text("" if line.done else line.doing)


def clock(span: timedelta) -> str:
    """Minutes and seconds: "2:07"."""
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    return f"{minutes}:{seconds:02d}"


def _table(results: Sequence[Ended]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("Module", "Result", "Took"):
        table.add_column(name, no_wrap=True)
    for level in reversed(Level):
        table.add_column(level.label.capitalize(), justify="right", no_wrap=True)
    table.add_column("Not judged", ratio=1)
    for ended in results:
        counts = [_count(ended, level) for level in reversed(Level)]
        reason = Text(ended.not_judged or "-", style="" if ended.not_judged else "dim")
        table.add_row(_name(ended), _result(ended), clock(ended.took), *counts, reason)
    return table


def _name(ended: Ended) -> Text:
    return Text(ended.module if ended.task is None else f"{ended.module} (task {ended.task})", style="bold")


def _result(ended: Ended) -> Text:
    if ended.status is not Status.OK:
        return Text(ended.status.word, style="bold red")
    return Text("Ok", style="green") if ended.is_whole else Text("Ok, in part", style="yellow")


def _count(ended: Ended, level: Level) -> Text:
    """A dash where nothing was judged: it is not the same as 0."""
    number = ended.counts.get(level, 0)
    if ended.status is not Status.OK and not number:
        return Text("-", style="dim")
    return Text(str(number), style=LEVEL_STYLES[level] if number else "dim")


def _print_plain(results: Sequence[Ended], console: Console) -> None:
    levels = list(reversed(Level))
    rows = [["MODULE", "TASK", "RESULT", "SECONDS", *(level.name for level in levels), "NOT JUDGED"]]
    for ended in results:
        counts = [_count(ended, level).plain for level in levels]
        seconds = str(round(ended.took.total_seconds()))
        rows.append(
            [
                ended.module,
                "-" if ended.task is None else str(ended.task),
                _result(ended).plain,
                seconds,
                *counts,
                ended.not_judged or "-",
            ]
        )
    for row in rows:
        _write(console, "\t".join(row))


def _write(console: Console, text: str) -> None:
    """A line as it is: rich would turn its tabs into spaces."""
    console.file.write(text + "\n")
    console.file.flush()
