"""DescribeScanTaskDetails: rows, counters, pages, words."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from api_bench import BEGIN, ApiBench
from fake_store import row
from hostward.api.context import ApiSettings
from hostward.api.vul_info import MOST_BYTES, VulInfo
from hostward.domain.host_scan import FailType, UnitState
from hostward.domain.ids import ROWS_PER_TASK, TaskId, row_id
from hostward.domain.machine_filter import AtRisk, Text, TextIs
from hostward.domain.severity import Level
from hostward.domain.tally import Tally
from hostward.domain.task import Trigger
from hostward.usecases.records import TaskVul

SECOND = int(BEGIN.timestamp())


def scanned(api: ApiBench, rows=(), tally: Tally | None = None, module: str = "Vul", **changes) -> int:
    """A task in a state, with these rows."""
    actions = {
        "Vul": ("ScanVul", {"VulLevels": "0", "HostType": 1}),
        "Malware": ("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1}),
        "Baseline": ("StartBaselineDetect", {"Param": {}}),
    }
    task = api.call(*actions[module]).response["TaskId"]
    stored = api.store.tasks.stored[task]
    api.store.tasks.stored[task] = replace(stored, tally=tally or stored.tally, **changes)
    api.store.tasks.rows[task] = list(rows)
    return task


def details(api: ApiBench, task: int, module: str = "Vul", *, language: str = "", **request) -> dict:
    """The answer."""
    extra = {"x-tc-language": language}
    answer = api.call("DescribeScanTaskDetails", {"ModuleType": module, "TaskId": task, **request}, extra=extra)
    assert answer.code == "", answer.response
    return answer.response


def machines(api: ApiBench, *rows, **options) -> list[dict]:
    """The rows of an answer."""
    return details(api, scanned(api, rows), **options)["ScanTaskDetailList"]


def test_a_machine_is_shown_with_everything_about_it(api: ApiBench):
    """Each member of the contract."""
    plain = row(
        3, state=UnitState.OK, risk_num=4, begin=SECOND, end=SECOND + 61, wan_ip="203.0.113.9",
        note_code="not_judged", note_values='{"what":"3 files not fully scanned: encrypted"}',
    )  # fmt: skip
    assert machines(api, plain) == [
        {
            "Id": ROWS_PER_TASK + 3, "Quuid": "q-3", "Uuid": "u-3", "HostName": "host-3", "HostIp": "10.0.0.3",
            "MachineWanIp": "203.0.113.9", "OsName": "Debian GNU/Linux 12 (bookworm)", "Status": "Ok", "FailType": 0,
            "Description": "3 files not fully scanned: encrypted", "RiskNum": 4,
            "ScanBeginTime": "2026-11-24 12:00:00", "ScanEndTime": "2026-11-24 12:01:01",
            "MachineExtraInfo": {
                "WanIP": "203.0.113.9", "PrivateIP": "10.0.0.3", "NetworkType": 0, "NetworkName": "",
                "InstanceID": "q-3", "HostName": "host-3",
            },
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (UnitState.PENDING, "Scanning"),
        (UnitState.LEASED, "Scanning"),
        (UnitState.RUNNING, "Scanning"),
        (UnitState.STOPPING, "Stop"),
        (UnitState.OK, "Ok"),
        (UnitState.FAIL, "Fail"),
        (UnitState.STOPPED, "Stop"),
    ],
)
def test_states_are_four_words(api: ApiBench, state: UnitState, word: str):
    """Stop from the moment the stop is accepted."""
    assert machines(api, row(0, state=state))[0]["Status"] == word


@pytest.mark.parametrize("fail", list(FailType))
def test_fail_types_are_numbers(api: ApiBench, fail: FailType):
    """3 offline, 4 timeout, 5 failed, 8 too old."""
    assert machines(api, row(0, state=UnitState.FAIL, fail=fail))[0]["FailType"] == fail.value


def test_times_are_empty_while_unknown(api: ApiBench):
    """Never null."""
    shown = machines(api, row(0))[0]
    assert (shown["ScanBeginTime"], shown["ScanEndTime"]) == ("", "")


def test_times_are_in_the_operators_zone():
    """Of rows and of the task."""
    api = ApiBench(settings=ApiSettings(time_zone=timezone(timedelta(hours=8))))
    answer = details(api, scanned(api, [row(0, begin=SECOND)]))
    assert answer["ScanBeginTime"] == answer["ScanTaskDetailList"][0]["ScanBeginTime"] == "2026-11-24 20:00:00"


def test_ids_are_unique_over_all_tasks_and_fit_a_double(api: ApiBench):
    """The last machine of the last task that can be."""
    assert row_id(TaskId(2**32 - 1), ROWS_PER_TASK - 1) == 2**53 - 1
    task = scanned(api, [row(ROWS_PER_TASK - 1)])
    assert details(api, task)["ScanTaskDetailList"][0]["Id"] == row_id(TaskId(task), ROWS_PER_TASK - 1)


@pytest.mark.parametrize(
    ("language", "words"), [("en-US", "checking packages, 61 %"), ("zh-CN", "checking packages,61 %")]
)
def test_descriptions_are_in_the_callers_language(api: ApiBench, language: str, words: str):
    """From one stored note."""
    values = json.dumps({"what": "checking packages", "percent": "61"})
    assert machines(api, row(0, note_code="doing", note_values=values), language=language)[0]["Description"] == words


def test_a_description_may_be_empty(api: ApiBench):
    """Nothing to say."""
    assert machines(api, row(0, note_code="nothing", note_values=""))[0]["Description"] == ""


def test_hostile_names_stay_inside_their_strings(api: ApiBench):
    """Whatever a machine calls itself."""
    name = '"},{"\x00\x1b\u2028</script>\U0001f600'
    assert machines(api, row(0, host_name=name))[0]["HostName"] == name


def test_counters_are_those_of_the_task_whatever_the_filters(api: ApiBench):
    """TotalCount alone follows them."""
    tally = Tally(
        machines=10, running=4, ok=3, failed=2, stopped=1, progress=60_000, risk_machines=3, risk_events=8, vuls=5
    )
    task = scanned(api, [row(0)], tally)
    filters = [{"Name": "HostName", "Values": ["host"]}]
    answer = details(api, task, Filters=filters)
    names = ("TotalCount", "ScanMachineCount", "RiskMachineCount", "RiskEventCount", "VulCount")
    assert [answer[name] for name in names] == [1, 10, 3, 8, 5]


def test_filters_limit_and_offset_reach_the_store(api: ApiBench):
    """As the domain writes them."""
    filters = [{"Name": "ipOrAlias", "Values": ["a%"], "ExactMatch": True}, {"Name": "riskonly", "Values": ["true"]}]
    details(api, scanned(api), Filters=filters, Limit=7, Offset="14")
    (asked,) = api.store.tasks.asked
    assert asked["conditions"] == (TextIs(text=Text.ANY, values=("a%",), exact=True), AtRisk())
    assert (asked["limit"], asked["offset"]) == (7, 14)


def test_a_page_has_ten_machines_from_the_first_unless_asked(api: ApiBench):
    """Limit and Offset have defaults."""
    task = scanned(api, [row(seq) for seq in range(25)])
    assert [one["HostName"] for one in details(api, task)["ScanTaskDetailList"]] == [f"host-{n}" for n in range(10)]


def test_pages_show_every_machine_once(api: ApiBench):
    """In the task's order."""
    task = scanned(api, [row(seq) for seq in range(25)])
    names = [
        one["HostName"]
        for offset in range(0, 40, 10)
        for one in details(api, task, Limit=10, Offset=offset)["ScanTaskDetailList"]
    ]
    assert names == [f"host-{number}" for number in range(25)]


