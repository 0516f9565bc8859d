"""The score: what is deducted for what, and never more than there is."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.score import WHOLE_SCORE, Deduction, Facts, Ground, deductions, score

CLEAN = Facts(
    machines=10, offline=0, modules=3, unjudged=0, malware=0, critical=0, baseline=0, baseline_judged=10, failed=0,
    scanned=30, feeds=1, stale=0,
)  # fmt: skip
COUNTS = st.builds(Facts, **{field.name: st.integers(0, 10**9) for field in fields(Facts)})


def test_a_fleet_that_is_judged_and_clean_loses_nothing():
    """The only way to 100."""
    assert (deductions(CLEAN), score(deductions(CLEAN))) == ([], 100)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"malware": 1}, Deduction(ground=Ground.MALWARE, points=10, count=1)),
        ({"malware": 9}, Deduction(ground=Ground.MALWARE, points=30, count=9)),
        ({"critical": 2}, Deduction(ground=Ground.CRITICAL_VULS, points=10, count=2)),
        ({"critical": 99}, Deduction(ground=Ground.CRITICAL_VULS, points=20, count=99)),
        ({"baseline": 5}, Deduction(ground=Ground.BASELINE, points=5, count=5, of=10)),
        ({"unjudged": 3}, Deduction(ground=Ground.NEVER_JUDGED, points=2, count=3, of=30)),
        ({"unjudged": 30}, Deduction(ground=Ground.NEVER_JUDGED, points=20, count=30, of=30)),
        ({"feeds": 0}, Deduction(ground=Ground.NO_FEED, points=10, count=0)),
        ({"feeds": 3, "stale": 1}, Deduction(ground=Ground.STALE_FEED, points=5, count=1)),
        ({"feeds": 3, "stale": 3}, Deduction(ground=Ground.STALE_FEED, points=10, count=3)),
        ({"offline": 1}, Deduction(ground=Ground.OFFLINE, points=1, count=1, of=10)),
        ({"offline": 10}, Deduction(ground=Ground.OFFLINE, points=5, count=10, of=10)),
        ({"failed": 30}, Deduction(ground=Ground.FAILED, points=5, count=30, of=30)),
    ],
)
def test_each_ground_has_its_points(changes: dict, expected: Deduction):
    """By number up to its most, or by share, rounded up."""
    assert deductions(replace(CLEAN, **changes)) == [expected]


def test_without_machines_nothing_is_judged():
    """Which costs as much as if none of them had been."""
    empty = replace(CLEAN, machines=0, baseline_judged=0, scanned=0)
    assert deductions(empty) == [Deduction(ground=Ground.NO_MACHINES, points=20, count=0)]


def test_a_fleet_that_was_never_judged_is_not_a_clean_one():
    """No risk is known of either."""
    never = replace(CLEAN, unjudged=30, baseline_judged=0, scanned=0)
    assert score(deductions(never)) < score(deductions(CLEAN))


@given(facts=COUNTS)
def test_the_score_is_what_the_deductions_leave(facts: Facts):
    """Between 0 and 100, each ground once, in the order of their urgency, with a point at least."""
    taken = deductions(facts)
    assert score(taken) == WHOLE_SCORE - sum(one.points for one in taken)
    assert 0 <= score(taken) <= WHOLE_SCORE
    grounds = [one.ground for one in taken]
    assert grounds == [ground for ground in Ground if ground in grounds]
    assert all(one.points > 0 for one in taken)


@given(facts=COUNTS, more=st.integers(1, 100))
def test_more_malware_never_makes_a_better_score(facts: Facts, more: int):
    """Nor do more vulnerabilities."""
    for name in ("malware", "critical"):
        worse = replace(facts, **{name: getattr(facts, name) + more})
        assert score(deductions(worse)) <= score(deductions(facts))
