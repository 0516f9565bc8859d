"""DescribeVulStoreList, DescribeVulCveIdInfo, DescribeVulInfoCvss and DescribeEmergencyVulList."""

from itertools import product

import pytest

from hostward.domain.ids import RuleId
from hostward.domain.ignoring import IgnoreRule
from vul_scenarios import FAR, LOG4J, PACKAGES, QUIET, SSL, XZ, limited, scan, scanned, shop

INVALID = "InvalidParameterValue"
STORE, EMERGENCY = "DescribeVulStoreList", "DescribeEmergencyVulList"


@pytest.fixture
def api():
    """Five known vulnerabilities, two scanned machines."""
    return scanned()


def ids(answer) -> list[str]:
    """The CVE ids of a page."""
    assert answer.code == "", answer.response
    return [row["CveId"] for row in answer.response["List"]]


def filters(**values) -> list[dict]:
    """Filters by name."""
    return [{"Name": name, "Values": list(wanted)} for name, wanted in values.items()]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [FAR, SSL, XZ, LOG4J, QUIET]),
        ({"VulName": ["code", "timing"]}, [SSL, XZ, LOG4J]),
        ({"CveId": [QUIET, "CVE-1"]}, [QUIET]),
        ({"vulcategory": ["2"]}, [LOG4J]),
        ({"VulCategory": ["0"]}, [FAR, XZ, LOG4J]),
        ({"VulCategory": ["5"]}, []),
        ({"VulCategory": ["2", "5"]}, [LOG4J]),
        ({"Method": ["0"], "VulCategory": ["4"]}, [FAR, SSL, XZ, QUIET]),
        ({"FixSwitch": ["1"]}, []),
        ({"SupportDefense": ["0", "1"], "VulName": ["xz"]}, [XZ]),
    ],
)
def test_each_filter_of_the_store_narrows_it(api, wanted, found):
    """All must hold; the newest come first, and the one without a day last."""
    answer = api.call(STORE, {"Filters": filters(**wanted), "Limit": 100})
    assert (ids(answer), answer.response["TotalCount"]) == (found, len(found))


def test_the_store_is_sorted_by_the_day_of_publication(api):
    """Upwards and downwards."""
    up = ids(api.call(STORE, {"By": "PublishDate", "Order": "asc"}))
    assert up == [QUIET, LOG4J, XZ, SSL, FAR]
    assert ids(api.call(STORE, {"By": "PublishDate", "Order": "DESC"})) == up[::-1]


@pytest.mark.parametrize(("action", "size"), list(product((STORE, EMERGENCY), (1, 2, 5))))
def test_pages_are_disjoint_and_whole(api, action, size):
    """Whatever their size."""
    whole = ids(api.call(action, {"Limit": 100}))
    pages = [ids(api.call(action, {"Limit": size, "Offset": offset})) for offset in range(0, len(whole), size)]
    assert [name for page in pages for name in page] == whole
    assert len(set(whole)) == api.call(action, {"Limit": 1}).response["TotalCount"]


