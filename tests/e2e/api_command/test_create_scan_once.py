"""CreateScan against a real server, by the official Python SDK and by hostward api: one scan for each token."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from capabilities import official_clients
from running import Up, environment, up

VERSION = "2026-12-01"
SDK = """
import json, os, sys
from concurrent.futures import ThreadPoolExecutor
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

key = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])

def create(**parameters):
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=sys.argv[1]))
    client = CommonClient("hostward", "2026-12-01", key, "", profile)
    try:
        return client.call_json("CreateScan", {"Module": "Baseline"} | parameters)["Response"]
    except TencentCloudSDKException as error:
        return {"Code": error.code}

dry = create(DryRun=True, ClientToken="sdk")
with ThreadPoolExecutor(4) as pool:
    tasks = list(pool.map(lambda _: create(ClientToken="sdk"), range(8)))
other = create(ClientToken="sdk", TimeoutSeconds=60)
print(json.dumps({"dry": dry, "tasks": tasks, "other": other}))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A server with the machine it runs on."""
    with up(tmp_path_factory.mktemp("once") / "data", "--no-scan") as running:
        yield running


def hostward_api(ready: Path, *arguments: str) -> dict:
    """The answer of hostward api."""
    done = subprocess.run(
        [sys.executable, "-m", "hostward", "api", "CreateScan", *arguments, "--ready-file", str(ready)],
        env=environment(), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    answer: dict = json.loads(done.stdout)
    return answer


@pytest.mark.needs("clients")
def test_the_official_client_starts_one_scan_however_often_it_calls(server: Up, tmp_path: Path) -> None:
    """Eight calls, four at a time; a dry run before, and other parameters after them."""
    clients = official_clients()
    assert clients is not None
    ready = server.ready
    done = subprocess.run(
        [clients / "bin" / "python", "-c", SDK, server.endpoint],
        env=os.environ | {
            "HOME": str(tmp_path), "TENCENTCLOUD_SECRET_ID": ready["secret_id"],
            "TENCENTCLOUD_SECRET_KEY": ready["secret_key"],
        },
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["dry"]["TaskId"], said["dry"]["Forecast"][0]["Machines"]) == (0, 1)
    assert len({answer["TaskId"] for answer in said["tasks"]}) == 1
    assert sorted(answer["Repeated"] for answer in said["tasks"]) == [False] + [True] * 7
    assert said["other"] == {"Code": "InvalidParameterValue"}
    assert server.call("ListScanTasks", service="hostward", version=VERSION)["TotalCount"] == 1


def test_a_token_outlives_kill(tmp_path: Path) -> None:
    """What was answered is found again by the next process: by hostward api, as an operator's script calls it."""
    data = tmp_path / "data"
    words = ("--Module", "Baseline", "--Baseline", '{"PolicyIds": [1]}', "--ClientToken", "night")
    with up(data, "--no-scan") as running:
        first = hostward_api(data.with_name("data.ready.json"), *words)
        running.kill()
    with up(data, "--no-scan") as running:
        again = hostward_api(data.with_name("data.ready.json"), *words)
        listed = running.call("ListScanTasks", service="hostward", version=VERSION)
    assert (first["Repeated"], again["Repeated"], listed["TotalCount"]) == (False, True, 1)
    assert (first["TaskId"], first["Machines"]) == (again["TaskId"], again["Machines"])
