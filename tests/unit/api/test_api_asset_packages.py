"""DescribeAssetSystemPackageList."""

import pytest

from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from store_samples import package
from vul_event_scenarios import lived
from vul_scenarios import limited

INVALID = "InvalidParameterValue"
ACTION = "DescribeAssetSystemPackageList"
PACKAGES = [
    package("zlib1g", "1.2.13"),
    package("bash", "5.2-2"),
    package("bash", "5.2-1", ecosystem="AlmaLinux:9"),
    package("log4j-core", "2.14.0", ecosystem="Maven", arch="", path=b"srv/app\n\xff.jar"),
    package("tar", "6.1.0", ecosystem="npm", arch="", path=b"srv/web/node_modules/tar"),
    package("musl", "1.2.4-r4", ecosystem="Alpine:v3.19"),
    package("odd", "1", ecosystem="Nobody:1"),
]


@pytest.fixture
def bench():
    """Two accounts' worth of machines; web-2 reported these packages, new-1 none yet."""
    bench, account = lived()
    web = next(
        one for one in bench.store.read_now(lambda uow: uow.machines.of_account(account)) if one.quuid == "q-web-2"
    )
    bench.machine(account, "new-1")

    def work(uow) -> None:
        uow.results.add(web.id, LeaseId(900), 0, PACKAGES)
        uow.results.make_current(web.id, Module.VUL, LeaseId(900), bench.clock.now(), risks=0)

    bench.store.write_now(work)
    return bench


def names(answer) -> list[str]:
    """The packages of a page with their versions."""
    assert answer.code == "", answer.response
    return [f"{one['Name']} {one['Version']}" for one in answer.response["Packages"]]


def filters(**values) -> list[dict]:
    """Filters by name."""
    return [{"Name": name, "Values": list(wanted)} for name, wanted in values.items()]


ALL = ["bash 5.2-1", "bash 5.2-2", "log4j-core 2.14.0", "musl 1.2.4-r4", "odd 1", "tar 6.1.0", "zlib1g 1.2.13"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ALL),
        ({"Name": ["BASH"]}, ALL[:2]),
        ({"Name": ["zli", "log"]}, [ALL[2], ALL[6]]),
        ({"Type": ["1"]}, [ALL[0]]),
        ({"Type": ["2"]}, [ALL[1], ALL[6]]),
        ({"Type": ["3"]}, [ALL[2]]),
        ({"Type": ["4"]}, ALL[3:6]),
        ({"Type": ["1", "3"], "name": ["bash"]}, [ALL[0]]),
    ],
)
def test_each_filter_narrows_the_packages(bench, wanted, found):
    """All must hold; sorted by name."""
    answer = bench.api.call(ACTION, {"Quuid": "q-web-2", "Filters": filters(**wanted)})
    assert (names(answer), answer.response["Total"]) == (found, len(found))
    down = bench.api.call(ACTION, {"Uuid": "u-web-2", "Filters": filters(**wanted), "Order": "desc"})
    assert names(down) == found[::-1]


def test_an_exact_name_is_the_whole_of_it(bench):
    """A part finds nothing."""
    for text, found in (("bas", 0), ("Bash", 2)):
        exact = [{"Name": "Name", "Values": [text], "ExactMatch": True}]
        assert len(names(bench.api.call(ACTION, {"Quuid": "q-web-2", "Filters": exact}))) == found


def test_pages_are_disjoint_and_whole(bench):
    """Whatever their size."""
    for size in (1, 3, 100):
        pages = [
            names(bench.api.call(ACTION, {"Quuid": "q-web-2", "Limit": size, "Offset": offset}))
            for offset in range(0, 9, size)
        ]
        assert [name for page in pages for name in page] == ALL


def test_a_package_says_what_and_where_it_is(bench):
    """File names are made fit for people."""
    request = {"Quuid": "q-web-2", "Uuid": "u-web-2", "Filters": filters(Name=["log4j"])}
    (one,) = bench.api.call(ACTION, request).response["Packages"]
    assert (one["Desc"], one["Type"], one["MachineName"]) == ("Maven, srv/app?\\xff.jar", "java", "web-2")
    assert (one["UpdateTime"], one["InstallTime"]) == ("2026-11-24 15:00:00", "")


def test_a_machine_without_an_inventory_has_no_packages(bench):
    """It is no error."""
    assert bench.api.call(ACTION, {"Quuid": "q-new-1"}).response["Total"] == 0


@pytest.mark.parametrize(
    ("request_", "code", "word"),
    [
        ({}, "MissingParameter", "Quuid"),
        ({"Quuid": "q-nobody"}, "ResourceNotFound", "machine"),
        ({"Uuid": "u-nobody"}, "ResourceNotFound", "machine"),
        ({"Uuid": "u-web-1", "Quuid": "q-web-2"}, "ResourceNotFound", "machine"),
        ({"Quuid": "q-web-2", "By": "InstallTime"}, INVALID, "inventory"),
        ({"Quuid": "q-web-2", "By": "FistTime"}, INVALID, "inventory"),
        ({"Quuid": "q-web-2", "By": "Size"}, INVALID, "By"),
        ({"Quuid": "q-web-2", "Order": "up"}, INVALID, "Order"),
        ({"Quuid": "q-web-2", "Limit": 101}, INVALID, "Limit"),
        ({"Quuid": "q-web-2", "Filters": filters(StartTime=["2026-01-01"])}, INVALID, "inventory"),
        ({"Quuid": "q-web-2", "Filters": filters(EndTime=["2026-01-01"])}, INVALID, "EndTime"),
        ({"Quuid": "q-web-2", "Filters": filters(Type=["5"])}, INVALID, "Type"),
        ({"Quuid": "q-web-2", "Filters": filters(Size=["5"])}, INVALID, "Name"),
        ({"Quuid": "q-web-2", "Filters": filters(Name=list("abcdef"))}, INVALID, "Values"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bench, request_, code, word):
    """The message names the parameter or what it accepts."""
    answer = bench.api.call(ACTION, request_)
    assert (answer.code, word in answer.message) == (code, True), answer.message


def test_machines_of_others_are_unknown(bench):
    """Those of another account, and those out of a limited user's sight."""
    account = bench.store.read_now(lambda uow: uow.machines.by_uuid("u-web-1")[0].account)
    ann, bob = limited(bench, account), bench.client(bench.account("other"), "bob")
    assert ann.ok(ACTION, {"Quuid": "q-web-1"}, service="cwp")["Total"] == 4
    for client in (ann, bob):
        assert client(ACTION, {"Quuid": "q-web-2"}, service="cwp").code == "ResourceNotFound"
