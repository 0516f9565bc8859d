"""DescribeOverview, ListMachines, EstimateScan, PreviewSchedule, SkipScheduleOnce and GenerateCode."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from account_bench import AccountBench, Client
from api_bench import BEGIN
from hostward.api.actions import ACTIONS
from hostward.api.programs import PROGRAMS
from hostward.cli.api.telling import skeleton
from hostward.domain.account import Role
from hostward.domain.ids import AccountId, LeaseId
from hostward.domain.module import Module
from hostward.domain.severity import Level

PROD = ("env=prod",)
BERLIN = ZoneInfo("Europe/Berlin")
OURS = [action for action in ACTIONS if action.service == "hostward"]
CALL = {"Service": "cwp", "ActionName": "DescribeScanTaskDetails", "Endpoint": "http://127.0.0.1:8420"}


@dataclass
class House:
    """Three machines, one of production with malware; who sees all, and who sees production alone."""

    bench: AccountBench
    account: AccountId
    admin: Client
    limited: Client


@pytest.fixture
def house() -> House:
    """Machines, users and results."""
    bench = AccountBench(time_zone=BERLIN)
    account = bench.account()
    prod = bench.machine(account, "b-prod", *PROD)
    test = bench.machine(account, "a-test", "env=test")
    bench.machine(account, "c-new")

    def work(uow) -> None:
        uow.results.make_current(prod.id, Module.MALWARE, LeaseId(1), BEGIN, risks=2, levels={Level.CRITICAL: 2})
        uow.results.make_current(test.id, Module.MALWARE, LeaseId(2), BEGIN, risks=0)
        uow.results.make_current(test.id, Module.BASELINE, LeaseId(3), BEGIN, risks=4, levels={Level.LOW: 4})

    bench.store.write_now(work)
    admin, limited = bench.client(account), bench.client(account, "ann", Role.OPERATOR, PROD)
    return House(bench=bench, account=account, admin=admin, limited=limited)


def modules(answer: dict) -> dict[str, dict]:
    """The modules of an overview, by name."""
    return {one["Module"]: one for one in answer["Modules"]}


def test_the_score_is_a_hundred_less_every_deduction(house: House):
    """Each in words, with its page."""
    answer = house.admin.ok("DescribeOverview")
    assert answer["Score"] == 100 - sum(one["Points"] for one in answer["Deductions"])
    assert {one["Reason"]: one["Points"] for one in answer["Deductions"]} == {
        "Malware": 10, "Baseline": 10, "NeverJudged": 14, "NoFeed": 10,
    }  # fmt: skip
    assert all(one["Text"] and one["Link"].startswith("/") for one in answer["Deductions"])


def test_what_was_never_judged_has_no_levels_and_what_is_clean_has_zeros(house: House):
    """The two never look alike."""
    shown = modules(house.admin.ok("DescribeOverview"))
    assert (shown["Vul"]["Levels"], shown["Vul"]["Judged"], shown["Vul"]["Unjudged"]) == ([], 0, 3)
    assert shown["Malware"]["Levels"] == [
        {"Level": 4, "Count": 2}, {"Level": 3, "Count": 0}, {"Level": 2, "Count": 0}, {"Level": 1, "Count": 0},
    ]  # fmt: skip


def test_actions_begin_with_the_most_urgent(house: House):
    """With a page of the console each, seven at most."""
    house.bench.clock.turn(3600)
    answer = house.admin.ok("DescribeOverview")
    assert [one["Kind"] for one in answer["Actions"]] == ["Malware", "Baseline", "NoFeed", "NeverScanned", "Offline"]
    levels = [one["Level"] for one in answer["Actions"]]
    assert levels == sorted(levels, reverse=True)
    links = {one["Kind"]: one["Link"] for one in answer["Actions"]}
    assert (links["Offline"], links["NoFeed"]) == ("/machines?status=Offline", "/settings/feeds")


@pytest.mark.parametrize(("kind", "request_"), [("Malware", "Malware"), ("Baseline", "Baseline")])
def test_risks_link_to_the_machines_that_are_counted(house: House, kind: str, request_: str):
    """The list has as many rows as the number says."""
    (risk,) = [one for one in house.admin.ok("DescribeOverview")["Actions"] if one["Kind"] == kind]
    listed = names(house.admin, RiskModules=[request_])
    assert (risk["Link"], len(listed)) == (f"/machines?risk={kind}", 1)
    assert f": {len(listed)}" in risk["Text"]


def test_machines_never_scanned_link_to_their_list(house: House):
    """As many as ListMachines answers with NeverScanned."""
    answer = house.admin.ok("DescribeOverview")
    links = {one["Kind"]: one["Link"] for one in answer["Actions"]}
    assert links["NeverScanned"] == "/machines?only=never"
    assert len(names(house.admin, NeverScanned=True)) == answer["Fleet"]["NeverScanned"] == 1


def test_a_limited_user_s_overview_is_of_their_machines(house: House):
    """Counts, risks and what to do; no schedules."""
    house.admin.ok("ScanVulSetting", {"TimerInterval": 1, "TimerTime": "02:00:00"}, service="cwp")
    answer = house.limited.ok("DescribeOverview")
    assert (answer["Fleet"]["Total"], answer["Fleet"]["NeverScanned"]) == (1, 0)
    shown = modules(answer)
    assert (shown["Malware"]["Judged"], shown["Baseline"]["Judged"], shown["Vul"]["NextTime"]) == (1, 0, "")
    assert modules(house.admin.ok("DescribeOverview"))["Vul"]["NextTime"] == "2026-11-25 02:00:00"


def names(client: Client, **request: Any) -> list[str]:
    """Host names that ListMachines answers."""
    return [one["HostName"] for one in client.ok("ListMachines", request)["Machines"]]


def test_machines_are_listed_with_what_is_known_of_each(house: House):
    """Times in the server's zone; what never gave results is left out."""
    (shown,) = house.admin.ok("ListMachines", {"Query": "b-prod"})["Machines"]
    assert shown == {
        "Quuid": "q-b-prod", "Uuid": "u-b-prod", "HostName": "b-prod", "HostIp": "10.0.0.1", "WanIp": "",
        "OsName": "Debian GNU/Linux 12 (bookworm)", "Kernel": "", "AgentVersion": "0.1.0", "AgentTooOld": False,
        "Status": "Online", "LastSeenTime": "2026-11-24 13:00:00", "Tags": ["env=prod"], "Remark": "",
        "QuarantinedTime": "",
        "Scans": [{"Module": "Malware", "EndTime": "2026-11-24 13:00:00", "Risks": 2}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, ["b-prod", "a-test", "c-new"]),
        ({"Sort": "HostName"}, ["a-test", "b-prod", "c-new"]),
        ({"Sort": "HostName", "Descending": True, "Limit": 1, "Offset": 1}, ["b-prod"]),
        ({"RiskModules": ["Malware"]}, ["b-prod"]),
        ({"RiskModules": ["Malware", "Baseline"]}, ["b-prod", "a-test"]),
        ({"NeverScanned": True}, ["c-new"]),
        ({"AgentTooOld": True}, []),
        ({"Tags": ["env=test"]}, ["a-test"]),
        ({"OsNames": ["Debian GNU/Linux 12"]}, []),
        ({"OsNames": ["debian gnu/linux 12 (bookworm)"], "Query": "-"}, ["b-prod", "a-test", "c-new"]),
        ({"Status": ["Offline"]}, []),
        ({"Status": ["Offline", "Online"]}, ["b-prod", "a-test", "c-new"]),
    ],
)
def test_machines_are_chosen_and_sorted(house: House, request_: dict, expected: list[str]):
    """Every condition must hold."""
    assert names(house.admin, **request_) == expected


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"Sort": "Risks"}, "accepted: , HostName, LastSeenTime"),
        ({"Status": ["online"]}, "accepted: Online, Offline"),
        ({"RiskModules": ["Vulnerability"]}, "RiskModules"),
        ({"Limit": 101}, "1 - 100"),
        ({"Tags": ["x"] * 21}, "1 - 20"),
    ],
)
def test_wrong_choices_name_what_is_accepted(house: House, request_: dict, words: str):
    """One clear error."""
    answer = house.admin("ListMachines", request_)
    assert (answer.code, words in answer.message) == ("InvalidParameterValue", True)


