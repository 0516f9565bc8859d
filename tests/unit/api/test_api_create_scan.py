"""CreateScan through the whole gateway: options, scope, queue, dry runs and tokens."""

from datetime import timedelta
from typing import Any

import pytest

from account_bench import AccountBench, Client
from hostward.domain.account import Role
from hostward.domain.host_rules import HostRules
from hostward.domain.ids import TaskId
from hostward.domain.limits import window_of
from hostward.domain.options import BaselineOptions, Category, MalwareOptions, Pattern, VulOptions
from hostward.domain.severity import Level
from hostward.domain.task import Task

PROD = ("env=prod",)


class House:
    """Three machines, two of production; an operator of all, and one of production alone."""

    def __init__(self, **settings: Any) -> None:
        self.bench = AccountBench(**settings)
        self.account = self.bench.account()
        for name, tags in (("a", PROD), ("b", PROD), ("c", ("env=test",))):
            self.bench.machine(self.account, name, *tags)
        self.all = self.bench.client(self.account, "all", Role.OPERATOR)
        self.limited = self.bench.client(self.account, "ann", Role.OPERATOR, PROD)

    def task(self, answer: dict) -> Task:
        """The task of an answer."""
        found = self.bench.store.read_now(lambda uow: uow.tasks.get(TaskId(answer["TaskId"])))
        assert found is not None
        return found

    def machines(self, answer: dict) -> list[str]:
        """The names of the machines of an answer's task."""

        def names(uow) -> list[str]:
            units = uow.tasks.units(TaskId(answer["TaskId"]))
            return [uow.machines.get(unit.machine).facts.host_name for unit in units]

        return self.bench.store.read_now(names)

    def tasks(self) -> int:
        """How many tasks there are."""
        return self.all.ok("ListScanTasks")["TotalCount"]


@pytest.fixture
def house() -> House:
    """Machines and users."""
    return House()


def create(client: Client, module: str = "Vul", **request: Any) -> dict:
    """The answer of a start that must succeed."""
    return client.ok("CreateScan", {"Module": module} | request)


@pytest.mark.parametrize(
    ("module", "request_", "options", "content"),
    [
        ("Vul", {}, VulOptions(), ("1", "2", "4")),
        (
            "Vul",
            {"Vul": {"Levels": [4, 3, 4], "Categories": [4]}},
            VulOptions(levels=frozenset({Level.HIGH, Level.CRITICAL}), categories=frozenset({Category.LINUX})),
            ("4",),
        ),
        ("Malware", {}, MalwareOptions(), ("1",)),
        (
            "Malware",
            {"Malware": {"ScanPattern": 3, "CustomPaths": ["/srv"], "EngineType": 1, "Memory": True}},
            MalwareOptions(pattern=Pattern.ALL_BUT_PATHS, engine=1, memory=True, paths=("/srv",)),
            ("3",),
        ),
        ("Baseline", {"Baseline": {"ItemIds": [1001, 1001]}}, BaselineOptions(items=(1001,)), None),
    ],
)
def test_each_module_has_options_of_its_own(house: House, module: str, request_: dict, options: Any, content: Any):
    """As the actions of CWP store them."""
    task = house.task(create(house.all, module, **request_))
    assert (task.module.value, task.options) == (module, options)
    assert content in (None, task.content)


@pytest.mark.parametrize(
    ("scope", "names"),
    [
        ({}, ["a", "b", "c"]),
        ({"Tags": ["env=prod"]}, ["a", "b"]),
        ({"Quuids": ["q-c", "q-a", "q-c"]}, ["c", "a"]),
        ({"Quuids": ["q-c", "q-a"], "Tags": ["env=prod", "env=none"]}, ["a"]),
        ({"ExceptQuuids": ["q-b"]}, ["a", "c"]),
        ({"Tags": ["env=prod"], "ExceptQuuids": ["q-b", "q-c"]}, ["a"]),
    ],
)
def test_the_scope_says_which_machines(house: House, scope: dict, names: list[str]):
    """And a dry run counts the same ones."""
    dry = create(house.all, **scope, DryRun=True)
    assert dry["Machines"] == dry["Forecast"][0]["Machines"] == len(names)
    answer = create(house.all, **scope)
    assert (answer["Machines"], house.machines(answer), answer["Forecast"]) == (len(names), names, [])


