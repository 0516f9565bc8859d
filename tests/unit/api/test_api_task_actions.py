"""DescribeScanTaskStatus, DescribeScanSchedule, ScanTaskAgain."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api_bench import BEGIN, USER, ApiBench
from hostward.domain.account import Role
from hostward.domain.host_scan import WHOLE, FailType
from hostward.domain.ids import AccountId, LeaseId
from hostward.domain.note import NOTHING
from hostward.domain.tally import recount

ZH = {"x-tc-language": "zh-CN"}


def started(api: ApiBench, **request) -> int:
    """A vulnerability task over the bench's machines."""
    return api.call("ScanVul", {"VulLevels": "0", "HostType": 1, **request}).response["TaskId"]


def failed(api: ApiBench, task: int, *seqs: int) -> None:
    """These machines of the task failed, the others ended well."""
    tasks, now = api.store.tasks, api.clock.wall
    for unit in list(tasks.entered[task]):
        leased = unit.leased(LeaseId(1), now, timedelta(hours=1))
        ended = leased.failed(FailType.FAILED, now, NOTHING) if unit.seq in seqs else leased.judged(now, NOTHING)
        tasks.entered[task][unit.seq] = ended
    tasks.stored[task] = tasks.stored[task].counted(recount(tasks.entered[task]), now)


def again(api: ApiBench, task: int, **request):
    """The answer of ScanTaskAgain."""
    return api.call("ScanTaskAgain", {"ModuleType": "Vul", "TaskId": task, **request})


@pytest.mark.parametrize("module", ["Vul", "Malware", "Baseline"])
@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en-US", ["Scanning", "Done", "Failed", "Stopped"]),
        ("", ["Scanning", "Done", "Failed", "Stopped"]),
        ("zh-CN", ["扫描中", "已完成", "扫描失败", "已停止"]),
    ],
)
def test_statuses_have_labels_in_the_callers_language(api: ApiBench, module: str, language: str, labels: list[str]):
    """The same for every module."""
    answer = api.call("DescribeScanTaskStatus", {"ModuleType": module}, extra={"x-tc-language": language})
    assert answer.response["State"] == dict(zip(("Scanning", "Ok", "Fail", "Stop"), labels, strict=True))


@pytest.mark.parametrize("action", ["DescribeScanTaskStatus", "ScanTaskAgain"])
@pytest.mark.parametrize("module", ["vul", "", "All"])
def test_the_module_is_one_of_three_words(api: ApiBench, action: str, module: str):
    """Letter for letter."""
    answer = api.call(action, {"ModuleType": module, **({"TaskId": 1} if action == "ScanTaskAgain" else {})})
    assert (answer.code, "Malware, Vul, Baseline" in answer.message) == ("InvalidParameterValue", True)


