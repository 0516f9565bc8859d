"""ExportScanTaskDetails, ExportTasks and the links that they give."""

import asyncio
import threading
from dataclasses import replace

import pytest

from api_bench import KEY, USER, ApiBench
from api_scenarios import done_with_failures, running
from export_bench import csv_rows, fetched, link_parts, written, xlsx_rows
from hostward.api.download import Downloads
from hostward.api.export_cells import HEADER
from hostward.api.hosts import origin_of
from hostward.domain.account import Role
from hostward.domain.ids import UserId

VUL = {"ModuleType": "Vul", "TaskId": 41}


def exported(api: ApiBench, **request) -> str:
    """Begin an export and wait until it is written; its id."""
    options = request.pop("options", {})
    answer = api.call("ExportScanTaskDetails", VUL | request, **options)
    assert answer.code == "", answer.response
    written(api.exports)
    return answer.response["TaskId"]


def status(api: ApiBench, which: str, **options) -> dict:
    """What ExportTasks says."""
    answer = api.call("ExportTasks", {"TaskId": which}, **options)
    assert answer.code == "", answer.response
    return answer.response


def get(api: ApiBench, url: str, method: str = "GET", **changes: str) -> tuple[int, dict, bytes]:
    """What is behind a link, with some of its fields changed."""
    _, path, fields = link_parts(url)
    fields |= changes
    path = fields.pop("path", path)
    query = "&".join(f"{name}={value}" for name, value in fields.items())
    return asyncio.run(fetched(Downloads(api.exports, api.clock), path, query, method))


def test_an_export_has_the_rows_of_the_task():
    """One for each machine, in the task's order, in words and times as the details have them."""
    api = running()
    url = status(api, exported(api))["DownloadUrl"]
    rows = xlsx_rows(get(api, url)[2])
    assert rows[0] == [text.english for text in HEADER]
    details = api.call("DescribeScanTaskDetails", VUL | {"Limit": 100}).response["ScanTaskDetailList"]
    labels = {"Ok": "Done", "Scanning": "Scanning", "Fail": "Failed", "Stop": "Stopped"}
    assert rows[1:] == [
        [
            row["HostName"], row["HostIp"], row["MachineWanIp"], row["OsName"], labels[row["Status"]], "",
            str(row["RiskNum"]), row["ScanBeginTime"], row["ScanEndTime"], row["Description"], row["Quuid"],
            row["Uuid"],
        ]
        for row in details
    ]  # fmt: skip


