"""ListSchedules, RunScheduleNow, EnableSchedule and ModifySchedulePolicy of the service hostward."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

import pytest

from api_bench import BEGIN, USER, ApiBench
from hostward.api.context import ApiSettings
from hostward.api.schedule_words import cadence_words
from hostward.domain.account import Role
from hostward.domain.ids import AccountId, ScheduleId, TaskId
from hostward.domain.reason import TEXTS, Reason
from hostward.domain.schedule import EveryDays, Overlap, Policy, Skip, Weekly, Window
from schedule_samples import at, schedule, setting, time

NIGHT = Window(start=time(22), end=time(6))
BERLIN = ZoneInfo("Europe/Berlin")


def call(api: ApiBench, action: str, language: str = "en-US", **request):
    """An answer of the service hostward."""
    return api.call(action, request, service="hostward", extra={"x-tc-language": language})


@pytest.fixture
def planned(api: ApiBench) -> ApiBench:
    """A bench with a vulnerability scan every three days."""
    api.store.schedules.add(schedule(BEGIN, days=3))
    return api


def change(api: ApiBench, **changes) -> None:
    """Change what is stored of schedule 1."""
    api.store.schedules.put(replace(api.store.schedules.get(ScheduleId(1)), **changes))


def test_schedules_are_listed_with_their_next_fires(planned: ApiBench):
    """Everything there is to know of one."""
    answer = call(planned, "ListSchedules").response
    assert answer["TotalCount"] == 1
    assert answer["Schedules"] == [
        {
            "ScheduleId": 1,
            "Module": "Vul",
            "Enabled": True,
            "Cadence": "every 3 days at 02:00:00 (UTC)",
            "TimeZone": "UTC",
            "NextFires": ["2026-11-27 02:00:00", "2026-11-30 02:00:00", "2026-12-03 02:00:00"],
            "LastFireTime": "",
            "LastTaskId": 0,
            "LastSkipTime": "",
            "LastSkipReason": "",
            "QuuidList": [],
            "OverlapPolicy": "skip",
            "GraceSeconds": 3600,
            "JitterSeconds": 0,
        }
    ]


def test_how_it_went_is_listed(planned: ApiBench):
    """In the caller's language and the server's zone."""
    skip = Skip(at=at("2026-11-23 02:00"), reason=Reason.STILL_RUNNING, values={"task": 9})
    change(planned, last_fire=at("2026-11-24 02:00"), last_task=TaskId(12), last_skip=skip)
    (shown,) = call(planned, "ListSchedules", "zh-CN").response["Schedules"]
    assert (shown["LastFireTime"], shown["LastTaskId"], shown["LastSkipTime"]) == (
        "2026-11-24 02:00:00", 12, "2026-11-23 02:00:00",
    )  # fmt: skip
    assert (shown["LastSkipReason"], shown["Cadence"]) == (
        "此定时扫描的任务 9 仍在运行:请等待其结束或停止该任务", "每 3 天 02:00:00(UTC)",
    )  # fmt: skip


def test_a_switched_off_schedule_has_no_next_fires(planned: ApiBench):
    """It is listed all the same."""
    assert call(planned, "EnableSchedule", ScheduleId=1, Enabled=False).response["NextFireTime"] == ""
    (shown,) = call(planned, "ListSchedules").response["Schedules"]
    assert (shown["Enabled"], shown["NextFires"]) == (False, [])


def test_schedules_of_one_module_can_be_listed(planned: ApiBench):
    """Or of all."""
    counts = [call(planned, "ListSchedules", Module=module).response["TotalCount"] for module in ("Vul", "Malware", "")]
    assert (counts, call(planned, "ListSchedules", Module="vul").code) == ([1, 0, 1], "InvalidParameterValue")


def test_schedules_of_others_are_not_listed(planned: ApiBench):
    """Another account's."""
    planned.store.schedules.add(schedule(BEGIN, id=ScheduleId(2), account=AccountId(2)))
    assert call(planned, "ListSchedules").response["TotalCount"] == 1


def test_switched_on_it_says_when_it_fires(planned: ApiBench):
    """Counted from now: tomorrow at two."""
    call(planned, "EnableSchedule", ScheduleId=1, Enabled=False)
    planned.clock.turn(100 * 86_400)
    assert call(planned, "EnableSchedule", ScheduleId=1, Enabled=True).response["NextFireTime"] == "2027-03-05 02:00:00"


def test_a_schedule_is_run_by_hand(planned: ApiBench):
    """A task of Type 0 by who asked; agents are woken; the next fire stays."""
    answer = call(planned, "RunScheduleNow", ScheduleId=1).response
    task = planned.store.tasks.stored[answer["TaskId"]]
    assert (answer["Machines"], planned.hub.woken, task.trigger, task.created_by) == (2, [1, 2], 0, "admin")
    (shown,) = call(planned, "ListSchedules").response["Schedules"]
    assert (shown["LastTaskId"], shown["LastFireTime"], shown["NextFires"][0]) == (task.id, "", "2026-11-27 02:00:00")


def test_a_schedule_whose_task_is_at_work_is_not_run_by_hand(planned: ApiBench):
    """FailedOperation, with the task's number."""
    call(planned, "RunScheduleNow", ScheduleId=1)
    answer = call(planned, "RunScheduleNow", ScheduleId=1)
    assert (answer.code, "task 1 of this schedule" in answer.message) == ("FailedOperation", True)