@pytest.mark.parametrize(
    ("action", "request_", "word"),
    [
        (STORE, {"Limit": 101}, "Limit"),
        (STORE, {"Offset": -1}, "Offset"),
        (STORE, {"By": "Level"}, "PublishDate"),
        (STORE, {"Order": "down"}, "Order"),
        (STORE, {"Filters": filters(Colour=["red"])}, "VulName"),
        (STORE, {"Filters": filters(VulName=[])}, "Values"),
        (STORE, {"Filters": filters(VulName=["x" * 1001])}, "1000"),
        (STORE, {"Filters": filters(VulCategory=["0", "4"])}, "alone"),
        (STORE, {"Filters": filters(VulCategory=["9"])}, "VulCategory"),
        (STORE, {"Filters": filters(VulName=["a"]) * 6}, "Filters"),
        (EMERGENCY, {"Filters": filters(Status=["4"])}, "Status"),
        (EMERGENCY, {"Filters": filters(Level=["5"])}, "Level"),
        (EMERGENCY, {"Filters": filters(Uuids=["u-nobody"])}, "u-nobody"),
        (EMERGENCY, {"By": "Name"}, "HostCount"),
        ("DescribeVulCveIdInfo", {"CveIds": []}, "CveIds"),
        ("DescribeVulCveIdInfo", {"CveIds": [""]}, "CveIds"),
        ("DescribeVulInfoCvss", {"VulId": 0}, "VulId"),
        ("DescribeVulInfoCvss", {"VulId": 1, "Source": "tcss"}, "Source"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, action, request_, word):
    """The message names the parameter or what it accepts."""
    answer = api.call(action, request_)
    assert answer.code == INVALID
    assert word in answer.message


def test_searches_are_without_number(api):
    """A client that asks whether any are left finds that there are."""
    answer = api.call(STORE).response
    assert answer["Remaining"] == answer["FreeSearchTimes"] == 2**31 - 1


def test_numbers_come_in_the_order_of_the_names(api):
    """Each once; what is not known is left out, and gets no number by being asked for."""
    asked = {"CveIds": [LOG4J, "CVE-1999-1", XZ, LOG4J]}
    numbers = [row["VulId"] for row in api.call("DescribeVulCveIdInfo", asked).response["List"]]
    assert [api.call("DescribeVulInfoCvss", {"VulId": number}).response["CveId"] for number in numbers] == [LOG4J, XZ]
    assert api.call(STORE).response["TotalCount"] == 5


def test_a_vulnerability_is_described(api):
    """With what fixes it, and where its level comes from."""
    (number,) = [row["VulId"] for row in api.call("DescribeVulCveIdInfo", {"CveIds": [XZ]}).response["List"]]
    said = api.call("DescribeVulInfoCvss", {"VulId": number}).response
    assert (said["VulLevel"], said["CvssScore"], said["CvssScoreFloat"], said["Labels"]) == (4, 10, 10.0, "KEV")
    assert said["RepairPlan"] == "Debian:12: upgrade xz-utils to 5.6.1+really5.4.5-1"
    assert said["CveInfo"] == "Level by debian urgency."


def test_a_level_that_nobody_gives_is_medium_and_says_so(api):
    """And what no fix is known for has no plan."""
    (number,) = [row["VulId"] for row in api.call("DescribeVulCveIdInfo", {"CveIds": [QUIET]}).response["List"]]
    said = api.call("DescribeVulInfoCvss", {"VulId": number}).response
    assert (said["VulLevel"], said["RepairPlan"], said["PublicDate"], said["CvssScore"]) == (2, "", "", 0)
    assert "medium" in said["CveInfo"]


def test_an_unknown_number_is_not_found(api):
    """The code says so."""
    assert api.call("DescribeVulInfoCvss", {"VulId": 99}).code == "ResourceNotFound"


@pytest.mark.parametrize(
    ("wanted", "found", "at_risk"),
    [
        ({}, {XZ: (1, 2), LOG4J: (2, 0), FAR: (2, 0)}, True),
        ({"Status": ["1"]}, {XZ: (1, 2)}, True),
        ({"Status": ["2", "0"]}, {LOG4J: (2, 0), FAR: (2, 0)}, False),
        ({"Level": ["3"]}, {FAR: (2, 0)}, False),
        ({"VulName": ["lookups", "3094"]}, {XZ: (1, 2), LOG4J: (2, 0)}, True),
        ({"Uuids": ["u-web-2"]}, {XZ: (1, 1)}, True),
        ({"IsSupportDefense": ["1"]}, {}, False),
        ({"IsSupportDefense": ["0"], "Level": ["4"], "Status": ["2"]}, {LOG4J: (2, 0)}, False),
    ],
)
def test_each_filter_of_emergencies_narrows_them(api, wanted, found, at_risk):
    """Status and machines of each; ExistsRisk is of those that are left."""
    said = api.call(EMERGENCY, {"Filters": filters(**wanted)}).response
    assert {row["CveId"]: (row["Status"], row["HostCount"]) for row in said["List"]} == found
    assert (said["TotalCount"], said["ExistsRisk"]) == (len(found), at_risk)


def test_what_is_set_aside_on_a_machine_is_not_counted_there():
    """By a rule; neither for an administrator nor for a limited user."""
    bench, account = shop()
    machines = list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))
    scan(bench, account, PACKAGES, machines)
    ann, asked = limited(bench, account), {"Filters": filters(Uuids=["u-web-1"])}
    assert [one(EMERGENCY, asked, service="cwp").response["TotalCount"] for one in (bench.api.call, ann)] == [1, 1]
    rule = IgnoreRule(
        id=RuleId(1), account=account, key=XZ, created=bench.clock.now(), changed=bench.clock.now(), owner="admin"
    )
    bench.store.write_now(lambda uow: uow.ignores.put(rule))
    assert [one(EMERGENCY, asked, service="cwp").response["TotalCount"] for one in (bench.api.call, ann)] == [0, 0]


def test_emergencies_are_sorted(api):
    """By publication, machines or the newest scan."""
    assert ids(api.call(EMERGENCY)) == [FAR, XZ, LOG4J]
    assert ids(api.call(EMERGENCY, {"By": "HostCount"}))[0] == XZ
    assert ids(api.call(EMERGENCY, {"By": "HostCount", "Order": "asc"}))[-1] == XZ


def test_a_running_scan_shows_how_far_it_is():
    """Status 3 with progress, and its begin."""
    bench, account = shop()
    machines = bench.store.read_now(lambda uow: uow.machines.of_account(account))
    assert {row["Status"] for row in bench.api.call(EMERGENCY).response["List"]} == {0}
    bench.task(account, *machines)
    (first, *_) = bench.api.call(EMERGENCY).response["List"]
    assert (first["Status"], first["Progress"], first["LastScanTime"] != "") == (3, 0, True)


def test_a_scan_of_something_else_tells_nothing_of_it():
    """A narrow task looked only for what it named; the whole one before it still speaks for the others."""
    bench, account = shop()
    machines = list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))
    scan(bench, account, PACKAGES, machines)
    number = bench.api.call("DescribeVulCveIdInfo", {"CveIds": [FAR]}).response["List"][0]["VulId"]
    assert bench.api.call("CreateEmergencyVulScan", {"VulId": number}).code == ""
    said = {row["CveId"]: row["Status"] for row in bench.api.call(EMERGENCY).response["List"]}
    assert said == {FAR: 3, XZ: 1, LOG4J: 2}


def test_a_limited_user_counts_their_machines_alone():
    """And knows no other's; what is known of vulnerabilities is the same for everybody."""
    bench, account = shop()
    machines = list(bench.store.read_now(lambda uow: uow.machines.of_account(account)))
    scan(bench, account, PACKAGES, machines)
    ann = limited(bench, account)
    said = ann.ok(EMERGENCY, service="cwp")["List"]
    assert {row["CveId"]: row["HostCount"] for row in said} == {XZ: 1, LOG4J: 0, FAR: 0}
    assert ann(EMERGENCY, {"Filters": filters(Uuids=["u-web-2"])}, service="cwp").code == INVALID
    assert ann.ok(STORE, service="cwp")["TotalCount"] == 5
    assert ann.ok("DescribeVulInfoCvss", {"VulId": 1}, service="cwp")["VulId"] == 1
