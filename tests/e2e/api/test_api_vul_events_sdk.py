"""Vulnerabilities of machines in every state, asked for by the official SDK and tccli, unmodified, of a real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_server import ApiServer, served
from client_process import run
from hostward.domain.ids import RuleId
from hostward.domain.ignoring import IgnoreRule
from hostward.domain.module import Module
from small_fleet import Fleet
from vul_event_scenarios import HAVE
from vul_scenarios import FAR, SSL, XZ, data, import_data

SCRIPTS = Path(__file__).parent / "scripts"

pytestmark = pytest.mark.needs("clients")


@pytest.fixture
def lived(fleet: Fleet) -> Iterator[ApiServer]:
    """web-1 and web-2 have xz; on web-1 a rule ignores nginx's, and a newer feed says nothing of openssl's."""
    import_data(fleet.store, fleet.now)
    fleet.start(Module.VUL)
    for machine in fleet.machines:
        (job,) = fleet.poll(machine, modules=("Vul",)).jobs
        fleet.finish(machine, job.lease, *HAVE.get(machine.facts.host_name, []))
    fleet.later(1)
    rule = IgnoreRule(id=RuleId(1), account=fleet.account, key=FAR, created=fleet.now, changed=fleet.now, owner="admin")
    fleet.store.write_now(lambda uow: uow.ignores.put(rule))
    fleet.later(1)
    newer = [one for one in data()["debian"] if one.id != SSL]
    fleet.store.write_now(
        lambda uow: uow.advisories.replace("debian", newer, ecosystems=("Debian:12",), digest="newer", now=fleet.now)
    )
    with served(fleet.store) as server:
        yield server


def test_the_sdk_follows_the_vulnerabilities_of_machines(clients: Path, lived: ApiServer, tmp_path: Path):
    """The story of a user's script, in the SDK's own language; it has nothing to complain of."""
    done = run([str(clients / "bin/python"), str(SCRIPTS / "sdk_vul_events.py"), lived.endpoint], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "useless" not in done.stdout + done.stderr  # how the SDK tells of members it doesn't know
    xz = "xz-utils: Malicious code in xz"
    assert json.loads(done.stdout) == {
        "list": [
            [XZ, 0, "0", 2, 4, "KNOWN_EXPLOITED,NETWORK"], [FAR, 1, "1", 1, 3, "KNOWN_EXPLOITED"],
            [SSL, 3, "3", 1, 1, ""],
        ],
        "states": {"0": [XZ], "1": [FAR], "3": [SSL], "5": []},
        "hosts": [["web-1", 0, "10.0.0.1", "web-1"], ["web-2", 0, "10.0.0.1", "web-2"]],
        "events": True,
        "levels": [[4, 1], [3, 0], [2, 0], [1, 0]],
        "top": [[True, 2]],
        "whole": [1, 2, False, 0, False],
        "fixed": [True, True],
        "files": [
            [xz, XZ, "严重", "待处理"], [xz, XZ, "严重", "待处理"],
            ["nginx: CVE-2026-0003", FAR, "高危", "已忽略"],
            ["openssl: Timing of a comparison", SSL, "低危", "已修复"],
        ],
        "file": 2,
        "packages": [
            ["bash", "5.2.15-2", "dpkg", "web-1"], ["nginx", "1.22.1-9", "dpkg", "web-1"],
            ["openssl", "3.0.1-1", "dpkg", "web-1"], ["xz-utils", "5.6.0-0.2", "dpkg", "web-1"],
        ],
        "again": [1, True, 1],
        "looked_for": [[XZ, 5, "5", 1, True]],
        "errors": [
            "InvalidParameterValue", "ResourceNotFound", "InvalidParameterValue", "InvalidParameterValue",
            "ResourceNotFound", "MissingParameter",
        ],
    }  # fmt: skip


def test_tccli_follows_the_vulnerabilities_of_machines(clients: Path, lived: ApiServer, tmp_path: Path):
    """By flat parameters."""

    def answer(*arguments: str) -> dict:
        command = [str(clients / "bin/tccli"), "cwp", *arguments, "--endpoint", f"http://{lived.endpoint}"]
        done = run(command, tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    pending = json.dumps([{"Name": "Status", "Values": ["0"]}])
    (row,) = answer("DescribeVulList", "--Filters", pending, "--By", "LastTime", "--Order", "desc")["VulInfoList"]
    assert (row["CveId"], row["HostCount"]) == (XZ, 2)
    page = ("--VulId", str(row["VulId"]), "--Limit", "1", "--Offset", "1")
    (host,) = answer("DescribeVulEffectHostList", *page)["VulEffectHostList"]
    assert host["AliasName"] == "web-2"
    assert [one["Count"] for one in answer("DescribeVulLevelCount", "--VulCategory", "4")["VulLevelList"]] == [
        1,
        0,
        0,
        0,
    ]
    assert [one["VulCount"] for one in answer("DescribeVulTop", "--Top", "9")["VulTopList"]] == [2]
    assert answer("DescribeVulHostCountScanTime")["VulHostCount"] == 2
    assert len(answer("ExportVulList", "--IfDetail", "0", "--Filters", pending)["TaskId"]) == 32
    assert len(answer("ExportVulEffectHostList", "--VulId", str(row["VulId"]))["TaskId"]) == 32
    java = json.dumps([{"Name": "Type", "Values": ["3"]}])
    listed = answer("DescribeAssetSystemPackageList", "--Uuid", "u-web-2", "--Filters", java)
    assert [one["Name"] for one in listed["Packages"]] == ["org.example:jar"]
    assert answer("ScanVulAgain", "--EventIds", row["Ids"])["SuccessCount"] == 2
