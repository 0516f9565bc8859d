"""ListVulnerabilities, ListVulnerableMachines and ListMachineVulnerabilities."""

from itertools import product

import pytest

from account_bench import Client
from fleet_vul_scenarios import ABANDONED, BEFORE, SERVICE, changed, import_all, machines
from hostward.domain.account import Role
from hostward.domain.ids import MachineId, VulId
from hostward.domain.vul_event import event_id
from vul_scenarios import LOG4J, SSL, XZ, limited, scan

ALL = "ListVulnerabilities"
ON = "ListVulnerableMachines"
OF = "ListMachineVulnerabilities"
BAD = "InvalidParameterValue"


@pytest.fixture
def world():
    """The bench of two machines, and its account."""
    return changed()


@pytest.fixture
def admin(world) -> Client:
    """Who sees everything of the account."""
    bench, account = world
    return bench.client(account, "eve", Role.AUDITOR)


def keys(response: dict) -> list[str]:
    """CVE ids of a page."""
    return [row["CveId"] for row in response["Vulnerabilities"]]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [XZ, LOG4J, ABANDONED, SSL]),
        ({"Status": "present"}, [XZ, LOG4J, ABANDONED, SSL]),
        ({"Status": "fixed"}, [XZ]),
        ({"Levels": [1, 2]}, [ABANDONED, SSL]),
        ({"Categories": [2]}, [LOG4J]),
        ({"Categories": [1]}, []),
        ({"Query": "LOOKUPS"}, [LOG4J]),
        ({"Query": "cve-2026"}, [ABANDONED]),
        ({"Kev": True}, [XZ, LOG4J]),
        ({"Kev": False}, [ABANDONED, SSL]),
        ({"Fixable": True}, [XZ, LOG4J, SSL]),
        ({"Fixable": False}, [ABANDONED]),
        ({"Fixable": True, "Quuids": ["q-web-2"], "Status": "present"}, [LOG4J]),
        ({"Ignored": True}, [SSL]),
        ({"Ignored": False}, [XZ, LOG4J, ABANDONED]),
        ({"Quuids": ["q-web-2"]}, [LOG4J, XZ]),
        ({"Quuids": ["q-web-2"], "Status": "present"}, [LOG4J]),
        ({"Quuids": ["nobody"]}, []),
        ({"Kev": True, "Levels": [4], "Query": "xz"}, [XZ]),
    ],
)
def test_each_filter_narrows_the_list(admin, wanted, found):
    """All must hold."""
    page = admin.ok(ALL, wanted)
    assert (keys(page), page["TotalCount"]) == (found, len(found))


@pytest.mark.parametrize(
    ("sort", "down", "up"),
    [
        ("Level", [XZ, LOG4J, ABANDONED, SSL], [SSL, ABANDONED, XZ, LOG4J]),
        ("Epss", [LOG4J, XZ, SSL, ABANDONED], [SSL, ABANDONED, XZ, LOG4J]),
        ("Cvss", [XZ, LOG4J, SSL, ABANDONED], [SSL, ABANDONED, XZ, LOG4J]),
        ("Machines", [XZ, LOG4J, ABANDONED, SSL], [SSL, XZ, LOG4J, ABANDONED]),
    ],
)
def test_it_is_sorted_by_the_chosen_measure(admin, sort, down, up):
    """Equal ones by number, in both directions; what nobody measured is least."""
    assert keys(admin.ok(ALL, {"SortBy": sort})) == down
    assert keys(admin.ok(ALL, {"SortBy": sort, "Order": "ASC"})) == up


