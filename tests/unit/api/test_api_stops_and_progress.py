"""ScanBaseline, the two stops without a module, and the two ways to ask how far a scan is."""

import pytest

from api_bench import ApiBench, machine
from api_scenarios import done_clean, never, running, stopping
from hostward.domain.module import Module
from hostward.domain.options import BaselineOptions


def baseline(api: ApiBench, **request):
    """The answer of ScanBaseline."""
    return api.call("ScanBaseline", request)


def test_a_baseline_scan_of_everything(api: ApiBench):
    """All rules, all machines; the answer names them."""
    answer = baseline(api).response
    task = api.store.tasks.stored[answer["TaskId"]]
    assert (answer["ScanningQuuids"], task.module, task.options) == (
        ["q-1", "q-2"], Module.BASELINE, BaselineOptions(),
    )  # fmt: skip
    assert (task.content, task.trigger, api.hub.woken) == (("Linux system", "SSH server", "Accounts"), 0, [1, 2])


def test_a_baseline_scan_of_some_rules(api: ApiBench):
    """Each once; the policies they belong to are its content."""
    answer = baseline(api, RuleIdList=[201, 301, 201]).response
    task = api.store.tasks.stored[answer["TaskId"]]
    assert (task.options, task.content) == (BaselineOptions(rules=(201, 301)), ("SSH server", "Accounts"))


@pytest.mark.parametrize(
    ("request_", "quuids"),
    [
        ({"QuuidList": ["q-2"]}, ["q-2"]),
        ({"UuidList": ["u-1"]}, ["q-1"]),
        ({"QuuidList": ["q-2"], "UuidList": ["u-1", "u-2"]}, ["q-2", "q-1"]),
    ],
)
def test_machines_are_named_by_either_list(api: ApiBench, request_: dict, quuids: list):
    """Or by both; each enters once."""
    answer = baseline(api, **request_).response
    assert (answer["ScanningQuuids"], len(api.hub.woken)) == (quuids, len(quuids))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"StrategyIdList": [1]}, "no baseline strategies"),
        ({"CategoryIdList": [1]}, "no categories"),
        ({"RuleIdList": [9999]}, "9999 not known"),
        ({"RuleIdList": [0]}, "RuleIdList"),
        ({"QuuidList": ["q-9"]}, "q-9"),
        ({"UuidList": ["u-9"]}, "u-9"),
    ],
)
def test_what_is_unknown_starts_nothing(api: ApiBench, request_: dict, words: str):
    """The message says what it is."""
    answer = baseline(api, **request_)
    assert (answer.code, words in answer.message, api.store.tasks.stored) == ("InvalidParameterValue", True, {})


def test_machines_of_others_are_unknown(api: ApiBench):
    """By either name."""
    api.store.machines.stored.append(machine(7, account=2))
    codes = [baseline(api, **request).code for request in ({"QuuidList": ["q-7"]}, {"UuidList": ["u-7"]})]
    assert codes == ["InvalidParameterValue"] * 2


def test_a_baseline_scan_without_machines_has_its_code():
    """As the contract lists it."""
    assert baseline(ApiBench(machines=0)).code == "FailedOperation.NoProfessionHost"


def test_the_newest_malware_scan_is_stopped(api: ApiBench):
    """By who asked; older ones and other modules are not touched."""
    scan = {"ScanPattern": 1, "HostType": 1}
    first, second = (api.call("CreateScanMalwareSetting", scan).response["TaskId"] for _ in range(2))
    other = api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).response["TaskId"]
    assert api.call("DeleteMalwareScanTask").code == ""
    stops = {number: api.store.tasks.stored[number].stop_by for number in (first, second, other)}
    assert stops == {first: "", second: "admin", other: ""}


@pytest.mark.parametrize("state", [never, done_clean])
def test_stopping_nothing_is_no_error(state):
    """There never was a scan, or it is over."""
    assert state().call("DeleteMalwareScanTask").code == ""


def test_baseline_scans_are_stopped(api: ApiBench):
    """All that are named."""
    tasks = [baseline(api).response["TaskId"] for _ in range(3)]
    assert api.call("StopBaselineDetect", {"TaskIds": [tasks[0], tasks[2], tasks[0]]}).code == ""
    assert [api.store.tasks.stored[task].stop_by for task in tasks] == ["admin", "", "admin"]


@pytest.mark.parametrize(
    ("ids", "words"),
    [([0], "TaskIds"), ([-1], "TaskIds"), ([], "1 - 100"), (list(range(1, 102)), "1 - 100"),
     ([2**62], f"TaskId {2**62} is not a Baseline task"), ([77], "TaskId 77 is not a Baseline task")],
)  # fmt: skip
def test_tasks_that_can_not_be_are_refused(api: ApiBench, ids: list, words: str):
    """Numbers, counts, unknown ones."""
    answer = api.call("StopBaselineDetect", {"TaskIds": ids})
    assert (answer.code, words in answer.message) == ("InvalidParameterValue", True)


def test_a_task_of_another_module_is_not_stopped(api: ApiBench):
    """In the words for one that does not exist."""
    task = api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).response["TaskId"]
    assert "is not a Baseline task" in api.call("StopBaselineDetect", {"TaskIds": [task]}).message
    assert api.store.tasks.stored[task].stop_by == ""


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (never, {"Schedule": 0, "RiskFileNumber": 0, "IsSchedule": False, "ScanStatus": 0}),
        (done_clean, {"Schedule": 100, "RiskFileNumber": 0, "IsSchedule": False, "ScanStatus": 2}),
        (running, {"Schedule": 0, "RiskFileNumber": 0, "IsSchedule": False, "ScanStatus": 0}),
        (stopping, {"Schedule": 0, "RiskFileNumber": 0, "IsSchedule": False, "ScanStatus": 0}),
    ],
)
def test_the_newest_malware_scan_is_described(state, expected: dict):
    """Vulnerability scans are none of its business."""
    answer = state().call("DescribeScanMalwareSchedule").response
    assert {name: answer[name] for name in expected} == expected


def test_a_malware_scan_at_work_is_described(api: ApiBench):
    """And one that is being stopped."""
    api.call("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1})
    answers = [api.call("DescribeScanMalwareSchedule").response]
    api.call("DeleteMalwareScanTask")
    answers.append(api.call("DescribeScanMalwareSchedule").response)
    assert [(one["IsSchedule"], one["ScanStatus"], one["Schedule"]) for one in answers] == [(True, 1, 0), (True, 3, 0)]


def test_the_progress_of_a_baseline_scan(api: ApiBench):
    """Of one task, which is named."""
    task = baseline(api).response["TaskId"]
    assert api.call("DescribeBaselineScanSchedule", {"TaskId": task}).response["Schedule"] == 0


@pytest.mark.parametrize("task", [0, 41, 9999, 2**63])
def test_the_progress_of_other_tasks_is_not_told(task: int):
    """Unknown ones and those of other modules (41 is one of vulnerabilities)."""
    assert running().call("DescribeBaselineScanSchedule", {"TaskId": task}).code == "InvalidParameterValue"
