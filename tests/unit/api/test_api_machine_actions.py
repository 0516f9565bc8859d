"""The machine actions of tier 2 beside DescribeMachines: one machine, counts, remarks, tags."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api_bench import USER, Answer, ApiBench
from hostward.domain.account import Role
from hostward.domain.machine_filter import AtRisk, Text, TextIs
from hostward.domain.module import Module

READING = (
    "DescribeMachineInfo", "DescribeMachineRegions", "DescribeMachineGeneral", "DescribeMachineOsList",
    "DescribeVersionStatistics", "DescribeTags",
)  # fmt: skip
TAGGING = {
    "EditTags": {"Name": "web"},
    "DeleteTags": {"Ids": [1]},
    "UpdateMachineTags": {"Quuid": "q-1", "TagIds": [1]},
}


def good(answer: Answer) -> dict:
    """A Response that is no error, without its RequestId."""
    assert answer.code == "", answer.response
    return {name: value for name, value in answer.response.items() if name != "RequestId"}


def tag_list(api: ApiBench, **request) -> list[list]:
    """What DescribeTags lists."""
    return [[one["Id"], one["Name"], one["Count"]] for one in good(api.call("DescribeTags", request))["List"]]


@pytest.mark.parametrize("names", [{"Quuid": "q-1"}, {"Uuid": "u-1"}, {"Uuid": "u-1", "Quuid": "q-1"}])
def test_a_machine_is_described(api: ApiBench, names: dict):
    """Every member; what nobody here knows is empty."""
    assert good(api.call("DescribeMachineInfo", names)) == {
        "MachineIp": "10.0.0.1", "ProtectDays": 0, "MachineOs": "Debian GNU/Linux 12 (bookworm)",
        "MachineName": "host-1", "MachineStatus": "ONLINE", "InstanceId": "q-1", "MachineWanIp": "", "Quuid": "q-1",
        "Uuid": "u-1", "IsProVersion": True, "ProVersionOpenDate": "", "MachineType": "Other",
        "MachineRegion": "ap-others", "PayMode": "", "FreeMalwaresLeft": 0, "FreeVulsLeft": 0,
        "AgentVersion": "0.1.0", "ProVersionDeadline": "", "HasAssetScan": 0, "ProtectType": "PRO_VERSION",
    }  # fmt: skip


def test_a_machine_that_is_silent_is_offline(api: ApiBench):
    """By the same rule as in DescribeMachines."""
    api.clock.wall += timedelta(seconds=125)
    assert good(api.call("DescribeMachineInfo", {"Quuid": "q-1"}))["MachineStatus"] == "OFFLINE"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        ({}, "MissingParameter"),
        ({"Uuid": "", "Quuid": ""}, "MissingParameter"),
        ({"Quuid": "nobody"}, "ResourceNotFound"),
        ({"Uuid": "nobody"}, "ResourceNotFound"),
        ({"Quuid": "q-1", "Uuid": "u-2"}, "ResourceNotFound"),
    ],
)
def test_a_machine_that_is_not_there_is_not_found(api: ApiBench, names: dict, code: str):
    """Neither is one with the names of two."""
    assert api.call("DescribeMachineInfo", names).code == code


def test_regions_are_the_one_of_machines_that_are_no_clouds(api: ApiBench):
    """Under Other and under ALL, the very one that DescribeMachines shows."""
    regions = good(api.call("DescribeMachineRegions"))
    here = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    shown = good(api.call("DescribeMachines", here))["Machines"][0]["RegionInfo"]
    assert regions == {"CVM": [], "BM": [], "LH": [], "ECM": [], "Other": [shown], "ALL": [shown]}


def test_machines_are_counted(api: ApiBench):
    """All of them protected; what is compared with yesterday is 0."""
    api.store.machines.risks = {2: {Module.VUL: 3}}
    counts = good(api.call("DescribeMachineGeneral"))
    known = {name: count for name, count in counts.items() if count}
    assert known == {
        "MachineCnt": 2, "OtherCloudMachineCnt": 2, "ProtectMachineCnt": 2, "SpecialtyMachineCnt": 2,
        "RiskMachineCnt": 1,
    }  # fmt: skip
    assert api.store.machines.asked == [(), (AtRisk(),)]


def test_machines_are_counted_by_edition(api: ApiBench):
    """Every one has all modules."""
    assert good(api.call("DescribeVersionStatistics")) == {
        "BasicVersionNum": 0, "ProVersionNum": 2, "UltimateVersionNum": 0, "GeneralVersionNum": 0,
    }  # fmt: skip


def test_operating_systems_are_listed_once(api: ApiBench):
    """None is Windows."""
    assert good(api.call("DescribeMachineOsList")) == {
        "List": [{"Name": "Debian GNU/Linux 12 (bookworm)", "MachineOSType": 0}]
    }


def test_a_remark_is_shown_with_its_machine(api: ApiBench):
    """In DescribeMachines; "" removes it."""
    here = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    for text in ("财务, until 2027", ""):
        assert good(api.call("ModifyMachineRemark", {"Quuid": "q-2", "Remark": text})) == {}
        remarks = [one["Remark"] for one in good(api.call("DescribeMachines", here))["Machines"]]
        assert remarks == ["", text]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({}, "MissingParameter"),
        ({"Quuid": "nobody", "Remark": "x"}, "InvalidParameterValue"),
        ({"Quuid": "q-1", "Remark": "x" * 256}, "InvalidParameterValue"),
        ({"Quuid": "q-1", "Remark": "a\nb"}, "InvalidParameterValue"),
        ({"Quuid": "q-1", "Remark": 1}, "InvalidParameter"),
    ],
)
def test_a_remark_that_can_not_be_kept_is_refused(api: ApiBench, request_: dict, code: str):
    """With a code of the action's list."""
    assert api.call("ModifyMachineRemark", request_).code == code