@pytest.mark.parametrize(("size", "order"), list(product((1, 2, 3), ("ASC", "DESC"))))
def test_pages_of_every_list_are_disjoint_and_whole(admin, size, order):
    """Whatever their size."""
    for action, name, request in (
        (ALL, "Vulnerabilities", {"Order": order}),
        (OF, "Vulnerabilities", {"Quuid": "q-web-1", "Order": order}),
        (ALL, "Vulnerabilities", {"Fixable": True, "Order": order}),
        (ON, "Machines", {"VulId": 1}),
    ):
        whole = admin.ok(action, request)
        pages = [
            admin.ok(action, {**request, "Limit": size, "Offset": offset})
            for offset in range(0, whole["TotalCount"], size)
        ]
        assert [row for page in pages for row in page[name]] == whole[name]
        assert {page["TotalCount"] for page in pages} == {len(whole[name])}


def test_machines_are_counted_by_what_became_of_it(admin):
    """What is there, what was, and what is set aside, which the other lists agree with."""
    rows = {row["CveId"]: row for row in admin.ok(ALL)["Vulnerabilities"]}
    shown = {
        key: (row["Status"], row["Machines"], row["FixedMachines"], row["IgnoredMachines"]) for key, row in rows.items()
    }
    assert shown[XZ] == ("present", 1, 1, 0)
    assert shown[SSL] == ("present", 0, 0, 1)
    for key, row in rows.items():
        on = admin.ok(ON, {"VulId": row["VulId"]})["Machines"]
        there = [one for one in on if one["Status"] == "present"]
        assert (sum(not one["Ignored"] for one in there), sum(one["Ignored"] for one in there)) == (
            row["Machines"],
            row["IgnoredMachines"],
        ), key
        assert len(on) - len(there) == row["FixedMachines"]


def test_an_event_is_the_same_by_machine_and_by_vulnerability(admin):
    """Number, times, packages."""
    of = {row["EventId"]: row for row in admin.ok(OF, {"Quuid": "q-web-2"})["Vulnerabilities"]}
    assert sorted(row["CveId"] for row in of.values()) == [LOG4J, XZ]
    for number, row in of.items():
        (on,) = (
            one for one in admin.ok(ON, {"VulId": row["VulId"]})["Machines"] if one["Quuid"] == "q-web-2"
        )  # fmt: skip
        assert number == on["EventId"] == event_id(MachineId(2), VulId(row["VulId"]))
        for name in ("FirstSeen", "LastSeen", "Status", "Cause", "Reopened", "Ignored", "Packages"):
            assert on[name] == row[name]
        assert on["Fixed"] == row["FixedTime"]


def test_what_nobody_fixes_is_told_apart_from_what_is_not_fixed_yet(admin):
    """In all three lists."""
    (row,) = admin.ok(ALL, {"Query": ABANDONED})["Vulnerabilities"]
    (one,) = admin.ok(OF, {"Quuid": "q-web-1", "Query": ABANDONED})["Vulnerabilities"]
    assert {row["FixStatus"], one["FixStatus"], one["Packages"][0]["FixStatus"]} == {"wont_fix"}
    assert (row["Fixed"], one["Fixed"]) == ("", "")


def test_machines_are_found_by_name_and_address(admin):
    """In any case."""
    assert [one["HostName"] for one in admin.ok(ON, {"VulId": 1, "Query": "WEB-2"})["Machines"]] == ["web-2"]
    assert admin.ok(ON, {"VulId": 1, "Query": "10.0.0.1", "Status": "present"})["TotalCount"] == 1
    assert admin.ok(ON, {"VulId": 1, "Query": "elsewhere"}) | {"RequestId": ""} == {
        "TotalCount": 0,
        "Machines": [],
        "RequestId": "",
    }


def test_a_limited_user_sees_what_their_machines_have(world):
    """Counts too are of those machines alone."""
    bench, account = world
    ann = limited(bench, account)
    rows = {row["CveId"]: row for row in ann.ok(ALL)["Vulnerabilities"]}
    assert sorted(rows) == sorted([XZ, SSL, ABANDONED])
    assert (rows[XZ]["Machines"], rows[XZ]["FixedMachines"]) == (1, 0)
    assert [one["HostName"] for one in ann.ok(ON, {"VulId": 1})["Machines"]] == ["web-1"]
    assert ann.ok(ON, {"VulId": 1, "Query": "web-2"})["TotalCount"] == 0
    assert ann.ok(ALL, {"Quuids": ["q-web-2"]})["TotalCount"] == 0
    assert ann(OF, {"Quuid": "q-web-2"}).code == "ResourceNotFound"


