"""Lengths of scans in classes, and what they say of the next scans."""

from datetime import timedelta

import pytest

from hostward.domain.durations import (
    LAST,
    UNKNOWN,
    Durations,
    class_of,
    counted,
    durations_of,
    seconds_of,
    spread_of,
)

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("seconds", [0.3, 1, 7, 60, 3600, 86_400])
def test_the_middle_of_a_class_is_near_every_length_in_it(seconds: float):
    """Within a tenth."""
    assert seconds_of(class_of(seconds * SECOND)) == pytest.approx(seconds, rel=0.1)


def test_what_is_shorter_or_longer_than_all_classes_is_in_the_outer_ones():
    """Nothing is left out."""
    assert (class_of(0 * SECOND), class_of(10**9 * SECOND)) == (0, LAST)


def test_counts_of_nothing_are_left_out():
    """And classes rise."""
    assert durations_of({9: 1, 2: 3, 5: 0}) == Durations(((2, 3), (9, 1)))


def test_half_of_the_scans_stayed_below_the_middle():
    """None without any."""
    assert UNKNOWN.middle is None
    middle = counted([SECOND] * 3 + [100 * SECOND] * 2).middle
    assert middle is not None
    assert middle.total_seconds() == pytest.approx(1, rel=0.1)


def test_of_more_machines_the_longest_takes_longer():
    """Up to the longest that was ever seen, and a little beyond."""
    spread = spread_of(counted([number * SECOND for number in range(60, 600, 5)]))
    longest = [spread.longest_of(many, age=0.0, scale=1.0) for many in (1, 10, 100, 1000)]
    assert longest == sorted(longest)
    assert longest[0] == pytest.approx(270, rel=0.3)
    assert 500 < longest[2] < 900


def test_machines_that_are_old_already_take_longer_than_their_age():
    """Also where no scan ever took as long."""
    spread = spread_of(counted([60 * SECOND] * 500))
    assert spread.longest_of(3, age=100_000.0, scale=1.0) == pytest.approx(112_500)


def test_the_share_done_rises_with_age_and_falls_with_the_scale():
    """From nothing to everything."""
    spread = spread_of(counted([60 * SECOND, 120 * SECOND]))
    shares = [spread.share_done(age, 1.0) for age in (0.0, 10.0, 60.0, 90.0, 10_000.0)]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, pytest.approx(1.0))
    assert spread.share_done(60.0, 2.0) < spread.share_done(60.0, 1.0)
