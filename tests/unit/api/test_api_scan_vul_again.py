"""ScanVulAgain: exactly the machines and vulnerabilities of the chosen events."""

import pytest

from hostward.domain.ids import TaskId, VulId
from hostward.domain.machine_filter import TASK_ORDER
from hostward.domain.options import VulOptions
from vul_event_scenarios import lived, number
from vul_scenarios import FAR, SSL, XZ, limited

AGAIN, LIST = "ScanVulAgain", "DescribeVulList"
INVALID = "InvalidParameterValue"


@pytest.fixture
def api():
    """Both machines have xz; on web-1 nginx is ignored and openssl fixed."""
    return lived()[0].api


def events(api) -> dict[str, list[str]]:
    """The numbers of the events of each vulnerability."""
    return {row["CveId"]: row["Ids"].split(",") for row in api.call(LIST).response["VulInfoList"]}


def started(api, which: int = 2) -> tuple[VulOptions, tuple[str, ...], list[str]]:
    """Options, content and machines of a task."""

    def look(uow):
        task = uow.tasks.get(TaskId(which))
        page = uow.tasks.page(TaskId(which), (), limit=99, offset=0, order=TASK_ORDER)
        return task.options, task.content, [row.host_name for row in page.rows]

    return api.store.read_now(look)


@pytest.mark.parametrize(
    ("chosen", "uuids", "vuls", "machines"),
    [
        ({XZ: [0]}, "", [XZ], ["web-1"]),
        ({XZ: [1]}, "", [XZ], ["web-2"]),
        ({XZ: [0, 1]}, "", [XZ], ["web-1", "web-2"]),
        ({XZ: [1], FAR: [0], SSL: [0]}, "", [XZ, FAR, SSL], ["web-2", "web-1"]),
        ({XZ: [0, 1]}, "u-web-2", [XZ], ["web-2"]),
        ({XZ: [1], SSL: [0]}, "u-web-1", [SSL], ["web-1"]),
        ({XZ: [0, 1]}, " u-web-2 , u-web-1", [XZ], ["web-1", "web-2"]),
    ],
)
def test_the_machines_of_the_events_are_scanned_for_their_vulnerabilities(api, chosen, uuids, vuls, machines):
    """For nothing else, and no other machine; ignored and fixed ones may be looked for too."""
    known = events(api)
    text = ",".join(known[key][place] for key, places in chosen.items() for place in places)
    answer = api.call(AGAIN, {"EventIds": text, "Uuids": uuids})
    assert answer.response | {"RequestId": ""} == {
        "SuccessCount": len(machines), "BasicVersionCount": 0, "RequestId": "",
    }  # fmt: skip
    options, content, hosts = started(api)
    assert options == VulOptions(vul_ids=tuple(VulId(number(api, key)) for key in vuls))
    assert (content, hosts) == (("1", "2", "4"), machines)
    assert len(api.hub.woken) == len(machines)


def test_the_events_are_being_detected_until_their_machines_are_done(api):
    """The list says so."""
    known = events(api)
    assert api.call(AGAIN, {"EventIds": known[XZ][0]}).code == ""
    (row,) = api.call(LIST, {"Filters": [{"Name": "Status", "Values": ["5"]}]}).response["VulInfoList"]
    assert (row["CveId"], row["Ids"], row["TaskId"]) == (XZ, known[XZ][0], 2)


def test_an_event_may_be_named_twice_and_parted_by_semicolons(api):
    """It counts once."""
    known = events(api)[XZ]
    assert api.call(AGAIN, {"EventIds": f"{known[0]};{known[1]} , {known[0]}"}).response["SuccessCount"] == 2


