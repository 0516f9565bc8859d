"""The official Python SDK and tccli, unmodified, drive a real server from start to stop."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import planted
from running import Up, up

SDK = """
import json, os, sys, time
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cwp.v20180228 import cwp_client, models

endpoint, quick, slow = sys.argv[1:]
key = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
client = cwp_client.CwpClient(key, "", ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint)))

def started(path):
    ask = models.CreateScanMalwareSettingRequest()
    ask.ScanPattern, ask.HostType, ask.CustomPaths = 2, 1, [path]
    return client.CreateScanMalwareSetting(ask).TaskId

def details(task, **members):
    ask = models.DescribeScanTaskDetailsRequest()
    ask.ModuleType, ask.TaskId = "Malware", task
    for name, value in members.items():
        setattr(ask, name, value)
    return client.DescribeScanTaskDetails(ask)

def finished(task):
    while (answer := details(task)).ScanProgress < 100:
        time.sleep(0.1)
    return answer

said = {}
task = started(quick)
whole = finished(task)
said["whole"] = [whole.ScanProgress, whole.RiskEventCount, whole.ScanTaskDetailList[0].Status, whole.Type]
said["page"] = [details(task, Limit=1, Offset=1).TotalCount, len(details(task, Limit=1, Offset=1).ScanTaskDetailList)]
only = models.Filters()
only.Name, only.Values = "Status", ["Fail"]
said["filtered"] = details(task, Filters=[only]).TotalCount
slow_task = started(slow)
stop = models.DeleteScanTaskRequest()
stop.TaskId, stop.ModuleType = slow_task, "Malware"
client.DeleteScanTask(stop)
said["stopped"] = finished(slow_task).ScanTaskDetailList[0].Status
state = models.DescribeScanStateRequest()
state.ModuleType = "Malware"
said["state"] = client.DescribeScanState(state).ScanState
try:
    details(999)
except TencentCloudSDKException as error:
    said["error"] = [error.code, bool(error.requestId)]
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """One server for both clients."""
    with up(tmp_path_factory.mktemp("clients") / "data", "--no-scan") as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two finds."""
    return planted.tree(tmp_path_factory.mktemp("tree"), files=500, planted=2)


def environment(server: Up, home: Path) -> dict[str, str]:
    """What a user exports, and a home of their own."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TENCENTCLOUD_SECRET_ID": server.ready["secret_id"],
        "TENCENTCLOUD_SECRET_KEY": server.ready["secret_key"],
        "TENCENTCLOUD_REGION": "ap-guangzhou",
    }


def test_the_python_sdk_starts_polls_pages_and_stops(server: Up, clients: Path, folder: Path, tmp_path: Path):
    """Everything the page of DescribeScanTaskDetails promises to a program."""
    done = subprocess.run(
        [clients / "bin/python", "-c", SDK, server.endpoint, str(folder), "/usr"],
        env=environment(server, tmp_path), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "whole": [100, 2, "Ok", 0],
        "page": [1, 0],
        "filtered": 0,
        "stopped": "Stop",
        "state": 4,
        "error": ["InvalidParameterValue", True],
    }


def tccli(server: Up, clients: Path, home: Path, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One call with Tencent Cloud's command line."""
    return subprocess.run(
        [clients / "bin/tccli", "cwp", action, *arguments, "--endpoint", f"http://{server.endpoint}"],
        env=environment(server, home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_tccli_starts_polls_and_stops(server: Up, clients: Path, folder: Path, tmp_path: Path):
    """The same by hand."""
    arguments = ("--ScanPattern", "2", "--HostType", "1", "--CustomPaths", json.dumps([str(folder)]))
    started = tccli(server, clients, tmp_path, "CreateScanMalwareSetting", *arguments)
    task = str(json.loads(started.stdout)["TaskId"])
    server.finished("Malware", int(task))
    shown = tccli(server, clients, tmp_path, "DescribeScanTaskDetails", "--ModuleType", "Malware", "--TaskId", task)
    details = json.loads(shown.stdout)
    assert (details["ScanProgress"], details["RiskEventCount"], shown.stderr) == (100, 2, "")
    stopped = tccli(server, clients, tmp_path, "DeleteScanTask", "--ModuleType", "Malware", "--TaskId", task)
    assert set(json.loads(stopped.stdout)) == {"RequestId"}


def test_tccli_shows_our_error_in_words(server: Up, clients: Path, tmp_path: Path):
    """Code, message and RequestId on stderr; tccli asks for Chinese unless it is told otherwise."""
    shown = tccli(server, clients, tmp_path, "DescribeScanTaskDetails", "--ModuleType", "Vul", "--TaskId", "999")
    assert shown.returncode == 255
    assert "InvalidParameterValue" in shown.stderr
    assert "TaskId 999 不是 Vul 任务" in shown.stderr
    assert "requestId:" in shown.stderr
