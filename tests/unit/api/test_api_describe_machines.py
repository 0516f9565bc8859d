"""DescribeMachines: members, types and regions, filters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api_bench import BEGIN, USER, ApiBench
from hostward.api.machine_filters import NAMES, NONE
from hostward.domain.ids import AccountId
from hostward.domain.machine import OFFLINE_AFTER
from hostward.domain.machine_filter import AtRisk, Text, TextIs
from hostward.domain.module import Module
from hostward.usecases.records import AddressIs, HeardOf, Labelled

HERE = {"MachineType": "ALL", "MachineRegion": "all-regions"}
ONLINE = HeardOf(after=BEGIN - OFFLINE_AFTER)
OFFLINE = HeardOf(after=BEGIN - OFFLINE_AFTER, heard=False)


def machines(api: ApiBench, **request) -> dict:
    """The answer."""
    answer = api.call("DescribeMachines", HERE | request)
    assert answer.code == "", answer.response
    return answer.response


def conditions(api: ApiBench, *filters: dict) -> tuple:
    """What the store was asked for."""
    machines(api, Filters=list(filters))
    return api.store.machines.asked[-1]


def named(name: str, *values: str, **more) -> dict:
    """A filter."""
    return {"Name": name, "Values": list(values), **more}


def refused(api: ApiBench, language: str = "en-US", **request) -> str:
    """The words of a refusal with InvalidParameterValue."""
    answer = api.call("DescribeMachines", HERE | request, extra={"x-tc-language": language})
    assert answer.code == "InvalidParameterValue", answer.response
    return answer.message


def test_a_machine_is_shown_with_everything_about_it(api: ApiBench):
    """Each member of the contract; what only a cloud knows is empty."""
    store = api.store.machines
    facts = replace(
        store.stored[0].facts, addresses=("10.0.0.1", "fe80::1", "203.0.113.9"), wan_ip="203.0.113.9",
        agent_version="0.1.7",
    )  # fmt: skip
    store.stored = [replace(store.stored[0], facts=facts, remark="till October")]
    store.risks = {1: {Module.VUL: 3, Module.MALWARE: 2, Module.BASELINE: 1}}
    store.kernels = {1: "6.1.0-18-amd64"}
    assert machines(api)["Machines"] == [
        {
            "MachineName": "host-1", "MachineOs": "Debian GNU/Linux 12 (bookworm)", "MachineStatus": "ONLINE",
            "AgentStatus": "ONLINE", "InstanceStatus": "", "Uuid": "u-1", "Quuid": "q-1", "VulNum": 3,
            "MachineIp": "10.0.0.1", "IsProVersion": True, "MachineWanIp": "203.0.113.9", "PayMode": "",
            "MalwareNum": 2, "Tag": [], "BaselineNum": 1, "CyberAttackNum": 0, "SecurityStatus": "RISK",
            "InvasionNum": 0, "RegionInfo": {
                "Region": "ap-others", "RegionName": "非腾讯云", "RegionId": 0, "RegionCode": "",
                "RegionNameEn": "Not Tencent Cloud",
            },
            "InstanceState": "", "LicenseStatus": 0, "ProjectId": 0, "HasAssetScan": 0, "MachineType": "Other",
            "KernelVersion": "6.1.0-18-amd64", "ProtectType": "PRO_VERSION", "CloudTags": [],
            "IsAddedOnTheFifteen": 0, "IpList": "10.0.0.1,fe80::1,203.0.113.9", "VpcId": "", "MachineExtraInfo": {
                "WanIP": "203.0.113.9", "PrivateIP": "10.0.0.1", "NetworkType": 0, "NetworkName": "",
                "InstanceID": "q-1", "HostName": "host-1",
            },
            "InstanceId": "q-1", "Remark": "till October", "AgentVersion": "0.1.7", "AppId": 0, "CSIPProtectType": "",
        }
    ]  # fmt: skip


def test_a_machine_of_which_little_is_known_is_shown_all_the_same(api: ApiBench):
    """No address, never heard of, never scanned."""
    plain = api.store.machines.stored[0]
    facts = replace(plain.facts, host_name="", addresses=(), os_name="", agent_version="")
    api.store.machines.stored = [replace(plain, facts=facts, last_seen=None)]
    (one,) = machines(api)["Machines"]
    names = ("MachineName", "MachineIp", "IpList", "KernelVersion", "AgentStatus", "SecurityStatus", "VulNum")
    assert [one[name] for name in names] == ["", "", "", "", "OFFLINE", "UNKNOWN", 0]


@pytest.mark.parametrize(("silence", "word"), [(124, "ONLINE"), (125, "OFFLINE"), (10**6, "OFFLINE")])
def test_a_machine_is_online_while_its_agent_is_heard_of(api: ApiBench, silence: int, word: str):
    """2.5 polls."""
    api.store.machines.stored = [replace(api.store.machines.stored[0], last_seen=BEGIN - timedelta(seconds=silence))]
    (one,) = machines(api)["Machines"]
    assert (one["AgentStatus"], one["MachineStatus"]) == (word, word)


@pytest.mark.parametrize("kind", ["Other", "ALL"])
@pytest.mark.parametrize("region", ["ap-others", "all-regions"])
def test_machines_enrolled_here_are_others_in_ap_others(api: ApiBench, kind: str, region: str):
    """Each with each."""
    assert machines(api, MachineType=kind, MachineRegion=region)["TotalCount"] == 2


@pytest.mark.parametrize(
    ("kind", "region"),
    [("CVM", "all-regions"), ("BM", "ap-others"), ("ECM", "ap-others"), ("LH", "na-ashburn"),
     ("ALL", "ap-guangzhou"), ("Other", "ap-shanghai-fsi"), ("ALL", "eu-frankfurt")],
)  # fmt: skip
def test_real_types_and_regions_where_nothing_is_enrolled_are_empty(api: ApiBench, kind: str, region: str):
    """No mistake of the caller's."""
    response = machines(api, MachineType=kind, MachineRegion=region)
    assert (response["Machines"], response["TotalCount"]) == ([], 0)