def test_a_run_by_hand_without_machines_has_its_code(planned: ApiBench):
    """As every start."""
    planned.store.machines.stored = []
    assert call(planned, "RunScheduleNow", ScheduleId=1).code == "FailedOperation.NoProfessionHost"


def test_a_policy_is_kept(planned: ApiBench):
    """And moves the next fire by the schedule's own part of the jitter."""
    answer = call(
        planned, "ModifySchedulePolicy", ScheduleId=1, OverlapPolicy="queue", GraceSeconds=60, JitterSeconds=600
    ).response
    stored = planned.store.schedules.get(ScheduleId(1))
    assert stored.policy == Policy(
        overlap=Overlap.QUEUE, grace=timedelta(seconds=60), jitter=timedelta(seconds=600)
    )  # fmt: skip
    assert answer["NextFireTime"] == f"{at('2026-11-27 02:00') + stored.spread:%Y-%m-%d %H:%M:%S}"
    (shown,) = call(planned, "ListSchedules").response["Schedules"]
    assert (shown["OverlapPolicy"], shown["GraceSeconds"], shown["JitterSeconds"], shown["NextFires"][0]) == (
        "queue", 60, 600, answer["NextFireTime"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"OverlapPolicy": "Queue"}, "accepted: skip, queue"),
        ({"GraceSeconds": 604_801}, "0 - 604800"),
        ({"JitterSeconds": 43_201}, "0 - 43200"),
        ({"ScheduleId": 2}, "ScheduleId 2 is not a schedule of this account"),
        ({"ScheduleId": 0}, "1 - 9007199254740991"),
    ],
)
def test_wrong_policies_are_refused(planned: ApiBench, changed: dict, words: str):
    """The message says what is accepted."""
    plain = {"ScheduleId": 1, "OverlapPolicy": "skip", "GraceSeconds": 0, "JitterSeconds": 0}
    answer = call(planned, "ModifySchedulePolicy", **plain | changed)
    assert (answer.code, words in answer.message) == ("InvalidParameterValue", True)


@pytest.mark.parametrize(("action", "more"), [("RunScheduleNow", {}), ("EnableSchedule", {"Enabled": True})])
def test_unknown_schedules_are_refused(planned: ApiBench, action: str, more: dict):
    """Those of others in the same words."""
    planned.store.schedules.add(schedule(BEGIN, id=ScheduleId(2), account=AccountId(2)))
    messages = [call(planned, action, ScheduleId=which, **more).message for which in (2, 3)]
    assert messages == [f"ScheduleId {which} is not a schedule of this account" for which in (2, 3)]


def test_an_auditor_lists_and_changes_nothing(planned: ApiBench):
    """The permission of each."""
    planned.set_key(user=replace(USER, role=Role.AUDITOR))
    assert call(planned, "ListSchedules").code == ""
    changing = (
        ("RunScheduleNow", {"ScheduleId": 1}, "hostward"),
        ("EnableSchedule", {"ScheduleId": 1, "Enabled": False}, "hostward"),
        ("ScanVulSetting", {"TimerInterval": 1}, "cwp"),
        ("DeleteMalwareScanTask", {}, "cwp"),
        ("ScanBaseline", {}, "cwp"),
        ("StopBaselineDetect", {"TaskIds": [1]}, "cwp"),
    )
    refused = [planned.call(name, request, service=service).code for name, request, service in changing]
    assert refused == ["AuthFailure.UnauthorizedOperation"] * len(changing)


@pytest.mark.parametrize(
    ("said", "english", "chinese"),
    [
        ({}, "every day at 02:00:00 (Europe/Berlin)", "每天 02:00:00(Europe/Berlin)"),
        ({"days": 5}, "every 5 days at 02:00:00 (Europe/Berlin)", "每 5 天 02:00:00(Europe/Berlin)"),
        (
            {"cadence": Weekly(weekdays=frozenset({6, 0}))},
            "on Monday, Sunday at 02:00:00 (Europe/Berlin)",
            "每周 星期一、星期日 02:00:00(Europe/Berlin)",
        ),
        (
            {"window": NIGHT, "at": time(23, 30)},
            "every day at 23:30:00 (Europe/Berlin), only from 22:00:00 to 06:00:00",
            "每天 23:30:00(Europe/Berlin),仅限 22:00:00 至 06:00:00",
        ),
    ],
)
def test_a_cadence_in_words(said: dict, english: str, chinese: str):
    """In both languages."""
    wanted = setting(**said)
    assert [cadence_words(wanted, BERLIN, language) for language in ("en-US", "zh-CN")] == [english, chinese]


def test_times_are_in_the_servers_zone():
    """Fires too."""
    api = ApiBench(settings=ApiSettings(time_zone=BERLIN, rate=1000))
    api.store.schedules.add(schedule(BEGIN, BERLIN, cadence=EveryDays(days=1, first=date(2026, 11, 1))))
    (shown,) = call(api, "ListSchedules").response["Schedules"]
    assert (shown["NextFires"][0], shown["TimeZone"]) == ("2026-11-25 02:00:00", "Europe/Berlin")
    assert api.store.schedules.get(ScheduleId(1)).next_fire.astimezone(UTC) == at("2026-11-25 01:00")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_words_in_both_languages(reason: Reason):
    """Of schedules and of all others."""
    english, chinese = TEXTS[reason]
    assert (english.isascii(), chinese.isascii(), bool(english)) == (True, False, True)
