"""The lines between a worker and its parent."""

from pathlib import Path

import msgspec
import pytest

from fake_scanners import finding
from hostward.domain.finding import NotScanned
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions, MalwareOptions, VulOptions
from hostward.protocol.job import BaselineJob, MalwareJob, VulJob
from hostward.scanners.contract import Degraded, Found, Progress
from hostward.scanners.lines import (
    MAX_LINE,
    MAX_ROWS_LINE,
    Died,
    Doubt,
    Ended,
    Order,
    Rows,
    Step,
    lines_of,
    read_line,
    write_line,
)

VUL = VulJob(levels=[4], categories=[4])


@pytest.mark.parametrize(
    "line",
    [Step(done=0.5, doing="reading"), Doubt(reason="encrypted"), Ended(), Ended(failed="no"), Died(how="signal 9")],
)
def test_a_line_is_read_as_it_was_written(line: object) -> None:
    """One JSON object and its end."""
    written = write_line(line)  # type: ignore[arg-type]  # every kind of line
    assert written.count(b"\n") == 1
    assert read_line(written.rstrip(b"\n")) == line


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"type":"other"}', b'{"type":"step"}', b'{"type":"rows","rows":[{}]}']
)
def test_what_is_no_line_is_refused(data: bytes) -> None:
    """A worker that was taken over can't make the agent believe just anything."""
    with pytest.raises(msgspec.DecodeError):
        read_line(data)


def test_an_order_says_what_to_do_and_where() -> None:
    """Paths are bytes on the way."""
    order = Order(options=VUL, covered=["Debian:12"], root=b"/mnt/\xff", work=b"/w", own_paths=[b"/opt"], memory=5)
    read = msgspec.json.decode(write_line(order), type=Order)
    assert read == order
    assert read.job().covered == frozenset({"Debian:12"})
    assert (bytes(read.host().root), read.host().work, read.host().own_paths) == (
        b"/mnt/\xff",
        Path("/w"),
        (Path("/opt"),),
    )
    assert not read.host().is_this_machine


@pytest.mark.parametrize(
    ("options", "module", "kind"),
    [
        (VUL, Module.VUL, VulOptions),
        (MalwareJob(pattern=1, engine=3), Module.MALWARE, MalwareOptions),
        (BaselineJob(), Module.BASELINE, BaselineOptions),
    ],
)
def test_an_order_knows_its_module(options: object, module: Module, kind: type) -> None:
    """By its options."""
    order = Order(options=options, work=b"/w")  # type: ignore[arg-type]  # every kind of options
    assert order.module() is module
    assert isinstance(order.job().options, kind)


def test_options_nobody_knows_are_an_error() -> None:
    """Before a scanner is loaded."""
    with pytest.raises(ValueError, match="99"):
        Order(options=MalwareJob(pattern=99, engine=1), work=b"/w").module()


@pytest.mark.parametrize(("done", "shown"), [(-0.5, 0.0), (0.25, 0.25), (7.0, 1.0)])
def test_progress_stays_within_its_bounds(done: float, shown: float) -> None:
    """Whatever a scanner counts."""
    (line,) = lines_of(Progress(done=done, doing="x"))
    assert read_line(line) == Step(done=shown, doing="x")


def test_long_words_are_cut() -> None:
    """A reason is for people."""
    (line,) = lines_of(Degraded(reason="x" * 10_000))
    assert read_line(line) == Doubt(reason="x" * 2000)


def test_findings_travel_as_rows() -> None:
    """All of them, in order."""
    (line,) = lines_of(Found(items=tuple(finding(number) for number in range(3))))
    read = read_line(line)
    assert isinstance(read, Rows)
    assert [row.path for row in read.rows] == [b"/found/0", b"/found/1", b"/found/2"]  # type: ignore[union-attr]  # findings


def test_nothing_found_is_no_line() -> None:
    """An empty event says nothing."""
    assert list(lines_of(Found())) == []


def test_a_line_has_at_most_five_hundred_rows() -> None:
    """As a batch has."""
    lines = list(lines_of(Found(items=tuple(finding(number) for number in range(1100)))))
    assert [len(read_line(line).rows) for line in lines] == [500, 500, 100]  # type: ignore[union-attr]  # rows


def test_large_rows_are_spread_over_lines() -> None:
    """No line is longer than a parent takes, and none of them is lost."""
    items = tuple(NotScanned(path=b"/x", reason="limit", detail="y" * 100_000) for _ in range(7))
    lines = list(lines_of(Found(items=items)))
    assert max(map(len, lines)) <= MAX_LINE
    assert sum(len(read_line(line).rows) for line in lines) == 7  # type: ignore[union-attr]  # rows


def test_a_row_that_is_far_too_large_is_named_instead() -> None:
    """What can't be sent is reported, and the others are sent."""
    large = NotScanned(path=b"/x", reason="limit", detail="y" * (MAX_ROWS_LINE + 1))
    lines = [read_line(line) for line in lines_of(Found(items=(finding(0), large, finding(1))))]
    assert [type(line) for line in lines] == [Doubt, Rows]
    assert "too large to be sent" in lines[0].reason  # type: ignore[union-attr]  # a doubt
    assert len(lines[1].rows) == 2  # type: ignore[union-attr]  # rows


def test_text_that_is_not_unicode_is_spelled_out() -> None:
    """A lone surrogate would break the JSON of all the others."""
    (line,) = lines_of(Found(items=(NotScanned(path=b"\xff", reason="unreadable", detail="bad \udc80 name"),)))
    (row,) = read_line(line).rows  # type: ignore[union-attr]  # rows
    assert (row.path, row.detail) == (b"\xff", "bad \\udc80 name")  # type: ignore[union-attr]  # not scanned


def test_doubts_that_are_not_unicode_are_spelled_out() -> None:
    """They often name a file."""
    (line,) = lines_of(Degraded(reason="can't read \udcff"))
    assert read_line(line) == Doubt(reason="can't read \\udcff")
