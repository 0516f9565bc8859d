"""A scan that somebody starts with one click, on a server whose operator spares the hosts: real processes, measured."""

import os
import time
from pathlib import Path

import pytest

import planted
from running import Up, hostward, up, workers_of

CPU_PERCENT = 10
MEMORY_MIB = 256
SLACK = 0.3
"""Seconds of processor time that may be saved up, missed by one look, or rounded."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    """A tenth of the processors, 256 MiB, 20 MiB a second."""
    data = tmp_path_factory.mktemp("up") / "data"
    data.mkdir(mode=0o700)
    settings = f"[scan]\ncpu_percent = {CPU_PERCENT}\nmemory_mib = {MEMORY_MIB}\nio_mib = 20\n"
    (data / "hostward.toml").write_text(settings)
    with up(data, "--no-scan") as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More than a tenth of the processors reads in a moment."""
    return planted.tree(tmp_path_factory.mktemp("tree"), files=8_000, planted=2)


def measured(pid: int) -> tuple[float, int]:
    """Seconds of processor time, and the most bytes that were ever resident."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    words = Path(f"/proc/{pid}/status").read_text().split()
    peak = int(words[words.index("VmHWM:") + 1]) * 1024
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK"), peak


def scanning(server: Up, task: int) -> list[tuple[float, float, int]]:
    """When, processor seconds and peak memory of the scanning process, until the scan has ended."""
    seen, mark = [], server.log.parent / "data"
    while server.details("Malware", task)["ScanProgress"] < 100:
        for pid in sorted(workers_of(mark))[1:]:
            try:
                seen.append((time.monotonic(), *measured(pid)))
            except (OSError, ValueError):
                continue
        time.sleep(0.1)
    return seen


def test_a_one_click_scan_keeps_to_its_caps(server: Up, folder: Path) -> None:
    """It finds what there is to be found, with a tenth of the processors and within its memory."""
    task = server.call("CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=[str(folder)])["TaskId"]
    seen = scanning(server, task)
    (row,) = server.finished("Malware", task)["ScanTaskDetailList"]
    assert (row["Status"], row["RiskNum"], row["Description"]) == ("Ok", 2, "")
    (began, at_first, _), (ended, at_last, _) = seen[0], seen[-1]
    used, passed = at_last - at_first, ended - began
    peak = max(memory for _, _, memory in seen)
    assert passed > 1.0, "the scan was over before anything could be measured"
    assert used <= CPU_PERCENT / 100 * (os.cpu_count() or 1) * passed + SLACK
    assert peak < MEMORY_MIB << 20


def test_limits_of_the_machine_bind_the_next_one_click_scan(server: Up, folder: Path) -> None:
    """Set at the command line beside the running server; the audit log has who did."""
    data = str(server.log.parent / "data")
    (machine,) = server.call("ListMachines", service="hostward", version="2026-12-01", Limit=9)["Machines"]
    done = hostward("machine", "limits", machine["HostName"], "--cpu", "4", "--io", "9", "--data", data)
    assert (done.returncode, "holds" in done.stdout) == (0, True), done.stdout + done.stderr
    shown = hostward("machine", "show", machine["HostName"], "--data", data).stdout
    assert "CpuPercent 4, MemoryMib 256, IoMib 9" in shown
    task = server.call("CreateScanMalwareSetting", ScanPattern=2, HostType=1, CustomPaths=[str(folder)])["TaskId"]
    seen = scanning(server, task)
    (began, at_first, _), (ended, at_last, _) = seen[0], seen[-1]
    used, passed = at_last - at_first, ended - began
    assert passed > 1.0, "the scan was over before anything could be measured"
    assert used <= 0.04 * (os.cpu_count() or 1) * passed + SLACK
    entries = server.call("ListAuditEntries", service="hostward", version="2026-12-01", Limit=20)["Entries"]
    assert [one["Target"] for one in entries if one["Action"] == "SetScanLimits"] == [f"Quuid {machine['Quuid']}"]
    cleared = hostward("machine", "limits", machine["HostName"], "--clear", "--data", data)
    assert "machine" not in cleared.stdout.replace(machine["HostName"], "")
