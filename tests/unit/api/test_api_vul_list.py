"""DescribeVulList and DescribeVulEffectHostList."""

from itertools import product

import pytest

from hostward.usecases.vulnerabilities import fleet_list
from vul_event_scenarios import lived, machines, number, opened
from vul_scenarios import FAR, SSL, XZ, limited

INVALID = "InvalidParameterValue"
LIST, HOSTS = "DescribeVulList", "DescribeVulEffectHostList"


@pytest.fixture
def api():
    """Both machines have xz pending; on web-1 nginx is ignored and openssl fixed."""
    return lived()[0].api


def filters(**values) -> list[dict]:
    """Filters by name."""
    return [{"Name": name, "Values": list(wanted)} for name, wanted in values.items()]


def rows(answer, kind: str = "VulInfoList") -> list[dict]:
    """The rows of a page."""
    assert answer.code == "", answer.response
    return answer.response[kind]


def ids(answer) -> list[str]:
    """The CVE ids of a page."""
    return [row["CveId"] for row in rows(answer)]


def hosts(answer) -> dict[str, int]:
    """The state of each machine of a page."""
    return {row["AliasName"]: row["Status"] for row in rows(answer, "VulEffectHostList")}


def asked(api, which: str, **wanted) -> object:
    """A page of a vulnerability's machines."""
    request = {"VulId": number(api, which), "Limit": 100, "Offset": 0, "Filters": filters(**wanted)}
    return api.call(HOSTS, request)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [XZ, FAR, SSL]),
        ({"Status": ["0"]}, [XZ]),
        ({"Status": ["1"]}, [FAR]),
        ({"Status": ["3"]}, [SSL]),
        ({"Status": ["1", "3"]}, [FAR, SSL]),
        ({"Status": ["0", "3"]}, [XZ, SSL]),
        ({"Status": ["0", "1"]}, [XZ, FAR]),
        ({"Status": ["5"]}, []),
        ({"Status": ["6", "8", "2"]}, []),
        ({"Status": ["6", "3"]}, [SSL]),
        ({"Uuid": ["u-web-2"]}, [XZ]),
        ({"Uuid": ["u-nobody"]}, []),
        ({"vulname": ["NGINX"]}, [FAR]),
        ({"VulName": ["malicious"]}, [XZ]),
        ({"VulCategory": ["2"]}, []),
        ({"VulCategory": ["4", "5"]}, [XZ, FAR, SSL]),
        ({"VulCategory": ["5"]}, []),
        ({"IsSupportDefense": ["1"]}, []),
        ({"IsSupportAutoFix": ["0"], "Status": ["0"]}, [XZ]),
        ({"Labels": ["KNOWN_EXPLOITED"]}, [XZ, FAR]),
        ({"Labels": ["NETWORK", "EXP"]}, [XZ]),
        ({"Labels": ["LOCAL"]}, []),
        ({"CvssScore": ["0"]}, [XZ]),
        ({"CvssScore": ["10.0"]}, []),
        ({"ModifyTime": ["2026-11-24 13:00:00"]}, [SSL]),
        ({"ModifyTime": ["2026-11-24 11:00:00", "2026-11-24 12:00:00"]}, [XZ, FAR]),
    ],
)
def test_each_filter_narrows_the_list(api, wanted, found):
    """All must hold; worst first."""
    answer = api.call(LIST, {"Filters": filters(**wanted)})
    assert (ids(answer), answer.response["TotalCount"]) == (found, len(found))


def test_an_exact_name_is_the_whole_of_one(api):
    """Of the title, the id, the package, or both as the list shows them."""

    def named(text: str) -> list[str]:
        return ids(api.call(LIST, {"Filters": [{"Name": "VulName", "Values": [text], "ExactMatch": True}]}))

    assert [named(text) for text in ("nginx", "ngin", "Malicious code in XZ", "CVE-2025-0001")] == [
        [FAR], [], [XZ], [SSL],
    ]  # fmt: skip


