"""Whatever happens to a task, a database says of it what memory says, and the kept tally is the counted one."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostward.domain.host_scan import WHOLE, FailType, Status, Unit, UnitState
from hostward.domain.ids import LeaseId, Seq
from hostward.domain.machine_filter import AtRisk, Conditions, FailTypeIs, StatusIs
from hostward.domain.note import Code, Note
from hostward.domain.severity import Level
from hostward.usecases.ports import UnitOfWork
from store_kinds import Fresh
from store_samples import NOW, Scan, match, scan

SIZE = 3
FILTERS: Sequence[Conditions] = (
    (),
    (AtRisk(),),
    *((StatusIs(values=frozenset({status})),) for status in Status),
    (FailTypeIs(values=frozenset({FailType.OFFLINE, FailType.FAILED})),),
)
STEPS = (
    *("leased", "progressed", "judged", "asked_to_stop", "stopped", "lease_lost", "found", "looked_at", "again"),
    *("offline", "timeout", "failed", "too_old", "vuls", "seen"),
)
Change = tuple[int, str, int]
"""Which unit, which step, and a number that the step makes something of."""
CHANGES = st.lists(
    st.lists(st.tuples(st.integers(0, SIZE - 1), st.sampled_from(STEPS), st.integers(0, 9)), min_size=1, max_size=6),
    max_size=8,
)
"""Transactions, each of some steps."""
LEGAL = {
    UnitState.PENDING: {"leased", "progressed", "judged", "asked_to_stop", "failed"},
    UnitState.LEASED: {"progressed", "judged", "asked_to_stop", "lease_lost", "failed"},
    UnitState.RUNNING: {"progressed", "judged", "asked_to_stop", "lease_lost", "failed"},
    UnitState.STOPPING: {"progressed", "stopped", "lease_lost"},
}
FAILS = {name.lower(): FailType[name] for name in ("OFFLINE", "TIMEOUT", "FAILED", "TOO_OLD")}


def stepped(unit: Unit, step: str, number: int) -> Unit:
    """The unit after a step; the same where its state does not have the step."""
    now = NOW + timedelta(seconds=number)
    note = Note(code=Code.DOING, values={"what": str(number), "percent": "1"})
    if step == "found":
        return unit.found(number)
    if step == "looked_at" and not unit.is_final:
        return unit.looked_at(now)
    if step == "again" and unit.is_final:
        return replace(unit, run=unit.run + 1, state=UnitState.PENDING, fail=FailType.NONE, end=None, due=now,
                       progress=0, risk_num=0, rev=unit.rev + 1)  # fmt: skip
    if ("failed" if step in FAILS else step) not in LEGAL.get(unit.state, set()):
        return unit
    if step in FAILS:
        return unit.failed(FAILS[step], now, note)
    steps = {
        "leased": lambda: unit.leased(LeaseId(number), now, timedelta(seconds=60)),
        "progressed": lambda: unit.progressed(number * WHOLE // 10, note),
        "judged": lambda: unit.judged(now, note),
        "asked_to_stop": lambda: unit.asked_to_stop(now, "me", "now"),
        "stopped": lambda: unit.stopped(now),
        "lease_lost": lambda: unit.lease_lost(now, spends_attempt=number % 2 == 0),
    }
    return steps[step]()


def play(task: Scan, transaction: Sequence[Change]) -> None:
    """Let it happen in one transaction."""

    def work(uow: UnitOfWork) -> None:
        for seq, step, number in transaction:
            unit = uow.tasks.unit(task.id, Seq(seq), lock=True)
            assert unit is not None
            after = stepped(unit, step, number)
            if step == "vuls":
                levels = (None, *Level)
                found = [match(f"CVE-{key}", levels[(key + number) % 5], cvss=float(number)) for key in range(number)]
                uow.tasks.record_vuls(unit, found[number // 2 :])
            elif step == "seen":
                uow.tasks.get(task.id)
            elif after != unit:
                uow.tasks.change(unit, after, NOW + timedelta(seconds=number))

    task.store.write_now(work)


def seen(task: Scan) -> list[object]:
    """Everything that can be seen of a task."""

    def work(uow: UnitOfWork) -> list[object]:
        return [
            uow.tasks.get(task.id),
            list(uow.tasks.units(task.id)),
            [uow.tasks.page(task.id, each, limit=3, offset=1) for each in FILTERS],
            uow.tasks.vuls(task.id, limit=9),
            uow.tasks.open_units_of(task.id),
            [uow.tasks.open_units(machine.id) for machine in task.machines],
            uow.tasks.due(NOW + timedelta(days=1), 9),
        ]

    return task.store.read_now(work)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=CHANGES)
def test_memory_and_database_say_the_same(
    compared: tuple[Fresh, Fresh], transactions: Sequence[Sequence[Change]]
) -> None:
    """After each transaction of any steps everything that can be seen is the same, and so is the recount."""
    with ExitStack() as stack:
        tasks = [scan(stack.enter_context(fresh()), SIZE) for fresh in compared]
        for transaction in transactions:
            for task in tasks:
                play(task, transaction)
            assert seen(tasks[0]) == seen(tasks[1])
        for task in tasks:
            assert task.store.read_now(lambda uow, which=task.id: uow.tasks.recount(which)) == task.task.tally