@pytest.mark.parametrize(
    ("request_", "code", "word"),
    [
        ({}, "MissingParameter", "EventIds"),
        ({"EventIds": ""}, INVALID, "EventIds"),
        ({"EventIds": "  "}, INVALID, "EventIds"),
        ({"EventIds": "one"}, INVALID, "EventId"),
        ({"EventIds": "1,,2"}, INVALID, "EventId"),
        ({"EventIds": "-1"}, INVALID, "EventId"),
        ({"EventIds": "１"}, INVALID, "EventId"),
        ({"EventIds": "0"}, INVALID, "EventIds"),
        ({"EventIds": str(2**53)}, INVALID, "EventIds"),
        ({"EventIds": "9" * 17}, INVALID, "EventIds"),
        ({"EventIds": "1"}, INVALID, "do not exist: 1"),
        ({"EventIds": str(2**53 - 1)}, INVALID, "do not exist"),
        ({"EventIds": ",".join(map(str, range(1, 1002)))}, INVALID, "1 - 1000"),
        ({"EventIds": "1", "EventType": 1}, INVALID, "Windows"),
        ({"EventIds": "1", "EventType": 2}, INVALID, "EventType"),
        ({"EventIds": 1.5}, "InvalidParameter", "EventIds"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, request_, code, word):
    """And nothing is started."""
    answer = api.call(AGAIN, request_)
    assert (answer.code, word in answer.message) == (code, True), answer.message
    assert api.store.read_now(lambda uow: uow.tasks.get(TaskId(2))) is None


def test_one_unknown_event_among_others_stops_all(api):
    """It may be a misspelling of a machine that is then not looked at."""
    answer = api.call(AGAIN, {"EventIds": f"{events(api)[XZ][0]},7"})
    assert (answer.code, "do not exist: 7" in answer.message) == (INVALID, True)


@pytest.mark.parametrize(("uuid", "word"), [("u-nobody", "do not exist: u-nobody"), ("u-web-2", "no event")])
def test_an_agent_without_an_event_is_refused(api, uuid, word):
    """Unknown ones, and those whose machine has none of the events."""
    answer = api.call(AGAIN, {"EventIds": events(api)[FAR][0], "Uuids": uuid})
    assert (answer.code, word in answer.message) == (INVALID, True), answer.message


def test_events_of_others_do_not_exist():
    """Neither of another account, nor of a machine out of a limited user's sight."""
    bench, account = lived()
    known = events(bench.api)[XZ]
    ann, bob = limited(bench, account), bench.client(bench.account("other"), "bob")
    assert ann.ok(AGAIN, {"EventIds": known[0]}, service="cwp")["SuccessCount"] == 1
    for client in (ann, bob):
        answer = client(AGAIN, {"EventIds": known[1]}, service="cwp")
        assert (answer.code, f"do not exist: {known[1]}" in answer.message) == (INVALID, True)


def test_what_only_the_host_of_another_account_names_can_not_be_named():
    """By its number: neither to scan for it, nor to set it aside, either of which would tell its name."""
    bench, _ = lived()
    which = number(bench.api, SSL)
    other = bench.account("other")
    bob = bench.client(other, "bob")
    bench.machine(other, "db-1")
    scan = bob("ScanVul", {"VulLevels": "0", "HostType": 1, "VulIds": [which]}, service="cwp")
    aside = bob("AddVulIgnoreRule", {"RuleDetailList": [{"VulID": which, "AssetScopeType": 0}]}, service="cwp")
    assert [(scan.code, aside.code), SSL in scan.message + aside.message] == [(INVALID, INVALID), False]
    mine = bench.api.call("ScanVul", {"VulLevels": "0", "HostType": 1, "VulIds": [which]})
    assert mine.code == ""


@pytest.mark.parametrize(
    ("service", "action", "request_", "parameter"),
    [
        ("cwp", "ScanVul", {"VulLevels": "0", "HostType": 2, "QuuidList": ["q-x"]}, "QuuidList"),
        ("cwp", "StartBaselineDetect", {"Param": {"HostIds": ["q-x"]}}, "HostIds"),
        ("hostward", "CreateScan", {"Module": "Vul", "Quuids": ["q-x"]}, "Quuids"),
        ("hostward", "CreateScan", {"Module": "Vul", "ExceptQuuids": ["q-x"]}, "ExceptQuuids"),
        ("hostward", "EstimateScan", {"Module": "Vul", "Quuids": ["q-x"]}, "Quuids"),
        (
            "cwp",
            "AddVulIgnoreRule",
            {"RuleDetailList": [{"VulID": 1, "AssetScopeType": 1, "IncludeQuuidList": ["q-x"]}]},
            "IncludeQuuidList",
        ),
        (
            "cwp",
            "AddVulIgnoreRule",
            {"RuleDetailList": [{"VulID": 1, "AssetScopeType": 0, "ExcludeQuuidList": ["q-x"]}]},
            "ExcludeQuuidList",
        ),
    ],
)
def test_an_unknown_machine_is_said_by_the_parameter_that_names_it(api, service, action, request_, parameter):
    """Whatever the action calls it."""
    answer = api.call(action, request_, service=service)
    assert (answer.code, answer.message) == (INVALID, f"{parameter} names machines that do not exist: q-x")