def test_a_row_tells_of_the_events_that_are_meant(api):
    """States, machines, events and times."""
    said = {row["CveId"]: row for row in rows(api.call(LIST))}
    seen = {
        key: (row["Status"], row["StatusStr"], row["HostCount"], len(row["Ids"].split(",")), row["LatestFixTime"])
        for key, row in said.items()
    }
    assert seen == {
        XZ: (0, "0", 2, 2, ""),
        FAR: (1, "1", 1, 1, ""),
        SSL: (3, "3", 1, 1, "2026-11-24 14:00:00"),
    }
    assert {row["TaskId"] for row in said.values()} == {1}
    assert (said[XZ]["LastTime"], said[XZ]["FirstAppearTime"]) == ("2026-11-24 12:00:00",) * 2


def test_those_known_to_be_exploited_are_counted_within_the_filters(api):
    """By the store's page and by hand."""
    counts = [
        api.call(LIST, {"Filters": filters(**wanted)}).response["FollowVulCount"]
        for wanted in ({}, {"Status": ["0"]}, {"Status": ["3"]}, {"CvssScore": ["1"]})
    ]
    assert counts == [2, 1, 0, 1]


@pytest.mark.parametrize(
    ("by", "upwards"),
    [("Level", [SSL, FAR, XZ]), ("LastTime", [XZ, FAR, SSL]), ("HostCount", [SSL, FAR, XZ])],
)
def test_the_list_is_sorted_as_asked(api, by, upwards):
    """Upwards unless Order says otherwise; HostCount by the machines that the rows show."""
    assert ids(api.call(LIST, {"By": by}))[-1] == upwards[-1]
    assert sorted(ids(api.call(LIST, {"By": by}))) == sorted(upwards)
    assert ids(api.call(LIST, {"By": by, "Order": "desc"}))[0] == upwards[-1]


def test_pages_are_disjoint_and_whole(api):
    """Whatever their size, and whatever they are sorted by."""
    for size, by in product((1, 2), ("", "Level", "LastTime", "HostCount")):
        whole = ids(api.call(LIST, {"By": by}))
        pages = [ids(api.call(LIST, {"By": by, "Limit": size, "Offset": offset})) for offset in range(0, 4, size)]
        assert [name for page in pages for name in page] == whole


