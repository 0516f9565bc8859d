"""kill -9 around the moment of a fire: after the next start there is one task for it, of Type 1, never two or none."""

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hostward.domain.ids import ScheduleId
from hostward.store.open import open_store
from running import Up, start

KILLS = 8
SEED = 20261125
AHEAD = timedelta(seconds=2)
"""From the setting to its fire: time enough for the server to take it."""
AROUND = 0.3
"""Seconds before and after the fire in which the server is killed."""
PATIENCE = 20.0
"""Far above the 2 s in which a fire must have its task: the test is about one task, the bench about how soon."""


def test_a_killed_server_loses_and_doubles_no_fire(tmp_path: Path):
    """Each fire has its task, whether the server died before, while or after it made it."""
    moments, data, folder = random.Random(SEED), tmp_path / "data", tmp_path / "tree"
    folder.mkdir()
    (folder / "file").write_text("nothing in it")
    server, fires = start(data, "--no-scan"), []
    for number in range(1, KILLS + 1):
        fires.append(_planned(server, folder))
        _wait_until(fires[-1] + timedelta(seconds=moments.uniform(-AROUND, AROUND)))
        server.kill()
        server = start(data, "--no-scan")
        _ends(server, _tasks(server, number)[0]["TaskId"])
    listed = _tasks(server, KILLS)
    assert [(task["Type"], task["CreatedBy"], task["Machines"]) for task in listed] == [(1, "schedule", 1)] * KILLS
    assert server.interrupt() == 0
    assert _last_fire(data) == fires[-1]


def _planned(server: Up, folder: Path) -> datetime:
    """Keep a setting that fires soon; when. Its window is open long enough for every restart."""
    fire = (datetime.now(UTC) + AHEAD).replace(microsecond=0)
    answer = server.call(
        "ModifyMalwareTimingScanSettings", CheckPattern=2, CustomPaths=[str(folder)], IsGlobal=1, EnableScan=1,
        MonitoringPattern=0, RealTimeMonitoring=0, Cycle=1, StartTime=f"{fire:%H:%M:%S}",
        EndTime=f"{fire + timedelta(hours=2):%H:%M:%S}",
    )  # fmt: skip
    assert "Error" not in answer, answer
    return fire


def _wait_until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def _tasks(server: Up, count: int) -> list[dict]:
    """All tasks, newest first, once there are so many; there must never be more."""
    give_up = time.monotonic() + PATIENCE
    while True:
        answer = server.call("ListScanTasks", service="hostward", version="2026-12-01", Limit=100)
        if answer["TotalCount"] >= count or time.monotonic() > give_up:
            time.sleep(1.2)  # a second one would come with the next tick
            answer = server.call("ListScanTasks", service="hostward", version="2026-12-01", Limit=100)
            assert answer["TotalCount"] == count, server.log.read_text()
            return answer["Tasks"]
        time.sleep(0.1)


def _ends(server: Up, task: int) -> None:
    """So that the next fire does not meet it."""
    server.finished("Malware", task, seconds=PATIENCE)


def _last_fire(data: Path) -> datetime | None:
    store = open_store(data)
    try:
        schedule = store.read_now(lambda uow: uow.schedules.get(ScheduleId(1)))
        assert schedule is not None
        return schedule.last_fire
    finally:
        store.close()
