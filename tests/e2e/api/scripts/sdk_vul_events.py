"""A user's script with the official Python SDK: what vulnerabilities machines have, and what becomes of them.

argv: endpoint. Prints what it saw as JSON.
"""

import json
import sys
import time
import urllib.request

from sdk_fleet import PATIENCE, Asker


def lines(ask: Asker, which: str) -> list[list[str]]:
    """The rows of an export's CSV file: its first four columns."""
    give_up = time.monotonic() + PATIENCE
    while (said := ask("ExportTasks", TaskId=which)).Status == "PENDING" and time.monotonic() < give_up:
        time.sleep(0.05)
    with urllib.request.urlopen(said.DownloadUrl.replace("format=xlsx", "format=csv")) as answer:
        return [line.split(",")[:4] for line in answer.read().decode("utf-8-sig").splitlines()[1:]]


def pages(ask: Asker, action: str, member: str, **more) -> list:
    """All rows, one a page."""
    found: list = []
    total = 1
    while len(found) < total:
        said = ask(action, Limit=1, Offset=len(found), **more)
        total = said.TotalCount
        found += getattr(said, member)
    return found


def main(endpoint: str) -> dict:
    """The story."""
    ask = Asker(endpoint)
    rows = pages(ask, "DescribeVulList", "VulInfoList")
    worst = rows[0]
    hosts = pages(ask, "DescribeVulEffectHostList", "VulEffectHostList", VulId=worst.VulId)
    whole = ask("DescribeVulHostCountScanTime")
    seen = {
        "list": [[one.CveId, one.Status, one.StatusStr, one.HostCount, one.Level, one.Labels] for one in rows],
        "states": {
            state: [
                one.CveId
                for one in ask("DescribeVulList", Limit=9, Filters=[{"Name": "Status", "Values": [state]}]).VulInfoList
            ]
            for state in "0135"
        },
        "hosts": [[one.AliasName, one.Status, one.HostIp, one.MachineExtraInfo.HostName] for one in hosts],
        "events": worst.Ids == ",".join(str(one.EventId) for one in hosts),
        "levels": [[one.VulLevel, one.Count] for one in ask("DescribeVulLevelCount").VulLevelList],
        "top": [[one.VulId == worst.VulId, one.VulCount] for one in ask("DescribeVulTop", Top=1).VulTopList],
        "whole": [whole.TotalVulCount, whole.VulHostCount, whole.IfFirstScan, whole.TaskId, whole.hadAutoFixVul],
        "fixed": [bool(whole.ScanTime), bool(whole.LastFixTime)],
        "files": lines(ask, ask("ExportVulList", IfDetail=1).TaskId),
        "file": len(lines(ask, ask("ExportVulEffectHostList", VulId=worst.VulId).TaskId)),
        "packages": [
            [one.Name, one.Version, one.Type, one.MachineName]
            for one in ask("DescribeAssetSystemPackageList", Quuid="q-web-1").Packages
        ],
    }
    again = ask("ScanVulAgain", EventIds=str(hosts[0].EventId), Uuids=hosts[0].Uuid)
    state = ask("DescribeScanState", ModuleType="Vul")
    details = ask("DescribeScanTaskDetails", ModuleType="Vul", TaskId=state.TaskId)
    seen["again"] = [again.SuccessCount, state.VulId == [worst.VulId], details.ScanMachineCount]
    seen["looked_for"] = [
        [one.CveId, one.Status, one.StatusStr, one.HostCount, one.TaskId == state.TaskId]
        for one in ask("DescribeVulList", Filters=[{"Name": "Status", "Values": ["5"]}]).VulInfoList
    ]
    seen["errors"] = [
        ask.code("DescribeVulList", Filters=[{"Name": "AttackLevel", "Values": ["1"]}]),
        ask.code("DescribeVulEffectHostList", VulId=9999, Limit=1, Offset=0),
        ask.code("DescribeVulTop", Top=101),
        ask.code("ScanVulAgain", EventIds="1,2"),
        ask.code("ExportVulEffectHostList", VulId=9999),
        ask.code("DescribeAssetSystemPackageList"),
    ]
    return seen


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])))