@pytest.mark.parametrize(
    ("action", "request_", "word"),
    [
        (LIST, {"Limit": 101}, "Limit"),
        (LIST, {"Limit": 0}, "Limit"),
        (LIST, {"By": "Name"}, "HostCount"),
        (LIST, {"Order": "down"}, "Order"),
        (LIST, {"Filters": filters(Colour=["red"])}, "ModifyTime"),
        (LIST, {"Filters": filters(Status=["4"])}, "Status"),
        (LIST, {"Filters": filters(VulCategory=["3"])}, "VulCategory"),
        (LIST, {"Filters": filters(VulName=["a", "b"])}, "VulName"),
        (LIST, {"Filters": filters(Labels=["red"])}, "KNOWN_EXPLOITED"),
        (LIST, {"Filters": filters(CvssScore=["11"])}, "0 to 10"),
        (LIST, {"Filters": filters(CvssScore=["high"])}, "0 to 10"),
        (LIST, {"Filters": filters(CvssScore=["-1"])}, "0 to 10"),
        (LIST, {"Filters": filters(ModifyTime=["soon"])}, "YYYY"),
        (LIST, {"Filters": filters(ModifyTime=["2026-11-24 11:00:00"] * 3)}, "ModifyTime"),
        (LIST, {"Filters": filters(AttackLevel=["1"])}, "no effect"),
        (LIST, {"Filters": filters(IsSupportDefense=["2"])}, "IsSupportDefense"),
        (HOSTS, {"VulId": 0, "Limit": 1, "Offset": 0}, "VulId"),
        (HOSTS, {"VulId": 1, "Limit": 101, "Offset": 0}, "Limit"),
        (HOSTS, {"VulId": 1, "Limit": 1, "Offset": 0, "Filters": filters(TagIds=["1,x"])}, "DescribeTags"),
        (HOSTS, {"VulId": 1, "Limit": 1, "Offset": 0, "Filters": filters(Version=["Best"])}, "Version"),
        (HOSTS, {"VulId": 1, "Limit": 1, "Offset": 0, "Filters": filters(InstanceState=["ON"])}, "RUNNING"),
        (HOSTS, {"VulId": 1, "Limit": 1, "Offset": 0, "Filters": filters(Status=["9"])}, "Status"),
        (HOSTS, {"VulId": 1, "Limit": 1, "Offset": 0, "Filters": filters(Uuid=["u"]) * 6}, "Filters"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, action, request_, word):
    """The message names the parameter or what it accepts."""
    answer = api.call(action, request_)
    assert answer.code == INVALID
    assert word in answer.message


@pytest.mark.parametrize("left", ["Limit", "Offset", "VulId"])
def test_the_page_and_the_vulnerability_are_required(api, left):
    """As the contract says."""
    request = {"VulId": 1, "Limit": 1, "Offset": 0}
    del request[left]
    assert api.call(HOSTS, request).code == "MissingParameter"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"web-1": 0, "web-2": 0}),
        ({"AliasName": ["WEB-1"]}, {"web-1": 0}),
        ({"AliasName": ["web"]}, {"web-1": 0, "web-2": 0}),
        ({"Uuid": ["u-web-2", "u-nobody"]}, {"web-2": 0}),
        ({"TagIds": ["1"]}, {"web-1": 0}),
        ({"TagIds": ["7, 1"]}, {"web-1": 0}),
        ({"TagIds": ["7"]}, {}),
        ({"Status": ["0"]}, {"web-1": 0, "web-2": 0}),
        ({"Status": ["1", "3", "5"]}, {}),
        ({"Status": ["6"]}, {}),
        ({"Version": ["PRO_VERSION"]}, {"web-1": 0, "web-2": 0}),
        ({"Version": ["Flagship"]}, {}),
        ({"InstanceState": ["UNKNOWN"]}, {"web-1": 0, "web-2": 0}),
        ({"InstanceState": ["RUNNING"]}, {}),
        ({"InstanceState": ["RUNNING", "UNKNOWN"]}, {"web-1": 0, "web-2": 0}),
        ({"InstanceState": ["STOPPED"]}, {}),
    ],
)
def test_each_filter_narrows_the_machines(api, wanted, found):
    """All must hold."""
    answer = asked(api, XZ, **wanted)
    assert (hosts(answer), answer.response["TotalCount"]) == (found, len(found))


def test_an_exact_host_name_is_the_whole_of_it(api):
    """A part finds nothing."""
    request = {"VulId": 1, "Limit": 9, "Offset": 0}
    for text, found in (("web", 0), ("web-1", 1)):
        exact = [{"Name": "AliasName", "Values": [text], "ExactMatch": True}]
        assert api.call(HOSTS, {**request, "Filters": exact}).response["TotalCount"] == found


def test_machines_in_other_states_are_listed_with_theirs(api):
    """Ignored ones, and fixed ones with the time."""
    assert [hosts(asked(api, which)) for which in (FAR, SSL)] == [{"web-1": 1}, {"web-1": 3}]
    (fixed,) = rows(asked(api, SSL), "VulEffectHostList")
    assert (fixed["LatestFixTime"], fixed["IsSupportAutoFix"]) == ("2026-11-24 14:00:00", 6)


def test_events_of_the_list_are_those_of_the_machines(api):
    """The numbers are the same in both."""
    for row in rows(api.call(LIST)):
        listed = rows(asked(api, row["CveId"]), "VulEffectHostList")
        assert row["Ids"] == ",".join(str(one["EventId"]) for one in listed)


