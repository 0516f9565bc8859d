"""Limits of scans: which of several holds, and hours as people write them."""

from datetime import time

import pytest

from hostward.domain.caps import Caps
from hostward.domain.errors import InvalidValue
from hostward.domain.limits import Limit, LimitOf, ScanLimits, effective, window_of, window_text
from hostward.domain.schedule import Window

OPERATORS = Caps(cpu_percent=80, memory_mib=1024, io_mib=0)


def limit(of: LimitOf, number: int = 0, **limits: object) -> Limit:
    """A limit."""
    return Limit(of=of, number=number, limits=ScanLimits(**limits))


def test_each_limit_is_decided_for_itself_by_the_most_specific() -> None:
    """A machine's, else its tags', else the account's, else the operator's; also where that is looser."""
    bounds = effective(
        [
            limit(LimitOf.ACCOUNT, cpu_percent=10, memory_mib=256, window=window_of("01:00-02:00")),
            limit(LimitOf.TAG, 7, cpu_percent=50, window=window_of("22:00-06:00")),
            limit(LimitOf.MACHINE, 3, cpu_percent=90),
        ],
        OPERATORS,
    )
    assert bounds.caps == Caps(cpu_percent=90, memory_mib=256, io_mib=0)
    assert bounds.window == Window(start=time(22), end=time(6))


def test_of_several_tags_the_strictest_counts_in_whatever_order() -> None:
    """The lowest numbers, the shortest hours, of equally long ones the earlier."""
    tags = [
        limit(LimitOf.TAG, 1, cpu_percent=20, io_mib=9, window=window_of("22:00-06:00")),
        limit(LimitOf.TAG, 2, cpu_percent=30, memory_mib=300, io_mib=5, window=window_of("03:00-05:00")),
        limit(LimitOf.TAG, 3, window=window_of("01:00-03:00")),
    ]
    expected = (Caps(cpu_percent=20, memory_mib=300, io_mib=5), window_of("01:00-03:00"))
    for order in (tags, tags[::-1]):
        bounds = effective(order, OPERATORS)
        assert (bounds.caps, bounds.window) == expected


def test_without_any_the_operators_hold() -> None:
    """At any hour."""
    assert (effective((), OPERATORS).caps, effective((), OPERATORS).window) == (OPERATORS, None)


@pytest.mark.parametrize("text", ["22:00-06:00", "00:00-00:01", ""])
def test_hours_are_read_as_they_are_written(text: str) -> None:
    """Both ways."""
    assert window_text(window_of(text)) == text


@pytest.mark.parametrize(
    "text", ["22:00", "22-06", "24:00-06:00", "a", "22:00-22:00", "-", "22:00-06:00:00", "1:2-3:4"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    """In words that say how they are written, or that they have no length."""
    with pytest.raises(InvalidValue, match=r"22:00-06:00|no length"):
        window_of(text)


@pytest.mark.parametrize(
    "limits", [{"cpu_percent": 101}, {"memory_mib": 64}, {"memory_mib": 2048}, {"io_mib": 100_001}]
)
def test_numbers_that_no_scan_could_keep_to_are_refused(limits: dict[str, int]) -> None:
    """With what is accepted."""
    with pytest.raises(InvalidValue, match="out of range"):
        ScanLimits(**limits)
