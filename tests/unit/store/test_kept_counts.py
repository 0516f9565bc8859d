"""What is asked of block counters and classes."""

import pytest

from hostward.domain.host_scan import FailType, Status, Unit, UnitState
from hostward.domain.ids import MachineId, Seq, TaskId
from hostward.domain.machine_filter import AtRisk, Conditions, FailTypeIs, StatusIs
from hostward.store.classes import ALL, asks_risk, class_of, wanted
from hostward.store.counted_pages import span
from hostward.store.tables import BLOCK_COLUMNS
from store_samples import NOW


def unit(state: UnitState, fail: FailType = FailType.NONE) -> Unit:
    """A unit in this state."""
    return Unit(task=TaskId(1), seq=Seq(0), machine=MachineId(1), queue_until=NOW, state=state, fail=fail)


def test_every_state_has_one_class_that_its_status_asks_for() -> None:
    """A unit is counted where a filter by its own status looks, and nowhere else."""
    units = [unit(state) for state in UnitState if state is not UnitState.FAIL]
    units += [unit(UnitState.FAIL, fail) for fail in FailType if fail is not FailType.NONE]
    for each in units:
        found = {status for status in Status if class_of(each) in wanted([StatusIs(values=frozenset({status}))])}
        fails = {fail for fail in FailType if class_of(each) in wanted([FailTypeIs(values=frozenset({fail}))])}
        assert (found, fails) == ({each.status}, {each.fail})


def test_classes_are_columns_of_the_blocks() -> None:
    """All of them, and the two of risk."""
    assert {*ALL, "at_risk", "ok_at_risk"} == set(BLOCK_COLUMNS)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((), ALL),
        ((AtRisk(),), ALL),
        ((StatusIs(values=frozenset()),), frozenset()),
        ((StatusIs(values=frozenset({Status.OK})), FailTypeIs(values=frozenset({FailType.OFFLINE}))), frozenset()),
        ((StatusIs(values=frozenset(Status)), FailTypeIs(values=frozenset(FailType))), ALL),
    ],
)
def test_conditions_on_classes_are_one_set(conditions: Conditions, expected: frozenset[str]) -> None:
    """What all of them let through."""
    assert wanted(conditions) == expected


def test_risk_is_asked_for_by_name() -> None:
    """And by nothing else."""
    assert [asks_risk(each) for each in ((), (AtRisk(),), (StatusIs(values=frozenset()),))] == [False, True, False]


@pytest.mark.parametrize(
    ("blocks", "limit", "offset", "expected"),
    [
        ([], 10, 0, (0, -1, 0)),
        ([(0, 5)], 10, 0, (0, 0, 0)),
        ([(0, 5)], 10, 5, (0, -1, 0)),
        ([(0, 5), (1, 5)], 10, 3, (0, 1, 3)),
        ([(0, 5), (1, 5), (2, 5)], 5, 5, (1, 1, 0)),
        ([(0, 5), (1, 5), (2, 5)], 5, 6, (1, 2, 1)),
        ([(0, 1), (3, 1), (4, 1), (9, 1)], 10, 0, (0, 9, 0)),
        ([(0, 3), (3, 1), (4, 1), (9, 1)], 3, 2, (0, 4, 2)),
        ([(2, 3), (5, 9)], 3, 4, (5, 5, 1)),
    ],
)
def test_a_page_is_read_from_the_blocks_that_hold_it(
    blocks: list[tuple[int, int]], limit: int, offset: int, expected: tuple[int, int, int]
) -> None:
    """From the block of its first row to that of its last; rows before it are skipped in the first."""
    assert span(blocks, limit, offset) == expected