def test_a_limited_user_lists_and_estimates_their_machines_alone(house: House):
    """Whatever they ask for."""
    assert (names(house.limited), names(house.limited, Tags=["env=test"])) == (["b-prod"], [])
    assert house.limited.ok("EstimateScan", {"Module": "Vul"})["Machines"] == 1
    assert house.limited("EstimateScan", {"Module": "Vul", "Quuids": ["q-a-test"]}).code == "InvalidParameterValue"


def test_an_estimate_is_told_with_whether_it_is_known(house: House):
    """Without history it is the deadline."""
    first = house.admin.ok("EstimateScan", {"Module": "Vul"})
    assert {key: first[key] for key in ("Machines", "Offline", "TooOld", "WaitSeconds", "Known")} == {
        "Machines": 3, "Offline": 0, "TooOld": 0, "WaitSeconds": 0, "Known": False,
    }  # fmt: skip
    started = house.admin.ok("ScanVul", {"VulLevels": "0", "HostType": 1}, service="cwp")["TaskId"]
    (task,) = house.admin.ok("ListScanTasks", {"Module": "Vul"})["Tasks"]
    assert (task["TaskId"], task["LeftKnown"]) == (started, False)
    assert first["RunSeconds"] - task["LeftSeconds"] in range(7)  # the clock moves on between two calls