def test_both_files_have_the_same_rows():
    """The link with format=csv is good too."""
    api = running()
    url = status(api, exported(api))["DownloadUrl"]
    code, headers, data = get(api, url, format="csv")
    assert (code, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert csv_rows(data) == xlsx_rows(get(api, url)[2])


def test_filters_are_those_of_the_details():
    """The export asks the store for the very conditions that the details ask for."""
    api = running()
    filters = [{"Name": "HostName", "Values": ["web"], "ExactMatch": False}, {"Name": "Status", "Values": ["Ok"]}]
    exported(api, Filters=filters)
    asked = api.store.tasks.asked[-1]["conditions"]
    api.call("DescribeScanTaskDetails", VUL | {"Filters": filters})
    assert api.store.tasks.asked[-1]["conditions"] == asked
    assert len(asked) == 2


def test_an_export_speaks_the_callers_language():
    """Header, statuses, failures and descriptions."""
    api = done_with_failures()
    url = status(api, exported(api, options={"extra": {"x-tc-language": "zh-CN"}}))["DownloadUrl"]
    rows = xlsx_rows(get(api, url)[2])
    assert rows[0] == [text.chinese for text in HEADER]
    assert [row[5] for row in rows[1:]] == ["离线", "超时", "失败", "客户端版本过低"]
    assert {row[4] for row in rows[1:]} == {"扫描失败"}


def test_an_export_is_pending_until_it_is_written():
    """Without a link and a name until then; the request does not wait for it."""
    api, go = running(), threading.Event()
    api.exports._writers.submit(go.wait, 30)
    which = api.call("ExportScanTaskDetails", VUL).response["TaskId"]
    assert status(api, which)["Status"] == "PENDING"
    assert (status(api, which)["DownloadUrl"], status(api, which)["FileName"]) == ("", "")
    go.set()
    written(api.exports)
    done = status(api, which)
    assert (done["Status"], done["FileName"]) == ("FINISHED", "vul-scan-41-20261124-120200.xlsx")


def test_an_export_that_fails_says_so():
    """The cause is in the log, not in the answer; another one may be asked for."""
    api = running()
    rows = api.store.tasks.rows[41]
    api.store.tasks.rows[41] = [rows[0]._replace(note_code="no such code")]
    which = exported(api)
    assert (status(api, which)["Status"], status(api, which)["DownloadUrl"]) == ("ERROR", "")
    api.store.tasks.rows[41] = rows
    assert status(api, exported(api))["Status"] == "FINISHED"


def test_a_server_that_ends_leaves_no_export_pending():
    """What waited has failed."""
    api, go = running(), threading.Event()
    api.exports._writers.submit(go.wait, 30)
    which = api.call("ExportScanTaskDetails", VUL).response["TaskId"]
    api.exports._over.set()
    go.set()
    api.exports.close()
    assert status(api, which)["Status"] == "ERROR"


def test_too_many_exports_at_a_time_are_refused():
    """FailedOperation, in words."""
    api, go = running(), threading.Event()
    api.exports._writers.submit(go.wait, 30)
    codes = [api.call("ExportScanTaskDetails", VUL).code for _ in range(6)]
    go.set()
    written(api.exports)
    assert codes == ["", "", "", "", "", "FailedOperation"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"ModuleType": "Malware"}, "InvalidParameterValue"),
        ({"TaskId": 42}, "InvalidParameterValue"),
        ({"TaskId": 0}, "InvalidParameterValue"),
        ({"ModuleType": "Trojan"}, "InvalidParameterValue"),
        ({"Filters": [{"Name": "Color", "Values": ["red"]}]}, "InvalidParameterValue"),
        ({"Limit": 1}, "UnknownParameter"),
    ],
)
def test_what_is_no_task_is_refused_at_once(request_: dict, code: str):
    """In the words of DescribeScanTaskDetails; nothing is kept of it."""
    assert running().call("ExportScanTaskDetails", VUL | request_).code == code


@pytest.mark.parametrize("which", ["", "41", "0" * 32, "../../secret.key", "A" * 32, "\u202e"])
def test_an_export_that_is_not_there_is_not_found(which: str):
    """Whatever its id looks like."""
    api = running()
    exported(api)
    assert api.call("ExportTasks", {"TaskId": which}).code == "ResourceNotFound"


@pytest.mark.parametrize("changes", [{"account": 2}, {"id": UserId(2)}, {"tags": ("env=prod",)}])
def test_an_export_is_nobody_elses(changes: dict):
    """Not even of another user of the account, or after the caller was limited to other machines."""
    api = running()
    which = exported(api)
    other = replace(USER, **changes)
    api.store.accounts.stored["AKIDother"] = replace(KEY, secret_id="AKIDother", user=other)
    assert api.call("ExportTasks", {"TaskId": which}, secret_id="AKIDother").code == "ResourceNotFound"
    assert status(api, which)["Status"] == "FINISHED"


def test_auditors_may_export():
    """They read, and an export is reading."""
    api = running()
    api.set_key(user=replace(USER, role=Role.AUDITOR))
    assert status(api, exported(api))["Status"] == "FINISHED"


def test_an_export_is_an_entry_of_the_audit_log():
    """Data leaves the system by it."""
    api = running()
    exported(api)
    _, entries = api.store.audit.newest(1, limit=5, offset=0)
    assert [(entry.deed.action, entry.deed.target) for entry in entries] == [("ExportScanTaskDetails", "TaskId 41")]


def test_a_file_is_sent_to_be_kept_and_not_to_be_shown():
    """Attachment, nosniff, no cache, nothing may run in it."""
    api = running()
    done = status(api, exported(api))
    code, headers, data = get(api, done["DownloadUrl"])
    assert (code, headers["content-length"]) == (200, str(len(data)))
    assert headers["content-disposition"] == f'attachment; filename="{done["FileName"]}"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["content-type"].endswith("spreadsheetml.sheet")


