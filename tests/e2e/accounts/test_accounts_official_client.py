"""A real server, its commands beside it, and the official Python SDK with keys and temporary keys made there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from capabilities import official_clients
from running import Up, up

SDK = """
import json, os, sys
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

def client(key, method="TC3-HMAC-SHA256", service="hostward", version="2026-12-01"):
    profile = ClientProfile(signMethod=method, httpProfile=HttpProfile(protocol="http", endpoint=sys.argv[1]))
    return CommonClient(service, version, key, "", profile)

def code(work):
    try:
        work()
    except TencentCloudSDKException as error:
        return error.code
    return ""

key = credential.Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
made = client(key).call_json("CreateTemporaryToken", {"DurationSeconds": 600, "Role": "auditor"})["Response"]
parts = made["TmpSecretId"], made["TmpSecretKey"]
temporary = credential.Credential(*parts, made["Token"])
state = {"ModuleType": "Vul"}
said = {
    "temporary": code(lambda: client(temporary).call_json("ListScanTasks", {})),
    "v1": [code(lambda m=m: client(temporary, m, "cwp", "2018-02-28").call_json("DescribeScanState", state))
           for m in ("HmacSHA1", "HmacSHA256")],
    "fewer rights": code(lambda: client(temporary).call_json("RunScheduleNow", {})),
    "no token": code(lambda: client(credential.Credential(*parts)).call_json("ListScanTasks", {})),
    "wrong token": code(lambda: client(credential.Credential(*parts, "x")).call_json("ListScanTasks", {})),
    "denied": code(lambda: client(key).call_json("ListUsers", {})),
}
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data directory."""
    return tmp_path_factory.mktemp("accounts") / "data"


@pytest.fixture(scope="module")
def server(data: Path):
    """A server."""
    with up(data, "--no-scan") as running:
        yield running


def hostward(data: Path, *words: str) -> str:
    """A command beside the server: its output."""
    done = subprocess.run(
        [sys.executable, "-m", "hostward", *words, "--data", str(data)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.needs("clients")
def test_the_official_client_uses_keys_and_temporary_keys(server: Up, data: Path, tmp_path: Path) -> None:
    """With every signature, and each refusal under its code."""
    hostward(data, "user", "add", "ann", "--role", "operator")
    key = json.loads(hostward(data, "key", "create", "ann", "-o", "json"))
    environment = os.environ | {
        "HOME": str(tmp_path), "TENCENTCLOUD_SECRET_ID": key["SecretId"], "TENCENTCLOUD_SECRET_KEY": key["SecretKey"],
    }  # fmt: skip
    clients = official_clients()
    assert clients is not None
    done = subprocess.run(
        [clients / "bin" / "python", "-c", SDK, server.endpoint],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    denied, wrong = "AuthFailure.UnauthorizedOperation", "AuthFailure.TokenFailure"
    assert json.loads(done.stdout) == {
        "temporary": "", "v1": ["", ""], "fewer rights": denied, "no token": wrong, "wrong token": wrong,
        "denied": denied,
    }  # fmt: skip


def test_a_request_over_the_network_is_found_beside_the_server(server: Up, data: Path) -> None:
    """Seconds later, with key, source and duration; and the key knows its last use."""
    answer = server.call("ListScanTasks", service="hostward", version="2026-12-01")
    for _ in range(100):
        done = subprocess.run(
            [sys.executable, "-m", "hostward", "request", answer["RequestId"], "-o", "json", "--data", str(data)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            break
    facts = json.loads(done.stdout)
    assert (facts["user"], facts["key"], facts["source"], facts["action"]) == (
        "admin", server.ready["secret_id"], "127.0.0.1", "hostward ListScanTasks",
    )  # fmt: skip
    keys = json.loads(hostward(data, "key", "ls", "admin", "-o", "json"))
    assert keys[0]["LastUsedTime"] != ""


def test_the_log_of_a_server_is_whole_after_kill(data: Path, tmp_path: Path) -> None:
    """What was answered is in it: a change and its entry are one transaction."""
    other = tmp_path / "data"
    with up(other, "--no-scan") as running:
        for number in range(5):
            made = running.call(
                "CreateUser", service="hostward", version="2026-12-01", UserName=f"u{number}", Role="auditor"
            )
            assert made["User"]["UserName"] == f"u{number}"
        running.kill()
    assert "5 entries, whole" in hostward(other, "audit", "verify")
    assert hostward(other, "user", "ls").count("auditor") == 5