def test_a_limited_user_reaches_no_other_machine(house: House):
    """All are theirs; what is not theirs does not exist."""
    assert house.machines(create(house.limited)) == ["a", "b"]
    assert create(house.limited, DryRun=True)["Machines"] == 2
    for wrong in ({"Quuids": ["q-c"]}, {"ExceptQuuids": ["q-c"]}):
        assert house.limited("CreateScan", {"Module": "Vul"} | wrong).code == "InvalidParameterValue"
        assert house.limited("CreateScan", {"Module": "Vul", "DryRun": True} | wrong).code == "InvalidParameterValue"
    assert (
        house.limited("CreateScan", {"Module": "Vul", "Tags": ["env=test"]}).code == "FailedOperation.NoProfessionHost"
    )


def test_a_user_who_may_not_scan_is_refused(house: House):
    """Also a dry run."""
    auditor = house.bench.client(house.account, "eve", Role.AUDITOR)
    for request in ({"Module": "Vul"}, {"Module": "Vul", "DryRun": True}):
        assert auditor("CreateScan", request).code == "AuthFailure.UnauthorizedOperation"


def test_timeout_and_queue_are_those_asked_for(house: House):
    """Else the server's, and as long as the timeout."""
    task = house.task(create(house.all, TimeoutSeconds=60, QueueSeconds=7200))
    assert (task.timeout, task.queue) == (timedelta(seconds=60), timedelta(seconds=7200))
    task = house.task(create(house.all))
    assert (task.timeout, task.queue) == (timedelta(hours=1), timedelta(hours=1))


def test_window_and_pace_are_those_asked_for(house: House):
    """In the task as in the forecast of a dry run."""
    asked = {"Window": "22:00-06:00", "StartsPerMinute": 1, "AtOnce": 2}
    (forecast,) = create(house.all, DryRun=True, **asked)["Forecast"]
    answer = create(house.all, **asked)
    task = house.task(answer)
    assert (task.at_once, task.ramp) == (2, timedelta(minutes=answer["Machines"]))
    assert task.not_before is not None
    assert task.not_after is not None
    assert (f"{task.not_before:%H:%M}", task.not_after - task.not_before) == ("22:00", timedelta(hours=8))
    assert forecast["Known"] is False
    until = (task.deadline - house.bench.clock.now()).total_seconds()
    assert abs(forecast["TotalSeconds"] - until) < 60, "while nothing is known it is the deadline"


def test_hours_that_the_operator_s_never_meet_are_refused():
    """In a dry run too."""
    house = House(rules=HostRules(window=window_of("22:00-06:00")))
    for dry in (True, False):
        answer = house.all("CreateScan", {"Module": "Vul", "Window": "12:00-13:00", "DryRun": dry})
        assert (answer.code, "never open at the same time" in answer.message) == ("InvalidParameterValue", True)


def test_the_operator_s_rules_stand_above_the_request():
    """Where no machine is waited for, none is, and a dry run says so."""
    house = House(rules=HostRules(queues=False))
    house.bench.clock.turn(3600)
    (forecast,) = create(house.all, QueueSeconds=7200, DryRun=True)["Forecast"]
    assert (forecast["Offline"], forecast["WaitSeconds"], forecast["TotalSeconds"]) == (3, 0, 0)
    task = house.task(create(house.all, QueueSeconds=7200))
    assert (task.queue, task.tally.offline) == (timedelta(0), 3)


def test_a_longer_queue_is_waited_for_longer(house: House):
    """In the forecast too."""
    house.bench.clock.turn(3600)
    waits = [create(house.all, QueueSeconds=queue, DryRun=True)["Forecast"][0]["WaitSeconds"] for queue in (0, 7200)]
    assert waits == [3600, 7200]


