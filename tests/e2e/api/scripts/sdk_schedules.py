"""Schedules and what else belongs to the life of a scan, with the official Python SDK's own models.

argv: endpoint. Prints what it saw as JSON.
"""

import json
import sys

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

KEY = Credential("AKIDtest", "secret-of-the-test")
VUL = {
    "TimerInterval": 3, "VulCategories": [1, 4], "VulLevels": [3, 4], "TimerTime": "02:30:00", "VulEmergency": 0,
    "StartTime": "02:00", "EndTime": "05:00", "EnableScan": 1, "Uuids": ["u-db-1"],
}  # fmt: skip
MALWARE = {
    "CheckPattern": 0, "StartTime": "22:00:00", "EndTime": "06:00:00", "IsGlobal": 2, "EnableScan": 1,
    "MonitoringPattern": 0, "Cycle": 1, "RealTimeMonitoring": 0, "QuuidList": ["q-web-1"], "EngineType": 1,
    "EnableMemShellScan": 1,
}  # fmt: skip


def main(endpoint: str) -> dict:
    """Set, read back, start, look, stop."""
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint))
    cwp = cwp_client.CwpClient(KEY, "", profile)

    def call(action: str, **members) -> dict:
        request = getattr(models, f"{action}Request")()
        request.from_json_string(json.dumps(members))
        return json.loads(getattr(cwp, action)(request).to_json_string())

    def code(action: str, **members) -> str:
        try:
            call(action, **members)
        except TencentCloudSDKException as refusal:
            return refusal.get_code()
        return ""

    seen: dict = {
        "empty": [sorted(call("ScanVulSetting", **VUL)), sorted(call("ModifyMalwareTimingScanSettings", **MALWARE))]
    }
    seen["vul"], seen["malware"] = call("DescribeScanVulSetting"), call("DescribeMalwareTimingScanSetting")
    seen["monitoring"] = code("ModifyMalwareTimingScanSettings", **MALWARE | {"RealTimeMonitoring": 1})
    seen["again"] = code("ScanVulAgain", EventIds="1,2")
    seen["never"] = call("DescribeScanMalwareSchedule")
    baseline = call("ScanBaseline", RuleIdList=[201], QuuidList=["q-db-1"], UuidList=["u-web-2"])
    seen["quuids"] = baseline["ScanningQuuids"]
    seen["progress"] = call("DescribeBaselineScanSchedule", TaskId=baseline["TaskId"])["Schedule"]
    call("StopBaselineDetect", TaskIds=[baseline["TaskId"]])
    seen["stopped"] = call("DescribeBaselineScanSchedule", TaskId=baseline["TaskId"])["Schedule"]
    call("CreateScanMalwareSetting", ScanPattern=1, HostType=1)
    seen["begun"] = call("DescribeScanMalwareSchedule")
    call("DeleteMalwareScanTask")
    seen["over"] = call("DescribeScanMalwareSchedule")
    own = CommonClient("hostward", "2026-12-01", KEY, "", profile)
    schedules = own.call_json("ListSchedules", {})["Response"]["Schedules"]
    seen["schedules"] = [[one["Module"], one["Enabled"], len(one["NextFires"])] for one in schedules]
    task = own.call_json("RunScheduleNow", {"ScheduleId": schedules[0]["ScheduleId"]})["Response"]["TaskId"]
    seen["ran"] = call("DescribeScanTaskDetails", ModuleType="Vul", TaskId=task)["ScanMachineCount"]
    own.call_json("EnableSchedule", {"ScheduleId": schedules[1]["ScheduleId"], "Enabled": False})
    seen["off"] = call("DescribeMalwareTimingScanSetting")["EnableScan"]
    return seen


if __name__ == "__main__":
    json.dump(main(sys.argv[1]), sys.stdout)
