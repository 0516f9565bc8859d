"""What the console asks for besides scans and accounts: requests about the states that other examples have too."""

from collections.abc import Callable

from account_scenarios import QUUIDS, staffed
from api_bench import BEGIN, USER, ApiBench
from api_scenarios import EXPORT, Example, nobody, planned
from hostward.domain.ids import LeaseId
from hostward.domain.module import Module
from hostward.domain.package import Restart
from hostward.usecases.ports import UnitOfWork

SERVICE = "hostward"

RESTARTS = (
    Restart(unit="nginx.service", package="libssl3", path=b"/usr/lib/x86_64-linux-gnu/libssl.so.3", processes=3,
            reason="it still runs a file that was replaced"),
    Restart(unit="", package="linux-image-amd64", reason="6.1.0-28-amd64 is installed and 6.1.0-26-amd64 runs"),
)  # fmt: skip
"""What a machine says is to be started again: a service first, as it comes, then the machine itself."""


def scanning() -> ApiBench:
    """Two machines, for which a vulnerability scan has begun."""
    api = staffed()
    assert not api.call("ScanVul", {"VulLevels": "0", "HostType": 1}).code
    return api


def silent() -> ApiBench:
    """Two machines that were last heard of an hour ago."""
    api = staffed()
    api.clock.turn(3600)
    return api


NIGHTLY = {"Module": "Vul", "ClientToken": "nightly-2026-11-24"}


def started_once() -> ApiBench:
    """Two machines; a vulnerability scan was started a minute ago with the ClientToken nightly-2026-11-24."""
    api = staffed()
    assert not api.call("CreateScan", NIGHTLY, service=SERVICE).code
    api.clock.turn(60)
    return api


def exporting() -> ApiBench:
    """Two machines; nothing was exported yet."""
    api = staffed()
    api.exports.new_id = lambda: EXPORT
    return api


def updated() -> ApiBench:
    """Two machines, of which one was updated and looked at since: it needs a reboot, and a service runs old files."""
    api = staffed()

    def work(uow: UnitOfWork) -> None:
        (machine,) = uow.machines.by_quuids(USER.account, QUUIDS[:1]).values()
        uow.results.add(machine.id, LeaseId(1), 0, RESTARTS)
        uow.results.make_current(machine.id, Module.VUL, LeaseId(1), BEGIN, risks=0)

    api.store.write_now(work)
    return api


def _example(
    name: str, state: Callable[[], ApiBench], action: str, request: dict, *, language: str = "en-US"
) -> Example:
    return Example(name, state, action, request, SERVICE, language)


CALL = {"Service": "cwp", "ActionName": "DescribeScanTaskDetails", "Endpoint": "https://hw.example.org:8443"}

CONSOLE_EXAMPLES = (
    _example("overview", scanning, "DescribeOverview", {}),
    _example("overview_zh", silent, "DescribeOverview", {}, language="zh-CN"),
    _example("overview_of_silent_machines", silent, "DescribeOverview", {}),
    _example("estimate", staffed, "EstimateScan", {"Module": "Vul"}),
    _example("estimate_of_silent_machines", silent, "EstimateScan", {"Module": "Baseline", "Tags": ["env=prod"]}),
    _example("create_scan", staffed, "CreateScan",
             {"Module": "Vul", "Vul": {"Levels": [3, 4]}, "Tags": ["env=prod"], "ClientToken": "nightly-2026-11-24"}),
    _example("create_scan_again", started_once, "CreateScan", NIGHTLY),
    _example("create_scan_other_parameters", started_once, "CreateScan", NIGHTLY | {"Module": "Baseline"}),
    _example("create_scan_other_parameters_zh", started_once, "CreateScan", NIGHTLY | {"Tags": ["env=prod"]},
             language="zh-CN"),
    _example("create_scan_dry_run", silent, "CreateScan",
             {"Module": "Malware", "Malware": {"ScanPattern": 2, "CustomPaths": ["/srv"]}, "QueueSeconds": 7200,
              "ExceptQuuids": ["6f1c2b00-0000-4000-8000-000000000001"], "DryRun": True}),
    _example("create_scan_by_night", staffed, "CreateScan",
             {"Module": "Vul", "Window": "22:00-06:00", "StartsPerMinute": 1, "AtOnce": 1, "DryRun": True}),
    _example("create_scan_of_nobody_zh", staffed, "CreateScan", {"Module": "Vul", "Tags": ["env=none"]},
             language="zh-CN"),
    _example("create_scan_unknown_exception", staffed, "CreateScan", {"Module": "Vul", "ExceptQuuids": ["nobody"]}),
    _example("create_scan_options_of_another_module", staffed, "CreateScan",
             {"Module": "Vul", "Baseline": {"PolicyIds": [1]}}),
    _example("preview_schedule", nobody, "PreviewSchedule", {"Module": "Vul", "DaysCycle": 7, "At": "03:30:00"}),
    _example("preview_schedule_short_window_zh", nobody, "PreviewSchedule",
             {"Module": "Malware", "Weekdays": [6, 7], "At": "02:00:00", "WindowStart": "02:00:00",
              "WindowEnd": "03:00:00", "Count": 3}, language="zh-CN"),
    _example("skip_schedule_once", planned, "SkipScheduleOnce", {"ScheduleId": 1}),
    _example("skip_unknown_schedule", planned, "SkipScheduleOnce", {"ScheduleId": 99}),
    _example("generate_code", nobody, "GenerateCode",
             CALL | {"ProgramLanguage": "python", "Parameters": '{"ModuleType": "Vul", "TaskId": 41}'}),
    _example("generate_code_unknown_parameter", nobody, "GenerateCode",
             CALL | {"ProgramLanguage": "curl", "Parameters": '{"Colour": 1}'}),
    _example("list_machines", staffed, "ListMachines", {"Limit": 1}),
    _example("list_machines_offline", silent, "ListMachines",
             {"Status": ["Offline"], "Sort": "HostName", "Descending": True}),
    _example("export_machines", exporting, "ExportMachines", {"Tags": ["env=prod"]}),
    _example("export_machines_unknown_status_zh", staffed, "ExportMachines", {"Status": ["Asleep"]}, language="zh-CN"),
    _example("machine_restarts", updated, "ListMachineRestarts", {"Quuid": QUUIDS[0]}),
    _example("machine_restarts_not_known", updated, "ListMachineRestarts", {"Quuid": QUUIDS[1]}),
    _example("machine_restarts_of_nobody_zh", updated, "ListMachineRestarts", {"Quuid": "nobody"}, language="zh-CN"),
)  # fmt: skip
