"""ScanVul."""

from datetime import timedelta

import pytest

from api_bench import ApiBench, machine
from hostward.api.context import ApiSettings
from hostward.domain.options import Category, VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import Trigger
from hostward.usecases.records import TaskVul

ALL = {"VulLevels": "0", "HostType": 1}


def started(api: ApiBench, **request):
    """The task that a request starts."""
    answer = api.call("ScanVul", ALL | request)
    assert answer.code == "", answer.response
    return api.store.tasks.stored[answer.response["TaskId"]]


def refused(api: ApiBench, **request) -> str:
    """The message of a refusal for a wrong value; nothing was started."""
    answer = api.call("ScanVul", {name: value for name, value in (ALL | request).items() if value is not ...})
    assert (answer.code, api.store.tasks.stored) == ("InvalidParameterValue", {})
    return answer.message


def test_a_scan_is_started_and_the_agents_are_woken(api: ApiBench):
    """SuccessCount machines entered; BasicVersionCount is 0."""
    response = api.call("ScanVul", ALL).response
    assert (response["TaskId"], response["SuccessCount"], response["BasicVersionCount"]) == (1, 2, 0)
    assert api.hub.woken == [1, 2]


def test_the_task_is_the_callers(api: ApiBench):
    """Account, name, moment and trigger."""
    task = started(api)
    assert (task.account, task.created_by, task.begin, task.trigger) == (1, "admin", api.clock.wall, Trigger.ONE_CLICK)


def test_defaults_are_everything(api: ApiBench):
    """All levels, all categories."""
    task = started(api)
    assert task.options == VulOptions()
    assert task.content == ("1", "2", "4")


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("0", {1, 2, 3, 4}),
        ("1", {1}),
        ("3,4", {3, 4}),
        ("3;4", {3, 4}),
        ("1,2;3", {1, 2, 3}),
        ("0,4", {1, 2, 3, 4}),
        ("4,4", {4}),
        (" 3 , 4 ", {3, 4}),
    ],
)
def test_levels_are_split_by_comma_or_semicolon(api: ApiBench, text: str, levels: set[int]):
    """The mainland SDK documents one, the international one the other."""
    assert started(api, VulLevels=text).options.levels == frozenset(map(Level, levels))


@pytest.mark.parametrize("text", ["", "5", "1,,2", "a", "1.0", "-1", "00", "１", ",", "1 2"])
def test_other_levels_are_refused_with_what_is_accepted(api: ApiBench, text: str):
    """The message lists them."""
    assert "0 (all), 1, 2, 3, 4" in refused(api, VulLevels=text)


@pytest.mark.parametrize(("text", "codes"), [("1", ("1",)), ("4;1", ("1", "4")), ("0", ("1", "2", "4"))])
def test_categories_narrow_the_scan_and_are_its_content(api: ApiBench, text: str, codes: tuple[str, ...]):
    """ScanContent is the codes, in order."""
    task = started(api, VulCategories=text)
    assert (task.content, task.options.categories) == (codes, frozenset(Category(int(code)) for code in codes))


@pytest.mark.parametrize("text", ["5", "1,5", "5;1"])
def test_windows_is_not_judged_here(api: ApiBench, text: str):
    """Refused, not silently left out."""
    assert "Windows" in refused(api, VulCategories=text)


@pytest.mark.parametrize("text", ["3", "", "x"])
def test_other_categories_are_refused(api: ApiBench, text: str):
    """There is no category 3."""
    assert "0 (all), 1, 2, 4" in refused(api, VulCategories=text)


def test_proof_of_concept_is_refused(api: ApiBench):
    """ScanMethod 2 attacks."""
    assert "attack" in refused(api, ScanMethod=2)
    assert "accepted: 0" in refused(api, ScanMethod=1)


def test_windows_updates_would_have_no_effect(api: ApiBench):
    """KBNumber is refused, never passed over."""
    assert "no effect" in refused(api, KBNumber=["KB1"])
    assert started(api, KBNumber=[]).id == 1


@pytest.mark.parametrize("value", [2, 100])
def test_emergency_is_0_or_1(api: ApiBench, value: int):
    """A flag in a number."""
    assert "accepted: 0, 1" in refused(api, VulEmergency=value)


def test_emergency_needs_a_catalogue(api: ApiBench):
    """Known exploited vulnerabilities are not known yet: the use case refuses."""
    assert "VulEmergency" in refused(api, VulEmergency=1)


