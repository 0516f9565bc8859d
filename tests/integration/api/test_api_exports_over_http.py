"""Exports of a real fleet, fetched by a plain HTTP client over the link that it was given."""

import http.client
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api_bench import Answer
from api_server import ApiServer
from export_bench import csv_rows, xlsx_rows
from hostward.domain.module import Module
from hostward.runtime.clock import SystemClock
from hostward.wiring.exports import open_exports
from small_fleet import Fleet, finding

HOSTILE = "=cmd|' /C calc'!A0"
PATIENCE = 20


def good(answer: Answer) -> dict:
    """A Response that is no error."""
    assert answer.code == "", answer.response
    return answer.response


def finished(server: ApiServer, request: dict) -> dict:
    """The answer of ExportTasks once the export is ready."""
    which = good(server.call("ExportScanTaskDetails", request))["TaskId"]
    give_up = time.monotonic() + PATIENCE
    while (said := good(server.call("ExportTasks", {"TaskId": which})))["Status"] == "PENDING":
        assert time.monotonic() < give_up
        time.sleep(0.02)
    assert said["Status"] == "FINISHED"
    return said


def fetched(url: str) -> tuple[int, dict[str, str], bytes]:
    """What is behind a link, as any browser gets it."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@pytest.fixture
def task(fleet: Fleet) -> int:
    """A malware scan: one machine at risk, one that calls itself a formula, one still waiting."""
    last = fleet.machines[1]
    fleet.session(replace(last, facts=replace(last.facts, host_name=HOSTILE)), "renamed")
    which = fleet.start(Module.MALWARE)
    fleet.finish(fleet.machines[0], fleet.lease(fleet.machines[0]), finding("/tmp/x"))
    fleet.finish(fleet.machines[1], fleet.lease(fleet.machines[1]))
    return which


def test_an_export_is_what_the_details_show(server: ApiServer, task: int):
    """Machine by machine, whatever they call themselves, in both files."""
    request = {"ModuleType": "Malware", "TaskId": task}
    details = good(server.call("DescribeScanTaskDetails", request | {"Limit": 100}))["ScanTaskDetailList"]
    said = finished(server, request)
    code, headers, data = fetched(said["DownloadUrl"])
    assert (code, headers["x-content-type-options"]) == (200, "nosniff")
    assert headers["content-disposition"] == f'attachment; filename="{said["FileName"]}"'
    rows = xlsx_rows(data)[1:]
    assert [[row[0], row[6], row[9], row[10], row[11]] for row in rows] == [
        [one["HostName"], str(one["RiskNum"]), one["Description"], one["Quuid"], one["Uuid"]] for one in details
    ]
    assert HOSTILE in [row[0] for row in rows]
    in_csv = csv_rows(fetched(said["DownloadUrl"].replace("format=xlsx", "format=csv"))[2])[1:]
    assert "'" + HOSTILE in [row[0] for row in in_csv]


@pytest.mark.parametrize(
    "one",
    [
        {"Name": "Status", "Values": ["Ok"]},
        {"Name": "Status", "Values": ["Fail"]},
        {"Name": "RiskOnly", "Values": ["true"]},
        {"Name": "ipOrAlias", "Values": ["web-1", "db"]},
        {"Name": "Quuid", "Values": ["q-db-1"]},
    ],
    ids=str,
)
def test_an_export_has_exactly_the_machines_that_match(server: ApiServer, task: int, one: dict):
    """The same that the details show with this filter."""
    request = {"ModuleType": "Malware", "TaskId": task, "Filters": [one]}
    details = good(server.call("DescribeScanTaskDetails", request | {"Limit": 100}))["ScanTaskDetailList"]
    rows = xlsx_rows(fetched(finished(server, request)["DownloadUrl"])[2])[1:]
    assert [row[10] for row in rows] == [row["Quuid"] for row in details]


def test_a_remark_written_by_the_api_finds_its_machine_in_exports(server: ApiServer, task: int):
    """Keywords look into remarks."""
    good(server.call("ModifyMachineRemark", {"Quuid": "q-db-1", "Remark": "payroll"}))
    filters = [{"Name": "Keywords", "Values": ["PAYROLL"]}]
    said = finished(server, {"ModuleType": "Malware", "TaskId": task, "Filters": filters})
    assert [row[10] for row in xlsx_rows(fetched(said["DownloadUrl"])[2])[1:]] == ["q-db-1"]


def test_tags_choose_machines(server: ApiServer, fleet: Fleet):
    """From EditTags over DescribeTags to the filter TagId."""
    good(server.call("EditTags", {"Name": "web", "Quuids": ["q-web-1", "q-web-2"]}))
    (tag,) = good(server.call("DescribeTags", {}))["List"]
    assert (tag["Name"], tag["Count"]) == ("web", 2)
    here = {"MachineType": "ALL", "MachineRegion": "all-regions"}
    chosen = {"Filters": [{"Name": "TagId", "Values": [str(tag["Id"])]}]}
    found = good(server.call("DescribeMachines", here | chosen))
    assert [one["Quuid"] for one in found["Machines"]] == ["q-web-1", "q-web-2"]
    assert found["Machines"][0]["Tag"] == [{"Rid": 0, "Name": "web", "TagId": tag["Id"]}]
    elsewhere = {"Filters": [{"Name": "TagId", "Values": ["999"]}]}
    assert good(server.call("DescribeMachines", here | elsewhere))["TotalCount"] == 0


def test_what_is_below_export_is_a_link_or_nothing(server: ApiServer, task: int):
    """No path leads into the file system."""
    good(server.call("DescribeScanState", {"ModuleType": "Malware"}))
    base = f"http://{server.endpoint}/export/"
    for path in ("", "..%2f..%2fsecret.key?sign=x", "%00", "x" * 5000, "0" * 32):
        assert fetched(base + path)[0] == 404


def test_links_survive_a_restart(tmp_path: Path):
    """The key is made of the directory's own, so that another process takes the same links."""
    clock = SystemClock()
    first, second = open_exports(tmp_path, clock), open_exports(tmp_path, clock)
    assert first._key == second._key
    assert len(first._key) == 32
    assert first._key != (tmp_path / "secret.key").read_bytes()
