"""The states a task can be in, made by the domain's own steps, and the requests that show them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from api_bench import BEGIN, ApiBench
from fake_store import row
from hostward.domain import tally
from hostward.domain.host_scan import WHOLE, FailType, Unit
from hostward.domain.ids import AccountId, LeaseId, MachineId, TaskId, UserId
from hostward.domain.machine import Machine, MachineFacts
from hostward.domain.module import Module
from hostward.domain.note import NOTHING, Code, Note
from hostward.domain.options import MalwareOptions, Options, Pattern, VulOptions
from hostward.domain.reason import Reason
from hostward.domain.schedule import Skip
from hostward.domain.severity import Level
from hostward.domain.tally import Tally
from hostward.domain.task import Task, enter, overdue
from hostward.usecases.exports.shelf import Export
from hostward.usecases.exports.shelf import Status as Status_
from hostward.usecases.records import MachineRow, TaskVul

EXPORT = "5b0c3f6e9d1a4c7e8f2b6a0d4c9e1f73"
"""Id of an export."""

HOUR = timedelta(hours=1)
LEASE = LeaseId(1)
NAMES = ("web-1", "web-2", "db-1", "build-1")


@dataclass
class Scene:
    """A bench, a task on it, and the machines in the task."""

    api: ApiBench = field(default_factory=lambda: ApiBench(machines=0))
    task: Task | None = None
    units: list[Unit] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.api.clock.wall

    @property
    def machines(self) -> list[Machine]:
        return self.api.store.machines.stored

    def created(self, *, options: Options | None = None, content: tuple[str, ...] = ("1", "2", "4"), **task) -> "Scene":
        """A task over all machines, just begun."""
        options = options or VulOptions()
        module = Module.MALWARE if isinstance(options, MalwareOptions) else Module.VUL
        self.task = Task(
            id=TaskId(41), account=AccountId(1), module=module, trigger=0, options=options, content=content,
            created_by="admin", begin=self.now, run_begin=self.now, **task,
        )  # fmt: skip
        self.units = list(enter(self.task, self.machines, self.now))
        return self

    def step(self, seq: int, change: Callable[[Unit], Unit]) -> None:
        """Let one unit take a step."""
        self.units[seq] = change(self.units[seq])

    def leased(self, *seqs: int) -> None:
        """Give units to their agents."""
        for seq in seqs:
            self.step(seq, lambda unit: unit.leased(LEASE, self.now, self.task.timeout))

    def running(self, seq: int, percent: int, what: str) -> None:
        """An agent reports how far it is."""
        note = Note(code=Code.DOING, values={"what": what, "percent": str(percent)})
        self.step(seq, lambda unit: unit.progressed(percent * WHOLE // 100, note))

    def ok(self, seq: int, *, risks: int = 0, note: Note = NOTHING) -> None:
        """An agent is done."""
        self.step(seq, lambda unit: unit.progressed(0, NOTHING).found(risks).judged(self.now, note))

    def stop(self, by: str = "admin") -> None:
        """Somebody stops the whole task."""
        at = self.now.strftime("%Y-%m-%d %H:%M:%S UTC")
        self.task = self.task.asked_to_stop(self.now, by)
        self.units = [unit if unit.is_final else unit.asked_to_stop(self.now, by, at) for unit in self.units]

    def stored(self, *, vuls: Sequence[TaskVul] = ()) -> ApiBench:
        """Put everything into the store, tally and all."""
        self.task = self.task.counted(tally.recount(self.units, vuls=len(vuls)), self.now)
        tasks = self.api.store.tasks
        tasks.stored[self.task.id] = self.task
        tasks.rows[self.task.id] = [
            _row(unit, machine) for unit, machine in zip(self.units, self.machines, strict=True)
        ]
        tasks.found[self.task.id] = list(vuls)
        tasks.entered[self.task.id] = list(self.units)
        return self.api


def _row(unit: Unit, machine: Machine) -> MachineRow:
    """A unit and its machine as a store joins them."""
    return row(
        unit.seq, machine=machine.id, quuid=machine.quuid, uuid=machine.uuid, host_name=machine.facts.host_name,
        inner_ip=machine.facts.addresses[0], wan_ip=machine.facts.wan_ip, os_name=machine.facts.os_name,
        state=unit.state, fail=unit.fail, risk_num=unit.risk_num, begin=_seconds(unit.begin), end=_seconds(unit.end),
        progress=unit.progress, note_code=unit.note.code, note_values=json.dumps(dict(unit.note.values)),
    )  # fmt: skip


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def fleet(*, offline: Sequence[int] = (), old: Sequence[int] = ()) -> Scene:
    """Four machines; some not heard of for an hour, some with an agent of the past."""
    scene = Scene()
    for number, name in enumerate(NAMES):
        facts = MachineFacts(
            host_name=name, addresses=(f"10.20.0.{number + 11}",), wan_ip="203.0.113.7" if number == 0 else "",
            os_name="Debian GNU/Linux 12 (bookworm)", agent_version="0.0.9" if number in old else "0.1.0",
        )  # fmt: skip
        scene.machines.append(
            Machine(
                id=MachineId(number + 1),
                account=AccountId(1),
                quuid=f"6f1c2b00-0000-4000-8000-00000000000{number}",
                uuid=f"a9d07e00-0000-4000-8000-00000000000{number}",
                facts=facts,
                last_seen=BEGIN - HOUR if number in offline else BEGIN,
            )
        )
    return scene


ZLIB = TaskVul(
    id=1207, key="CVE-2023-45853", level=Level.CRITICAL, level_source="nvd", cvss=9.8,
    vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", title="zlib: integer overflow in MiniZip",
    description="A heap overflow when a file name in an archive is very long.",
    reference="https://security-tracker.debian.org/tracker/CVE-2023-45853",
    published=datetime(2023, 10, 14, 2, 15, tzinfo=UTC), category=4, component="zlib1g", fixed="", machines=2,
)  # fmt: skip


def just_created() -> ApiBench:
    """0 of 4 machines have started."""
    return fleet().created().stored()


def running() -> ApiBench:
    """One done, one half way, one just given out, one waiting."""
    scene = fleet().created()
    scene.api.clock.turn(60)
    scene.leased(0, 1, 2)
    scene.api.clock.turn(60)
    scene.ok(0, risks=3)
    scene.running(1, 61, "checking packages")
    return scene.stored(vuls=[ZLIB])


def scanned_twice() -> ApiBench:
    """What was found a day ago is gone, and another vulnerability has come."""
    api = running()
    tasks = api.store.tasks
    yesterday = api.clock.wall - 24 * HOUR
    tasks.stored[40] = replace(tasks.stored[41], id=TaskId(40), begin=yesterday, run_begin=yesterday)
    tasks.found[40] = [replace(ZLIB, id=1208, key="CVE-2023-99999", level=None, level_source="", cvss=None, machines=1)]
    return api


def queued_offline() -> ApiBench:
    """Two machines are offline and queued, the others are done."""
    scene = fleet(offline=(2, 3)).created()
    scene.leased(0, 1)
    scene.api.clock.turn(45)
    scene.ok(0)
    scene.ok(1, risks=1)
    return scene.stored(vuls=[ZLIB])


def stopping() -> ApiBench:
    """A stop of all was accepted; two agents have not confirmed it yet."""
    scene = fleet().created()
    scene.leased(0, 1, 2)
    scene.api.clock.turn(30)
    scene.ok(0, risks=2)
    scene.running(1, 40, "checking packages")
    scene.stop()
    return scene.stored(vuls=[ZLIB])


def stopped_partly() -> ApiBench:
    """The stop is confirmed; what arrived before is kept."""
    scene = fleet().created()
    scene.leased(0, 1, 2)
    scene.api.clock.turn(30)
    scene.ok(0, risks=2)
    scene.running(1, 40, "checking packages")
    scene.step(1, lambda unit: unit.found(1))
    scene.stop()
    scene.api.clock.turn(2)
    for seq in (1, 2):
        scene.step(seq, lambda unit: unit.stopped(scene.now))
    return scene.stored(vuls=[ZLIB])


def done_clean() -> ApiBench:
    """A quick malware scan found nothing, and says what it could not judge."""
    scene = fleet().created(options=MalwareOptions(pattern=Pattern.QUICK), content=("1",))
    scene.leased(0, 1, 2, 3)
    scene.api.clock.turn(20)
    for seq in range(3):
        scene.ok(seq)
    note = Note(code=Code.NOT_JUDGED, values={"what": "3 files not fully scanned: encrypted"})
    scene.ok(3, note=note)
    return scene.stored()


def done_with_failures() -> ApiBench:
    """Offline, timed out, failed, agent too old."""
    scene = fleet(offline=(0,), old=(3,)).created(timeout=HOUR)
    scene.leased(1, 2)
    scene.api.clock.turn(600)
    scene.step(2, lambda unit: unit.failed(
        FailType.FAILED, scene.now, Note(code=Code.FAILED, values={"what": "/var/lib/dpkg/status can't be read"})
    ))  # fmt: skip
    scene.api.clock.turn(3000)
    scene.machines[1] = replace(scene.machines[1], last_seen=scene.now)
    for seq in (0, 1):
        scene.step(seq, lambda unit: overdue(unit, scene.task, scene.machines[unit.seq], scene.now))
    return scene.stored()


def all_offline() -> ApiBench:
    """Nobody is there, and the task does not queue."""
    return fleet(offline=range(4)).created(queue=timedelta(0)).stored()


def million() -> ApiBench:
    """A million machines, the last page."""
    scene = fleet().created()
    api = scene.stored()
    counts = Tally(
        machines=1_000_000, pending=400_000, running=100_000, ok=499_000, failed=1_000, progress=5_500_000_000,
        risk_machines=12_000, risk_events=90_000, vuls=1,
    )  # fmt: skip
    tasks = api.store.tasks
    tasks.stored[scene.task.id] = replace(scene.task, tally=counts)
    tasks.rows[scene.task.id] = row
    tasks.found[scene.task.id] = [replace(ZLIB, machines=12_000)]
    api.clock.turn(1800)
    return api


def never() -> ApiBench:
    """Nothing was ever scanned."""
    return fleet().api


def exploited() -> ApiBench:
    """One vulnerability is known to be exploited, another is not."""
    api = never()
    api.store.advisories.known = [replace(ZLIB, kev=True), replace(ZLIB, id=1208, key="CVE-2023-45854")]
    return api


def listed() -> ApiBench:
    """Four machines: at risk, safe, scanned for malware alone, and offline since before its first scan."""
    scene = fleet(offline=(3,))
    machines = scene.api.store.machines
    machines.risks = {
        1: {Module.VUL: 12, Module.MALWARE: 1, Module.BASELINE: 7},
        2: {Module.VUL: 0, Module.MALWARE: 0, Module.BASELINE: 0},
        3: {Module.MALWARE: 0},
    }
    machines.kernels = {1: "6.1.0-18-amd64", 2: "6.1.0-18-amd64"}
    return scene.api


def tagged() -> ApiBench:
    """Two tags: one that can limit users, and one on a machine of the two that have the first."""
    api = listed()
    machines = api.store.machines
    for name in ("env=prod", "web servers"):
        machines.add_label(1, name)
    machines.put_tags(1, ["env=prod", "web servers"])
    machines.put_tags(2, ["env=prod"])
    return api


def export_asked_for() -> ApiBench:
    """One done, one half way, one just given out, one waiting; nothing was exported yet."""
    api = running()
    api.exports.new_id = lambda: EXPORT
    return api


def export_waiting() -> ApiBench:
    """An export that is being made."""
    return _with_export(Status_.PENDING)


def export_done() -> ApiBench:
    """An export that is ready to be fetched."""
    return _with_export(Status_.FINISHED)


def export_failed() -> ApiBench:
    """An export that was interrupted by the end of the server."""
    return _with_export(Status_.ERROR)


def _with_export(status: Status_) -> ApiBench:
    api = running()
    export = Export(
        id=EXPORT, account=AccountId(1), user=UserId(1), tags=(), name="vul-scan-41-20261124-120200", created=BEGIN
    )
    api.exports._shelf.begin(export)
    if status is not Status_.PENDING:
        api.exports._shelf.end(export.ended(status))
    return api


def nobody() -> ApiBench:
    """No machine is enrolled."""
    return ApiBench(machines=0)


def planned() -> ApiBench:
    """Two scans start by themselves: one has run, one has been skipped."""
    api = fleet().api
    api.call("ScanVulSetting", PLANNED_VUL)
    api.call("ModifyMalwareTimingScanSettings", PLANNED_MALWARE)
    schedules = api.store.schedules
    vul, malware = schedules.of_account(AccountId(1))
    skip = Skip(at=api.clock.wall - 14 * HOUR, reason=Reason.STILL_RUNNING, values={"task": 38})
    schedules.put(replace(vul, last_fire=api.clock.wall - 9.5 * HOUR, last_task=TaskId(40)))
    schedules.put(replace(malware, last_task=TaskId(38), last_skip=skip))
    return api


def baseline_begun() -> ApiBench:
    """A baseline scan of four machines has begun."""
    api = fleet().api
    api.call("ScanBaseline")
    return api


def malware_begun() -> ApiBench:
    """A malware scan of four machines has begun."""
    api = fleet().api
    api.call("CreateScanMalwareSetting", {"ScanPattern": 1, "HostType": 1})
    return api


PLANNED_VUL = {
    "TimerInterval": 3, "VulCategories": [1, 4], "VulLevels": [3, 4], "TimerTime": "02:30:00", "StartTime": "02:00",
    "EndTime": "05:00", "EnableScan": 1, "Uuids": ["a9d07e00-0000-4000-8000-000000000001"],
}  # fmt: skip
PLANNED_MALWARE = {
    "CheckPattern": 1, "StartTime": "22:00:00", "EndTime": "06:00:00", "IsGlobal": 1, "EnableScan": 1,
    "MonitoringPattern": 0, "Cycle": 1, "RealTimeMonitoring": 0, "EngineType": 2,
}  # fmt: skip
POLICY = {"ScheduleId": 1, "OverlapPolicy": "queue", "GraceSeconds": 1800, "JitterSeconds": 0}
DETAILS = "DescribeScanTaskDetails"
VUL = {"ModuleType": "Vul", "TaskId": 41}
TASK = {"Module": "Vul", "TaskId": 41}
AGAIN = {"QuuidList": ["6f1c2b00-0000-4000-8000-000000000001"], "TimeoutPeriod": 600}
MACHINES = "DescribeMachines"
HERE = {"MachineType": "ALL", "MachineRegion": "all-regions"}


@dataclass(frozen=True)
class Example:
    """A request in a state. name: of its file."""

    name: str
    state: Callable[[], ApiBench]
    action: str
    request: dict
    service: str = "cwp"
    language: str = "en-US"


EXAMPLES = (
    Example("just_created", just_created, DETAILS, VUL),
    Example("running", running, DETAILS, VUL),
    Example("running_zh", running, DETAILS, VUL, language="zh-CN"),
    Example("queued_offline", queued_offline, DETAILS, VUL),
    Example("stopping", stopping, DETAILS, VUL),
    Example("stopped_partly", stopped_partly, DETAILS, VUL),
    Example("done_clean", done_clean, DETAILS, {"ModuleType": "Malware", "TaskId": 41}),
    Example("done_with_failures", done_with_failures, DETAILS, VUL),
    Example("done_with_failures_zh", done_with_failures, DETAILS, VUL, language="zh-CN"),
    Example("all_offline", all_offline, DETAILS, VUL),
    Example("million_last_page", million, DETAILS, VUL | {"Offset": 999_990}),
    Example("million_past_the_end", million, DETAILS, VUL | {"Offset": 1_000_000}),
    Example("second_page", running, DETAILS, VUL | {"Limit": 2, "Offset": 2}),
    Example("no_machine", nobody, "ScanVul", {"VulLevels": "0", "HostType": 1}),
    Example("no_machine_baseline", nobody, "StartBaselineDetect", {"Param": {}}),
    Example("not_a_task", running, DETAILS, {"ModuleType": "Malware", "TaskId": 41}),
    Example("unknown_module", running, DETAILS, {"ModuleType": "Trojan", "TaskId": 41}),
    Example("unknown_filter", running, DETAILS, VUL | {"Filters": [{"Name": "Color", "Values": ["red"]}]}),
    Example("limit_too_large", running, DETAILS, VUL | {"Limit": 101}, language="zh-CN"),
    Example("state_never", never, "DescribeScanState", {"ModuleType": "Vul"}),
    Example("state_scanning", running, "DescribeScanState", {"ModuleType": "Vul"}),
    Example("state_stopping", stopping, "DescribeScanState", {"ModuleType": "Vul"}),
    Example("state_stopped", stopped_partly, "DescribeScanState", {"ModuleType": "Vul"}),
    Example("state_done", done_clean, "DescribeScanState", {"ModuleType": "Malware"}),
    Example("start_vul", never, "ScanVul", {"VulLevels": "3,4", "HostType": 1, "VulCategories": "1;4"}),
    Example(
        "start_malware", never, "CreateScanMalwareSetting",
        {"ScanPattern": 2, "HostType": 1, "CustomPaths": ["/srv"], "EngineType": 2},
    ),
    Example("start_baseline", never, "StartBaselineDetect", {"Param": {"PolicyIds": [2]}}),
    Example("stop", done_clean, "DeleteScanTask", {"ModuleType": "Malware", "TaskId": 41}),
    Example("list_tasks", running, "ListScanTasks", {}, service="hostward"),
    Example("tasks_of_somebody", running, "ListScanTasks",
            {"Types": [0], "Query": "admin", "BeginAfter": "2026-11-24 00:00:00", "Limit": 1}, service="hostward"),
    Example("tasks_of_no_time_zh", running, "ListScanTasks", {"BeginBefore": "yesterday"}, "hostward", "zh-CN"),
    Example("scan_task", running, "DescribeScanTask", TASK, service="hostward"),
    Example("scan_task_zh", done_clean, "DescribeScanTask", {"Module": "Malware", "TaskId": 41}, "hostward", "zh-CN"),
    Example("scan_task_of_nobody", running, "DescribeScanTask", TASK | {"TaskId": 42}, service="hostward"),
    Example("task_machines", done_with_failures, "ListScanTaskMachines", TASK | {"Limit": 3}, service="hostward"),
    Example("task_machines_zh", running, "ListScanTaskMachines",
            TASK | {"Sort": "RiskNum", "Descending": True}, "hostward", "zh-CN"),
    Example("task_machines_unknown_sort", running, "ListScanTaskMachines", TASK | {"Sort": "Color"}, "hostward"),
    Example("task_machines_too_many_to_sort_zh", million, "ListScanTaskMachines",
            TASK | {"Sort": "HostName"}, "hostward", "zh-CN"),
    Example("task_risks", running, "ListScanTaskRisks", TASK | {"Levels": [3, 4]}, service="hostward"),
    Example("task_risks_unknown_level_zh", running, "ListScanTaskRisks", TASK | {"Levels": [9]}, "hostward", "zh-CN"),
    Example("compared_tasks", scanned_twice, "CompareScanTasks", TASK | {"WithTaskId": 40}, service="hostward"),
    Example("not_served", never, "DescribeAssetInfo", {}),
    Example("status_labels", never, "DescribeScanTaskStatus", {"ModuleType": "Vul"}),
    Example("status_labels_zh", never, "DescribeScanTaskStatus", {"ModuleType": "Vul"}, language="zh-CN"),
    Example("schedule", running, "DescribeScanSchedule", {"TaskId": 41}),
    Example("schedule_of_nobody_zh", running, "DescribeScanSchedule", {"TaskId": 42}, language="zh-CN"),
    Example("again", done_with_failures, "ScanTaskAgain", VUL),
    Example("again_one_machine", stopped_partly, "ScanTaskAgain", VUL | AGAIN),
    Example("again_while_stopping", stopping, "ScanTaskAgain", VUL),
    Example("again_while_stopping_zh", stopping, "ScanTaskAgain", VUL, language="zh-CN"),
    Example("again_nobody", done_clean, "ScanTaskAgain", {"ModuleType": "Malware", "TaskId": 41}),
    Example("again_unknown_machine_zh", done_clean, "ScanTaskAgain",
            {"ModuleType": "Malware", "TaskId": 41, "QuuidList": ["nobody"]}, language="zh-CN"),
    Example("machines", listed, MACHINES, HERE),
    Example("machines_second_page", listed, MACHINES, HERE | {"Limit": 3, "Offset": 3}),
    Example("machines_elsewhere", listed, MACHINES, {"MachineType": "CVM", "MachineRegion": "ap-guangzhou"}),
    Example("machines_unknown_filter", listed, MACHINES, HERE | {"Filters": [{"Name": "Color", "Values": ["red"]}]}),
    Example("machines_by_tag_zh", listed, MACHINES,
            HERE | {"Filters": [{"Name": "TagId", "Values": ["1"]}]}, language="zh-CN"),
    Example("export", export_asked_for, "ExportScanTaskDetails",
            VUL | {"Filters": [{"Name": "Status", "Values": ["Ok"]}]}),
    Example("export_not_a_task", running, "ExportScanTaskDetails", {"ModuleType": "Malware", "TaskId": 41}),
    Example("export_pending", export_waiting, "ExportTasks", {"TaskId": EXPORT}),
    Example("export_finished", export_done, "ExportTasks", {"TaskId": EXPORT}),
    Example("export_failed", export_failed, "ExportTasks", {"TaskId": EXPORT}),
    Example("export_unknown_zh", running, "ExportTasks", {"TaskId": "41"}, language="zh-CN"),
    Example("machine_info", listed, "DescribeMachineInfo", {"Quuid": "6f1c2b00-0000-4000-8000-000000000000"}),
    Example("machine_info_of_nobody", listed, "DescribeMachineInfo", {"Uuid": "nobody"}),
    Example("machine_regions", listed, "DescribeMachineRegions", {}),
    Example("machine_counts", listed, "DescribeMachineGeneral", {}),
    Example("machine_systems", listed, "DescribeMachineOsList", {}),
    Example("version_statistics", listed, "DescribeVersionStatistics", {}),
    Example("remark", listed, "ModifyMachineRemark",
            {"Quuid": "6f1c2b00-0000-4000-8000-000000000000", "Remark": "payroll, until 2027"}),
    Example("remark_too_long_zh", listed, "ModifyMachineRemark",
            {"Quuid": "6f1c2b00-0000-4000-8000-000000000000", "Remark": "x" * 256}, language="zh-CN"),
    Example("machines_with_tags", tagged, MACHINES, HERE | {"Limit": 2}),
    Example("tags", tagged, "DescribeTags", {}),
    Example("tag_made", tagged, "EditTags",
            {"Name": "payroll", "Quuids": ["6f1c2b00-0000-4000-8000-000000000002"]}),
    Example("tag_renamed", tagged, "EditTags", {"Name": "front end", "Id": 2}),
    Example("tag_name_taken", tagged, "EditTags", {"Name": "env=prod", "Id": 2}),
    Example("tag_without_name_zh", tagged, "EditTags", {"Name": ""}, language="zh-CN"),
    Example("tags_deleted", tagged, "DeleteTags", {"Ids": [1, 2]}),
    Example("tags_deleted_unknown", tagged, "DeleteTags", {"Ids": [1, 9]}),
    Example("tags_of_machine", tagged, "UpdateMachineTags",
            {"Quuid": "6f1c2b00-0000-4000-8000-000000000000", "TagIds": [2]}),
    Example("no_machine_zh", nobody, "ScanVul", {"VulLevels": "0", "HostType": 1}, language="zh-CN"),
    Example("set_vul_schedule", never, "ScanVulSetting", PLANNED_VUL),
    Example("set_vul_schedule_outside_window_zh", never, "ScanVulSetting",
            PLANNED_VUL | {"TimerTime": "12:00"}, language="zh-CN"),
    Example("vul_schedule", planned, "DescribeScanVulSetting", {}),
    Example("vul_schedule_never_set", never, "DescribeScanVulSetting", {}),
    Example("set_malware_schedule", never, "ModifyMalwareTimingScanSettings", PLANNED_MALWARE),
    Example("set_malware_schedule_monitoring", never, "ModifyMalwareTimingScanSettings",
            PLANNED_MALWARE | {"RealTimeMonitoring": 1}),
    Example("malware_schedule", planned, "DescribeMalwareTimingScanSetting", {}),
    Example("malware_schedule_never_set", never, "DescribeMalwareTimingScanSetting", {}),
    Example("emergency_scan", exploited, "CreateEmergencyVulScan", {"VulId": 1207}),
    Example("emergency_scan_not_exploited", exploited, "CreateEmergencyVulScan", {"VulId": 1208}),
    Example("scan_baseline", never, "ScanBaseline", {"RuleIdList": [201, 202]}),
    Example("scan_baseline_no_machine", nobody, "ScanBaseline", {}),
    Example("stop_malware", malware_begun, "DeleteMalwareScanTask", {}),
    Example("stop_baseline", baseline_begun, "StopBaselineDetect", {"TaskIds": [1]}),
    Example("stop_baseline_unknown", baseline_begun, "StopBaselineDetect", {"TaskIds": [1, 9]}),
    Example("malware_progress", malware_begun, "DescribeScanMalwareSchedule", {}),
    Example("malware_progress_done", done_clean, "DescribeScanMalwareSchedule", {}),
    Example("malware_progress_never", never, "DescribeScanMalwareSchedule", {}),
    Example("baseline_progress", baseline_begun, "DescribeBaselineScanSchedule", {"TaskId": 1}),
    Example("list_schedules", planned, "ListSchedules", {}, service="hostward"),
    Example("list_schedules_zh", planned, "ListSchedules", {"Module": "Malware"}, "hostward", "zh-CN"),
    Example("run_schedule_now", planned, "RunScheduleNow", {"ScheduleId": 1}, service="hostward"),
    Example("run_unknown_schedule", planned, "RunScheduleNow", {"ScheduleId": 9}, service="hostward"),
    Example("disable_schedule", planned, "EnableSchedule", {"ScheduleId": 1, "Enabled": False}, service="hostward"),
    Example("schedule_policy", planned, "ModifySchedulePolicy", POLICY, service="hostward"),
)  # fmt: skip
