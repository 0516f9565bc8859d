"""DescribeScanTask, ListScanTaskMachines, ListScanTaskRisks, CompareScanTasks and what ListScanTasks gained."""

from dataclasses import dataclass

import pytest

from account_bench import AccountBench, Client
from hostward.domain.account import Role
from hostward.domain.host_scan import FailType
from hostward.domain.ids import AccountId, Seq, TaskId
from hostward.domain.note import NOTHING, Code, Note
from hostward.domain.severity import Level
from store_samples import match

INVALID = "InvalidParameterValue"


@dataclass
class Shop:
    """Three machines in a vulnerability scan: one found two risks, one failed, one scans; one user sees the last."""

    bench: AccountBench
    account: AccountId
    admin: Client
    limited: Client
    task: TaskId

    def step(self, task: TaskId, seq: int, *steps) -> None:
        """Let a unit take steps."""

        def work(uow) -> None:
            unit = uow.tasks.unit(task, Seq(seq), lock=True)
            for step in steps:
                after = step(unit)
                uow.tasks.change(unit, after, self.bench.clock.now())
                unit = after

        self.bench.store.write_now(work)

    def find(self, task: TaskId, seq: int, *keys: str) -> None:
        """A unit found these vulnerabilities."""

        def work(uow) -> None:
            unit = uow.tasks.unit(task, Seq(seq), lock=True)
            number = uow.tasks.record_vuls(unit, [match(key, Level.HIGH) for key in keys])
            uow.tasks.change(unit, unit.found(number), self.bench.clock.now())

        self.bench.store.write_now(work)

    def leased(self, number: int):
        """Given to its agent."""
        return lambda unit: unit.leased(number, self.bench.clock.now(), self.bench.api.settings.default_timeout)

    def again(self) -> TaskId:
        """Another task over the same machines."""
        machines = self.bench.store.read_now(lambda uow: uow.machines.of_account(self.account))
        return self.bench.task(self.account, *machines)


@pytest.fixture
def shop() -> Shop:
    """The task is a minute old."""
    bench = AccountBench()
    account = bench.account()
    for name, tags in (("a1", ()), ("b1", ()), ("c1", ("env=prod",))):
        bench.machine(account, name, *tags)
    machines = bench.store.read_now(lambda uow: uow.machines.of_account(account))
    made = Shop(
        bench=bench, account=account, admin=bench.client(account),
        limited=bench.client(account, "ann", Role.OPERATOR, ("env=prod",)), task=bench.task(account, *machines),
    )  # fmt: skip
    made.step(made.task, 0, made.leased(1))
    made.find(made.task, 0, "CVE-2026-1", "CVE-2026-2")
    bench.clock.turn(60)
    made.step(made.task, 0, lambda unit: unit.judged(bench.clock.now(), NOTHING))
    made.step(made.task, 1, lambda unit: unit.failed(
        FailType.FAILED, bench.clock.now(), Note(code=Code.FAILED, values={"what": "the disk is full"})
    ))  # fmt: skip
    made.step(made.task, 2, made.leased(3))
    made.find(made.task, 2, "CVE-2026-2")
    return made


def machines(client: Client, task: TaskId, **request: object) -> list[str]:
    """Host names of a page."""
    listed = client.ok("ListScanTaskMachines", {"Module": "Vul", "TaskId": task, **request})
    return [row["HostName"] for row in listed["Machines"]]


def test_parts_add_up_and_are_what_their_machines_say(shop: Shop) -> None:
    """Each part's machines are listed by its name."""
    described = shop.admin.ok("DescribeScanTask", {"Module": "Vul", "TaskId": shop.task})
    parts = {part["Bucket"]: part["Machines"] for part in described["Buckets"]}
    assert (sum(parts.values()), described["Task"]["Machines"]) == (3, 3)
    assert {name: size for name, size in parts.items() if size} == {"OkWithRisks": 1, "Failed": 1, "Scanning": 1}
    for name, size in parts.items():
        assert len(machines(shop.admin, shop.task, Buckets=[name])) == size


def test_a_row_says_what_happened_in_words(shop: Shop) -> None:
    """Doing while it scans, Reason once it is over, how long it took."""
    request = {"Module": "Vul", "TaskId": shop.task}
    done, broken, open_ = shop.admin.ok("ListScanTaskMachines", request)["Machines"]
    assert (done["Bucket"], done["RiskNum"], done["Seconds"], done["Progress"]) == ("OkWithRisks", 2, 60, 100)
    assert (broken["Reason"], broken["FailType"], broken["Doing"]) == ("the disk is full", 5, "")
    assert (open_["Doing"], open_["Reason"], open_["EndTime"], open_["Seconds"]) == ("starting", "", "", 0)
    assert done["AgentVersion"]


def test_machines_are_sorted_searched_and_paged(shop: Shop) -> None:
    """In the task's order when nothing else is asked for."""
    assert machines(shop.admin, shop.task) == ["a1", "b1", "c1"]
    assert machines(shop.admin, shop.task, Sort="HostName", Descending=True) == ["c1", "b1", "a1"]
    assert machines(shop.admin, shop.task, Sort="RiskNum", Descending=True) == ["a1", "c1", "b1"]
    assert machines(shop.admin, shop.task, Query="B1") == ["b1"]
    assert machines(shop.admin, shop.task, Sort="HostName", Limit=1, Offset=1) == ["b1"]