@pytest.mark.parametrize("offset", [25, 1000, 2**53, 2**63, 2**64 - 1])
def test_past_the_end_is_an_empty_page_with_the_true_total(api: ApiBench, offset: int):
    """However far past."""
    answer = details(api, scanned(api, [row(seq) for seq in range(25)]), Offset=offset)
    assert (answer["ScanTaskDetailList"], answer["TotalCount"]) == ([], 25)


@pytest.mark.parametrize("limit", [0, 101, 2**64 - 1, "0"])
def test_a_limit_is_1_to_100(api: ApiBench, limit: object):
    """The range is in the message."""
    answer = api.call("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": 1, "Limit": limit})
    assert (answer.code, "1 - 100" in answer.message) == ("InvalidParameterValue", True)


@pytest.mark.parametrize("limit", [1, 100])
def test_the_ends_of_the_limit_are_taken(api: ApiBench, limit: int):
    """1 and 100."""
    answer = details(api, scanned(api, [row(seq) for seq in range(150)]), Limit=limit)
    assert len(answer["ScanTaskDetailList"]) == limit


def test_a_running_task_has_begun_and_not_ended(api: ApiBench):
    """ScanTime grows, ScanEndTime is empty, the deadline bounds what is left."""
    task = scanned(api)
    api.clock.turn(90)
    answer = details(api, task)
    assert (answer["ScanTime"], answer["ScanEndTime"], answer["ScanProgress"]) == (90, "", 0)
    assert answer["ScanLeftTime"] == 3600 + 3600 + 40 - 90


