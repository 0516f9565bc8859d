"""What a scan is said to come to, beside what a start then makes of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostward.domain.errors import InvalidValue
from hostward.domain.module import Module
from hostward.domain.progress import Estimate
from hostward.usecases.records import Scope
from hostward.usecases.scans import describe
from hostward.usecases.scans.estimate import Forecast, estimate
from small_fleet import Fleet, new_fleet

TIMEOUT = timedelta(hours=1)
DONE = Estimate(left=timedelta(0), known=True)
KINDS = st.tuples(st.sampled_from(["0.1.0", "0.0.9", "2.0.0", "odd"]), st.booleans())


def forecast(fleet: Fleet, *quuids: str, tags: tuple[str, ...] = (), module: Module = Module.MALWARE) -> Forecast:
    """The estimate of a scan of these machines, or of all."""
    return fleet.store.read_now(
        lambda uow: estimate(
            uow,
            account=fleet.account,
            module=module,
            scope=Scope(everything=not quuids, quuids=quuids, tags=tags),
            timeout=TIMEOUT,
            now=fleet.now,
        )
    )


@given(kinds=st.lists(KINDS, min_size=1, max_size=6), named=st.booleans(), usual=st.none() | st.integers(1, 9000))
def test_an_estimate_is_what_the_start_makes_of_it(kinds: list[tuple[str, bool]], named: bool, usual: int | None):
    """Machines, those that fail at once for their agent, those that are waited for, and the time left."""
    fleet = new_fleet()
    for number, (version, online) in enumerate(kinds):
        fleet.add(f"m{number}", version=version, online=online)
    if usual is not None:
        fleet.store.write_now(
            lambda uow: uow.tasks.learn(fleet.account, Module.MALWARE, timedelta(seconds=usual))
        )  # fmt: skip
    quuids = tuple(machine.quuid for machine in fleet.machines) if named else ()
    said = forecast(fleet, *quuids)
    task = fleet.start(quuids=quuids, timeout=TIMEOUT.total_seconds())
    units = fleet.store.read_now(lambda uow: list(uow.tasks.units(task)))
    tally = fleet.task(task).tally
    assert (said.machines, said.too_old) == (tally.machines, tally.too_old)
    assert said.offline == sum(unit.note.code.value == "waiting_offline" for unit in units)
    assert said.total == fleet.store.read_now(lambda uow: describe.left(uow, fleet.task(task), fleet.now))


def test_a_task_waits_for_machines_that_are_offline(fleet: Fleet):
    """As long as their queue is; for nobody, not at all."""
    fleet.add("here")
    assert forecast(fleet).wait == timedelta(0)
    fleet.add("gone", online=False)
    assert forecast(fleet).wait == TIMEOUT


def test_machines_are_narrowed_by_their_tags(fleet: Fleet):
    """All of them, or those that are named."""
    first, second = fleet.add("a"), fleet.add("b", online=False)
    fleet.add("c")

    def tag(uow) -> None:
        for machine in (first, second):
            uow.machines.put_tags(machine.id, ["env=prod"])

    fleet.store.write_now(tag)
    found = forecast(fleet, tags=("env=prod",))
    assert (found.machines, found.offline) == (2, 1)
    assert forecast(fleet, "q-a", "q-c", tags=("env=prod",)).machines == 1


def test_a_machine_named_twice_is_one(fleet: Fleet):
    """As in a start."""
    fleet.add("a")
    assert forecast(fleet, "q-a", "q-a").machines == 1


def test_a_machine_that_nobody_knows_is_refused(fleet: Fleet):
    """In the words of a start."""
    fleet.add("a")
    with pytest.raises(InvalidValue, match="machines that do not exist: q-none"):
        forecast(fleet, "q-a", "q-none")


def test_nobody_to_scan_takes_no_time(fleet: Fleet):
    """And is no error before anything was started."""
    assert forecast(fleet) == Forecast(machines=0, offline=0, too_old=0, wait=timedelta(0), run=DONE, total=DONE)


def test_machines_that_all_fail_at_once_take_no_time(fleet: Fleet):
    """There is nothing to wait for."""
    fleet.add("old", version="0.0.1")
    assert (forecast(fleet).run, forecast(fleet).total) == (DONE, DONE)
