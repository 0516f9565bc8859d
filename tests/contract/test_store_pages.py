"""ports.Tasks.page: every filter against a look at every machine."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hostward.domain.host_scan import FailType, Status, UnitState
from hostward.domain.ids import Seq, TaskId
from hostward.domain.machine import Machine
from hostward.domain.machine_filter import AtRisk, Condition, Conditions, FailTypeIs, StatusIs, Text, TextIs
from hostward.domain.note import Code
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import MachineRow, Page
from store_samples import (
    NOW,
    SECOND,
    Scan,
    Step,
    account,
    facts,
    failed,
    found,
    judged,
    leased,
    new_task,
    running,
    scan,
    stopped,
)

HOSTS = (
    facts("web-1", "10.0.0.1", "fe80::1", wan_ip="192.0.2.1", machine_id="ins-a"),
    facts("Web_2", "10.0.0.2", wan_ip="192.0.2.20", os_name="Ubuntu 22.04", machine_id="ins-b"),
    facts("100%", "10.0.1.1", machine_id="INS-C"),
    facts("STRASSE", "2001:db8::1"),
    facts("straße/ö", "10.0.0.1"),
    facts("İstanbul", ""),
    facts("back\\slash\x1fb", "10.0.0.111"),
    facts("", "10.0.0.3", wan_ip="10.0.0.3"),
)


def text(which: Text, *values: str, exact: bool = False) -> TextIs:
    """A text condition."""
    return TextIs(text=which, values=values, exact=exact)


def status(*values: Status) -> StatusIs:
    """A status condition."""
    return StatusIs(values=frozenset(values))


def fail(*values: FailType) -> FailTypeIs:
    """A fail type condition."""
    return FailTypeIs(values=frozenset(values))


@pytest.fixture
def hosts(store: Store) -> Scan:
    """A task over HOSTS."""
    owner = account(store)

    def work(uow: UnitOfWork) -> tuple[list[Machine], TaskId]:
        machines = [
            uow.machines.enrol(owner, b"k%d" % place, said, quuid=f"Quuid-{place}", uuid=f"Uuid-{place}")
            for place, said in enumerate(HOSTS)
        ]
        return machines, new_task(uow, owner, machines).id

    machines, task = store.write_now(work)
    return Scan(store=store, account=owner, machines=machines, id=task)


def page(task: Scan, *conditions: Condition, limit: int = 100, offset: int = 0) -> Page:
    """A page of the task."""
    return task.store.read_now(lambda uow: uow.tasks.page(task.id, conditions, limit=limit, offset=offset))


def seqs(page: Page) -> list[int]:
    """Which machines are on it."""
    return [row.seq for row in page.rows]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (text(Text.ANY, "WEB"), [0, 1]),
        (text(Text.ANY, "fe80"), [0]),
        (text(Text.ANY, "192.0.2.2"), [1]),
        (text(Text.ANY, "nothing"), []),
        (text(Text.ANY, ""), [0, 1, 2, 3, 4, 5, 6, 7]),
        (text(Text.ANY), []),
        (text(Text.ANY, "ubuntu"), []),
        (text(Text.ANY, "web-1", "100"), [0, 2]),
        (text(Text.ANY, "10.0.0.1", exact=True), [0, 4]),
        (text(Text.ANY, "FE80::1", exact=True), [0]),
        (text(Text.HOST_NAME, "%"), [2]),
        (text(Text.HOST_NAME, "_"), [1]),
        (text(Text.HOST_NAME, "\\"), [6]),
        (text(Text.HOST_NAME, "/"), [4]),
        (text(Text.HOST_NAME, "strasse"), [3, 4]),
        (text(Text.HOST_NAME, "STRAẞE", exact=True), [3]),
        (text(Text.HOST_NAME, "Ö"), [4]),
        (text(Text.HOST_NAME, "İ"), [5]),
        (text(Text.HOST_NAME, "web", exact=True), []),
        (text(Text.HOST_NAME, "WEB-1", exact=True), [0]),
        (text(Text.HOST_NAME, "", exact=True), [7]),
        (text(Text.HOST_NAME, "\x1f"), [6]),
        (text(Text.HOST_NAME, "slash\x1fB"), [6]),
        (text(Text.ADDRESS, "10.0.0.1"), [0, 4, 6]),
        (text(Text.ADDRESS, "10.0.0.1", exact=True), [0, 4]),
        (text(Text.ADDRESS, "fe80::1"), []),
        (text(Text.ADDRESS, "192.0.2.1", exact=True), [0]),
        (text(Text.ADDRESS, "1\x1f1"), []),
        (text(Text.OS_NAME, "ubuntu"), [1]),
        (text(Text.OS_NAME, "ubuntu 22.04", exact=True), [1]),
        (text(Text.INSTANCE, "QUUID-2", exact=True), [2]),
        (text(Text.INSTANCE, "ins-c"), []),
        (text(Text.UUID, "UUID-3", exact=True), [3]),
        (text(Text.UUID, "uuid-3", "uuid-1", "uuid-1", "nobody", exact=True), [1, 3]),
        (text(Text.UUID, "-4"), [4]),
        (text(Text.UUID, "uuid", exact=True), []),
        (text(Text.QUUID, "quuid-7", exact=True), [7]),
        (text(Text.QUUID, "UUID-7"), [7]),
        (text(Text.QUUID, "\0\ud800"), []),
    ],
)
def test_a_text_is_searched_without_regard_to_case(hosts: Scan, condition: TextIs, expected: list[int]) -> None:
    """Wildcards, backslashes, separators and all scripts mean themselves; exact is the whole of one text."""
    answer = page(hosts, condition)
    assert (seqs(answer), answer.total) == (expected, len(expected))


def test_texts_of_two_conditions_must_both_be_there(hosts: Scan) -> None:
    """AND between conditions, OR within one."""
    both = page(hosts, text(Text.ANY, "web", "100"), text(Text.OS_NAME, "debian"))
    identity = page(hosts, text(Text.UUID, "uuid-0", "uuid-1", exact=True), text(Text.HOST_NAME, "WEB_"))
    assert (seqs(both), seqs(identity)) == ([0, 2], [1])


def test_what_a_new_session_says_is_found(hosts: Scan) -> None:
    """Searches follow the facts."""
    machine = hosts.machines[0]
    said = replace(machine.facts, host_name="renamed")
    hosts.store.write_now(lambda uow: uow.machines.put_facts(machine.id, said, boot="", instance="", now=NOW))
    assert [seqs(page(hosts, text(Text.ANY, name))) for name in ("renamed", "web-1")] == [[0], []]


def test_a_row_is_the_machine_and_its_unit(store: Store) -> None:
    """Every column, times in whole seconds, the note as code and JSON."""
    task = scan(store, 1)
    task.step(0, leased(now=NOW), running(2500), found(3))
    machine = task.machines[0]
    row = page(task).rows[0]
    assert row == MachineRow(
        seq=0,
        machine=machine.id,
        quuid=machine.quuid,
        uuid=machine.uuid,
        host_name="host-0",
        inner_ip="10.0.0.1",
        wan_ip="",
        os_name=machine.facts.os_name,
        state=UnitState.RUNNING.value,
        fail=0,
        risk_num=3,
        begin=int(datetime(2026, 12, 1, 2, 3, 4, tzinfo=UTC).timestamp()),
        end=0,
        progress=2500,
        note_code=Code.DOING.value,
        note_values='{"percent":"25","what":"checking"}',
    )


def test_a_row_of_a_final_machine_has_its_end(store: Store) -> None:
    """Whole seconds again."""
    task = scan(store, 1)
    task.step(0, failed(now=NOW + SECOND))
    row = page(task).rows[0]
    assert (row.begin, row.end, row.fail, row.progress) == (0, int(NOW.timestamp()) + 1, 5, 10_000)


def test_a_page_past_the_end_is_empty_with_the_true_count(store: Store) -> None:
    """However far past."""
    task = scan(store, 3)
    assert [page(task, offset=offset) for offset in (3, 10**30)] == [Page(total=3, rows=[])] * 2
    assert page(task, status(Status.SCANNING), offset=10**30) == Page(total=3, rows=[])


def test_an_unknown_task_has_an_empty_page(store: Store) -> None:
    """Whoever asks has checked before."""
    answer = store.read_now(lambda uow: uow.tasks.page(TaskId(99), (), limit=10, offset=0))
    assert answer == Page(total=0, rows=[])


MIX: tuple[tuple[Step, ...], ...] = (
    (),
    (leased(),),
    (leased(), running()),
    (leased(), stopped()),
    (leased(), running(), found(2), judged()),
    (leased(), judged()),
    (failed(FailType.OFFLINE),),
    (failed(FailType.TIMEOUT),),
    (leased(), found(1), failed(FailType.FAILED)),
    (failed(FailType.TOO_OLD),),
    (stopped(),),
)
"""Every state, in this order over and over."""
CONDITIONS: tuple[Conditions, ...] = (
    (),
    (AtRisk(),),
    *((status(each),) for each in Status),
    *((fail(each),) for each in FailType),
    (status(Status.OK, Status.FAIL),),
    (status(),),
    (fail(FailType.OFFLINE, FailType.TOO_OLD),),
    (status(Status.FAIL), fail(FailType.TIMEOUT)),
    (status(Status.OK), fail(FailType.TIMEOUT)),
    (status(Status.SCANNING, Status.OK), status(Status.OK, Status.STOP)),
    (status(Status.OK), AtRisk()),
    (AtRisk(), fail(FailType.FAILED, FailType.NONE)),
    (text(Text.HOST_NAME, "7"), status(Status.FAIL)),
    (text(Text.HOST_NAME, "1"), AtRisk(), fail(FailType.NONE)),
    (text(Text.UUID, "uuid-4", "uuid-15", "uuid-6", exact=True), AtRisk()),
)


def mixed(store: Store, size: int, states: Sequence[int]) -> Scan:
    """A task whose machines are in these states of MIX."""
    task = scan(store, size)

    def work(uow: UnitOfWork) -> None:
        for seq, state in zip(range(size), itertools.cycle(states), strict=False):
            unit = uow.tasks.unit(task.id, Seq(seq))
            assert unit is not None
            for step in MIX[state]:
                after = step(unit)
                uow.tasks.change(unit, after, NOW)
                unit = after

    store.write_now(work)
    return task


def expected_rows(task: Scan, conditions: Conditions) -> list[int]:
    """The answer by looking at every machine."""

    def meets(condition: Condition, seq: int) -> bool:
        unit = units[seq]
        match condition:
            case StatusIs():
                return unit.status in condition.values
            case FailTypeIs():
                return unit.fail in condition.values
            case AtRisk():
                return unit.risk_num > 0
            case TextIs():
                name = f"host-{seq}" if condition.text is Text.HOST_NAME else f"uuid-{seq}"
                return any(value == name if condition.exact else value in name for value in condition.values)

    units = task.store.read_now(lambda uow: list(uow.tasks.units(task.id)))
    return [unit.seq for unit in units if all(meets(each, unit.seq) for each in conditions)]


@pytest.mark.parametrize("states", [range(len(MIX)), [5] * 97 + [8], [2]], ids=["mixed", "rare failures", "all alike"])
def test_every_filter_pages_as_a_look_at_every_machine_would(store: Store, states: Sequence[int]) -> None:
    """Over blocks of counters, dense and sparse, at every kind of offset."""
    task = mixed(store, 2100, states)
    wrong = []
    for conditions in CONDITIONS:
        everything = expected_rows(task, conditions)
        for limit, offset in ((100, 0), (7, 1), (100, len(everything) - 5), (100, len(everything) // 2), (1, 5000)):
            answer = page(task, *conditions, limit=limit, offset=max(0, offset))
            wanted = (len(everything), everything[max(0, offset) :][:limit])
            if (answer.total, seqs(answer)) != wanted:
                wrong.append((conditions, limit, offset))
    assert wrong == []


def test_pages_follow_machines_from_state_to_state(store: Store) -> None:
    """Block counters move with each step, back into Scanning too."""
    task = mixed(store, 3, [0])
    task.step(1, leased(), found(1), failed())
    before = [seqs(page(task, each)) for each in (status(Status.FAIL), status(Status.SCANNING), AtRisk())]
    again = replace(task.unit(1), run=2, state=UnitState.PENDING, fail=FailType.NONE, end=None, risk_num=0, due=NOW)
    task.step(1, lambda unit: replace(again, rev=unit.rev + 1))
    after = [seqs(page(task, each)) for each in (status(Status.FAIL), status(Status.SCANNING), AtRisk())]
    assert (before, after) == ([[1], [0, 2], [1]], [[], [0, 1, 2], []])