@pytest.mark.parametrize(
    ("action", "request_body"),
    [
        ("ScanVul", {"VulLevels": "0", "HostType": 1}),
        ("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1}),
        ("StartBaselineDetect", {"Param": {}}),
    ],
)
def test_the_schedule_is_the_progress_of_a_task_of_any_module(api: ApiBench, action: str, request_body: dict):
    """As DescribeScanTaskDetails has it."""
    task = api.call(action, request_body).response["TaskId"]
    stored = api.store.tasks.stored[task]
    seen = []
    for ok in (0, 1, 2):
        api.store.tasks.stored[task] = replace(
            stored, tally=replace(stored.tally, pending=2 - ok, ok=ok, progress=ok * WHOLE)
        )
        seen.append(api.call("DescribeScanSchedule", {"TaskId": task}).response["Schedule"])
    assert seen == [0, 50, 100]


@pytest.mark.parametrize("why", ["unknown", "account", "impossible", "enormous"])
def test_a_schedule_of_a_task_that_is_not_the_callers_does_not_exist(api: ApiBench, why: str):
    """The same words whatever the reason, in either language."""
    task = started(api)
    if why == "account":
        stored = api.store.tasks.stored
        stored[task] = replace(stored[task], account=AccountId(2))
    number = {"unknown": 99, "impossible": 2**40, "enormous": 2**64 - 1}.get(why, task)
    english, chinese = (api.call("DescribeScanSchedule", {"TaskId": number}, extra=extra) for extra in ({}, ZH))
    assert (english.code, english.message, chinese.message) == (
        "InvalidParameterValue", f"TaskId {number} is not a task of this account", f"TaskId {number} 不是本账号的任务",
    )  # fmt: skip


def test_task_ids_begin_with_1(api: ApiBench):
    """In all of them."""
    codes = {api.call("DescribeScanSchedule", {"TaskId": 0}).code, again(api, 0).code}
    assert codes == {"InvalidParameterValue"}


def test_machines_that_are_not_ok_scan_again(api: ApiBench):
    """They are counted and their agents woken; the task is the same, in its next run."""
    task = started(api)
    failed(api, task, 1)
    api.hub.woken.clear()
    api.clock.turn(60)
    response = again(api, task).response
    assert (response["SuccessCount"], response["BasicVersionCount"], api.hub.woken) == (1, 0, [2])
    stored = api.store.tasks.stored[task]
    assert (stored.run, stored.begin, stored.end, stored.tally.pending) == (2, BEGIN, None, 1)


def test_named_machines_scan_again_whatever_they_were(api: ApiBench):
    """Ok ones too."""
    task = started(api)
    failed(api, task)
    assert again(api, task, QuuidList=["q-1"]).response["SuccessCount"] == 1
    assert [unit.is_final for unit in api.store.tasks.entered[task]] == [False, True]


@pytest.mark.parametrize(
    ("request_body", "seconds"), [({}, 600), ({"TimeoutPeriod": 0}, 600), ({"TimeoutPeriod": 60}, 60)]
)
def test_the_next_run_has_the_tasks_timeout_unless_it_names_one(api: ApiBench, request_body: dict, seconds: int):
    """0 is no timeout of its own."""
    task = started(api, TimeoutPeriod=600)
    failed(api, task, 0)
    assert again(api, task, **request_body).code == ""
    assert api.store.tasks.stored[task].timeout == timedelta(seconds=seconds)


def test_a_timeout_has_its_range(api: ApiBench):
    """A day at most."""
    answer = again(api, started(api), TimeoutPeriod=86_401)
    assert (answer.code, "0 - 86400" in answer.message) == ("InvalidParameterValue", True)


def test_nothing_to_scan_again_has_a_code_of_its_own(api: ApiBench):
    """All are Ok, or scanning already."""
    task = started(api)
    waiting = again(api, task)
    failed(api, task)
    done = again(api, task)
    assert {waiting.code, done.code} == {"FailedOperation.NoProfessionHost"}


def test_machines_that_are_being_stopped_can_not_scan_again(api: ApiBench):
    """The message says until when, in either language."""
    task = started(api)
    units = api.store.tasks.entered[task]
    units[0] = units[0].leased(LeaseId(1), BEGIN, timedelta(hours=1)).asked_to_stop(BEGIN, "admin", "now")
    answers = again(api, task), api.call("ScanTaskAgain", {"ModuleType": "Vul", "TaskId": task}, extra=ZH)
    assert [answer.code for answer in answers] == ["FailedOperation", "FailedOperation"]
    assert [word in answer.message for word, answer in zip(("StoppingAll", "停止"), answers, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("quuid", ["nobody", "q-2"])
def test_machines_that_are_not_in_the_task_are_named(api: ApiBench, quuid: str):
    """Unknown ones and others of the account alike; nothing is begun."""
    task = started(api, HostType=2, QuuidList=["q-1"])
    failed(api, task, 0)
    answer = again(api, task, QuuidList=["q-1", quuid])
    assert (answer.code, quuid in answer.message) == ("InvalidParameterValue", True)
    assert api.store.tasks.stored[task].run == 1


@pytest.mark.parametrize("why", ["unknown", "module", "account", "enormous"])
def test_a_task_that_is_not_the_callers_can_not_be_run_again(api: ApiBench, why: str):
    """The same words whatever the reason."""
    task = started(api)
    if why == "account":
        stored = api.store.tasks.stored
        stored[task] = replace(stored[task], account=AccountId(2))
    number = {"unknown": 99, "enormous": 2**64 - 1}.get(why, task)
    module = "Malware" if why == "module" else "Vul"
    answer = again(api, number, ModuleType=module)
    assert (answer.code, answer.message) == ("InvalidParameterValue", f"TaskId {number} is not a {module} task")


def test_an_auditor_reads_and_starts_nothing(api: ApiBench):
    """Of the four only ScanTaskAgain changes anything."""
    task = started(api)
    api.set_key(user=replace(USER, role=Role.AUDITOR))
    api.clock.turn(3)
    here = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    reads = {
        "DescribeScanTaskStatus": {"ModuleType": "Vul"}, "DescribeScanSchedule": {"TaskId": task},
        "DescribeMachines": here,
    }  # fmt: skip
    assert {api.call(action, body).code for action, body in reads.items()} == {""}
    assert again(api, task).code == "AuthFailure.UnauthorizedOperation"


def test_unknown_machines_and_vulnerabilities_are_named_in_chinese(api: ApiBench):
    """What the domain refuses is translated as well."""
    asked = [
        ("ScanVul", {"VulLevels": "0", "HostType": 2, "QuuidList": [f"n{n}" for n in range(7)]}, "等 7 个"),
        ("ScanVul", {"VulLevels": "0", "HostType": 1, "VulIds": [5]}, "VulIds 中有不存在的漏洞:5"),
        ("ScanVul", {"VulLevels": "0", "HostType": 1, "VulEmergency": 1}, "目录"),
        ("ScanVul", {"VulLevels": "0", "HostType": 1, "ScanMethod": 2}, "不会通过攻击"),
        ("DeleteScanTask", {"ModuleType": "Vul", "TaskId": 9}, "TaskId 9 不是 Vul 任务"),
        ("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": 2**60}, f"TaskId {2**60} 不是 Vul 任务"),
    ]
    for action, body, words in asked:
        answer = api.call(action, body, extra=ZH)
        assert (answer.code, words in answer.message) == ("InvalidParameterValue", True), answer.message