def test_a_done_task_has_nothing_left(api: ApiBench):
    """100 %, 0 left, and ScanTime stands still."""
    tally = Tally(machines=1, ok=1, progress=10_000)
    task = scanned(api, tally=tally, end=BEGIN + timedelta(seconds=30))
    api.clock.turn(500)
    answer = details(api, task)
    assert (answer["ScanProgress"], answer["ScanLeftTime"], answer["ScanTime"]) == (100, 0, 30)


def test_time_left_may_be_in_minutes():
    """As the sister product has it; rounded up, so that 0 still means done."""
    api = ApiBench(settings=ApiSettings(left_time_unit="minutes"))
    assert details(api, scanned(api))["ScanLeftTime"] == 121


@pytest.mark.parametrize(("final", "stopping"), [(False, True), (True, False)])
def test_stopping_all_lasts_until_every_machine_is_final(api: ApiBench, final: bool, stopping: bool):
    """Not only until the stop was asked for."""
    tally = Tally(machines=1, stopped=1, progress=10_000) if final else Tally(machines=1, stopping=1)
    answer = details(api, scanned(api, tally=tally, stop_at=BEGIN))
    assert (answer["StoppingAll"], answer["ScanProgress"] == 100) == (stopping, final)


def test_the_trigger_is_the_type(api: ApiBench):
    """1 for scheduled scans."""
    assert details(api, scanned(api, trigger=Trigger.SCHEDULED))["Type"] == 1


@pytest.mark.parametrize(
    ("module", "content"),
    [("Vul", ["1", "2", "4"]), ("Malware", ["1"]), ("Baseline", ["Linux system", "SSH server", "Accounts"])],
)
def test_content_is_codes_or_names_of_policies(api: ApiBench, module: str, content: list[str]):
    """Readable words are the console's business."""
    assert details(api, scanned(api, module=module), module)["ScanContent"] == content


def vul(number: int, **changes) -> TaskVul:
    """A vulnerability that a task found."""
    plain = TaskVul(
        id=number, key=f"CVE-2026-{number}", level=Level.HIGH, level_source="nvd", cvss=7.5, vector="CVSS:3.1/AV:N",
        title="overflow", description="An overflow.", reference="https://example.org/1",
        published=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), category=4, component="zlib1g", fixed="1.2.3-1",
        machines=2,
    )  # fmt: skip
    return replace(plain, **changes)


def found(api: ApiBench, *vuls: TaskVul, **options) -> list[dict]:
    """VulInfo of a task that found these."""
    task = scanned(api)
    api.store.tasks.found[task] = list(vuls)
    return details(api, task, **options)["VulInfo"]


def test_a_vulnerability_is_shown_with_everything_about_it(api: ApiBench):
    """Each member of the contract."""
    assert found(api, vul(5)) == [
        {
            "VulId": 5, "CveId": "CVE-2026-5", "Name": "zlib1g: overflow", "Level": 3, "CvssScore": 7.5,
            "Cvss": "CVSS:3.1/AV:N", "Descript": "An overflow. Level by nvd.", "Reference": "https://example.org/1",
            "PublishTime": "2026-01-02 03:04:05", "VulCategory": 4, "Fix": "upgrade zlib1g to 1.2.3-1",
        }
    ]  # fmt: skip


