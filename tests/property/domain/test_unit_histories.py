"""Whatever happens to units, in whatever order, the tally is their recount and progress never falls."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hostward.domain import progress
from hostward.domain.durations import counted
from hostward.domain.errors import IllegalTransition
from hostward.domain.host_scan import WHOLE, FailType, Unit
from hostward.domain.ids import LeaseId, MachineId, Seq, TaskId
from hostward.domain.note import NOTHING
from hostward.domain.tally import EMPTY, recount

NOW = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = {
    "lease": lambda unit, n: unit.leased(LeaseId(n + 1), NOW, HOUR),
    "progress": lambda unit, n: unit.progressed(n * 97 % WHOLE, NOTHING),
    "judge": lambda unit, n: unit.judged(NOW, NOTHING),
    "fail": lambda unit, n: unit.failed(list(FailType)[1 + n % 4], NOW, NOTHING),
    "ask": lambda unit, n: unit.asked_to_stop(NOW, "admin", "now"),
    "stop": lambda unit, n: unit.stopped(NOW),
    "lose": lambda unit, n: unit.lease_lost(NOW, spends_attempt=bool(n % 2)),
    "find": lambda unit, n: unit.found(n % 5),
}
histories = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(STEPS)), st.integers(0, 10_000)), max_size=60)


def fresh(count: int) -> list[Unit]:
    """Units of a task that just began."""
    return [
        Unit(task=TaskId(1), seq=Seq(n), machine=MachineId(n), queue_until=NOW + HOUR, due=NOW + HOUR)
        for n in range(count)
    ]


def walk(history: list[tuple[int, str, int]]):
    """Each state of the task: its units and its kept tally."""
    units = fresh(5)
    tally = recount(units)
    for index, step, number in history:
        try:
            after = STEPS[step](units[index], number)
        except IllegalTransition:
            continue
        tally = tally.moved(units[index], after)
        units[index] = after
        yield units, tally


@given(histories)
def test_the_kept_tally_equals_the_recount(history):
    """Counters are added to, never counted, and still true."""
    assert all(tally == recount(units) for units, tally in walk(history))


@given(histories)
def test_every_machine_is_in_exactly_one_bucket(history):
    """Scanning + Ok + Fail + Stop is the number of machines."""
    for _, tally in walk(history):
        assert tally.scanning + tally.ok + tally.fail + tally.stop == tally.machines


@given(histories)
def test_progress_never_falls_within_a_run(history):
    """Whatever is retried, stopped or lost."""
    shown = [progress.percent(tally) for _, tally in walk(history)]
    assert shown == sorted(shown)


@given(histories)
def test_a_hundred_means_every_machine_is_final(history):
    """99 until then."""
    for units, tally in walk(history):
        assert (progress.percent(tally) == 100) is all(unit.is_final for unit in units)


seconds = st.integers(0, 10_000).map(lambda number: timedelta(seconds=number))
clocks = st.builds(
    progress.Clocks,
    **dict.fromkeys(("elapsed", "until_deadline", "until_queue_ends", "until_last_start", "ramp", "age"), seconds),
    timeout=st.integers(1, 10_000).map(lambda number: timedelta(seconds=number)),
    settled=st.integers(0, 5),
)


@given(histories, clocks, st.lists(seconds, max_size=20), st.booleans())
def test_time_left_is_zero_exactly_when_done_and_bounded_by_the_deadline(history, times, took, looked_at):
    """At least a second before; the deadline itself while nothing better is known."""
    until = times.until_deadline.total_seconds()
    for units, tally in walk(history):
        working = [
            progress.AtWork(age=times.age, done=unit.progress / WHOLE) for unit in units if unit.state.holds_lease
        ]
        estimate = progress.time_left(tally, times, counted(took), working if looked_at else ())
        assert (estimate.left == timedelta(0)) is tally.is_done
        assert estimate.left <= max(timedelta(seconds=until), timedelta(seconds=1))


@given(histories)
def test_a_final_unit_has_an_end_and_is_never_due(history):
    """The reaper has nothing to do with it."""
    for units, _ in walk(history):
        assert all((unit.end is not None and unit.due is None) for unit in units if unit.is_final)


@given(histories)
def test_a_unit_that_is_not_final_is_always_due_some_day(history):
    """Nobody is forgotten."""
    for units, _ in walk(history):
        assert all(unit.due is not None for unit in units if not unit.is_final)


def test_the_empty_tally_is_done():
    """A task of no machines has nothing to wait for (and is refused when created)."""
    assert (EMPTY.is_done, progress.percent(EMPTY)) == (True, 100)
