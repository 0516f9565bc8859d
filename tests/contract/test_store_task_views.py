"""Parts of a task, other orders and risks: every store answers as a look at every unit does."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from hostward.domain.bucket import Bucket, bucket_of, sizes
from hostward.domain.finding import MalwareFinding
from hostward.domain.host_scan import FailType
from hostward.domain.ids import LeaseId, TaskId
from hostward.domain.machine_filter import TASK_ORDER, BucketIs, Condition, Order, SortKey, Text, TextIs
from hostward.domain.module import Module
from hostward.domain.severity import Level
from hostward.domain.task import Trigger
from hostward.domain.verdict import Outcome, Verdict
from hostward.usecases.ports import Store, UnitOfWork
from hostward.usecases.records import Item, Page, Risk, RiskPage, RiskQuery, TaskFilter
from store_samples import NOW, SECOND, Scan, failed, found, judged, leased, match, new_task, running, scan, stopped

ALL_BUCKETS = frozenset(Bucket)


@pytest.fixture
def mixed(store: Store) -> Scan:
    """Thirteen machines, at least one of each part."""
    task = scan(store, size=13)
    late = NOW + SECOND
    task.step(1, leased(1))
    task.step(2, leased(2, late), running(), found(2))
    task.step(3, leased(3), judged())
    task.step(4, leased(4, late), running(), found(5), judged())
    task.step(5, failed(FailType.OFFLINE))
    task.step(6, leased(6), failed(FailType.TIMEOUT))
    task.step(7, leased(7), running(), found(1), failed(FailType.FAILED))
    task.step(8, failed(FailType.TOO_OLD))
    task.step(9, stopped())
    task.step(10, leased(10), stopped())
    task.step(11, leased(11, late), running(), found(9), judged())
    return task


def page(task: Scan, *conditions: Condition, limit: int = 100, offset: int = 0, order: Order = TASK_ORDER) -> Page:
    """A page of the task."""
    return task.store.read_now(lambda uow: uow.tasks.page(task.id, conditions, limit=limit, offset=offset, order=order))


def in_parts(*buckets: Bucket) -> BucketIs:
    """A condition on parts."""
    return BucketIs(values=frozenset(buckets))


def seqs(page: Page) -> list[int]:
    """Which machines are on it."""
    return [row.seq for row in page.rows]


PARTS: Sequence[tuple[Bucket, ...]] = (
    *((bucket,) for bucket in Bucket),
    tuple(Bucket),
    (Bucket.OK, Bucket.OK_WITH_RISKS),
    (Bucket.WAITING, Bucket.OK),
    (Bucket.WAITING, Bucket.SCANNING, Bucket.OK_WITH_RISKS),
    (Bucket.SCANNING, Bucket.STOPPED, Bucket.FAILED),
    (Bucket.FAILED, Bucket.TIMEOUT, Bucket.OK),
    (),
)


@pytest.mark.parametrize("parts", PARTS, ids=lambda parts: "+".join(parts) or "none")
def test_parts_hold_the_machines_that_are_in_them(mixed: Scan, parts: tuple[Bucket, ...]) -> None:
    """Whole, a page at a time and together with a text; the count is the tally's."""
    units = mixed.store.read_now(lambda uow: list(uow.tasks.units(mixed.id)))
    expected = [unit.seq for unit in units if bucket_of(unit.state, unit.fail, unit.risk_num) in parts]
    whole = page(mixed, in_parts(*parts))
    assert (whole.total, seqs(whole)) == (len(expected), expected)
    assert sum(sizes(mixed.task.tally)[part] for part in parts) == len(expected)
    paged = [page(mixed, in_parts(*parts), limit=2, offset=offset) for offset in range(0, 14, 2)]
    assert [seq for each in paged for seq in seqs(each)] == expected
    named = page(mixed, in_parts(*parts), TextIs(text=Text.ANY, values=("host-1",)))
    assert seqs(named) == [seq for seq in expected if str(seq).startswith("1")]


def test_conditions_on_parts_must_all_hold(mixed: Scan) -> None:
    """Two that have nothing in common leave nothing."""
    one, other = in_parts(Bucket.OK, Bucket.WAITING), in_parts(Bucket.OK_WITH_RISKS, Bucket.OK)
    assert seqs(page(mixed, one, other)) == [3]
    assert page(mixed, one, in_parts(Bucket.FAILED)).total == 0