def test_accounts_do_not_see_each_other(world):
    """Neither machines nor numbers of vulnerabilities that only a host of another account named."""
    bench, _ = world
    other = bench.account("other")
    bench.machine(other, "db-1")
    scan(bench, other, {"db-1": BEFORE["web-1"]}, machines(bench, other))
    eve = bench.client(other, "eve", Role.AUDITOR)
    assert [one["HostName"] for one in eve.ok(ON, {"VulId": 1})["Machines"]] == ["db-1"]
    assert {row["Machines"] for row in eve.ok(ALL)["Vulnerabilities"]} == {1}
    assert eve(OF, {"Quuid": "q-web-1"}).code == "ResourceNotFound"
    hidden = bench.store.write_now(lambda uow: uow.advisories.vul_ids(["CVE-OF-A-HOST"]))["CVE-OF-A-HOST"]
    assert eve(ON, {"VulId": hidden}).code == "ResourceNotFound"
    assert eve(ON, {"VulId": 10**9}).code == "ResourceNotFound"


def test_an_import_shows_at_once(world, admin):
    """Nothing is scanned meanwhile."""
    bench, _ = world
    bench.store.write_now(
        lambda uow: uow.advisories.replace("maven", [], ecosystems=("Maven",), digest="e", now=bench.clock.now())
    )
    (gone,) = admin.ok(OF, {"Quuid": "q-web-2", "Status": "fixed", "Query": "log4j"})["Vulnerabilities"]
    assert (gone["CveId"], gone["Cause"], gone["Machines"], gone["FixedMachines"]) == (LOG4J, "advisory", 0, 1)
    import_all(bench)
    (back,) = admin.ok(OF, {"Quuid": "q-web-2", "Query": "log4j"})["Vulnerabilities"]
    assert (back["Status"], back["Reopened"]) == ("present", True)


@pytest.mark.parametrize(
    ("action", "wrong", "word"),
    [
        (ALL, {"Status": "gone"}, "Status"),
        (ALL, {"Levels": [0]}, "Levels"),
        (ALL, {"Levels": [1, 2, 3, 4, 4]}, "Levels"),
        (ALL, {"Categories": [5]}, "Categories"),
        (ALL, {"SortBy": "Name"}, "SortBy"),
        (ALL, {"Order": "down"}, "Order"),
        (ALL, {"Query": "x" * 1001}, "Query"),
        (ALL, {"Quuids": ["q"] * 101}, "Quuids"),
        (ALL, {"Limit": 101}, "Limit"),
        (ON, {"VulId": 0}, "VulId"),
        (ON, {"VulId": 1, "Status": "gone"}, "Status"),
        (ON, {"VulId": 1, "Query": "x" * 1001}, "Query"),
        (OF, {"Quuid": "q-web-1", "Order": "down"}, "Order"),
        (OF, {"Quuid": "q-web-1", "Limit": 0}, "Limit"),
    ],
)
def test_wrong_values_are_refused_by_their_name(admin, action, wrong, word):
    """One clear error."""
    answer = admin(action, wrong)
    assert (answer.code, word in answer.response["Error"]["Message"]) == (BAD, True)


@pytest.mark.parametrize("action", [ALL, ON, OF])
def test_they_belong_to_the_service_hostward_alone(admin, action):
    """The official API has none of them."""
    assert admin(action, {}, service="cwp").code == "InvalidAction"
    assert admin(action, {"Nonsense": 1}, service=SERVICE).code == "UnknownParameter"
