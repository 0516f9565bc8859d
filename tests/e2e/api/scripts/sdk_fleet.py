"""A user's script with the official Python SDK: the fleet in numbers, remarks, tags, and an export.

argv: endpoint. Prints what it saw as JSON.
"""

import json
import sys
import time
import urllib.request

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

PATIENCE = 60


class Asker:
    """Calls actions by their names, with the SDK's own models."""

    def __init__(self, endpoint: str) -> None:
        http = HttpProfile(protocol="http", endpoint=endpoint)
        credential = Credential("AKIDtest", "secret-of-the-test")
        self._client = cwp_client.CwpClient(credential, "", ClientProfile(httpProfile=http))

    def __call__(self, action, **members):
        request = getattr(models, action + "Request")()
        request.from_json_string(json.dumps(members))
        return getattr(self._client, action)(request)

    def code(self, action, **members) -> str:
        """The code of a refusal."""
        try:
            self(action, **members)
        except TencentCloudSDKException as refused:
            return refused.get_code()
        return ""


def tags(ask: Asker) -> list:
    """The tags as DescribeTags lists them."""
    return [[one.Name, one.Count] for one in ask("DescribeTags").List]


def exported(ask: Asker, task: int) -> dict:
    """An export of the machines called web, fetched over its link."""
    filters = [{"Name": "HostName", "Values": ["web"], "ExactMatch": False}]
    which = ask("ExportScanTaskDetails", ModuleType="Vul", TaskId=task, Filters=filters).TaskId
    give_up = time.monotonic() + PATIENCE
    while (said := ask("ExportTasks", TaskId=which)).Status == "PENDING" and time.monotonic() < give_up:
        time.sleep(0.05)
    with urllib.request.urlopen(said.DownloadUrl) as answer:  # the link of the server under test
        xlsx = answer.read()
        disposition = answer.headers["content-disposition"]
    with urllib.request.urlopen(said.DownloadUrl.replace("format=xlsx", "format=csv")) as answer:
        lines = answer.read().decode("utf-8-sig").splitlines()
    return {
        "status": said.Status, "is_text": isinstance(which, str), "zip": xlsx[:2].decode(), "lines": len(lines),
        "hosts": [line.split(",")[0] for line in lines[1:]], "attachment": said.FileName in disposition,
    }  # fmt: skip


def main(endpoint: str) -> dict:
    """The story."""
    ask = Asker(endpoint)
    info = ask("DescribeMachineInfo", Quuid="q-web-1")
    regions, general = ask("DescribeMachineRegions"), ask("DescribeMachineGeneral")
    seen = {
        "info": [info.MachineName, info.MachineStatus, info.ProtectType, info.Uuid],
        "regions": [len(regions.CVM), [one.Region for one in regions.Other], [one.Region for one in regions.ALL]],
        "general": [general.MachineCnt, general.ProtectMachineCnt, general.RiskMachineCnt],
        "systems": [[one.Name, one.MachineOSType] for one in ask("DescribeMachineOsList").List],
        "editions": ask("DescribeVersionStatistics").ProVersionNum,
        "tags": [tags(ask)],
    }
    ask("ModifyMachineRemark", Quuid="q-db-1", Remark="payroll")
    ask("EditTags", Name="web", Quuids=["q-web-1", "q-web-2"])
    ask("EditTags", Name="old")
    seen["tags"].append(tags(ask))
    numbers = {one.Name: one.Id for one in ask("DescribeTags").List}
    ask("UpdateMachineTags", Quuid="q-db-1", TagIds=[numbers["old"]])
    ask("EditTags", Name="front", Id=numbers["web"])
    seen["tags"].append(tags(ask))
    listed = ask(
        "DescribeMachines", MachineType="ALL", MachineRegion="all-regions",
        Filters=[{"Name": "TagId", "Values": [str(numbers["old"])]}],
    )  # fmt: skip
    seen["machines"] = [[one.MachineName, one.Remark, one.Tag[0].Name] for one in listed.Machines]
    ask("DeleteTags", Ids=list(numbers.values()))
    seen["tags"].append(tags(ask))
    task = ask("ScanVul", VulLevels="0", HostType=1).TaskId
    seen["export"] = exported(ask, task)
    seen["errors"] = [
        ask.code("DescribeMachineInfo", Quuid="nobody"),
        ask.code("EditTags", Name=""),
        ask.code("DeleteTags", Ids=[99]),
        ask.code("ExportTasks", TaskId="99"),
        ask.code("ExportScanTaskDetails", ModuleType="Malware", TaskId=task),
    ]
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