def preview(house: House, language: str = "en-US", **request: Any) -> dict:
    """PreviewSchedule."""
    return house.bench.api.call(
        "PreviewSchedule", request, service="hostward", secret_id=house.admin.secret_id, secret=house.admin.secret,
        extra={"x-tc-language": language},
    ).response  # fmt: skip


def test_a_preview_is_what_the_schedule_then_does(house: House):
    """Kept with the same words it fires at these times."""
    shown = preview(house, Module="Vul", DaysCycle=3, At="02:30", Count=3)
    house.admin.ok("ScanVulSetting", {"TimerInterval": 3, "TimerTime": "02:30"}, service="cwp")
    (kept,) = house.admin.ok("ListSchedules")["Schedules"]
    assert (shown["Times"], shown["Words"], shown["TimeZone"]) == (
        kept["NextFires"], kept["Cadence"], kept["TimeZone"],
    )  # fmt: skip
    assert shown["Warning"] == ""


def test_a_preview_knows_the_clocks_of_its_zone(house: House):
    """02:30 does not exist on the night the clocks go forward: the scan starts as they jump."""
    house.bench.clock.turn((123 * 24 - 6) * 3600)  # to the end of March
    times = preview(house, Module="Vul", DaysCycle=1, At="02:30", Count=4)["Times"]
    assert "2027-03-28 03:00:00" in times
    assert len([time for time in times if time.endswith("02:30:00")]) == 3


def test_weekdays_are_counted_from_monday(house: House):
    """1 to 7; in words of the language asked for."""
    shown = preview(house, "zh-CN", Module="Baseline", Weekdays=[7, 1], At="01:00", Count=2)
    assert shown["Times"] == ["2026-11-29 01:00:00", "2026-11-30 01:00:00"]
    assert "星期一、星期日" in shown["Words"]


@pytest.mark.parametrize(("language", "words"), [("en-US", "can take 4 hours"), ("zh-CN", "可能需要 4 小时")])
def test_a_short_window_is_warned_of(house: House, language: str, words: str):
    """Where whole disks may be read."""
    window = {"At": "02:00", "WindowStart": "02:00", "WindowEnd": "05:59"}
    assert words in preview(house, language, Module="Malware", DaysCycle=1, **window)["Warning"]
    assert preview(house, language, Module="Vul", DaysCycle=1, **window)["Warning"] == ""


def test_a_window_that_nothing_fits_is_warned_of(house: House):
    """By what scans took here."""
    house.bench.store.write_now(lambda uow: uow.tasks.learn(house.account, Module.VUL, timedelta(minutes=90)))
    shown = preview(house, Module="Vul", DaysCycle=1, At="02:00", WindowStart="02:00", WindowEnd="03:00")
    assert "usually takes a machine 89 minutes here, the window leaves 60 minutes" in shown["Warning"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"DaysCycle": 0}, "either DaysCycle"),
        ({"Weekdays": [1]}, "either DaysCycle"),
        ({"DaysCycle": 0, "Weekdays": [0]}, "1 - 7"),
        ({"DaysCycle": 366}, "365"),
        ({"At": "24:00"}, "HH:MM"),
        ({"WindowStart": "01:00"}, "both, WindowStart and WindowEnd"),
        ({"WindowStart": "01:00", "WindowEnd": "01:00"}, "another time than WindowStart"),
        ({"WindowStart": "03:00", "WindowEnd": "04:00"}, "a time from 03:00 to 04:00"),
        ({"Count": 21}, "1 - 20"),
    ],
)
def test_what_is_no_schedule_is_refused(house: House, changed: dict, words: str):
    """One error, with the parameter's own name."""
    answer = preview(house, **{"Module": "Vul", "DaysCycle": 1, "At": "02:00"} | changed)
    assert (answer["Error"]["Code"], words in answer["Error"]["Message"]) == ("InvalidParameterValue", True)