@pytest.mark.parametrize("kind", ["", "cvm", "All", "VM"])
def test_other_types_are_refused(api: ApiBench, kind: str):
    """With the known ones."""
    assert "CVM, BM, ECM, LH, Other, ALL" in refused(api, MachineType=kind)


@pytest.mark.parametrize("region", ["", "everywhere", "AP-OTHERS", "ap_guangzhou", "ap-", "ap-x\n", "a" * 99 + "-b"])
def test_what_is_no_name_of_a_region_is_refused(api: ApiBench, region: str):
    """With examples."""
    assert "all-regions" in refused(api, MachineRegion=region)


def test_mistakes_are_told_where_nothing_is_enrolled_too(api: ApiBench):
    """An empty list would hide them."""
    assert "Limit" in refused(api, MachineType="CVM", Limit=101)
    assert "Color" in refused(api, MachineRegion="ap-guangzhou", Filters=[named("Color", "red")])


def test_machines_are_paged(api: ApiBench):
    """Ten at a time unless asked; past the end is empty with the true total."""
    bench = ApiBench(machines=25)
    pages = [machines(bench, **page) for page in ({}, {"Limit": 100}, {"Offset": 20}, {"Offset": 2**64 - 1})]
    assert [(len(page["Machines"]), page["TotalCount"]) for page in pages] == [(10, 25), (25, 25), (5, 25), (0, 25)]
    assert [one["Quuid"] for one in machines(bench, Limit=2, Offset=3)["Machines"]] == ["q-4", "q-5"]


@pytest.mark.parametrize("limit", [0, 101])
def test_pages_have_1_to_100_machines(api: ApiBench, limit: int):
    """As the API says."""
    assert "1 - 100" in refused(api, Limit=limit)