def test_kept_counts_of_parts_are_those_of_the_units(mixed: Scan) -> None:
    """After all steps, and after a machine that was Ok and at risk scans again."""
    for _ in range(2):
        counted = mixed.store.read_now(lambda uow: uow.tasks.recount(mixed.id))
        assert mixed.task.tally == counted
        assert sum(sizes(counted).values()) == 13
        if counted.ok_at_risk == 2:
            again = mixed.unit(4).again(2, NOW, mixed.unit(0).note)
            mixed.step(4, lambda _, again=again: again)
    assert page(mixed, in_parts(Bucket.OK_WITH_RISKS)).total == 1


@pytest.mark.parametrize("key", [SortKey.HOST_NAME, SortKey.RISKS, SortKey.BEGIN, SortKey.TASK])
@pytest.mark.parametrize("descending", [False, True])
def test_other_orders_sort_all_machines(mixed: Scan, key: SortKey, *, descending: bool) -> None:
    """Equal ones stay in the task's order; pages are pieces of the whole."""
    units = {unit.seq: unit for unit in mixed.store.read_now(lambda uow: list(uow.tasks.units(mixed.id)))}
    keys = {
        SortKey.HOST_NAME: lambda seq: f"host-{seq}",
        SortKey.RISKS: lambda seq: units[seq].risk_num,
        SortKey.BEGIN: lambda seq: (units[seq].begin or NOW - SECOND).timestamp(),
        SortKey.TASK: int,
    }
    expected = sorted(sorted(units), key=keys[key], reverse=descending)
    order = Order(key=key, descending=descending)
    whole = page(mixed, order=order)
    assert (whole.total, seqs(whole)) == (13, expected)
    assert seqs(page(mixed, limit=4, offset=6, order=order)) == expected[6:10]
    some = page(mixed, in_parts(Bucket.OK, Bucket.OK_WITH_RISKS), order=order)
    assert (some.total, seqs(some)) == (3, [seq for seq in expected if seq in {3, 4, 11}])


def risks(task: Scan, module: Module, limit: int = 100, offset: int = 0, **wanted: object) -> RiskPage:
    """A page of the task's risks."""
    query = RiskQuery(**wanted)  # type: ignore[arg-type]  # each test names the types
    return task.store.read_now(lambda uow: uow.tasks.risks(task.id, module, query, limit=limit, offset=offset))


def shown(page: RiskPage) -> list[tuple[str, int, int]]:
    """Name, level and machines of each risk."""
    return [(risk.name, risk.level or 0, risk.machines) for risk in page.rows]


def reported(task: Scan, seq: int, lease: int, *items: Item) -> None:
    """A unit's lease reports items and ends."""

    def work(uow: UnitOfWork) -> None:
        uow.results.add(task.machines[seq].id, LeaseId(lease), 0, items)

    task.store.write_now(work)
    task.step(seq, leased(lease), running(), found(len(items)), judged())


def hit(path: bytes, rule: str, level: Level = Level.HIGH, member: bytes = b"") -> MalwareFinding:
    """A rule that hit a file."""
    return MalwareFinding(
        path=path, member=member, rule=rule, title=f"About {rule}", engine="e", level=level, size=1, sha256=""
    )


def verdict(item: str, level: Level = Level.MEDIUM, outcome: Outcome = Outcome.FAIL) -> Verdict:
    """An item judged."""
    return Verdict(policy="cis", item=item, title=f"Item {item}", level=level, outcome=outcome, remediation="fix it")


def test_malware_is_one_risk_a_path_and_rule(store: Store) -> None:
    """Whatever the bytes of the path; the worst first, then what is on most machines."""
    task = scan(store, size=3, module=Module.MALWARE)
    same = hit(b"/tmp/\xff", "eicar")
    reported(task, 0, 1, same, hit(b"/a", "low", Level.LOW), hit(b"/z.zip", "eicar", member=b"in"))
    reported(task, 1, 2, same)
    task.step(2, leased(3), running())
    found_ = risks(task, Module.MALWARE)
    assert (found_.total, shown(found_)) == (3, [("eicar", 3, 2), ("eicar", 3, 1), ("low", 1, 1)])
    assert [risk.where for risk in found_.rows] == ["/tmp/\\xff", "/z.zip > in", "/a"]
    assert len({risk.key for risk in found_.rows}) == 3
    assert shown(risks(task, Module.MALWARE, limit=1, offset=2)) == [("low", 1, 1)]
    assert shown(risks(task, Module.MALWARE, text="Z.ZIP")) == [("eicar", 3, 1)]
    assert risks(task, Module.MALWARE, levels=frozenset({1})).total == 1
    assert risks(task, Module.MALWARE, text="about", levels=frozenset({3})).total == 2


