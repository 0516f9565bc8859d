"""Schedules and the rest of a scan's life with the official Python SDK, unmodified, against a real server."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from api_server import ApiServer

SCRIPT = Path(__file__).parent / "scripts" / "sdk_schedules.py"
PATIENCE = 120
VUL = {
    "TimerInterval": 3, "VulCategories": "1,4", "VulLevels": "3,4", "TimerTime": "02:30:00", "VulEmergency": 0,
    "StartTime": "02:00", "EndTime": "05:00", "EnableScan": 1, "Uuids": ["u-db-1"], "ClickTimeout": 3600,
    "ScanMethod": 0,
}  # fmt: skip
MALWARE = {
    "CheckPattern": 0, "StartTime": "22:00:00", "EndTime": "06:00:00", "IsGlobal": 2, "EnableScan": 1,
    "MonitoringPattern": 0, "Cycle": 1, "RealTimeMonitoring": 0, "QuuidList": ["q-web-1"], "EngineType": 1,
    "EnableMemShellScan": 1, "AutoIsolation": 0, "KillProcess": 0, "DoClean": 0, "Id": 2, "ClickTimeout": 3600,
}  # fmt: skip

pytestmark = pytest.mark.needs("clients")


@pytest.fixture
def seen(clients: Path, server: ApiServer, tmp_path: Path) -> dict:
    """What the script saw; the SDK must have nothing to complain of."""
    plain = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [str(clients / "bin/python"), str(SCRIPT), server.endpoint], capture_output=True, text=True,
        timeout=PATIENCE, env=plain | {"HOME": str(tmp_path)}, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the SDK tells of members it doesn't know
    return json.loads(done.stdout)


def part(answer: dict, of: dict) -> dict:
    """The members of an answer that another has."""
    return {name: answer.get(name) for name in of}


def test_the_sdk_sets_reads_starts_and_stops(seen: dict):
    """Every action of the room, through the SDK's own models."""
    assert seen["empty"] == [["RequestId"], ["RequestId"]]
    assert (part(seen["vul"], VUL), part(seen["malware"], MALWARE)) == (VUL, MALWARE)
    assert (seen["monitoring"], seen["again"]) == ("InvalidParameterValue", "InvalidParameterValue")
    states = [(seen[name]["ScanStatus"], seen[name]["IsSchedule"]) for name in ("never", "begun", "over")]
    assert states == [(0, False), (1, True), (4, False)]
    assert (seen["quuids"], seen["progress"], seen["stopped"]) == (["q-db-1", "q-web-2"], 0, 100)
    assert seen["schedules"] == [["Vul", True, 3], ["Malware", True, 3]]
    assert (seen["ran"], seen["off"]) == (1, 0)
