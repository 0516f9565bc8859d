"""A user's script with the official Python SDK: start, watch, page, stop.

argv: endpoint. Prints what it saw as JSON.
"""

import json
import sys
import time

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

PATIENCE = 60


def client(endpoint: str, **profile):
    """A client of the server; profile: what else its HttpProfile is told."""
    http = HttpProfile(protocol="http", endpoint=endpoint, **profile)
    credential = Credential("AKIDtest", profile.pop("secret", "secret-of-the-test"))
    return cwp_client.CwpClient(credential, "", ClientProfile(httpProfile=http))


def asked(kind, **members):
    """A request of the SDK's own model."""
    request = kind()
    request.from_json_string(json.dumps(members))
    return request


def main(endpoint: str) -> dict:
    """The story."""
    cwp = client(endpoint)
    seen: dict = {
        "before": cwp.DescribeScanState(asked(models.DescribeScanStateRequest, ModuleType="Malware")).ScanState
    }
    start = asked(models.CreateScanMalwareSettingRequest, ScanPattern=1, HostType=1, TimeoutPeriod=600)
    task = cwp.CreateScanMalwareSetting(start).TaskId
    details = asked(models.DescribeScanTaskDetailsRequest, ModuleType="Malware", TaskId=task, Limit=2)
    percents, give_up = [], time.monotonic() + PATIENCE
    while not percents or (percents[-1] < 100 and time.monotonic() < give_up):
        answer = cwp.DescribeScanTaskDetails(details)
        percents.append(answer.ScanProgress)
        time.sleep(0.05)
    seen["percents"] = percents
    seen["counts"] = [answer.TotalCount, answer.ScanMachineCount, answer.RiskMachineCount, answer.RiskEventCount]
    seen["left"] = answer.ScanLeftTime
    seen["pages"] = []
    for offset in (0, 2, 4):
        details.Offset = offset
        rows = cwp.DescribeScanTaskDetails(details).ScanTaskDetailList
        seen["pages"].append([[row.HostName, row.Status, row.MachineExtraInfo.InstanceID] for row in rows])
    other = cwp.ScanVul(asked(models.ScanVulRequest, VulLevels="0", HostType=1)).TaskId
    cwp.DeleteScanTask(asked(models.DeleteScanTaskRequest, ModuleType="Vul", TaskId=other))
    stopped = cwp.DescribeScanTaskDetails(asked(models.DescribeScanTaskDetailsRequest, ModuleType="Vul", TaskId=other))
    seen["stopped"] = [stopped.StoppingAll, sorted({row.Status for row in stopped.ScanTaskDetailList})]
    baseline = cwp.StartBaselineDetect(asked(models.StartBaselineDetectRequest, Param={"PolicyIds": [2]})).TaskId
    answer = cwp.DescribeScanTaskDetails(
        asked(models.DescribeScanTaskDetailsRequest, ModuleType="Baseline", TaskId=baseline)
    )
    seen["content"] = answer.ScanContent
    seen["schedule"] = cwp.DescribeScanSchedule(asked(models.DescribeScanScheduleRequest, TaskId=task)).Schedule
    labels = cwp.DescribeScanTaskStatus(asked(models.DescribeScanTaskStatusRequest, ModuleType="Vul")).State
    seen["labels"] = [labels.Scanning, labels.Ok, labels.Fail, labels.Stop]
    seen["machines"] = machines(cwp)
    seen["again"] = again(cwp, other)
    seen["errors"] = [refused(cwp, name, members) for name, members in REFUSALS]
    return seen


def machines(cwp) -> dict:
    """The fleet: every member of a machine, page by page, and what filters choose."""
    here = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    first = cwp.DescribeMachines(asked(models.DescribeMachinesRequest, Limit=2, **here))
    last = cwp.DescribeMachines(asked(models.DescribeMachinesRequest, Limit=2, Offset=2, **here))
    rows = [*first.Machines, *last.Machines]
    chosen = {}
    for name, value in (("Names", "web"), ("Risk", "yes"), ("AgentStatus", "ONLINE"), ("Quuid", "q-db-1")):
        filters = [{"Name": name, "Values": [value], "ExactMatch": False}]
        answer = cwp.DescribeMachines(asked(models.DescribeMachinesRequest, Filters=filters, **here))
        chosen[name] = [row.MachineName for row in answer.Machines]
    elsewhere = asked(models.DescribeMachinesRequest, MachineType="CVM", MachineRegion="ap-guangzhou")
    return {
        "rows": [[row.MachineName, row.RegionInfo.Region, row.MachineType, row.MalwareNum] for row in rows],
        "empty": sorted({name for row in rows for name, value in vars(row).items() if value is None}),
        "total": [first.TotalCount, last.TotalCount, cwp.DescribeMachines(elsewhere).TotalCount],
        "chosen": chosen,
    }


def again(cwp, task: int) -> list[int]:
    """A stopped task runs once more, for one machine with a time of its own, then for the others."""
    one = {"QuuidList": ["q-web-1"], "TimeoutPeriod": 60}
    first = asked(models.ScanTaskAgainRequest, ModuleType="Vul", TaskId=task, **one)
    rest = asked(models.ScanTaskAgainRequest, ModuleType="Vul", TaskId=task)
    answers = [cwp.ScanTaskAgain(first), cwp.ScanTaskAgain(rest)]
    return [number for answer in answers for number in (answer.SuccessCount, answer.BasicVersionCount)]


REFUSALS = (
    ("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": 10**6}),
    ("DescribeScanTaskDetails", {"ModuleType": "Vul"}),
    ("DescribeAssetInfo", {}),
)


def refused(cwp, name: str, members: dict) -> list[str]:
    """Code and request id of the exception that the SDK raises."""
    try:
        getattr(cwp, name)(asked(getattr(models, f"{name}Request"), **members))
    except TencentCloudSDKException as error:
        return [error.get_code(), error.get_request_id() or ""]
    return []


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
