"""What the document says of limits and choices is what the server does, and examples are as the document says."""

import copy
from datetime import timedelta

import pytest

from api_bench import SECRET, SECRET_ID, ApiBench
from hostward.api.schema import Field, service_schema
from hostward.cli.api.telling import skeleton
from hostward.store.memory import MemoryStore
from hostward.usecases.accounts.first_run import first_run
from small_fleet import BEGIN, Fleet

SERVICES = ("cwp", "hostward")
WORST_SAID = 10_000
"""Longer arrays than this are not sent only to see them refused."""

VALID = {
    "ScanVul": {"VulLevels": "0"},
    "CreateScanMalwareSetting": {"ScanPattern": 1, "HostType": 1},
    "ModifyMalwareTimingScanSettings": {
        "StartTime": "02:00:00", "EndTime": "06:00:00", "Cycle": 1, "CheckPattern": 1, "IsGlobal": 1,
    },
    "ScanVulSetting": {"TimerInterval": 1, "VulCategories": [], "VulLevels": []},
    "DescribeMachines": {"MachineType": "ALL", "MachineRegion": "all-regions", "Filters": []},
    "StartBaselineDetect": {"Param": {}},
    "ModifySchedulePolicy": {"ScheduleId": 1, "OverlapPolicy": "skip"},
    "ListScanTasks": {"Module": "", "States": []},
    "CreateUser": {"UserName": "somebody", "Role": "auditor"},
    "SetUserRole": {"UserName": "admin", "Role": "auditor"},
    "CreateTemporaryToken": {"DurationSeconds": 60, "Role": ""},
    "StopBaselineDetect": {"TaskIds": [1]},
    "SetMachineTags": {"QuuidList": ["q"]},
    "CreateScan": {"Module": "Vul"},
    "DescribeAssetSystemPackageList": {"Quuid": "q-web-1"},
}  # fmt: skip
"""What a request needs beside its skeleton so that nothing else in it is refused first."""

LEFT_OUT = {"CreateScan": ("Malware", "Baseline")}
"""What is refused beside what VALID has."""

ELEMENTS = {"VulIgnoreRule": {"VulID": 1, "AssetScopeType": 0}}
"""Elements of arrays of objects; of others it is a filter."""

UNJUDGED = {
    ("RotateApiKey", "OverlapSeconds"),  # needs a key that is there
}


def bench() -> ApiBench:
    """An account with an administrator and one machine."""
    store = MemoryStore()
    owner = store.write_now(lambda uow: first_run(uow, secret_id=SECRET_ID, secret=SECRET, now=BEGIN))
    fleet = Fleet(store=store, account=owner.account, now=BEGIN - timedelta(seconds=1))
    fleet.add("web-1")
    return ApiBench(store=store)


def base(service: str, action: str) -> dict:
    """A request with every parameter, none of it refused for its own value."""
    request = skeleton(service, action) | copy.deepcopy(VALID.get(action, {}))
    for name in LEFT_OUT.get(action, ()):
        del request[name]
    return request | ({"Filters": []} if "Filters" in request else {})


def limited() -> list:
    """Every request field that has choices, a range or a length, with values outside."""
    found = []
    for service in SERVICES:
        for action in service_schema(service).actions:
            for one in action.request:
                if (action.name, one.name) not in UNJUDGED:
                    found += [
                        pytest.param(service, action.name, one.name, value, id=f"{action.name}-{one.name}-{what}")
                        for what, value in outside(one)
                    ]
    return found


def outside(one: Field) -> list[tuple[str, object]]:
    """Values that the field must not have."""
    if one.choices:
        kinds = {"integer": 99, "string": "nonsense"}
        wrong = kinds[one.item or one.type]
        return [("choice", [wrong] if one.type == "array" else wrong)]
    values: list[tuple[str, object]] = []
    if one.type == "integer" and one.maximum is not None and one.maximum < 2**62:
        values.append(("above", one.maximum + 1))
    if one.type == "integer" and one.minimum and one.minimum > 0:
        values.append(("below", one.minimum - 1))
    if one.most_items is not None and one.most_items < WORST_SAID:
        of_objects = ELEMENTS.get(one.structure, {"Name": "HostName", "Values": ["x"]})
        element = {"string": "x", "integer": 1, "object": of_objects}[one.item]
        values.append(("longer", [element] * (one.most_items + 1)))
    if one.least_items:
        values.append(("shorter", []))
    return values


@pytest.mark.parametrize(("service", "action", "name", "value"), limited())
def test_a_value_outside_the_limits_is_refused_by_its_name(service, action, name, value):
    """Else the limit in the document is not the server's."""
    answer = bench().call(action, base(service, action) | {name: value}, service=service)
    assert (answer.code, name in answer.response.get("Error", {}).get("Message", "")) == ("InvalidParameterValue", True)


def chosen() -> list:
    """Every choice of every request field."""
    return [
        pytest.param(service, action.name, one, choice.value, id=f"{action.name}-{one.name}-{choice.value}")
        for service in SERVICES
        for action in service_schema(service).actions
        for one in action.request
        for choice in one.choices
        if (action.name, one.name) not in UNJUDGED
    ]


@pytest.mark.parametrize(("service", "action", "one", "value"), chosen())
def test_every_choice_is_taken(service, action, one, value):
    """It may be refused for another parameter, never for its own value."""
    request = base(service, action) | {one.name: [value] if one.type == "array" else value}
    answer = bench().call(action, request, service=service)
    refused = answer.response.get("Error", {}).get("Message", "") if answer.code == "InvalidParameterValue" else ""
    assert not refused.startswith(one.name), refused


def examples() -> list:
    """Every example that was answered."""
    return [
        pytest.param(service, action.name, example, id=example.name)
        for service in SERVICES
        for action in service_schema(service).actions
        for example in action.examples
        if "Error" not in example.answer["Response"]
    ]


@pytest.mark.parametrize(("service", "action", "example"), examples())
def test_an_answer_has_the_members_types_and_choices_of_the_document(service, action, example):
    """At every depth, and no others."""
    schema = service_schema(service)
    fields = next(one for one in schema.actions if one.name == action).response
    check(example.answer["Response"], fields, schema.structures)


TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool}


def check(value: dict, fields, structures) -> None:
    """An object is as these fields say."""
    assert list(value) == [one.name for one in fields]
    for one in fields:
        inside = value[one.name] if one.type == "array" else [value[one.name]]
        for element in inside:
            check_element(element, one, structures)


def check_element(element: object, one: Field, structures) -> None:
    """A value or an element is as its field says."""
    if one.structure:
        check(element, structures[one.structure], structures)
        return
    kind = one.item or one.type
    assert isinstance(element, TYPES[kind])
    assert isinstance(element, bool) == (kind == "boolean")
    if one.choices:
        assert element in [choice.value for choice in one.choices]
    if one.minimum is not None and one.maximum is not None:
        assert one.minimum <= element <= one.maximum


def refusals() -> list:
    """Every example that was refused."""
    return [
        pytest.param(action, example, id=example.name)
        for service in SERVICES
        for action in service_schema(service).actions
        for example in action.examples
        if "Error" in example.answer["Response"]
    ]


@pytest.mark.parametrize(("action", "example"), refusals())
def test_a_refusal_has_a_code_of_the_document(action, example):
    """One of the action's own list or the common one."""
    assert example.answer["Response"]["Error"]["Code"] in action.errors