def test_a_row_names_no_more_events_than_it_may(monkeypatch):
    """All of them are in the list of machines."""
    monkeypatch.setattr(fleet_list, "MOST_EVENTS", 1)
    api = lived()[0].api
    assert [row["Ids"].count(",") for row in rows(api.call(LIST))] == [0, 0, 0]
    assert len(hosts(asked(api, XZ))) == 2


def test_what_a_rule_set_aside_and_a_feed_dropped_comes_back():
    """Once the rule ends and the feed speaks of it again."""
    bench, account = lived()
    opened(bench, account)
    assert {row["CveId"]: row["Status"] for row in rows(bench.api.call(LIST))} == {XZ: 0, FAR: 0, SSL: 0}


def test_what_is_looked_for_by_name_is_being_detected():
    """Where its machine is not done yet; a scan of everything leaves all as it is."""
    bench, account = lived()
    api = bench.api
    one = {"VulLevels": "0", "HostType": 2, "QuuidList": ["q-web-1"], "VulIds": [number(api, XZ), number(api, FAR)]}
    assert api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).code == ""
    assert {row["Status"] for row in rows(api.call(LIST))} == {0, 1, 3}
    assert api.call("ScanVul", one).code == ""
    seen = {row["CveId"]: (row["Status"], row["StatusStr"], row["HostCount"]) for row in rows(api.call(LIST))}
    assert seen == {XZ: (5, "5,0", 2), FAR: (1, "1", 1), SSL: (3, "3", 1)}
    assert hosts(asked(api, XZ)) == {"web-1": 5, "web-2": 0}
    assert [hosts(asked(api, XZ, Status=[state])) for state in "05"] == [{"web-2": 0}, {"web-1": 5}]
    both = [rows(api.call(LIST, {"Filters": filters(Status=[state])})) for state in "05"]
    assert [[(row["CveId"], row["HostCount"], row["StatusStr"]) for row in each] for each in both] == [
        [(XZ, 1, "0")], [(XZ, 1, "5")],
    ]  # fmt: skip
    ids_ = [row["Ids"] for each in both for row in each]
    events = {row["AliasName"]: str(row["EventId"]) for row in rows(asked(api, XZ), "VulEffectHostList")}
    assert ids_ == [events["web-2"], events["web-1"]]
    assert len(machines(bench, account)) == 2


def test_a_vulnerability_that_nobody_knows_is_not_found(api):
    """And neither is one with a number that can't be."""
    for which in (99, 2**53 - 1):
        assert api.call(HOSTS, {"VulId": which, "Limit": 1, "Offset": 0}).code == "ResourceNotFound"


def test_a_limited_user_sees_their_machines_alone():
    """In lists, counts, events and filters."""
    bench, account = lived()
    ann = limited(bench, account)
    said = {row["CveId"]: row for row in ann.ok(LIST, service="cwp")["VulInfoList"]}
    assert {key: row["HostCount"] for key, row in said.items()} == {XZ: 1, FAR: 1, SSL: 1}
    assert said[XZ]["Ids"] == str(2**29 + number(bench.api, XZ))
    asked_for = {"VulId": number(bench.api, XZ), "Limit": 9, "Offset": 0}
    assert ann.ok(HOSTS, asked_for, service="cwp")["TotalCount"] == 1
    theirs = {"Filters": filters(Uuid=["u-web-2"])}
    assert ann.ok(LIST, theirs, service="cwp")["TotalCount"] == 0
    assert ann.ok(HOSTS, {**asked_for, **theirs}, service="cwp")["TotalCount"] == 0


def test_another_account_has_none_of_it():
    """Nor the vulnerability where no feed speaks of it."""
    bench, account = lived()
    which = number(bench.api, SSL)
    other = bench.account("other")
    bob = bench.client(other, "bob")
    assert bob.ok(LIST, service="cwp")["TotalCount"] == 0
    request = {"VulId": which, "Limit": 9, "Offset": 0}
    assert bob(HOSTS, request, service="cwp").code == "ResourceNotFound"
    assert bench.api.call(HOSTS, request).response["TotalCount"] == 1
    assert account != other