def test_a_start_that_is_left_out_is_shown_and_does_not_happen(house: House):
    """The next one comes as planned; it is on record who asked."""
    house.admin.ok("ScanVulSetting", {"TimerInterval": 1, "TimerTime": "02:00"}, service="cwp")
    assert house.admin.ok("SkipScheduleOnce", {"ScheduleId": 1}) == {
        "NextTime": "2026-11-26 02:00:00", "RequestId": "00000000-0000-4000-8000-000000000000",
    }  # fmt: skip
    (shown,) = house.admin.ok("ListSchedules")["Schedules"]
    assert shown["NextFires"][0] == "2026-11-26 02:00:00"
    assert (shown["LastSkipTime"], shown["LastSkipReason"]) == ("2026-11-25 02:00:00", "left out once, as admin asked")


def test_a_schedule_that_is_off_or_unknown_has_nothing_to_leave_out(house: House):
    """The message says what to do."""
    house.admin.ok("ScanVulSetting", {"TimerInterval": 1, "EnableScan": 0}, service="cwp")
    off, unknown = (house.admin("SkipScheduleOnce", {"ScheduleId": which}) for which in (1, 2))
    assert (off.code, "enable it first" in off.message) == ("FailedOperation", True)
    assert (unknown.code, "is not a schedule of this account" in unknown.message) == ("InvalidParameterValue", True)


def test_schedules_are_not_a_limited_user_s(house: House):
    """They reach beyond their machines."""
    for action, request in (
        ("SkipScheduleOnce", {"ScheduleId": 1}),
        ("PreviewSchedule", {"Module": "Vul", "DaysCycle": 1, "At": "02:00"}),
    ):
        assert house.limited(action, request).code == "AuthFailure.UnauthorizedOperation"


def code(house: House, **request: Any):
    """GenerateCode."""
    return house.admin("GenerateCode", {"ProgramLanguage": "python"} | CALL | request)


@pytest.mark.parametrize("language", PROGRAMS)
def test_every_action_has_a_program_in_every_language(language: str):
    """With its name and the endpoint, from an object that the schema makes."""
    house = _house()
    for action in ACTIONS:
        parameters = json.dumps(skeleton(action.service, action.name))
        answer = code(
            house, Service=action.service, ActionName=action.name, ProgramLanguage=language, Parameters=parameters
        )
        if language == "tccli" and action in OURS:
            assert (answer.code, "tccli knows no service" in answer.message) == ("InvalidParameterValue", True)
            continue
        text = answer.response["Text"]
        assert [word for word in (action.name, "127.0.0.1:8420") if word not in text] == []


@pytest.mark.parametrize(
    ("changed", "code_", "words"),
    [
        ({"Parameters": '{"Colour": 1}'}, "UnknownParameter", "`Colour`"),
        ({"Parameters": '{"Filters": [{"Nme": "x"}]}'}, "UnknownParameter", "`Filters.0.Nme`"),
        ({"Parameters": '{"TaskId": "seven"}'}, "InvalidParameter", "`TaskId`"),
        ({"Parameters": "[1]"}, "InvalidParameterValue", "a JSON object of parameters"),
        ({"Parameters": "{"}, "InvalidParameterValue", "a JSON object of parameters"),
        ({"ActionName": "ScanEverything"}, "InvalidParameterValue", "no action `ScanEverything`"),
        ({"Service": "cvm"}, "InvalidParameterValue", "accepted: cwp, hostward"),
        ({"ProgramLanguage": "cobol"}, "InvalidParameterValue", "python, node"),
        ({"Endpoint": "http://x/path"}, "InvalidParameterValue", "is no endpoint"),
        ({"Endpoint": 'x"; rm'}, "InvalidParameterValue", "is no endpoint"),
    ],
)
def test_what_no_program_can_be_made_of_is_refused(house: House, changed: dict, code_: str, words: str):
    """With the parameter's name."""
    answer = code(house, **changed)
    assert (answer.code, words in answer.message) == (code_, True)


def test_parameters_may_be_missing(house: House):
    """They are filled in later."""
    assert "TaskId" not in code(house, Parameters='{"ModuleType": "Vul"}').response["Text"]
    assert "parameters = {}" in code(house).response["Text"]


def test_without_an_endpoint_the_program_calls_where_it_was_asked_for(house: House):
    """The host of this request."""
    request = {"Service": "hostward", "ActionName": "ListSchedules", "ProgramLanguage": "curl"}
    assert "127.0.0.1:8420" in house.admin.ok("GenerateCode", request)["Text"]


def _house() -> House:
    bench = AccountBench()
    account = bench.account()
    admin = bench.client(account)
    return House(bench=bench, account=account, admin=admin, limited=admin)
