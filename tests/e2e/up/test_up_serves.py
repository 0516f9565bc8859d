"""`hostward up` as its users run it: a real process, its real agent, real scans."""

import json
import os
import platform
import stat
import time
from pathlib import Path

import pytest

import planted
from running import children, hostward, start, up


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """One server for the tests that only ask."""
    with up(tmp_path_factory.mktemp("up") / "data", "--no-scan") as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 harmless files and two that are not."""
    return planted.tree(tmp_path_factory.mktemp("tree"), files=3_000, planted=2)


def scan(server, path: Path, **members: object) -> int:
    """Start a malware scan of one folder."""
    answer = server.call("CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=[str(path)], **members)
    return answer["TaskId"]


def test_the_ready_file_is_private_and_says_how_to_ask(server):
    """Mode 0600; URL, endpoint, key and pid."""
    path = Path(server.log.parent / "data.ready.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {"url", "endpoint", "secret_id", "secret_key", "pid"} <= set(json.loads(path.read_text()))
    assert server.ready["pid"] == server.process.pid


def test_the_data_directory_is_private(server):
    """Findings and keys are nobody else's."""
    data = server.log.parent / "data"
    loose = [path for path in [data, *data.rglob("*")] if stat.S_IMODE(path.lstat().st_mode) & 0o077]
    assert loose == []


def test_a_malware_scan_finds_what_was_planted_and_nothing_else(server, folder: Path):
    """Two of 3,002 files."""
    details = server.finished("Malware", scan(server, folder))
    (row,) = details["ScanTaskDetailList"]
    assert (row["Status"], row["RiskNum"], row["Description"]) == ("Ok", 2, "")
    assert (details["RiskEventCount"], details["RiskMachineCount"], details["ScanLeftTime"]) == (2, 1, 0)
    assert details["ScanContent"] == ["2"]


def test_a_baseline_scan_judges_this_machine(server):
    """Begin, end and the policies by name."""
    task = server.call("StartBaselineDetect", Param={})["TaskId"]
    details = server.finished("Baseline", task)
    assert (details["ScanTaskDetailList"][0]["Status"], details["ScanTime"] >= 0) == ("Ok", True)
    assert "SSH server" in details["ScanContent"]


def test_progress_rises_and_reaches_100_only_with_the_end(server, folder: Path):
    """As a poller sees it."""
    task = scan(server, folder)
    seen = []
    while not seen or seen[-1]["ScanProgress"] < 100:
        seen.append(server.details("Malware", task))
        time.sleep(0.06)
    shown = [details["ScanProgress"] for details in seen]
    assert shown == sorted(shown)
    assert [details["ScanEndTime"] != "" for details in seen] == [percent == 100 for percent in shown]
    assert [details["ScanLeftTime"] == 0 for details in seen] == [percent == 100 for percent in shown]


def test_a_stop_ends_the_scan_and_leaves_no_child(server):
    """A scan of everything is stopped while it runs; /proc shows nobody afterwards."""
    task = scan(server, Path("/usr"))
    while not children(server.process.pid) or server.details("Malware", task)["ScanProgress"] == 0:
        time.sleep(0.05)
    server.call("DeleteScanTask", TaskId=task, ModuleType="Malware")
    accepted = time.monotonic()
    asked = server.details("Malware", task)
    assert asked["ScanTaskDetailList"][0]["Status"] == "Stop"
    details = server.finished("Malware", task, seconds=20)
    assert time.monotonic() - accepted < 20
    assert (details["ScanTaskDetailList"][0]["Status"], details["StoppingAll"]) == ("Stop", False)
    assert "stopped by" in details["ScanTaskDetailList"][0]["Description"]
    assert children(server.process.pid) == []


def test_newest_task_of_each_module_has_a_state(server, folder: Path):
    """2 is done."""
    task = scan(server, folder)
    server.finished("Malware", task)
    state = server.call("DescribeScanState", ModuleType="Malware")
    assert (state["TaskId"], state["ScanState"], state["Schedule"]) == (task, 2, 100)


