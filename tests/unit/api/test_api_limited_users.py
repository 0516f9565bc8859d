"""Users who are limited to tags: what they see, start, stop and run again, action by action."""

from dataclasses import dataclass

import pytest

from account_bench import OPTIONS, AccountBench, Client
from hostward.domain.account import Role
from hostward.domain.host_scan import FailType
from hostward.domain.ids import AccountId, Seq, TaskId
from hostward.domain.module import Module
from hostward.domain.note import NOTHING
from store_samples import match

PROD = ("env=prod",)


@dataclass
class Shop:
    """Four machines of one account, two of them production; who sees all, who sees production, who sees none."""

    bench: AccountBench
    account: AccountId
    admin: Client
    limited: Client
    nobody: Client

    def step(self, task: TaskId, seq: int, *steps) -> None:
        """Let a unit take steps."""

        def work(uow) -> None:
            unit = uow.tasks.unit(task, Seq(seq), lock=True)
            for step in steps:
                after = step(unit)
                uow.tasks.change(unit, after, self.bench.clock.now())
                unit = after

        self.bench.store.write_now(work)

    def leased(self, number: int):
        """Given to its agent."""
        return lambda unit: unit.leased(number, self.bench.clock.now(), self.bench.api.settings.default_timeout)

    def ok(self):
        """Ended well."""
        return lambda unit: unit.judged(self.bench.clock.now(), NOTHING)

    def failed(self):
        """Ended without a result."""
        return lambda unit: unit.failed(FailType.FAILED, self.bench.clock.now(), NOTHING)

    def status(self, client: Client, task: TaskId) -> dict[str, str]:
        """What a client sees of a task: host names and statuses."""
        request = {"ModuleType": "Vul", "TaskId": task}
        rows = client.ok("DescribeScanTaskDetails", request, service="cwp")["ScanTaskDetailList"]
        return {row["HostName"]: row["Status"] for row in rows}


@pytest.fixture
def shop() -> Shop:
    """Machines and users."""
    bench = AccountBench()
    account = bench.account()
    for name, tags in (("p1", PROD), ("t1", ("env=test",)), ("p2", (*PROD, "team=a")), ("x1", ())):
        bench.machine(account, name, *tags)
    return Shop(
        bench=bench,
        account=account,
        admin=bench.client(account),
        limited=bench.client(account, "ann", Role.OPERATOR, PROD),
        nobody=bench.client(account, "tom", Role.OPERATOR, ("env=none",)),
    )


@pytest.fixture
def task(shop: Shop) -> TaskId:
    """A vulnerability scan of all four machines: p1, t1, p2, x1."""
    machines = shop.bench.store.read_now(lambda uow: uow.machines.of_account(shop.account))
    return shop.bench.task(shop.account, *machines)


def details(client: Client, task: TaskId, **request) -> dict:
    """DescribeScanTaskDetails."""
    return client.ok("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": task, **request}, service="cwp")


def test_only_machines_with_a_tag_are_listed(shop: Shop) -> None:
    """And counted."""
    request = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    for client, names in ((shop.limited, ["p1", "p2"]), (shop.nobody, []), (shop.admin, ["p1", "t1", "p2", "x1"])):
        found = client.ok("DescribeMachines", request, service="cwp")
        assert ([one["MachineName"] for one in found["Machines"]], found["TotalCount"]) == (names, len(names))


def test_tags_of_other_machines_are_not_shown(shop: Shop) -> None:
    """Neither are the machines."""
    found = shop.limited.ok("ListMachineTags")
    assert [one["Tags"] for one in found["Machines"]] == [["env=prod"], ["env=prod", "team=a"]]
    assert found["TotalCount"] == 2


def test_a_scan_of_all_machines_is_one_of_those_in_sight(shop: Shop) -> None:
    """A limited user can start no other."""
    started = shop.limited.ok("ScanVul", {"VulLevels": "0", "HostType": 1}, service="cwp")
    assert started["SuccessCount"] == 2
    assert shop.status(shop.admin, started["TaskId"]) == {"p1": "Scanning", "p2": "Scanning"}
    assert shop.nobody("ScanVul", {"VulLevels": "0", "HostType": 1}, service="cwp").code.startswith("FailedOperation")


@pytest.mark.parametrize("quuids", [["q-t1"], ["q-p1", "q-x1"], ["q-none"]])
def test_a_machine_out_of_sight_can_not_be_scanned(shop: Shop, quuids: list[str]) -> None:
    """It is refused in the words for one that does not exist."""
    request = {"VulLevels": "0", "HostType": 2, "QuuidList": quuids}
    answer = shop.limited("ScanVul", request, service="cwp")
    assert (answer.code, answer.message) == (
        "InvalidParameterValue", f"QuuidList names machines that do not exist: {quuids[-1]}",
    )  # fmt: skip