def vul(number: int) -> TaskVul:
    """A vulnerability that is known."""
    return TaskVul(
        id=number, key=f"CVE-2026-{number}", level=Level.HIGH, level_source="", cvss=None, vector="", title="",
        description="", reference="", published=None, category=4, component="", fixed="", machines=0,
    )  # fmt: skip


def test_vul_ids_narrow_the_scan(api: ApiBench):
    """Each once, in the caller's order."""
    api.store.advisories.known = [vul(7), vul(8)]
    assert started(api, VulIds=[8, 7, 8]).options.vul_ids == (8, 7)


def test_unknown_vul_ids_are_refused(api: ApiBench):
    """And named."""
    api.store.advisories.known = [vul(7)]
    assert "9" in refused(api, VulIds=[7, 9])


@pytest.mark.parametrize("ids", [[0], [2**53], [2**64 - 1]])
def test_vul_ids_have_a_range_that_databases_hold(api: ApiBench, ids: list[int]):
    """An overflow inside would be an InternalError."""
    assert "9007199254740991" in refused(api, VulIds=ids)


def test_vul_ids_have_a_most(api: ApiBench):
    """1,000."""
    assert "0 - 1000" in refused(api, VulIds=list(range(1, 1002)))


@pytest.mark.parametrize(("seconds", "timeout"), [(1, 1), (86_400, 86_400), (0, 3600), ("600", 600)])
def test_the_timeout_is_seconds_for_each_machine(api: ApiBench, seconds: object, timeout: int):
    """0 means the default; machines may wait as long as they may take."""
    task = started(api, TimeoutPeriod=seconds)
    assert (task.timeout, task.queue) == (timedelta(seconds=timeout), timedelta(seconds=timeout))


def test_the_default_timeout_is_the_operators():
    """A setting."""
    api = ApiBench(settings=ApiSettings(default_timeout=timedelta(seconds=77)))
    assert started(api).timeout == timedelta(seconds=77)


@pytest.mark.parametrize("seconds", [86_401, 2**64 - 1])
def test_a_timeout_beyond_a_day_is_refused(api: ApiBench, seconds: int):
    """With the range."""
    assert "0 - 86400" in refused(api, TimeoutPeriod=seconds)


def test_listed_machines_alone_are_scanned(api: ApiBench):
    """HostType 2."""
    answer = api.call("ScanVul", ALL | {"HostType": 2, "QuuidList": ["q-2"]})
    assert (answer.response["SuccessCount"], api.hub.woken) == (1, [2])


def test_a_machine_named_twice_enters_once(api: ApiBench):
    """SuccessCount says so."""
    assert api.call("ScanVul", ALL | {"HostType": 2, "QuuidList": ["q-2", "q-2"]}).response["SuccessCount"] == 1


@pytest.mark.parametrize("host_type", [0, 3])
def test_other_host_types_are_refused(api: ApiBench, host_type: int):
    """1 or 2."""
    assert "accepted: 1, 2" in refused(api, HostType=host_type)


def test_host_type_2_needs_a_list(api: ApiBench):
    """An empty list is never all machines."""
    assert "QuuidList" in refused(api, HostType=2)
    assert "QuuidList" in refused(api, HostType=2, QuuidList=[])


def test_a_list_beside_host_type_1_would_have_no_effect(api: ApiBench):
    """Whoever lists machines doesn't mean all of them."""
    assert "no effect" in refused(api, QuuidList=["q-1"])


def test_unknown_machines_are_refused_and_named(api: ApiBench):
    """Also those of another account."""
    api.store.machines.stored.append(machine(9, account=2))
    message = refused(api, HostType=2, QuuidList=["q-1", "q-9", "nobody"])
    assert ("q-9" in message, "nobody" in message) == (True, True)


def test_nobody_is_woken_for_a_refused_scan(api: ApiBench):
    """Waking comes after the commit."""
    refused(api, HostType=2, QuuidList=["nobody"])
    assert api.hub.woken == []


@pytest.mark.parametrize("name", ["VulLevels", "HostType"])
def test_required_members_are_missed(api: ApiBench, name: str):
    """By name."""
    request = {one: value for one, value in ALL.items() if one != name}
    answer = api.call("ScanVul", request)
    assert (answer.code, name in answer.message) == ("MissingParameter", True)
