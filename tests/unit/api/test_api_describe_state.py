"""DescribeScanState, DeleteScanTask and ListScanTasks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api_bench import BEGIN, USER, ApiBench
from hostward.domain.ids import AccountId
from hostward.domain.tally import Tally
from hostward.domain.task import Trigger

MODULES = ["Malware", "Vul", "Baseline"]
DONE = Tally(machines=2, ok=1, failed=1, progress=20_000, risk_machines=1, risk_events=5, vuls=4)
RUNNING = Tally(machines=2, running=1, pending=1, progress=5_000)


def scanned(api: ApiBench, tally: Tally = RUNNING, **changes) -> int:
    """Start a vulnerability scan and give it a state."""
    task = api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).response["TaskId"]
    api.store.tasks.stored[task] = replace(api.store.tasks.stored[task], tally=tally, **changes)
    return task


def state(api: ApiBench, module: str = "Vul", **request) -> dict:
    """The answer of DescribeScanState."""
    answer = api.call("DescribeScanState", {"ModuleType": module, **request})
    assert answer.code == "", answer.response
    return answer.response


@pytest.mark.parametrize("module", MODULES)
def test_a_module_that_never_scanned_is_in_state_0(api: ApiBench, module: str):
    """TaskId 0, empty times, nothing null."""
    expected = {
        "ScanState": 0, "Schedule": 0, "TaskId": 0, "VulId": [], "Type": 0, "ScanBeginTime": "",
        "RiskEventCount": 0, "ScanEndTime": "", "KBNumber": [],
    }  # fmt: skip
    response = state(api, module)
    assert {name: value for name, value in response.items() if name != "RequestId"} == expected


@pytest.mark.parametrize(
    ("tally", "stop", "number"), [(RUNNING, False, 1), (DONE, False, 2), (RUNNING, True, 3), (DONE, True, 4)]
)
def test_the_newest_task_is_scanning_done_stopping_or_stopped(api: ApiBench, tally: Tally, stop: bool, number: int):
    """The numbers of the API."""
    scanned(api, tally, stop_at=BEGIN if stop else None)
    assert state(api)["ScanState"] == number


def test_the_newest_task_is_described(api: ApiBench):
    """Progress, times, risks, trigger."""
    scanned(api)
    task = scanned(api, DONE, end=BEGIN + timedelta(minutes=5), trigger=Trigger.SCHEDULED)
    response = state(api)
    assert (response["TaskId"], response["Schedule"], response["Type"], response["RiskEventCount"]) == (task, 100, 1, 5)
    assert (response["ScanBeginTime"], response["ScanEndTime"]) == ("2026-11-24 12:00:00", "2026-11-24 12:05:00")


def test_a_module_has_its_own_newest_task(api: ApiBench):
    """A vulnerability scan says nothing about malware."""
    scanned(api)
    assert state(api, "Malware")["ScanState"] == 0


def test_another_accounts_task_is_not_shown(api: ApiBench):
    """As if it never was."""
    scanned(api, account=AccountId(2))
    assert state(api)["ScanState"] == 0


@pytest.mark.parametrize("module", ["vul", "", "VUL", "Vul ", "Trojan"])
@pytest.mark.parametrize("action", ["DescribeScanState", "DescribeScanTaskDetails", "DeleteScanTask"])
def test_module_type_is_one_of_three_words(api: ApiBench, action: str, module: str):
    """Letter for letter; the message names the three."""
    request = {"ModuleType": module} | ({} if action == "DescribeScanState" else {"TaskId": 1})
    answer = api.call(action, request)
    assert (answer.code, "Malware, Vul, Baseline" in answer.message) == ("InvalidParameterValue", True)


def test_a_strategy_that_does_not_exist_is_refused(api: ApiBench):
    """There are none yet; the answer must not be that of another."""
    answer = api.call(
        "DescribeScanState", {"ModuleType": "Baseline", "Filters": [{"Name": "StrategyId", "Values": ["1"]}]}
    )
    assert (answer.code, "StrategyId" in answer.message) == ("InvalidParameterValue", True)


@pytest.mark.parametrize(("module", "name"), [("Vul", "StrategyId"), ("Baseline", "HostName")])
def test_other_filters_of_the_state_are_refused(api: ApiBench, module: str, name: str):
    """Each module knows its own."""
    answer = api.call("DescribeScanState", {"ModuleType": module, "Filters": [{"Name": name, "Values": ["1"]}]})
    assert (answer.code, "Filters.0.Name" in answer.message) == ("InvalidParameterValue", True)


def test_an_empty_filter_list_is_no_filter(api: ApiBench):
    """Some clients send it."""
    assert state(api, Filters=[])["ScanState"] == 0


def test_stopping_a_task_marks_it_with_who_and_when(api: ApiBench):
    """It deletes nothing."""
    task = scanned(api)
    assert api.call("DeleteScanTask", {"ModuleType": "Vul", "TaskId": task}).code == ""
    stored = api.store.tasks.stored[task]
    assert (stored.stop_by, stored.stop_at) == ("admin", BEGIN)


def test_stopping_a_finished_task_is_no_error(api: ApiBench):
    """And changes nothing."""
    task = scanned(api, DONE, end=BEGIN)
    assert api.call("DeleteScanTask", {"ModuleType": "Vul", "TaskId": task}).code == ""
    assert api.store.tasks.stored[task].stop_at is None


@pytest.mark.parametrize("action", ["DeleteScanTask", "DescribeScanTaskDetails"])
@pytest.mark.parametrize("why", ["unknown", "module", "account", "impossible", "enormous"])
def test_a_task_that_is_not_the_callers_does_not_exist(api: ApiBench, action: str, why: str):
    """The same words whatever the reason, so that nothing leaks."""
    task = scanned(api, account=AccountId(2 if why == "account" else 1))
    number = {"unknown": 99, "impossible": 2**40, "enormous": 2**64 - 1}.get(why, task)
    module = "Malware" if why == "module" else "Vul"
    answer = api.call(action, {"ModuleType": module, "TaskId": number})
    assert (answer.code, answer.message) == ("InvalidParameterValue", f"TaskId {number} is not a {module} task")


@pytest.mark.parametrize("action", ["DeleteScanTask", "DescribeScanTaskDetails"])
def test_task_ids_begin_with_1(api: ApiBench, action: str):
    """0 is what DescribeScanState says for never."""
    answer = api.call(action, {"ModuleType": "Vul", "TaskId": 0})
    assert (answer.code, "TaskId" in answer.message) == ("InvalidParameterValue", True)


def test_unknown_machines_can_not_be_stopped(api: ApiBench):
    """They are named."""
    task = scanned(api)
    answer = api.call("DeleteScanTask", {"ModuleType": "Vul", "TaskId": task, "QuuidList": ["q-1", "nobody"]})
    assert (answer.code, "nobody" in answer.message) == ("InvalidParameterValue", True)
    assert api.store.tasks.stored[task].stop_at is None


def listed(api: ApiBench, **request) -> dict:
    """The answer of ListScanTasks."""
    answer = api.call("ListScanTasks", request, service="hostward")
    assert answer.code == "", answer.response
    return answer.response


def test_tasks_are_listed_newest_first(api: ApiBench):
    """With their number in all."""
    scanned(api)
    api.call("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1})
    response = listed(api)
    assert response["TotalCount"] == 2
    assert [(task["TaskId"], task["Module"]) for task in response["Tasks"]] == [(2, "Malware"), (1, "Vul")]


def test_a_listed_task_says_everything_about_itself(api: ApiBench):
    """Data in place of prose."""
    scanned(api, DONE, end=BEGIN + timedelta(minutes=1), stop_by="eve", stop_at=BEGIN)
    (task,) = listed(api)["Tasks"]
    assert task["Counts"] == {
        "Pending": 0, "Leased": 0, "Running": 0, "Stopping": 0, "Ok": 1, "Offline": 0, "Timeout": 0, "Failed": 1,
        "TooOld": 0, "Stopped": 0,
    }  # fmt: skip
    assert {name: task[name] for name in ("State", "Progress", "LeftSeconds", "LeftKnown", "Machines")} == {
        "State": "Stopped", "Progress": 100, "LeftSeconds": 0, "LeftKnown": True, "Machines": 2,
    }  # fmt: skip
    assert (task["CreatedBy"], task["StoppedBy"], task["EndTime"]) == ("admin", "eve", "2026-11-24 12:01:00")
    assert (task["RiskMachines"], task["RiskEvents"], task["VulCount"], task["Type"]) == (1, 5, 4, 0)
    assert (task["Content"], task["BeginTime"]) == (["1", "2", "4"], "2026-11-24 12:00:00")


def test_lists_are_filtered_by_module_and_state(api: ApiBench):
    """One module, several states."""
    scanned(api)
    scanned(api, DONE)
    api.call("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1})
    assert [task["TaskId"] for task in listed(api, Module="Vul")["Tasks"]] == [2, 1]
    assert [task["TaskId"] for task in listed(api, Module="Vul", States=["Done"])["Tasks"]] == [2]
    assert [task["TaskId"] for task in listed(api, States=["Scanning", "Stopping"])["Tasks"]] == [3, 1]


def test_lists_are_paged(api: ApiBench):
    """Ten at a time unless asked."""
    for _ in range(12):
        scanned(api)
    assert [len(listed(api, **page)["Tasks"]) for page in ({}, {"Limit": 100}, {"Offset": 10}, {"Offset": 50})] == [
        10, 12, 2, 0,
    ]  # fmt: skip
    assert listed(api, Offset=2**64 - 1)["TotalCount"] == 12


@pytest.mark.parametrize(
    ("request_body", "named"),
    [
        ({"States": ["Never"]}, "Scanning, Done, Stopping, Stopped"),
        ({"States": ["done"]}, "Scanning, Done, Stopping, Stopped"),
        ({"Module": "vul"}, "Malware, Vul, Baseline"),
        ({"Limit": 0}, "1 - 100"),
        ({"Limit": 101}, "1 - 100"),
    ],
)
def test_other_values_of_a_list_are_refused(api: ApiBench, request_body: dict, named: str):
    """With what is accepted."""
    answer = api.call("ListScanTasks", request_body, service="hostward")
    assert (answer.code, named in answer.message) == ("InvalidParameterValue", True)


def test_another_accounts_tasks_are_not_listed(api: ApiBench):
    """Neither shown nor counted."""
    scanned(api)
    api.set_key(user=replace(USER, account=AccountId(2)))
    api.clock.turn(3)
    assert listed(api) == {"TotalCount": 0, "Tasks": [], "RequestId": listed(api)["RequestId"]}
