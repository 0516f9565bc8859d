"""The actions of a fleet and exports, by the official SDK and tccli, unmodified."""

import json
import time
import urllib.request
from pathlib import Path

import pytest

from api_server import ApiServer
from client_process import PATIENCE, run

SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.needs("clients")


def test_the_sdk_tends_a_fleet_and_exports_a_task(clients: Path, server: ApiServer, tmp_path: Path):
    """The story of a user's script; the SDK has nothing to complain of."""
    done = run([str(clients / "bin/python"), str(SCRIPTS / "sdk_fleet.py"), server.endpoint], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the SDK tells of members it doesn't know
    assert json.loads(done.stdout) == {
        "info": ["web-1", "ONLINE", "PRO_VERSION", "u-web-1"],
        "regions": [0, ["ap-others"], ["ap-others"]],
        "general": [3, 3, 0],
        "systems": [["Debian GNU/Linux 12", 0]],
        "editions": 3,
        "tags": [[], [["web", 2], ["old", 0]], [["front", 2], ["old", 1]], []],
        "machines": [["db-1", "payroll", "old"]],
        "export": {
            "status": "FINISHED", "is_text": True, "zip": "PK", "lines": 3, "hosts": ["web-1", "web-2"],
            "attachment": True,
        },
        "errors": [
            "ResourceNotFound", "InvalidParameterValue.TagNameLengthLimit", "ResourceNotFound", "ResourceNotFound",
            "InvalidParameterValue",
        ],
    }  # fmt: skip


def test_tccli_exports_a_task(clients: Path, server: ApiServer, tmp_path: Path):
    """The link leads to the host that tccli was told, though its Host header is a URL."""

    def answer(*arguments: str) -> dict:
        command = [str(clients / "bin/tccli"), "cwp", *arguments, "--endpoint", f"http://{server.endpoint}"]
        done = run(command, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    task = str(answer("ScanVul", "--VulLevels", "0", "--HostType", "1")["TaskId"])
    which = answer("ExportScanTaskDetails", "--ModuleType", "Vul", "--TaskId", task)["TaskId"]
    give_up = time.monotonic() + PATIENCE
    while (said := answer("ExportTasks", "--TaskId", which))["Status"] == "PENDING":
        assert time.monotonic() < give_up
    assert said["DownloadUrl"].startswith(f"http://{server.endpoint}/export/{which}?")
    with urllib.request.urlopen(said["DownloadUrl"]) as got:
        assert got.read(2) == b"PK"
