"""Progress and summary, on a terminal and in a pipe."""

import io
from datetime import timedelta

from rich.console import Console

from hostward.cli.overview import Ended, Line
from hostward.cli.screen import Bars, Lines, bars, clock, screen_for, summary
from hostward.domain.host_scan import Status
from hostward.domain.ids import TaskId
from hostward.domain.module import Module
from hostward.domain.severity import Level


def terminal() -> Console:
    """A terminal of 100 columns."""
    return Console(file=io.StringIO(), force_terminal=True, width=100, color_system="standard")


def pipe() -> Console:
    """Not a terminal."""
    return Console(file=io.StringIO(), highlight=False)


def line(percent: int, *, left: float | None = None, doing: str = "reading packages") -> Line:
    """A scan on its way."""
    span = None if left is None else timedelta(seconds=left)
    return Line(module=Module.VUL, task=TaskId(1), percent=percent, left=span, doing=doing, done=percent == 100)


def ended(status: Status = Status.OK, not_judged: str = "", **counts: int) -> Ended:
    """A scan that is over."""
    levels = {Level[name.upper()]: number for name, number in counts.items()}
    return Ended(
        module=Module.VUL, task=TaskId(7), status=status, counts=levels, not_judged=not_judged,
        took=timedelta(seconds=65),
    )  # fmt: skip


def shown(console: Console) -> str:
    """What was written."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_terminal_gets_bars_and_a_pipe_gets_lines():
    """Chosen by where it goes."""
    assert (type(screen_for(terminal())), type(screen_for(pipe()))) == (Bars, Lines)


def test_a_pipe_gets_one_line_every_ten_percent():
    """Nothing is redrawn."""
    console = pipe()
    screen = Lines(console)
    for percent in (0, 3, 9, 10, 15, 57, 100):
        screen.show([line(percent)])
    assert [row.split("\t")[1] for row in shown(console).splitlines()] == ["0 %", "10 %", "57 %", "100 %"]


def test_a_pipe_gets_no_escape_byte():
    """Not even for the summary."""
    console = pipe()
    screen = Lines(console)
    screen.show([line(100)])
    summary([ended(critical=1)], console)
    assert "\x1b" not in shown(console)


def test_bars_show_percent_time_left_and_what_is_done():
    """In one row."""
    console = terminal()
    console.print(bars([line(50, left=127)]))
    assert all(word in shown(console) for word in ("Vul", "50 %", "2:07 left", "reading packages"))


def test_unknown_time_left_is_estimating():
    """Never a made-up number."""
    console = terminal()
    console.print(bars([line(1)]))
    assert "estimating" in shown(console)


def test_markup_in_what_a_host_says_is_text():
    """A package called [red] colours nothing."""
    console = terminal()
    console.print(bars([line(1, doing="[bold]x[/bold]")]))
    assert "[bold]x[/bold]" in shown(console)


def test_the_live_screen_can_be_closed_before_it_began():
    """Ctrl-C may come at any time."""
    console = terminal()
    Bars(console).close()
    assert shown(console) == ""


def test_the_live_screen_redraws():
    """And ends with the last state."""
    console = terminal()
    screen = Bars(console)
    screen.show([line(10)])
    screen.show([line(100)])
    screen.close()
    assert "100 %" in shown(console)


def test_the_summary_counts_by_level_and_names_what_was_not_judged():
    """On a terminal."""
    console = terminal()
    summary([ended(high=3, not_judged="no feed")], console)
    assert all(word in shown(console) for word in ("Ok, in part", "no feed", "1:05", "3"))


def test_a_failed_module_shows_a_dash_and_not_a_zero():
    """Nothing was judged: that is not the same as clean."""
    console = pipe()
    summary([ended(Status.FAIL, not_judged="it crashed")], console)
    assert shown(console).splitlines()[1].split("\t") == ["Vul", "7", "Fail", "65", "-", "-", "-", "-", "it crashed"]


def test_long_reasons_are_whole_in_a_pipe():
    """No column is cut there."""
    console = pipe()
    reason = "x" * 500
    summary([ended(not_judged=reason)], console)
    assert reason in shown(console)


def test_whole_means_ok_and_nothing_left():
    """What --once makes its exit status of."""
    assert [ended().is_whole, ended(not_judged="x").is_whole, ended(Status.STOP).is_whole] == [True, False, False]


def test_clock_is_minutes_and_seconds():
    """Also above an hour."""
    assert [clock(timedelta(seconds=number)) for number in (0, 5, 65, 3600)] == ["0:00", "0:05", "1:05", "60:00"]