def test_what_nobody_gives_is_0_or_empty(api: ApiBench):
    """Never null."""
    (shown,) = found(api, vul(5, level=None, cvss=None, title="", published=None, fixed=""))
    assert (shown["Level"], shown["CvssScore"], shown["PublishTime"], shown["Fix"]) == (2, 0.0, "", "")
    assert shown["Name"] == "zlib1g: CVE-2026-5"


def test_a_level_that_nobody_gives_is_medium_and_said_so(api: ApiBench):
    """A guess is never passed off as a fact."""
    (shown,) = found(api, vul(5, level=None, level_source=""))
    assert (shown["Level"], shown["Descript"]) == (2, "An overflow. No source gives a level: counted as medium.")


def test_at_most_a_hundred_vulnerabilities_in_the_stores_order(api: ApiBench):
    """Where none was asked for; VulCount says how many there are."""
    shown = found(api, *[vul(number) for number in range(150, 0, -1)])
    assert [one["VulId"] for one in shown] == list(range(150, 50, -1))


def test_all_vulnerabilities_that_were_asked_for_are_shown(api: ApiBench):
    """In the order they were asked for, found or not; what was found says more than what is known."""
    asked = list(range(1000, 0, -1))
    api.store.advisories.known = [vul(number, component="", fixed="", machines=0) for number in asked]
    task = api.call("ScanVul", {"VulLevels": "0", "HostType": 1, "VulIds": asked}).response["TaskId"]
    api.store.tasks.found[task] = [vul(number) for number in (7, 900)]
    shown = details(api, task)["VulInfo"]
    assert [one["VulId"] for one in shown] == asked
    assert {one["VulId"] for one in shown if one["Fix"]} == {7, 900}


def test_large_lists_are_not_all_remembered(api: ApiBench):
    """A bound on bytes, whatever the number of tasks; what is forgotten is made anew."""
    info, task = VulInfo(), replace(api.store.tasks.stored[scanned(api)], vul_rev=3)
    large = [vul(number, description="x" * 10_000) for number in range(300)]
    for number in range(1, 5):
        info.remember(replace(task, id=number), large, UTC, 0.0)
    known = [info.known(number, 1.0) is not None for number in range(1, 5)]
    assert (known, MOST_BYTES) == ([False, False, True, True], 8_000_000)


@pytest.mark.parametrize("module", ["Malware", "Baseline"])
def test_other_modules_have_no_vulnerabilities(api: ApiBench, module: str):
    """An empty list."""
    task = scanned(api, module=module)
    api.store.tasks.found[task] = [vul(1)]
    assert details(api, task, module)["VulInfo"] == []


def test_a_changed_list_is_shown_at_once(api: ApiBench):
    """What is remembered belongs to one revision."""
    task = scanned(api)
    api.store.tasks.found[task] = [vul(1)]
    details(api, task)
    api.store.tasks.found[task] = [vul(2)]
    api.store.tasks.stored[task] = replace(api.store.tasks.stored[task], vul_rev=1)
    assert [one["VulId"] for one in details(api, task)["VulInfo"]] == [2]


def test_changed_words_of_an_advisory_are_shown_soon(api: ApiBench):
    """The same list is encoded anew after some seconds."""
    task = scanned(api)
    api.store.tasks.found[task] = [vul(1)]
    details(api, task)
    api.store.tasks.found[task] = [vul(1, title="new words")]
    api.clock.turn(5)
    assert details(api, task)["VulInfo"][0]["Name"] == "zlib1g: new words"


def test_lists_of_many_tasks_are_kept_apart(api: ApiBench):
    """More tasks than are remembered."""
    for number in range(1, 71):
        assert [one["VulId"] for one in found(api, vul(number))] == [number]
    api.store.tasks.found[1] = [vul(500)]
    assert [one["VulId"] for one in details(api, 1)["VulInfo"]] == [500]


def test_patches_of_windows_are_never_there(api: ApiBench):
    """[] for every module."""
    assert details(api, scanned(api))["PatchInfo"] == []