def test_a_limited_user_sees_their_own_machines_and_risks(shop: Shop) -> None:
    """Counts too."""
    request = {"Module": "Vul", "TaskId": shop.task}
    described = shop.limited.ok("DescribeScanTask", request)
    assert (described["Task"]["Machines"], sum(part["Machines"] for part in described["Buckets"])) == (1, 1)
    assert machines(shop.limited, shop.task) == machines(shop.limited, shop.task, Sort="HostName") == ["c1"]
    assert machines(shop.limited, shop.task, Buckets=["Failed"]) == []
    risks = shop.limited.ok("ListScanTaskRisks", request)
    assert [(risk["Name"], risk["Machines"]) for risk in risks["Risks"]] == [("CVE-2026-2", 1)]


def test_risks_are_listed_once_with_their_machines(shop: Shop) -> None:
    """By level and text, a page at a time; the total is exact."""
    request = {"Module": "Vul", "TaskId": shop.task}
    listed = shop.admin.ok("ListScanTaskRisks", request)
    assert [(risk["Name"], risk["Machines"]) for risk in listed["Risks"]] == [("CVE-2026-2", 2), ("CVE-2026-1", 1)]
    assert listed["Risks"][0]["Fix"].startswith("upgrade openssl to 3.0.2-1: apt-get update")
    assert shop.admin.ok("ListScanTaskRisks", request | {"Levels": [1, 4]})["TotalCount"] == 0
    paged = shop.admin.ok("ListScanTaskRisks", request | {"Query": "cve-2026", "Limit": 1, "Offset": 1})
    assert (paged["TotalCount"], len(paged["Risks"])) == (2, 1)


def test_two_tasks_are_compared_by_what_they_found(shop: Shop) -> None:
    """What is new, what is gone, what both have; the other way round it is the reverse."""
    later = shop.again()
    shop.step(later, 0, shop.leased(9))
    shop.find(later, 0, "CVE-2026-2", "CVE-2026-3")
    request = {"Module": "Vul", "TaskId": later, "WithTaskId": shop.task}
    compared = shop.admin.ok("CompareScanTasks", request)
    names = {part: [risk["Name"] for risk in compared[part]] for part in ("New", "Fixed")}
    assert names == {"New": ["CVE-2026-3"], "Fixed": ["CVE-2026-1"]}
    assert (compared["Same"], compared["Truncated"]) == (1, False)
    back = shop.admin.ok("CompareScanTasks", request | {"TaskId": shop.task, "WithTaskId": later})
    assert [risk["Name"] for risk in back["New"]] == ["CVE-2026-1"]
    assert shop.admin.ok("DescribeScanTask", {"Module": "Vul", "TaskId": later})["PreviousTaskId"] == shop.task
    assert shop.admin.ok("DescribeScanTask", {"Module": "Vul", "TaskId": shop.task})["PreviousTaskId"] == 0


@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("DescribeScanTask", {"TaskId": 99}),
        ("ListScanTaskMachines", {"Buckets": ["Fail"]}),
        ("ListScanTaskMachines", {"Sort": "Color"}),
        ("ListScanTaskMachines", {"Limit": 101}),
        ("ListScanTaskMachines", {"Limit": 0}),
        ("ListScanTaskMachines", {"Query": "x" * 1001}),
        ("ListScanTaskRisks", {"Levels": [5]}),
        ("ListScanTaskRisks", {"Module": "Malware"}),
        ("CompareScanTasks", {"WithTaskId": 99}),
        ("CompareScanTasks", {"WithTaskId": 0}),
    ],
)
def test_what_is_wrong_is_named(shop: Shop, action: str, request_: dict) -> None:
    """A task of nobody's, and values that are none."""
    answer = shop.admin(action, {"Module": "Vul", "TaskId": shop.task, **request_})
    assert answer.code == INVALID


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, 1), ({"Types": [0]}, 1), ({"Types": [1]}, 0), ({"Query": "1"}, 1), ({"Query": "nobody"}, 0),
        ({"BeginAfter": "2020-01-01 00:00:00"}, 1), ({"BeginAfter": "2090-01-01 00:00:00"}, 0),
        ({"BeginBefore": "2090-01-01 00:00:00"}, 1), ({"BeginBefore": "2020-01-01 00:00:00"}, 0),
    ],
)  # fmt: skip
def test_tasks_are_narrowed(shop: Shop, request_: dict, expected: int) -> None:
    """By how they began, by number or by whom, and when."""
    assert shop.admin.ok("ListScanTasks", request_)["TotalCount"] == expected


@pytest.mark.parametrize(
    "request_", [{"Types": [2]}, {"BeginAfter": "yesterday"}, {"BeginBefore": "0001-01-01"}, {"Query": "x" * 1001}]
)
def test_a_narrowing_that_is_none_is_refused(shop: Shop, request_: dict) -> None:
    """In words that say what is accepted."""
    assert shop.admin("ListScanTasks", request_).code == INVALID


def test_a_time_is_its_whole_second(shop: Shop) -> None:
    """Since answers show no more of it: a task is found by the very time it shows."""
    begin = shop.admin.ok("ListScanTasks")["Tasks"][0]["BeginTime"]
    request = {"BeginAfter": begin, "BeginBefore": begin}
    assert shop.admin.ok("ListScanTasks", request)["TotalCount"] == 1


def test_a_task_says_whether_it_can_be_stopped_or_run_again(shop: Shop) -> None:
    """Machines at work can be stopped, those that failed can scan again."""
    task = shop.admin.ok("ListScanTasks")["Tasks"][0]
    assert (task["CanStop"], task["CanRerun"], task["Runs"], task["StoppingAll"]) == (True, True, 1, False)