def test_rows_and_counts_are_those_of_machines_in_sight(shop: Shop, task: TaskId) -> None:
    """Every count of the answer, and they add up."""
    shop.step(task, 0, shop.leased(1), lambda unit: unit.progressed(10, NOTHING), lambda unit: unit.found(2), shop.ok())
    shop.step(task, 1, shop.leased(2), lambda unit: unit.progressed(10, NOTHING), lambda unit: unit.found(5), shop.ok())
    found = details(shop.limited, task)
    assert [row["HostName"] for row in found["ScanTaskDetailList"]] == ["p1", "p2"]
    counts = {name: found[name] for name in ("TotalCount", "ScanMachineCount", "RiskMachineCount", "RiskEventCount")}
    assert counts == {"TotalCount": 2, "ScanMachineCount": 2, "RiskMachineCount": 1, "RiskEventCount": 2}
    assert (found["ScanProgress"], found["ScanEndTime"]) == (50, "")
    assert details(shop.admin, task)["RiskEventCount"] == 7


@pytest.mark.parametrize(
    "filters",
    [
        [{"Name": "HostName", "Values": ["t1"]}],
        [{"Name": "Quuid", "Values": ["q-t1"]}],
        [{"Name": "Uuid", "Values": ["u-x1"]}],
        [{"Name": "Status", "Values": ["Ok"]}],
        [{"Name": "RiskOnly", "Values": ["true"]}],
        [{"Name": "ipOrAlias", "Values": ["t"]}],
    ],
    ids=lambda filters: filters[0]["Name"],
)
def test_no_filter_finds_a_machine_out_of_sight(shop: Shop, task: TaskId, filters: list) -> None:
    """By whichever way a page is made."""
    shop.step(task, 1, shop.leased(2), lambda unit: unit.progressed(10, NOTHING), lambda unit: unit.found(5), shop.ok())
    found = details(shop.limited, task, Filters=filters)
    assert (found["TotalCount"], found["ScanTaskDetailList"]) == (0, [])


def test_a_task_of_other_machines_does_not_exist(shop: Shop) -> None:
    """In the words for a number that was never given."""
    machine = shop.bench.store.read_now(lambda uow: uow.machines.by_quuids(shop.account, ["q-t1"]))["q-t1"]
    hidden = shop.bench.task(shop.account, machine)
    said = [
        shop.limited("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": which}, service="cwp")
        for which in (hidden, hidden + 1)
    ]
    assert [(one.code, one.message.replace(str(hidden + n), "N")) for n, one in enumerate(said)] == [
        ("InvalidParameterValue", "TaskId N is not a Vul task")
    ] * 2
    assert shop.limited("DescribeScanSchedule", {"TaskId": hidden}, service="cwp").code == "InvalidParameterValue"
    assert shop.limited.ok("ListScanTasks")["TotalCount"] == 0
    assert shop.limited.ok("DescribeScanState", {"ModuleType": "Vul"}, service="cwp")["ScanState"] == 0


def test_a_task_is_done_once_the_machines_in_sight_are(shop: Shop, task: TaskId) -> None:
    """Progress, end and state agree, for each in their own way."""
    for seq in (0, 2):
        shop.step(task, seq, shop.leased(seq + 1), shop.ok())
    found = details(shop.limited, task)
    assert (found["ScanProgress"], found["ScanLeftTime"], found["ScanEndTime"] != "") == (100, 0, True)
    states = [
        client.ok("DescribeScanState", {"ModuleType": "Vul"}, service="cwp")["ScanState"]
        for client in (shop.limited, shop.admin)
    ]
    assert states == [2, 1]
    assert [one["State"] for one in shop.limited.ok("ListScanTasks", {"States": ["Done"]})["Tasks"]] == ["Done"]
    assert shop.limited.ok("ListScanTasks", {"States": ["Scanning"]})["Tasks"] == []


def test_a_stop_of_all_stops_those_in_sight(shop: Shop, task: TaskId) -> None:
    """The others go on, and the task as a whole is not being stopped."""
    shop.limited.ok("DeleteScanTask", {"ModuleType": "Vul", "TaskId": task}, service="cwp")
    assert shop.status(shop.admin, task) == {"p1": "Stop", "t1": "Scanning", "p2": "Stop", "x1": "Scanning"}
    assert (details(shop.admin, task)["StoppingAll"], details(shop.limited, task)["StoppingAll"]) == (False, False)