def test_tasks_are_listed_by_the_second_service(server, folder: Path):
    """Hostward 2026-12-01, same signature."""
    task = scan(server, folder)
    listed = server.call("ListScanTasks", service="hostward", version="2026-12-01", Limit=5)
    assert listed["Tasks"][0]["TaskId"] == task
    server.finished("Malware", task)


def test_a_vul_scan_with_a_feed_is_judged_whole(tmp_path: Path):
    """Imported before the start, by the same data directory; no changelog is fetched."""
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian":
        pytest.skip("the tracker feed speaks of Debian releases, this machine is none")
    feed = planted.tracker_feed(tmp_path / "tracker.json", release["VERSION_CODENAME"])
    imported = hostward("feed", "import", "--data", str(tmp_path / "data"), str(feed))
    assert (imported.returncode, "1 advisories" in imported.stdout) == (0, True), imported.stderr
    with up(tmp_path / "data", "--no-scan") as server:
        task = server.call("ScanVul", VulLevels="0", HostType=1)["TaskId"]
        (row,) = server.finished("Vul", task)["ScanTaskDetailList"]
    assert (row["Status"], "no advisory data for Debian" in row["Description"]) == ("Ok", False)


def test_a_second_server_on_the_same_data_names_the_first(server):
    """One clear line that says who holds it."""
    second = hostward("up", "--data", str(server.log.parent / "data"), "--listen", "127.0.0.1:0")
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert str(server.process.pid) in second.stderr


def test_a_feed_is_imported_by_the_server_that_runs(server, tmp_path: Path):
    """The command asks whoever holds the directory."""
    feed = planted.tracker_feed(tmp_path / "tracker.json", "bookworm")
    imported = hostward("feed", "import", "--data", str(server.log.parent / "data"), str(feed))
    assert (imported.returncode, "debian" in imported.stdout.lower()) == (0, True), imported


def test_a_busy_port_is_one_line_that_says_what_to_do(server, tmp_path: Path):
    """--listen is named."""
    second = hostward("up", "--data", str(tmp_path / "other"), "--listen", server.endpoint)
    assert (second.returncode, second.stderr.count("\n"), "--listen" in second.stderr) == (1, 1, True)


def test_other_machines_are_kept_out_until_there_is_tls(tmp_path: Path):
    """0.0.0.0 is refused."""
    refused = hostward("up", "--data", str(tmp_path / "data"), "--listen", "0.0.0.0:0")
    assert (refused.returncode, "TLS" in refused.stderr) == (1, True)


def test_once_and_no_scan_contradict_one_another(tmp_path: Path):
    """A usage error."""
    assert hostward("up", "--once", "--no-scan", "--data", str(tmp_path / "data")).returncode == 2


def test_ctrl_c_stops_cleanly(tmp_path: Path):
    """Exit 0, no traceback, no child, and the next start finds everything."""
    running = start(tmp_path / "data", "--no-scan")
    task = scan(running, Path("/usr"))
    while not children(running.process.pid):
        time.sleep(0.05)
    below = children(running.process.pid)
    assert running.interrupt() == 0
    assert [pid for pid in below if os.path.exists(f"/proc/{pid}")] == []  # noqa: PTH110  # a string of /proc
    assert "Traceback" not in running.log.read_text()
    with up(tmp_path / "data", "--no-scan") as again:
        assert again.details("Malware", task)["ScanTaskDetailList"][0]["Status"] == "Scanning"
        again.call("DeleteScanTask", TaskId=task, ModuleType="Malware")
        again.finished("Malware", task)


def test_the_key_outlives_a_restart(tmp_path: Path):
    """And is shown by the first start alone."""
    first = start(tmp_path / "data", "--no-scan")
    first.interrupt()
    shown = first.log.read_text()
    first.log.unlink()
    second = start(tmp_path / "data", "--no-scan")
    second.interrupt()
    assert first.ready["secret_key"] == second.ready["secret_key"]
    assert (first.ready["secret_key"] in shown, first.ready["secret_key"] in second.log.read_text()) == (True, False)
