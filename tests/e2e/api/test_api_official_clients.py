"""The official Python SDK and tccli, unmodified, against a real server."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from api_bench import SECRET, SECRET_ID
from api_server import ApiServer

SCRIPTS = Path(__file__).parent / "scripts"
PATIENCE = 120

pytestmark = pytest.mark.needs("clients")


def run(command: list[str], home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """A client's process, with an empty home and no proxy."""
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    settings = {"HOME": str(home), "TENCENTCLOUD_SECRET_ID": SECRET_ID, "TENCENTCLOUD_SECRET_KEY": SECRET}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, env=plain | settings | env, cwd=home
    )


def script(clients: Path, name: str, server: ApiServer, home: Path) -> dict:
    """What a script with the SDK saw; the SDK must have nothing to complain of."""
    done = run([str(clients / "bin/python"), str(SCRIPTS / name), server.endpoint], home)
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the SDK tells of members it doesn't know
    return json.loads(done.stdout)


@pytest.mark.usefixtures("working")
def test_the_sdk_starts_watches_pages_and_stops(clients: Path, server: ApiServer, tmp_path: Path):
    """The story of a user's script."""
    seen = script(clients, "sdk_story.py", server, tmp_path)
    assert (seen["before"], seen["left"]) == (0, 0)
    assert (seen["percents"][-1], seen["percents"]) == (100, sorted(seen["percents"]))
    assert len(set(seen["percents"])) > 2
    assert seen["counts"] == [3, 3, 3, 3]
    assert seen["pages"] == [
        [["web-1", "Ok", "q-web-1"], ["web-2", "Ok", "q-web-2"]],
        [["db-1", "Ok", "q-db-1"]],
        [],
    ]
    assert seen["stopped"] == [False, ["Stop"]]
    assert seen["content"] == ["SSH server"]
    assert (seen["schedule"], seen["labels"]) == (100, ["扫描中", "已完成", "扫描失败", "已停止"])  # the SDK's language
    assert seen["machines"] == {
        "rows": [[name, "ap-others", "Other", 1] for name in ("web-1", "web-2", "db-1")],
        "empty": [],
        "total": [3, 3, 0],
        "chosen": {
            "Names": ["web-1", "web-2"], "Risk": ["web-1", "web-2", "db-1"],
            "AgentStatus": ["web-1", "web-2", "db-1"], "Quuid": ["db-1"],
        },
    }  # fmt: skip
    assert seen["again"] == [1, 0, 2, 0]
    assert [code for code, _ in seen["errors"]] == ["InvalidParameterValue", "MissingParameter", "UnsupportedOperation"]
    assert all(len(request_id) == 36 for _, request_id in seen["errors"])


def test_every_way_of_the_sdk_to_reach_a_server_works(clients: Path, server: ApiServer, tmp_path: Path):
    """Hosts, gateways, unsigned bodies, the asynchronous and the common client; and what is refused."""
    seen = script(clients, "sdk_variants.py", server, tmp_path)
    ways = ("plain", "localhost", "gateway", "unsigned", "v1", "async", "hostward")
    assert {name: seen[name] for name in ways} == dict.fromkeys(ways, 0)
    assert {name: seen[name] for name in ("wrong_secret", "unknown_id", "token")} == {
        "wrong_secret": "AuthFailure.SignatureFailure",
        "unknown_id": "AuthFailure.SecretIdNotFound",
        "token": "AuthFailure.TokenFailure",
    }
    assert "ModuleType" in seen["chinese"]
    assert "缺少" in seen["chinese"]


def tccli(clients: Path, server: ApiServer, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of tccli over plain HTTP, which it does only with a URL for an endpoint."""
    command = [str(clients / "bin/tccli"), "cwp", *arguments, "--endpoint", f"http://{server.endpoint}"]
    return run(command, home, TENCENTCLOUD_REGION="ap-guangzhou")


@pytest.mark.usefixtures("working")
def test_tccli_starts_a_scan_and_reads_it(clients: Path, server: ApiServer, tmp_path: Path):
    """As somebody types it."""
    started = tccli(clients, server, tmp_path, "ScanVul", "--VulLevels", "0", "--HostType", "1")
    assert started.returncode == 0, started.stderr
    task = json.loads(started.stdout)["TaskId"]
    shown = tccli(
        clients, server, tmp_path, "DescribeScanTaskDetails", "--ModuleType", "Vul", "--TaskId", str(task),
        "--Filters", '[{"Name":"HostName","Values":["web"],"ExactMatch":false}]',
    )  # fmt: skip
    assert shown.returncode == 0, shown.stderr
    answer = json.loads(shown.stdout)
    assert ([row["HostName"] for row in answer["ScanTaskDetailList"]], answer["ScanMachineCount"]) == (
        ["web-1", "web-2"], 3,
    )  # fmt: skip
    stopped = tccli(clients, server, tmp_path, "DeleteScanTask", "--ModuleType", "Vul", "--TaskId", str(task))
    assert (stopped.returncode, list(json.loads(stopped.stdout))) == (0, ["RequestId"])


@pytest.mark.usefixtures("working")
def test_tccli_lists_machines_and_runs_a_task_again(clients: Path, server: ApiServer, tmp_path: Path):
    """The four actions around a task."""

    def answer(*arguments: str) -> dict:
        done = tccli(clients, server, tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    labels = answer("DescribeScanTaskStatus", "--ModuleType", "Malware", "--language", "zh-CN")
    assert labels["State"] == {"Scanning": "扫描中", "Ok": "已完成", "Fail": "扫描失败", "Stop": "已停止"}
    task = str(answer("ScanVul", "--VulLevels", "0", "--HostType", "1")["TaskId"])
    answer("DeleteScanTask", "--ModuleType", "Vul", "--TaskId", task)
    assert answer("DescribeScanSchedule", "--TaskId", task)["Schedule"] == 100
    again = answer("ScanTaskAgain", "--ModuleType", "Vul", "--TaskId", task, "--QuuidList", '["q-db-1"]')
    assert (again["SuccessCount"], again["BasicVersionCount"]) == (1, 0)
    assert answer("DescribeScanSchedule", "--TaskId", task)["Schedule"] < 100
    listed = answer(
        "DescribeMachines", "--MachineType", "Other", "--MachineRegion", "ap-others", "--Limit", "1", "--Offset", "1",
        "--Filters", '[{"Name":"Names","Values":["web"],"ExactMatch":false}]',
    )  # fmt: skip
    assert ([one["MachineName"] for one in listed["Machines"]], listed["TotalCount"]) == (["web-2"], 2)


def test_tccli_shows_a_refusal(clients: Path, server: ApiServer, tmp_path: Path):
    """Exit code, code, message and RequestId."""
    refused = tccli(clients, server, tmp_path, "DescribeScanState", "--ModuleType", "Trojan")
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert ("code:InvalidParameterValue" in said, "Malware, Vul, Baseline" in said) == (True, True)