def test_machines_of_another_account_are_not_listed(api: ApiBench):
    """Neither shown nor counted."""
    api.set_key(user=replace(USER, account=AccountId(2)))
    assert machines(api)["TotalCount"] == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ([], ()),
        ([named("Names", "web", "db")], (TextIs(text=Text.HOST_NAME, values=("web", "db")),)),
        ([named("names", "web", ExactMatch=True)], (TextIs(text=Text.HOST_NAME, values=("web",), exact=True),)),
        ([named("Os", "Debian")], (TextIs(text=Text.OS_NAME, values=("Debian",)),)),
        ([named("InstanceIds", "q-1")], (TextIs(text=Text.QUUID, values=("q-1",)),)),
        ([named("Quuid", "q-1", "q-2")], (TextIs(text=Text.QUUID, values=("q-1", "q-2"), exact=True),)),
        ([named("Ips", "10.0.", "::1")], (AddressIs(values=("10.0.", "::1")),)),
        ([named("IPS", "10.0.0.1", ExactMatch=True)], (AddressIs(values=("10.0.0.1",), exact=True),)),
        ([named("Risk", "yes")], (AtRisk(),)),
        ([named("Version", "PRO_VERSION")], ()),
        ([named("Version", "BASIC_VERSION", "ProtectedMachines")], ()),
        ([named("Version", "BASIC_VERSION", "Flagship")], (NONE,)),
        ([named("AgentStatus", "ONLINE")], (ONLINE,)),
        ([named("AgentStatus", "OFFLINE", "UNINSTALLED")], (OFFLINE,)),
        ([named("AgentStatus", "UNINSTALLED")], (NONE,)),
        ([named("AgentStatus", "ONLINE", "OFFLINE")], ()),
        ([named("AgentStatus", "ALL", "UNINSTALLED")], ()),
        ([named("MachineStatus", "ALL")], ()),
        ([named("MachineStatus", "OFFLINE")], (OFFLINE,)),
        ([named("Risk", "yes"), named("AgentStatus", "ONLINE")], (AtRisk(), ONLINE)),
    ],
    ids=str,
)  # fmt: skip
def test_a_filter_has_its_meaning(api: ApiBench, filters: list[dict], expected: tuple):
    """Names without regard to case; between filters all must hold."""
    assert conditions(api, *filters) == expected


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (named("Color", "red"), ", ".join(NAMES)),
        (named("Risk", "no"), "accepted: yes"),
        (named("Version", "pro"), "PRO_VERSION, ProtectedMachines, BASIC_VERSION, Flagship"),
        (named("AgentStatus", "online"), "ALL, ONLINE, OFFLINE, UNINSTALLED"),
        (named("MachineStatus", "SHUTDOWN"), "ALL, ONLINE, OFFLINE"),
        (named("MachineStatus", "RUNNING"), "switched on"),
        (named("MachineStatus", "ALL", "EXPIRED"), "switched on"),
        (named("TagId", "prod"), "the Id of a tag"),
        (named("TagId", "-1"), "the Id of a tag"),
        (named("TagId", "9" * 19), "the Id of a tag"),
        (named("TagId", "１"), "the Id of a tag"),
        (named("AddedOnTheFifteen", "1"), "would have no effect: the day"),
        (named("Ips", "web-1.example/24"), "an address or a part of one"),
        (named("Ips", ""), "an address or a part of one"),
        (named("Names", "x" * 1001), "up to 1000 characters"),
        (named("Names"), "1 - 5"),
        (named("Quuid", *"123456"), "1 - 5"),
    ],
    ids=str,
)
def test_other_filters_are_refused(api: ApiBench, one: dict, said: str):
    """With what is accepted, or why it would do nothing."""
    assert said in refused(api, Filters=[one])


def test_a_list_has_at_most_five_filters(api: ApiBench):
    """The limit of the type Filter."""
    assert len(conditions(api, *[named("Names", "h")] * 5)) == 5
    assert "6 values" in refused(api, Filters=[named("Names", "h")] * 6)


def test_every_filter_of_the_contract_is_known(api: ApiBench):
    """Each name of the API page means something or says why not."""
    for name in NAMES:
        answer = api.call("DescribeMachines", HERE | {"Filters": [named(name, "0")]})
        assert answer.code == "" or f"({name})" in answer.message


@pytest.mark.parametrize("request_body", [{"ProjectIds": [1]}, {"ProjectIds": [0]}, {"MachineAppId": 1250000000}])
def test_what_only_a_cloud_knows_is_refused(api: ApiBench, request_body: dict):
    """Never passed over in silence."""
    assert "would have no effect" in refused(api, **request_body)
    assert "不会生效" in refused(api, "zh-CN", **request_body)


def test_what_clients_send_for_nothing_is_nothing(api: ApiBench):
    """Empty lists and 0."""
    assert machines(api, ProjectIds=[], MachineAppId=0, Filters=[])["TotalCount"] == 2


def test_reasons_are_said_in_chinese_too(api: ApiBench):
    """Not only the frame around them."""
    said = refused(api, "zh-CN", Filters=[named("AddedOnTheFifteen", "1")])
    assert said == "参数 `Filters.0.Name (AddedOnTheFifteen)` 不会生效:未记录主机的接入日期。"


def test_machines_are_chosen_by_the_numbers_of_tags(api: ApiBench):
    """As DescribeTags tells them."""
    assert conditions(api, named("tagid", "1", "22")) == (Labelled(values=(1, 22)),)


def test_a_machine_is_shown_with_its_tags(api: ApiBench):
    """Name and number of each; other machines have none."""
    store = api.store.machines
    for name in ("env=prod", "web"):
        store.add_label(1, name)
    store.put_tags(1, ["web", "env=prod"])
    assert [one["Tag"] for one in machines(api)["Machines"]] == [
        [{"Rid": 0, "Name": "env=prod", "TagId": 1}, {"Rid": 0, "Name": "web", "TagId": 2}],
        [],
    ]