def test_baseline_risks_are_items_that_failed(store: Store) -> None:
    """What passed, or could not be judged, is none."""
    task = scan(store, size=2, module=Module.BASELINE)
    reported(task, 0, 1, verdict("1.1"), verdict("1.2", outcome=Outcome.PASS), verdict("1.3", outcome=Outcome.ERROR))
    reported(task, 1, 2, verdict("1.1"), verdict("2.1", Level.CRITICAL))
    assert shown(risks(task, Module.BASELINE)) == [("Item 2.1", 4, 1), ("Item 1.1", 2, 2)]
    (one,) = risks(task, Module.BASELINE, text="1.1").rows
    expected = Risk(
        key="cis/1.1", name="Item 1.1", level=Level.MEDIUM, machines=2, where="cis", fix="fix it", description="1.1"
    )
    assert one == expected


def test_what_a_unit_found_before_it_scans_again_is_no_risk(store: Store) -> None:
    """Its lease is kept by name, and its rows, until the next run has its own."""
    task = scan(store, size=1, module=Module.MALWARE)
    reported(task, 0, 1, hit(b"/a", "r"))
    assert risks(task, Module.MALWARE).total == 1
    task.step(0, lambda unit: unit.again(2, NOW + timedelta(hours=1), unit.note))
    assert risks(task, Module.MALWARE).total == 0


def test_vulnerabilities_are_paged_worst_first(store: Store) -> None:
    """With the words that help; a level that nobody gives is 0."""
    task = scan(store, size=2)
    for seq, keys in ((0, ("CVE-2026-1", "CVE-2026-2")), (1, ("CVE-2026-2", "CVE-2026-3"))):
        levels = {"CVE-2026-1": Level.LOW, "CVE-2026-2": Level.CRITICAL, "CVE-2026-3": None}
        matches = [match(key, levels[key]) for key in keys]
        unit = task.step(seq, leased(seq + 1), running())
        task.store.write_now(lambda uow, unit=unit, matches=matches: uow.tasks.record_vuls(unit, matches))
    every = risks(task, Module.VUL)
    assert shown(every) == [("CVE-2026-2", 4, 2), ("CVE-2026-3", 0, 1), ("CVE-2026-1", 1, 1)]
    assert (every.total, every.rows[0].where, every.rows[0].fix) == (
        3, "openssl", "upgrade openssl to 3.0.2-1: apt-get update && apt-get install --only-upgrade openssl"
    )  # fmt: skip
    assert shown(risks(task, Module.VUL, limit=1, offset=1)) == [("CVE-2026-3", 0, 1)]
    assert shown(risks(task, Module.VUL, levels=frozenset({0, 1}))) == [("CVE-2026-3", 0, 1), ("CVE-2026-1", 1, 1)]
    assert shown(risks(task, Module.VUL, text="cve-2026-1")) == [("CVE-2026-1", 1, 1)]


def test_risks_of_some_machines_are_counted_over_those(store: Store) -> None:
    """As a user sees them who is limited to tags."""
    task = scan(store, size=2, module=Module.MALWARE)
    reported(task, 0, 1, hit(b"/a", "r"), hit(b"/b", "r"))
    reported(task, 1, 2, hit(b"/a", "r"))
    store.write_now(lambda uow: uow.machines.put_tags(task.machines[1].id, ["env=prod"]))
    seen = store.read_now(
        lambda uow: uow.tasks.risks(task.id, Module.MALWARE, RiskQuery(), limit=9, offset=0, tags=("env=prod",))
    )
    assert (seen.total, shown(seen)) == (1, [("r", 3, 1)])


def test_tasks_are_found_by_who_when_and_what_began_them(store: Store) -> None:
    """Each member of the filter narrows by itself, and together."""
    task = scan(store, size=1)
    second = store.write_now(lambda uow: new_task(uow, task.account, task.machines))

    def ids(**narrowed: object) -> list[TaskId]:
        wanted = TaskFilter(**narrowed)  # type: ignore[arg-type]  # each call names the types
        _, tasks = store.read_now(
            lambda uow: uow.tasks.list(
                task.account, module=None, states=frozenset(), limit=9, offset=0, narrowed=wanted
            )
        )
        return [each.id for each in tasks]

    both = [second.id, task.id]
    assert ids() == ids(query="SOMEbody") == ids(triggers=frozenset({Trigger.ONE_CLICK})) == both
    assert ids(query=str(task.id)) == ids(below=second.id) == [task.id]
    assert ids(query="%") == ids(triggers=frozenset({Trigger.SCHEDULED})) == ids(below=task.id) == []
    assert ids(after=NOW, before=NOW) == both
    assert ids(after=NOW + SECOND) == ids(before=NOW - SECOND) == []