def test_tags_are_made_renamed_put_on_machines_and_removed(api: ApiBench):
    """The life of two tags."""
    assert tag_list(api) == []
    good(api.call("EditTags", {"Name": "web", "Quuids": ["q-1", "q-2"]}))
    good(api.call("EditTags", {"Name": "数据库"}))
    assert tag_list(api) == [[1, "web", 2], [2, "数据库", 0]]
    good(api.call("EditTags", {"Name": "www", "Id": 1, "Quuids": ["q-2"]}))
    good(api.call("UpdateMachineTags", {"Quuid": "q-1", "TagIds": [2], "MachineRegion": "ap-others"}))
    assert tag_list(api) == [[1, "www", 1], [2, "数据库", 1]]
    good(api.call("DeleteTags", {"Ids": [2]}))
    assert tag_list(api) == [[1, "www", 1]]


@pytest.mark.parametrize(
    ("action", "request_", "code"),
    [
        ("EditTags", {}, "MissingParameter"),
        ("EditTags", {"Name": ""}, "InvalidParameterValue.TagNameLengthLimit"),
        ("EditTags", {"Name": "x" * 193}, "InvalidParameterValue.TagNameLengthLimit"),
        ("EditTags", {"Name": "web", "Id": 9}, "ResourceNotFound"),
        ("EditTags", {"Name": "web", "Id": 2**64 - 1}, "ResourceNotFound"),
        ("EditTags", {"Name": "web", "Quuids": ["nobody"]}, "InvalidParameterValue"),
        ("EditTags", {"Name": "web", "Quuids": ["q-1"] * 1001}, "InvalidParameterValue"),
        ("DeleteTags", {}, "MissingParameter"),
        ("DeleteTags", {"Ids": []}, "InvalidParameterValue"),
        ("DeleteTags", {"Ids": [9]}, "ResourceNotFound"),
        ("UpdateMachineTags", {"Quuid": "nobody"}, "InvalidParameterValue"),
        ("UpdateMachineTags", {"Quuid": "q-1", "TagIds": [9]}, "ResourceNotFound"),
        ("UpdateMachineTags", {"Quuid": "q-1", "TagIds": list(range(51))}, "InvalidParameterValue"),
        ("UpdateMachineTags", {"Quuid": "q-1", "MachineRegion": "ap-guangzhou"}, "ResourceNotFound"),
        ("UpdateMachineTags", {"Quuid": "q-1", "MachineArea": "CVM"}, "ResourceNotFound"),
        ("UpdateMachineTags", {"Quuid": "q-1", "MachineArea": "Moon"}, "InvalidParameterValue"),
        ("UpdateMachineTags", {"Quuid": "q-1", "MachineRegion": "MOON!"}, "InvalidParameterValue"),
        ("DescribeTags", {"MachineType": "Moon"}, "InvalidParameterValue"),
        ("DescribeTags", {"Filters": [{"Name": "Color", "Values": ["red"]}]}, "InvalidParameterValue"),
        ("DescribeTags", {"Filters": [{"Name": "Keywords", "Values": []}]}, "InvalidParameterValue"),
        ("DescribeTags", {"Filters": [{"Name": "Keywords", "Values": ["x" * 1001]}]}, "InvalidParameterValue"),
    ],
)
def test_what_can_not_be_done_with_tags_is_refused(api: ApiBench, action: str, request_: dict, code: str):
    """With a code of the action's list, and without a change."""
    assert api.call(action, request_).code == code
    assert tag_list(api) == []