def test_a_dry_run_starts_nothing(house: House):
    """Nor does it spend its token."""
    answer = create(house.all, ClientToken="t", DryRun=True)
    assert (answer["TaskId"], answer["Repeated"], house.tasks()) == (0, False, 0)
    assert create(house.all, ClientToken="t")["Repeated"] is False


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"Module": "Trojan"}, "Module"),
        ({"Vul": {"Levels": [5]}}, "Vul.Levels"),
        ({"Vul": {"Categories": [5]}}, "Vul.Categories"),
        ({"Vul": {"VulIds": [0]}}, "Vul.VulIds"),
        ({"Vul": {"VulIds": [77]}}, "VulIds"),
        ({"Malware": {}}, "Malware"),
        ({"Module": "Malware", "Malware": {"ScanPattern": 4}}, "Malware.ScanPattern"),
        ({"Module": "Malware", "Malware": {"CustomPaths": ["/a"]}}, "Malware.CustomPaths"),
        ({"Module": "Malware", "Malware": {"ScanPattern": 2, "CustomPaths": ["a"]}}, "Malware.CustomPaths"),
        ({"Module": "Malware", "Malware": {"EngineType": 0}}, "Malware.EngineType"),
        ({"Module": "Baseline", "Baseline": {"RuleIds": [0]}}, "Baseline.RuleIds"),
        ({"Quuids": ["q-none"]}, "q-none"),
        ({"ExceptQuuids": ["q-none"]}, "ExceptQuuids"),
        ({"Tags": ["x"] * 101}, "Tags"),
        ({"TimeoutSeconds": 86_401}, "TimeoutSeconds"),
        ({"QueueSeconds": 86_401}, "QueueSeconds"),
        ({"Window": "22-06"}, "22:00-06:00"),
        ({"Window": "22:00-22:00"}, "no length"),
        ({"StartsPerMinute": 2**21 + 1}, "StartsPerMinute"),
        ({"AtOnce": 2**21 + 1}, "AtOnce"),
        ({"ClientToken": "x" * 65}, "ClientToken"),
        ({"ClientToken": "é"}, "ClientToken"),
        ({"ClientToken": "a\n"}, "ClientToken"),
    ],
)
@pytest.mark.parametrize("dry", [False, True])
def test_a_wrong_value_is_refused_by_its_name(house: House, request_: dict, named: str, dry: bool):
    """In a dry run as in a start, and nothing is started."""
    answer = house.all("CreateScan", {"Module": "Vul", "DryRun": dry} | request_)
    assert (answer.code, house.tasks()) == ("InvalidParameterValue", 0)
    assert named in answer.response["Error"]["Message"]


def test_nobody_in_scope_is_refused(house: House):
    """In a dry run as in a start."""
    for request in ({"Module": "Vul", "Tags": ["none"]}, {"Module": "Vul", "Tags": ["none"], "DryRun": True}):
        assert house.all("CreateScan", request).code == "FailedOperation.NoProfessionHost"


def test_a_token_answers_the_same_task_for_a_day(house: House):
    """Members left out and members at their defaults are the same parameters."""
    first = create(house.all, ClientToken="nightly", Tags=["env=prod"])
    again = create(house.all, ClientToken="nightly", Tags=["env=prod"], TimeoutSeconds=0, Quuids=[])
    assert again == first | {"Repeated": True, "RequestId": again["RequestId"]}
    dry = create(house.all, ClientToken="nightly", Tags=["env=prod"], DryRun=True)
    assert (dry["TaskId"], dry["Repeated"], dry["Forecast"]) == (first["TaskId"], True, [])
    house.bench.clock.turn(86_400)
    assert create(house.all, ClientToken="nightly", Tags=["env=prod"])["TaskId"] != first["TaskId"]


@pytest.mark.parametrize(
    "other",
    [
        {"Module": "Malware"},
        {"Tags": ["env=prod"]},
        {"ExceptQuuids": ["q-a"]},
        {"Vul": {"Levels": [4]}},
        {"QueueSeconds": 60},
        {"Window": "22:00-06:00"},
        {"AtOnce": 1},
        {"DryRun": True, "TimeoutSeconds": 60},
    ],
)
def test_a_token_does_not_stand_for_other_parameters(house: House, other: dict):
    """The refusal names the task."""
    first = create(house.all, ClientToken="t")
    answer = house.all("CreateScan", {"Module": "Vul", "ClientToken": "t"} | other)
    assert answer.code == "InvalidParameterValue"
    assert f"started task {first['TaskId']} with other parameters" in answer.response["Error"]["Message"]
    assert house.tasks() == 1


def test_the_audit_log_names_the_task_of_each_call(house: House):
    """The repetition that of the first."""
    task = create(house.all, ClientToken="t")["TaskId"]
    create(house.all, ClientToken="t")
    entries = [entry.deed for entry in house.bench.entries(house.account) if entry.deed.action == "CreateScan"]
    assert [entry.target for entry in entries] == [f"TaskId {task}"] * 2
