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
    seen["errors"] = [refused(cwp, name, members) for name, members in REFUSALS]
    return seen


REFUSALS = (
    ("DescribeScanTaskDetails", {"ModuleType": "Vul", "TaskId": 10**6}),
    ("DescribeScanTaskDetails", {"ModuleType": "Vul"}),
    ("DescribeMachines", {"MachineType": "CVM", "MachineRegion": "ap-others"}),
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