def test_a_head_has_no_body():
    """Its size is told all the same."""
    api = running()
    url = status(api, exported(api))["DownloadUrl"]
    code, headers, data = get(api, url, "HEAD")
    assert (code, data, int(headers["content-length"]) > 0) == (200, b"", True)
    assert get(api, url, "POST")[0] == 405


def test_a_link_is_good_for_ten_minutes():
    """Another one is given on asking."""
    api = running()
    which = exported(api)
    url = status(api, which)["DownloadUrl"]
    api.clock.turn(599)
    assert get(api, url)[0] == 200
    api.clock.turn(1)
    assert get(api, url)[0] == 404
    assert get(api, status(api, which)["DownloadUrl"])[0] == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"sign": "0" * 64}, {"sign": ""}, {"sign": "é"}, {"expires": "9999999999"}, {"expires": "-1"},
        {"expires": "1e9"}, {"expires": ""}, {"expires": "9" * 400}, {"format": "json"}, {"format": ""},
        {"path": "/export/" + "0" * 32}, {"path": "/export/"}, {"path": "/export/../secret.key"},
        {"path": "/export//etc/passwd"},
    ],
)  # fmt: skip
def test_a_link_that_was_changed_is_no_good(changes: dict):
    """All the same answer."""
    api = running()
    url = status(api, exported(api))["DownloadUrl"]
    if changes.get("format") == "":  # a format that is left out is XLSX, an empty one is dropped by the parser
        assert get(api, url, **changes)[0] == 200
    else:
        assert get(api, url, **changes)[0] == 404


@pytest.mark.parametrize("query", ["", "&&&", "a=1&" * 50, "sign=%ff&expires=1", "expires=1&sign"])
def test_a_query_that_is_none_is_no_link(query: str):
    """Nothing is tripped over."""
    api = running()
    path = link_parts(status(api, exported(api))["DownloadUrl"])[1]
    assert asyncio.run(fetched(Downloads(api.exports, api.clock), path, query))[0] == 404


def test_a_link_of_one_export_opens_no_other():
    """The signature is of the export's id and account."""
    api = running()
    first, second = (status(api, exported(api))["DownloadUrl"] for _ in range(2))
    assert get(api, first, path=link_parts(second)[1])[0] == 404


def test_a_file_that_was_removed_meanwhile_is_not_found(monkeypatch: pytest.MonkeyPatch):
    """Between the look at the link and the opening of the file."""
    api = running()
    url = status(api, exported(api))["DownloadUrl"]

    def gone(*_args):
        raise FileNotFoundError

    monkeypatch.setattr(api.exports, "open", gone)
    assert get(api, url)[0] == 404


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1:8420", "http://127.0.0.1:8420"),
        ("http://127.0.0.1:8420", "http://127.0.0.1:8420"),
        ("cwp.tencentcloudapi.com", "http://cwp.tencentcloudapi.com"),
    ],
)
def test_a_link_leads_to_the_host_that_the_caller_reached(host: str, origin: str):
    """As it was asked, with its port."""
    api = running()
    which = exported(api)
    url = status(api, which, host=host)["DownloadUrl"]
    assert link_parts(url)[:2] == (origin, f"/export/{which}")


@pytest.mark.parametrize(
    ("host", "scheme", "expected"),
    [
        ("scan.example", "https", "https://scan.example"),
        ("[::1]:8420", "http", "http://[::1]:8420"),
        ("https://scan.example:444", "https", "https://scan.example:444"),
        ("a/b", "http", ""),
        ("a@b", "http", ""),
        ('x" onclick', "http", ""),
        ("", "http", ""),
        ("a" * 300, "http", ""),
    ],
)
def test_only_a_host_becomes_part_of_a_link(host: str, scheme: str, expected: str):
    """Anything else leaves the link without one."""
    assert origin_of(host, scheme) == expected


def test_a_gateway_without_exports_says_so():
    """The command line's own has no files to give."""
    api = running()
    api.gateway._exports = None
    assert api.call("ExportScanTaskDetails", VUL).code == "UnsupportedOperation"
    assert api.call("ExportTasks", {"TaskId": "x"}).code == "UnsupportedOperation"
