"""DescribeVulLevelCount, DescribeVulTop and DescribeVulHostCountScanTime."""

import pytest

from vul_event_scenarios import HAVE, lived, machines, opened
from vul_scenarios import limited, scan, shop

INVALID = "InvalidParameterValue"
LEVELS, TOP, WHOLE = "DescribeVulLevelCount", "DescribeVulTop", "DescribeVulHostCountScanTime"


@pytest.fixture
def api():
    """Both machines have xz (critical); nginx (high) is ignored and openssl (low) fixed."""
    return lived()[0].api


@pytest.fixture
def full():
    """Both machines have xz, web-1 nginx and openssl too."""
    bench, account = lived()
    opened(bench, account)
    return bench.api


def levels(answer) -> dict[int, int]:
    """Counts by level."""
    assert answer.code == "", answer.response
    return {row["VulLevel"]: row["Count"] for row in answer.response["VulLevelList"]}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 1, 0, 1]),
        ({"VulCategory": 0}, [1, 1, 0, 1]),
        ({"VulCategory": 4}, [1, 1, 0, 1]),
        ({"VulCategory": 2}, [0, 0, 0, 0]),
        ({"VulCategory": 5}, [0, 0, 0, 0]),
        ({"VulCategory": 6}, [1, 1, 0, 0]),
        ({"IsFollowVul": 1}, [1, 1, 0, 0]),
        ({"IsFollowVul": 1, "VulCategory": 4}, [1, 1, 0, 0]),
    ],
)
def test_levels_are_counted_worst_first(full, wanted, found):
    """All four of them, whatever is counted."""
    answer = levels(full.call(LEVELS, wanted))
    assert (list(answer), list(answer.values())) == ([4, 3, 2, 1], found)


def test_what_is_ignored_or_fixed_is_not_counted(api):
    """By none of the three."""
    assert levels(api.call(LEVELS)) == {4: 1, 3: 0, 2: 0, 1: 0}
    assert [(row["VulId"], row["VulCount"]) for row in api.call(TOP, {"Top": 9}).response["VulTopList"]] == [(1, 2)]
    whole = api.call(WHOLE).response
    assert (whole["TotalVulCount"], whole["VulHostCount"]) == (1, 2)


def test_the_widest_spread_come_first(full):
    """With the machines of each, as many as asked for."""
    rows = full.call(TOP, {"Top": 3}).response["VulTopList"]
    assert [(row["VulName"], row["VulLevel"], row["VulCount"]) for row in rows] == [
        ("xz-utils: Malicious code in xz", 4, 2), ("openssl: Timing of a comparison", 1, 1),
        ("nginx: CVE-2026-0003", 3, 1),
    ]  # fmt: skip
    assert len(full.call(TOP, {"Top": 1}).response["VulTopList"]) == 1
    assert [row["VulId"] for row in full.call(TOP, {"Top": 9, "VulCategory": 6}).response["VulTopList"]] == [1, 4]
    assert full.call(TOP, {"Top": 9, "VulCategory": 5}).response["VulTopList"] == []


@pytest.mark.parametrize(
    ("action", "request_", "code", "word"),
    [
        (LEVELS, {"VulCategory": 3}, INVALID, "baseline"),
        (LEVELS, {"VulCategory": 7}, INVALID, "VulCategory"),
        (LEVELS, {"IsFollowVul": 2}, INVALID, "IsFollowVul"),
        (TOP, {}, "MissingParameter", "Top"),
        (TOP, {"Top": 0}, INVALID, "Top"),
        (TOP, {"Top": 101}, INVALID, "Top"),
        (TOP, {"Top": 1, "VulCategory": 3}, INVALID, "VulCategory"),
        (WHOLE, {"Top": 1}, "UnknownParameter", "Top"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, action, request_, code, word):
    """The message names the parameter."""
    answer = api.call(action, request_)
    assert answer.code == code
    assert word in answer.message


def test_the_account_is_told_of_its_scans():
    """Before any, while the first runs, when it is over, and when something was fixed."""

    def said() -> tuple:
        answer = bench.api.call(WHOLE).response
        return tuple(answer[name] for name in ("ScanTime", "IfFirstScan", "TaskId", "LastFixTime", "VulHostCount"))

    bench, account = shop()
    assert said() == ("", True, 0, "", 0)
    bench.task(account, *machines(bench, account))
    assert said() == ("2026-11-24 12:00:00", True, 1, "", 0)
    bench.clock.turn(60)
    scan(bench, account, HAVE, machines(bench, account))
    assert said() == ("2026-11-24 12:01:00", False, 1, "", 2)
    bench, account = lived()
    assert said() == ("2026-11-24 12:00:00", False, 0, "2026-11-24 14:00:00", 2)


def test_a_limited_user_counts_their_machines_alone():
    """In each of the three."""
    bench, account = lived()
    opened(bench, account)
    ann = limited(bench, account)
    whole = ann.ok(WHOLE, service="cwp")
    assert (whole["TotalVulCount"], whole["VulHostCount"]) == (3, 1)
    assert {row["VulCount"] for row in ann.ok(TOP, {"Top": 9}, service="cwp")["VulTopList"]} == {1}
    bob = bench.client(bench.account("other"), "bob")
    assert bob.ok(WHOLE, service="cwp")["TotalVulCount"] == 0
    assert bob.ok(TOP, {"Top": 9}, service="cwp")["VulTopList"] == []
    assert {row["Count"] for row in bob.ok(LEVELS, service="cwp")["VulLevelList"]} == {0}