def test_who_sees_every_machine_of_a_task_stops_it(shop: Shop) -> None:
    """Then it is a stop of the whole task."""
    task = shop.limited.ok("ScanVul", {"VulLevels": "0", "HostType": 1}, service="cwp")["TaskId"]
    shop.step(task, 0, shop.leased(1))
    shop.limited.ok("DeleteScanTask", {"ModuleType": "Vul", "TaskId": task}, service="cwp")
    assert [details(client, task)["StoppingAll"] for client in (shop.admin, shop.limited)] == [True, True]


def test_a_machine_out_of_sight_can_not_be_stopped(shop: Shop, task: TaskId) -> None:
    """Nor run again."""
    request = {"ModuleType": "Vul", "TaskId": task, "QuuidList": ["q-p1", "q-t1"]}
    for action in ("DeleteScanTask", "ScanTaskAgain"):
        assert shop.limited(action, request, service="cwp").code == "InvalidParameterValue"
    assert set(shop.status(shop.admin, task).values()) == {"Scanning"}


def test_a_rerun_is_one_of_machines_in_sight(shop: Shop, task: TaskId) -> None:
    """Those of the others that failed stay as they are."""
    for seq in range(4):
        shop.step(task, seq, shop.leased(seq + 1), shop.failed())
    again = shop.limited.ok("ScanTaskAgain", {"ModuleType": "Vul", "TaskId": task}, service="cwp")
    assert again["SuccessCount"] == 2
    assert shop.status(shop.admin, task) == {"p1": "Scanning", "t1": "Fail", "p2": "Scanning", "x1": "Fail"}


def test_vulnerabilities_are_those_of_machines_in_sight(shop: Shop, task: TaskId) -> None:
    """Whoever asked before: what is remembered for those who see all is not for them."""
    for seq, key in ((0, "CVE-2026-0001"), (1, "CVE-2026-0002")):
        shop.bench.store.write_now(
            lambda uow, seq=seq, key=key: uow.tasks.record_vuls(uow.tasks.unit(task, Seq(seq)), [match(key)])
        )
    for _ in range(2):
        seen = [[vul["CveId"] for vul in details(client, task)["VulInfo"]] for client in (shop.admin, shop.limited)]
        assert seen == [["CVE-2026-0001", "CVE-2026-0002"], ["CVE-2026-0001"]]
        assert [details(client, task)["VulCount"] for client in (shop.admin, shop.limited)] == [2, 1]


def test_a_tag_taken_away_takes_the_machine_out_of_sight(shop: Shop, task: TaskId) -> None:
    """At once, in tasks that were too."""
    shop.admin.ok("SetMachineTags", {"QuuidList": ["q-p1"], "RemoveTags": ["env=prod"]})
    assert shop.status(shop.limited, task) == {"p2": "Scanning"}


def test_a_key_of_their_own_is_theirs_to_change(shop: Shop) -> None:
    """And temporary keys see as much as they do."""
    assert shop.limited("RotateApiKey", {"AccessKeyId": shop.limited.secret_id}).code == ""
    made = shop.nobody.ok("CreateTemporaryToken")
    client = Client(shop.bench, made["TmpSecretId"], made["TmpSecretKey"], made["Token"])
    assert client.ok("ListMachineTags")["TotalCount"] == 0


@pytest.mark.parametrize("action", ["ListUsers", "ListApiKeys", "ListAuditEntries", "DescribeRequest", "ListSchedules"])
def test_what_is_of_the_whole_account_is_not_for_limited_administrators(shop: Shop, action: str) -> None:
    """Whatever their role."""
    limited = shop.bench.client(shop.account, "max", Role.ADMINISTRATOR, PROD)
    answer = limited(action, {"RequestId": "x"} if action == "DescribeRequest" else {})
    assert (answer.code, "limited to env=prod" in answer.message) == ("AuthFailure.UnauthorizedOperation", True)


@pytest.mark.parametrize("module", list(Module))
def test_every_module_is_limited_alike(shop: Shop, module: Module) -> None:
    """Nothing depends on what is scanned."""
    machines = shop.bench.store.read_now(lambda uow: uow.machines.of_account(shop.account))
    task = shop.bench.task(shop.account, *machines, module=module)
    found = shop.limited.ok("DescribeScanTaskDetails", {"ModuleType": module, "TaskId": task}, service="cwp")
    assert (found["ScanMachineCount"], len(OPTIONS)) == (2, 3)
