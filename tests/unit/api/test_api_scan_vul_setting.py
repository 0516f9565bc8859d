"""ScanVulSetting and DescribeScanVulSetting."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from api_bench import ApiBench, machine
from hostward.api.context import ApiSettings
from hostward.domain.ids import ScheduleId
from hostward.domain.options import Category, VulOptions
from hostward.domain.schedule import EveryDays, Schedule, Window
from hostward.domain.severity import Level
from schedule_samples import at

DEFAULTS = {
    "VulCategories": "1,2,4", "VulLevels": "1,2,3,4", "TimerInterval": 1, "TimerTime": "02:00:00", "VulEmergency": 0,
    "StartTime": "", "EnableScan": 0, "EndTime": "", "ClickTimeout": 3600, "Uuids": [], "ScanMethod": 0,
}  # fmt: skip


def kept(api: ApiBench, **request) -> Schedule:
    """The schedule that a request makes."""
    answer = api.call("ScanVulSetting", {"TimerInterval": 1} | request)
    assert answer.code == "", answer.response
    found = api.store.schedules.get(ScheduleId(1))
    assert found is not None
    return found


def shown(api: ApiBench) -> dict:
    """What is read back, without the RequestId."""
    answer = api.call("DescribeScanVulSetting").response
    return {name: value for name, value in answer.items() if name != "RequestId"}


def refused(api: ApiBench, **request) -> str:
    """The message of a refusal for a wrong value; nothing was kept."""
    answer = api.call("ScanVulSetting", {"TimerInterval": 1} | request)
    assert (answer.code, api.store.schedules.get(ScheduleId(1))) == ("InvalidParameterValue", None)
    return answer.message


def test_before_there_is_a_setting_the_defaults_are_shown(api: ApiBench):
    """Switched off."""
    assert shown(api) == DEFAULTS


def test_a_setting_is_read_back_as_it_was_sent(api: ApiBench):
    """Arrays become texts with commas, as the contract has it."""
    sent = {
        "TimerInterval": 3, "VulCategories": [4, 1], "VulLevels": [4, 3], "TimerTime": "03:15:30", "VulEmergency": 0,
        "StartTime": "03:00", "EndTime": "05:30", "EnableScan": 1, "Uuids": ["u-2", "u-1"], "ScanMethod": 0,
    }  # fmt: skip
    kept(api, **sent)
    assert shown(api) == sent | {"VulCategories": "1,4", "VulLevels": "3,4", "ClickTimeout": 3600}


@pytest.mark.parametrize(
    "times",
    [
        {"TimerTime": "03:15"},
        {"TimerTime": "03:15:00"},
        {"TimerTime": "23:30", "StartTime": "22:00:00", "EndTime": "04:00:00"},
        {"TimerTime": "00:00:00", "StartTime": "00:00", "EndTime": "23:59"},
    ],
)
def test_times_are_read_back_to_the_letter(api: ApiBench, times: dict):
    """With seconds or without them."""
    kept(api, **times)
    assert {name: shown(api)[name] for name in times} == times


def test_a_setting_decides_what_is_scanned_and_when(api: ApiBench):
    """Everything of it has an effect."""
    schedule = kept(
        api, TimerInterval=7, VulCategories=[2], VulLevels=[4], TimerTime="13:00", StartTime="12:30", EndTime="18:00",
        Uuids=["u-2"],
    )  # fmt: skip
    setting = schedule.setting
    options = VulOptions(levels=frozenset({Level.CRITICAL}), categories=frozenset({Category.APPLICATION}))
    assert (setting.options, setting.content, setting.quuids) == (options, ("2",), ("q-2",))
    assert (setting.cadence, setting.at) == (EveryDays(days=7, first=date(2026, 11, 24)), time(13))
    assert (setting.window, schedule.next_fire) == (Window(start=time(12, 30), end=time(18)), at("2026-11-24 13:00"))


def test_what_is_left_out_has_its_default(api: ApiBench):
    """The same request always makes the same setting, whatever was there."""
    kept(api, TimerInterval=3, VulLevels=[4], TimerTime="05:00", Uuids=["u-1"], EnableScan=0)
    kept(api, TimerInterval=1)
    assert shown(api) == DEFAULTS | {"EnableScan": 1}


def test_empty_lists_mean_all(api: ApiBench):
    """As everywhere."""
    setting = kept(api, VulCategories=[], VulLevels=[], Uuids=[]).setting
    assert (setting.options, setting.quuids) == (VulOptions(), ())


def test_a_window_without_a_time_starts_the_scan(api: ApiBench):
    """At its begin."""
    assert kept(api, StartTime="22:00", EndTime="06:00").setting.at == time(22)
    assert shown(api)["TimerTime"] == "22:00:00"


def test_a_switched_off_setting_is_kept(api: ApiBench):
    """It never fires, and is read back."""
    assert kept(api, EnableScan=0, TimerTime="03:00").next_fire is None
    assert (shown(api)["EnableScan"], shown(api)["TimerTime"]) == (0, "03:00")


def test_times_are_those_of_the_servers_zone():
    """Berlin is an hour ahead in winter."""
    api = ApiBench(settings=ApiSettings(time_zone=ZoneInfo("Europe/Berlin"), rate=1000))
    assert kept(api, TimerTime="14:00").next_fire == at("2026-11-24 13:00")


def test_the_timeout_shown_is_the_servers():
    """Of scans that are started by hand."""
    api = ApiBench(settings=ApiSettings(default_timeout=timedelta(seconds=90), rate=1000))
    assert shown(api)["ClickTimeout"] == 90
    kept(api)
    assert shown(api)["ClickTimeout"] == 90


@pytest.mark.parametrize("days", [0, 366, 2**64 - 1])
def test_an_interval_is_1_to_365_days(api: ApiBench, days: int):
    """The message says so."""
    assert "1 - 365" in refused(api, TimerInterval=days)


def test_the_interval_must_be_given(api: ApiBench):
    """The one required member."""
    assert api.call("ScanVulSetting", {}).code == "MissingParameter"


@pytest.mark.parametrize("name", ["TimerTime", "StartTime", "EndTime"])
@pytest.mark.parametrize(
    "text", ["24:00", "2:00", "02:60", "02:00:60", "02:00:00.5", "0200", "02:00Z", "０２:00", " 02:00", "x"]
)
def test_times_are_of_24_hours(api: ApiBench, name: str, text: str):
    """HH:MM or HH:MM:SS and nothing else."""
    others = {"StartTime": "01:00", "EndTime": "03:00"} if name != "TimerTime" else {}
    message = refused(api, **others | {name: text})
    assert (name in message, "HH:MM:SS" in message) == (True, True)


@pytest.mark.parametrize(
    ("given", "missing"), [({"StartTime": "02:00"}, "EndTime"), ({"EndTime": "02:00"}, "StartTime")]
)
def test_a_window_has_both_ends(api: ApiBench, given: dict, missing: str):
    """The message names the one that is missing."""
    assert f"`{missing}`" in refused(api, **given)


def test_a_window_has_a_length(api: ApiBench):
    """Equal ends could mean always or never."""
    assert "no length" in refused(api, StartTime="02:00", EndTime="02:00:00")


@pytest.mark.parametrize("clock", ["06:00", "21:59:59", "12:00"])
def test_the_time_is_inside_the_window(api: ApiBench, clock: str):
    """Such a scan could never start."""
    message = refused(api, TimerTime=clock, StartTime="22:00", EndTime="06:00")
    assert ("TimerTime" in message, "StartTime 22:00 to EndTime 06:00" in message) == (True, True)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"VulCategories": [1, 5]}, "Windows"),
        ({"VulCategories": [3]}, "accepted: 1, 2, 4"),
        ({"VulCategories": [0]}, "accepted: 1, 2, 4"),
        ({"VulLevels": [0]}, "accepted: 1, 2, 3, 4"),
        ({"VulLevels": [1, 5]}, "accepted: 1, 2, 3, 4"),
        ({"VulEmergency": 1}, "VulEmergency 1 needs"),
        ({"VulEmergency": 2}, "accepted: 0, 1"),
        ({"EnableScan": 2}, "accepted: 0, 1"),
        ({"ScanMethod": 2}, "never proved by attacking"),
        ({"ScanMethod": 1}, "accepted: 0"),
        ({"Uuids": ["u-1", "u-9"]}, "u-9"),
    ],
)
def test_what_would_have_no_effect_is_refused(api: ApiBench, request_: dict, words: str):
    """Never stored in silence."""
    assert words in refused(api, **request_)


def test_agents_of_another_account_are_unknown(api: ApiBench):
    """In the words for those that do not exist."""
    api.store.machines.stored.append(machine(7, account=2))
    assert "agents that do not exist: u-7" in refused(api, Uuids=["u-7"])


def test_refusals_are_said_in_chinese_too(api: ApiBench):
    """Reasons as well."""
    answer = api.call("ScanVulSetting", {"TimerInterval": 1, "TimerTime": "x"}, extra={"x-tc-language": "zh-CN"})
    assert "00:00 至 23:59:59" in answer.message
    answer = api.call(
        "ScanVulSetting", {"TimerInterval": 1, "TimerTime": "12:00", "StartTime": "01:00", "EndTime": "02:00"},
        extra={"x-tc-language": "zh-CN"},
    )  # fmt: skip
    assert "StartTime 01:00 至 EndTime 02:00" in answer.message


def test_a_machine_that_is_gone_is_no_longer_shown(api: ApiBench):
    """Others stay in their order."""
    kept(api, Uuids=["u-2", "u-1"])
    api.store.machines.stored = [each for each in api.store.machines.stored if each.uuid != "u-2"]
    assert shown(api)["Uuids"] == ["u-1"]