def test_the_word_for_a_name_is_said_in_both_languages(api: ApiBench):
    """How long it may be."""
    assert "1 to 192 characters" in api.call("EditTags", {"Name": ""}).message
    assert "192" in api.call("EditTags", {"Name": ""}, extra={"x-tc-language": "zh-CN"}).message


def test_tags_are_counted_over_machines_that_match(api: ApiBench):
    """Filters with the meaning that DescribeMachines gives them."""
    filters = [
        {"Name": "keywords", "Values": ["web", "db"]},
        {"Name": "Os", "Values": ["Debian"]},
        {"Name": "Risk", "Values": ["yes"]},
        {"Name": "Version", "Values": ["PRO_VERSION"]},
    ]
    tag_list(api, Filters=filters)
    assert api.store.machines.asked[-1] == (
        TextIs(text=Text.ANY, values=("web", "db")),
        TextIs(text=Text.OS_NAME, values=("Debian",)),
        AtRisk(),
    )


def test_no_machine_is_anywhere_else(api: ApiBench):
    """Tags of CVM in Guangzhou are none: no machine matches."""
    tag_list(api, MachineType="CVM", MachineRegion="ap-guangzhou")
    assert api.store.machines.asked[-1] == (TextIs(text=Text.ANY, values=()),)


@pytest.mark.parametrize("action", READING)
@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads(api: ApiBench, action: str, role: Role):
    """All three roles."""
    api.set_key(user=replace(USER, role=role))
    good(api.call(action, {"Quuid": "q-1"} if action == "DescribeMachineInfo" else {}))


@pytest.mark.parametrize(("action", "request_"), TAGGING.items())
@pytest.mark.parametrize("changes", [{"role": Role.OPERATOR}, {"role": Role.AUDITOR}, {"tags": ("env=prod",)}])
def test_tags_are_an_administrators_matter(api: ApiBench, action: str, request_: dict, changes: dict):
    """They say what limited users see: who could change them could see more."""
    api.set_key(user=replace(USER, **changes))
    assert api.call(action, request_).code == "AuthFailure.UnauthorizedOperation"


@pytest.mark.parametrize(
    ("role", "code"),
    [(Role.ADMINISTRATOR, ""), (Role.OPERATOR, ""), (Role.AUDITOR, "AuthFailure.UnauthorizedOperation")],
)
def test_operators_write_remarks_and_auditors_do_not(api: ApiBench, role: Role, code: str):
    """A remark changes what searches find, no more."""
    api.set_key(user=replace(USER, role=role))
    assert api.call("ModifyMachineRemark", {"Quuid": "q-1", "Remark": "x"}).code == code
